/**
 * What real API Gateway answered about stages and deployments, as localstack recorded it.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_common.snapshot.json
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_api.snapshot.json
 */
import { apigateway } from "../../../../emulator/services/apigateway";
import { OperationCaller } from "../../../support/operation-caller";

const PATHS =
  "[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]";
const SETTING = {
  cacheDataEncrypted: false,
  cacheTtlInSeconds: 300,
  cachingEnabled: true,
  dataTraceEnabled: false,
  metricsEnabled: false,
  requireAuthorizationForCacheControl: true,
  throttlingRateLimit: 10000,
  unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
};
const LOG_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:orders";

const badRequest = (text: string) => ["BadRequestException", text];
const unset = (path: string) =>
  badRequest(`Cannot remove method setting ${path} because there is no method setting for this method `);

let aws: OperationCaller;
let stage: { readonly restApiId: string; readonly stageName: string };
beforeEach(async () => {
  aws = new OperationCaller(apigateway);
  const { id: restApiId, rootResourceId: resourceId } = await aws.call("CreateRestApi", { name: "orders" });
  const method = { restApiId, resourceId, httpMethod: "GET" };
  await aws.call("PutMethod", { ...method, authorizationType: "NONE" });
  await aws.call("PutIntegration", { ...method, type: "MOCK" });
  stage = { restApiId, stageName: "s1" };
  await aws.call("CreateDeployment", stage);
});

const update = (...patchOperations: object[]) => aws.call("UpdateStage", { ...stage, patchOperations });
const refused = (op: string, path: string, value?: string) =>
  aws.refusal("UpdateStage", { ...stage, patchOperations: [{ op, path, ...(value === undefined ? {} : { value }) }] });
const replace = (path: string, value: string) => ({ op: "replace", path, value });

describe("stages", () => {
  it("are described without what was never set", async () => {
    expect(await aws.call("GetStage", stage)).toEqual({
      cacheClusterEnabled: false,
      cacheClusterStatus: "NOT_AVAILABLE",
      createdDate: 1782992634,
      deploymentId: expect.any(String),
      lastUpdatedDate: 1782992634,
      methodSettings: {},
      stageName: "s1",
      tracingEnabled: false,
    });
  });

  it("give a method the settings of all methods when it gets its first own", async () => {
    const updated = await update(
      replace("/description", "stage new"),
      replace("/variables/var1", "test"),
      replace("/*/*/throttling/burstLimit", "123"),
      replace("/*/*/caching/enabled", "true"),
      replace("/tracingEnabled", "true"),
      replace("/test/GET/throttling/burstLimit", "124"),
    );
    expect(updated).toMatchObject({ description: "stage new", tracingEnabled: true, variables: { var1: "test" } });
    expect(updated.methodSettings).toEqual({
      "*/*": { ...SETTING, throttlingBurstLimit: 123 },
      "test/GET": { ...SETTING, throttlingBurstLimit: 124 },
    });
    const { methodSettings } = await update(replace("/*/*/throttling/burstLimit", "100"));
    expect(methodSettings["test/GET"]).toEqual({ ...SETTING, throttlingBurstLimit: 124 });
  });

  it("lose the settings of all methods, once there are some", async () => {
    expect(await refused("remove", "/*/*")).toEqual(unset("*/*"));
    await update(replace("/*/*/caching/enabled", "true"));
    expect(await update({ op: "remove", path: "/*/*" })).toMatchObject({ methodSettings: {} });
  });

  it.each(["/documentation_version", "/tags/tag1", "/canarySettings"])("cannot be patched at %s", async (path) => {
    expect(await refused("replace", path, "x")).toEqual(
      badRequest(`Invalid method setting path: ${path}. Must be one of: ${PATHS}`),
    );
  });

  it("take an access log's settings one by one, and lose them together", async () => {
    const invalid =
      "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]";
    for (const path of ["/accessLogSettings/randomValue", "/accessLogSettings/*", "/accessLogSettings"]) {
      expect(await refused("add", path, "x")).toEqual(badRequest(invalid));
    }
    expect(await refused("remove", "/accessLogSettings/randomValue")).toEqual(unset("accessLogSettings/randomValue"));
    await update({ op: "add", path: "/accessLogSettings/destinationArn", value: LOG_GROUP });
    const format = "$context.requestId $context.identity.sourceIp";
    expect(await update({ op: "add", path: "/accessLogSettings/format", value: format })).toMatchObject({
      accessLogSettings: { destinationArn: LOG_GROUP, format },
    });
    expect(await refused("replace", "/accessLogSettings/format", "")).toEqual(
      badRequest("Access Log value must not be empty"),
    );
    expect(await update({ op: "remove", path: "/accessLogSettings" })).not.toHaveProperty("accessLogSettings");
  });

  it("refuse variables whose name or value AWS does not take", async () => {
    expect(await refused("replace", "/variables/owner:name", "x")).toEqual(
      badRequest("Invalid stage variable name: owner:name.  Please use names with only word characters."),
    );
    expect(await refused("replace", "/variables/empty", "")).toEqual(
      badRequest(
        "Invalid stage variable value: .  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.",
      ),
    );
  });

  it("keep their deployment from being deleted until they have the next", async () => {
    const { deploymentId } = await aws.call("GetStage", stage);
    const deployment = { restApiId: stage.restApiId, deploymentId };
    expect(await aws.refusal("DeleteDeployment", deployment)).toEqual(
      badRequest("Active stages pointing to this deployment must be moved or deleted"),
    );
    await aws.call("CreateDeployment", stage);
    expect(await aws.call("DeleteDeployment", deployment)).toEqual({});
  });
});
