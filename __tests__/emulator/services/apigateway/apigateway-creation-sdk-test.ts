/** What the AWS SDK adds to an API, and that callers hear of it with the next deployment. */
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  DeleteAuthorizerCommand,
  DeleteStageCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetStagesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { AccessApi } from "../../../support/access-api";
import { refusalOf, sdkOptions } from "../../../support/aws-sdk";
import { REGION } from "../../../support/pretend-account";

jest.setTimeout(300_000);

let api: AccessApi;
let sdk: APIGatewayClient;
let restApiId: string;
beforeAll(async () => {
  api = await AccessApi.open();
  sdk = new APIGatewayClient(sdkOptions(api.stack.emulator));
  restApiId = `${api.outputs["api"]}`;
});
afterAll(async () => {
  sdk.destroy();
  await api.close();
});

const LAMBDA = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions`;
const uri = `${LAMBDA}/arn:aws:lambda:${REGION}:123456789012:function:orders/invocations`;

describe("the AWS SDK", () => {
  it("adds a resource with a method, which answers once it is deployed, and of which Terraform knows nothing", async () => {
    const parentId = `${api.outputs["method"]}`;
    const resource = await sdk.send(new CreateResourceCommand({ restApiId, parentId, pathPart: "{proxy+}" }));
    const at = { restApiId, resourceId: resource.id, httpMethod: "ANY" };
    const method = await sdk.send(new PutMethodCommand({ ...at, authorizationType: "NONE" }));
    const integration = { ...at, type: "AWS_PROXY" as const, integrationHttpMethod: "POST", uri };
    const integrated = await sdk.send(new PutIntegrationCommand(integration));

    expect([resource.path, resource.parentId]).toEqual(["/access/{proxy+}", parentId]);
    expect(method).toMatchObject({ httpMethod: "ANY", authorizationType: "NONE", apiKeyRequired: false });
    expect(integrated).toMatchObject({ type: "AWS_PROXY", httpMethod: "POST", uri });
    const { items = [] } = await sdk.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
    expect(items.find(({ id }) => id === resource.id)?.resourceMethods?.["ANY"]).toMatchObject({
      authorizationType: "NONE",
      methodIntegration: { uri },
    });
    expect(await api.get("/dev/access/deep")).toBe(403);
    await sdk.send(new CreateDeploymentCommand({ restApiId, stageName: "dev" }));
    expect(await api.get("/dev/access/deep")).toBe(200);
    expect(await api.statuses()).toEqual([200, 401, 401]);
    expect(await api.stack.plan()).toContain("deployment_id");
  });

  it("is refused what is there already, is no method, or belongs to nothing", async () => {
    const at = { restApiId, resourceId: `${api.outputs["method"]}`, httpMethod: "POST" };
    const refusals = [
      new CreateResourceCommand({ restApiId, parentId: `${api.outputs["root"]}`, pathPart: "access" }),
      new PutMethodCommand({ ...at, authorizationType: "NONE" }),
      new PutMethodCommand({ ...at, httpMethod: "TRACE", authorizationType: "NONE" }),
      new PutMethodCommand({ ...at, httpMethod: "GET", authorizationType: "COGNITO_USER_POOLS", authorizerId: "none" }),
      new PutIntegrationCommand({ ...at, httpMethod: "GET", type: "MOCK" }),
      new CreateResourceCommand({ restApiId, parentId: "nowhere", pathPart: "x" }),
    ].map((command) => refusalOf(sdk.send(command as PutMethodCommand)));

    expect((await Promise.all(refusals)).map(({ name }) => name)).toEqual([
      "ConflictException",
      "ConflictException",
      "BadRequestException",
      expect.stringMatching(/^(?:BadRequest|NotFound)Exception$/),
      "NotFoundException",
      "NotFoundException",
    ]);
  });

  it("adds an authorizer, and deletes one that no method refers to", async () => {
    const providerARNs = [`${api.outputs["pool"]}`];
    const identitySource = "method.request.header.X-Token";
    const given = { restApiId, name: "other", type: "COGNITO_USER_POOLS" as const, providerARNs, identitySource };
    const made = await sdk.send(new CreateAuthorizerCommand(given));
    expect(made).toMatchObject({ name: "other", type: "COGNITO_USER_POOLS", providerARNs, identitySource });
    expect((await refusalOf(sdk.send(new CreateAuthorizerCommand(given)))).message).toContain("must be unique");
    const used = new DeleteAuthorizerCommand({ restApiId, authorizerId: `${api.outputs["authorizer"]}` });
    expect(await refusalOf(sdk.send(used))).toMatchObject({
      name: "ConflictException",
      message: expect.stringContaining("is referenced in method: POST//access"),
    });
    await sdk.send(new DeleteAuthorizerCommand({ restApiId, authorizerId: made.id }));
    const { items = [] } = await sdk.send(new GetAuthorizersCommand({ restApiId }));

    expect(items.map(({ name }) => name)).toEqual(["machines"]);
  });

  it("adds a stage, which answers until it is deleted", async () => {
    await sdk.send(new CreateDeploymentCommand({ restApiId, stageName: "old" }));
    expect(await api.get("/old/access/deep")).toBe(200);
    await sdk.send(new DeleteStageCommand({ restApiId, stageName: "old" }));
    const { item = [] } = await sdk.send(new GetStagesCommand({ restApiId }));

    expect(item.map(({ stageName }) => stageName)).toEqual(["dev"]);
    expect(await api.get("/old/access/deep")).toBe(403);
    const again = await refusalOf(sdk.send(new DeleteStageCommand({ restApiId, stageName: "old" })));
    expect(again).toMatchObject({ name: "NotFoundException" });
  });
});
