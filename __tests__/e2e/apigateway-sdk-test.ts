/** API Gateway's own API as the AWS SDK calls it, and what callers of the API get meanwhile. */
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateVpcLinkCommand,
  DeleteAuthorizerCommand,
  DeleteMethodCommand,
  DeleteResourceCommand,
  DeleteRestApiCommand,
  DeleteStageCommand,
  GetAuthorizersCommand,
  GetDeploymentCommand,
  GetExportCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  type PatchOperation,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateAuthorizerCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { AccessApi } from "../support/access-api";
import { refusalOf, sdkOptions } from "../support/aws-sdk";
import { REGION } from "../support/pretend-account";
import { driftOf } from "../support/terraform-drift";

jest.setTimeout(300_000);

const FUNCTION = `arn:aws:lambda:${REGION}:123456789012:function:orders`;
const INVOKE_ARN = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;
/** Statuses for `read`, `write` and a call without a token, by what is deployed. */
const READ_ONLY = [200, 401, 401];
const WRITE_ONLY = [401, 200, 401];
const OPEN = [200, 200, 200];
const CLOSED = [401, 401, 401];

let api: AccessApi;
let sdk: APIGatewayClient;
let restApiId: string;
beforeAll(async () => {
  api = await AccessApi.open();
  restApiId = `${api.outputs["api"]}`;
});
afterAll(() => api.close());
// A connection kept alive over a long test is closed by the server at any time.
beforeEach(() => {
  sdk = new APIGatewayClient(sdkOptions(api.stack.emulator));
});
afterEach(() => sdk.destroy());

const stage = () => ({ restApiId, stageName: "dev" });
const methodId = () => ({ restApiId, resourceId: `${api.outputs["method"]}`, httpMethod: "POST" });
const authorizerId = () => ({ restApiId, authorizerId: `${api.outputs["authorizer"]}` });
const updateMethod = (...patchOperations: PatchOperation[]) =>
  sdk.send(new UpdateMethodCommand({ ...methodId(), patchOperations }));
const updateStage = (path: string, value: string | undefined) =>
  sdk.send(new UpdateStageCommand({ ...stage(), patchOperations: [{ op: "replace", path, value }] }));
const deploy = async () => (await sdk.send(new CreateDeploymentCommand(stage()))).id;
const replaceScope = () =>
  updateMethod(
    { op: "remove", path: "/authorizationScopes", value: "orders/read" },
    { op: "add", path: "/authorizationScopes", value: "orders/write" },
  );
/** Has the authorizer trust another pool, which does not exist. */
const replacePool = () => {
  const patchOperations: PatchOperation[] = [
    { op: "add", path: "/providerARNs", value: `${api.outputs["pool"]}x` },
    { op: "remove", path: "/providerARNs", value: api.outputs["pool"] },
  ];
  return sdk.send(new UpdateAuthorizerCommand({ ...authorizerId(), patchOperations }));
};
/** The export, of which the shape is not known to the SDK. */
const exported = async (extensions?: string) => {
  const parameters = extensions === undefined ? {} : { extensions };
  const { body, contentType } = await sdk.send(
    new GetExportCommand({ ...stage(), exportType: "oas30", accepts: "application/json", parameters }),
  );
  expect(contentType).toBe("application/json");
  return JSON.parse(Buffer.from(body ?? []).toString("utf8"));
};
const namesOf = (refused: readonly Promise<unknown>[]) =>
  Promise.all(refused.map(async (one) => (await refusalOf(one)).name));

describe("reading an API", () => {
  it("describes a method with its integration, alone and embedded in its resource", async () => {
    const { $metadata, ...method } = await sdk.send(new GetMethodCommand(methodId()));
    expect(method).toMatchObject({
      httpMethod: "POST",
      authorizationType: "COGNITO_USER_POOLS",
      authorizerId: authorizerId().authorizerId,
      authorizationScopes: ["orders/read"],
      methodIntegration: { type: "AWS_PROXY", httpMethod: "POST", uri: INVOKE_ARN },
    });
    const { items } = await sdk.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
    expect(items?.map(({ path, resourceMethods }) => [path, resourceMethods])).toEqual([
      ["/", undefined],
      ["/access", { POST: method }],
    ]);
  });

  it("describes a stage, and its deployment with the authorization of methods", async () => {
    const deploymentId = api.outputs["deployment"];
    const { $metadata, ...described } = await sdk.send(new GetStageCommand(stage()));
    const { item } = await sdk.send(new GetStagesCommand({ restApiId }));
    const other = await sdk.send(new GetStagesCommand({ restApiId, deploymentId: "another" }));
    expect([item, other.item]).toEqual([[described], []]);
    expect(described).toMatchObject({ deploymentId, createdDate: expect.any(Date) });
    const embed = ["apisummary"];
    expect(await sdk.send(new GetDeploymentCommand({ restApiId, deploymentId, embed }))).toMatchObject({
      id: deploymentId,
      description: "By Terraform",
      apiSummary: { "/access": { POST: { authorizationType: "COGNITO_USER_POOLS", apiKeyRequired: false } } },
    });
  });

  it("lists APIs of the region, page by page, with positions that were given only", async () => {
    const all = await sdk.send(new GetRestApisCommand({}));
    const first = await sdk.send(new GetRestApisCommand({ limit: 1 }));
    const second = await sdk.send(new GetRestApisCommand({ limit: 1, position: first.position }));
    expect(all.items?.map(({ name }) => name).sort()).toEqual(["bare", "orders"]);
    expect([...(first.items ?? []), ...(second.items ?? [])]).toEqual(all.items);
    expect([first.items?.length, second.position]).toEqual([1, undefined]);
    expect(await namesOf([sdk.send(new GetRestApisCommand({ position: "nowhere" }))])).toEqual(["BadRequestException"]);
    const elsewhere = new APIGatewayClient(sdkOptions(api.stack.emulator, "eu-west-1"));
    expect((await elsewhere.send(new GetRestApisCommand({}))).items).toEqual([]);
    elsewhere.destroy();
  });

  it("exports the stage as OpenAPI, with scopes, and with integrations and authorizers on request", async () => {
    const scheme = { type: "apiKey", name: "Authorization", in: "header" };
    const security = [{ machines: ["orders/read"] }];
    expect(await exported()).toEqual({
      openapi: "3.0.1",
      info: { title: "orders", description: "Takes orders", version: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      servers: [
        {
          url: `https://${restApiId}.execute-api.${REGION}.amazonaws.com/{basePath}`,
          variables: { basePath: { default: "dev" } },
        },
      ],
      paths: { "/access": { post: { responses: {}, security } } },
      components: { securitySchemes: { machines: scheme } },
    });
    const type = "cognito_user_pools";
    const authorizer = { type, providerARNs: [api.outputs["pool"]] };
    const integration = {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: INVOKE_ARN,
      passthroughBehavior: "when_no_match",
    };
    expect(await exported("integrations,authorizers")).toMatchObject({
      paths: { "/access": { post: { security, "x-amazon-apigateway-integration": integration } } },
      components: {
        securitySchemes: {
          machines: { "x-amazon-apigateway-authtype": type, "x-amazon-apigateway-authorizer": authorizer },
        },
      },
    });
  });
});

/** Each test leaves things as Terraform made them, which it shows. */
describe("changing an API", () => {
  afterEach(async () => {
    await api.stack.apply();
    expect(await api.stack.plan()).toBeUndefined();
    expect(await api.statuses()).toEqual(READ_ONLY);
  });

  it("has no effect on callers before a stage has the deployment, and none after it has the old one again", async () => {
    await replaceScope();
    expect((await sdk.send(new GetMethodCommand(methodId()))).authorizationScopes).toEqual(["orders/write"]);
    const { id } = await sdk.send(new CreateDeploymentCommand({ restApiId }));
    expect(await api.statuses()).toEqual(READ_ONLY);
    expect((await exported()).paths["/access"].post.security).toEqual([{ machines: ["orders/read"] }]);
    await updateStage("/deploymentId", id);
    expect(await api.statuses()).toEqual(WRITE_ONLY);
    expect((await exported()).paths["/access"].post.security).toEqual([{ machines: ["orders/write"] }]);
    await updateStage("/deploymentId", api.outputs["deployment"]);
    expect(await api.statuses()).toEqual(READ_ONLY);
  });

  it.each<[string, () => Promise<unknown>, readonly number[]]>([
    ["another pool", replacePool, CLOSED],
    ["no authorizer", () => updateMethod({ op: "replace", path: "/authorizationType", value: "NONE" }), OPEN],
  ])("to %s has no effect before the deployment", async (_, change, statuses) => {
    await change();
    expect(await api.statuses()).toEqual(READ_ONLY);
    const deploymentId = await deploy();
    expect((await sdk.send(new GetStageCommand(stage()))).deploymentId).toBe(deploymentId);
    expect(await api.statuses()).toEqual(statuses);
  });

  it("shows as drift of the method, the authorizer and the stage", async () => {
    await replaceScope();
    const deploymentId = await deploy();
    await replacePool();
    const differences = [
      ["method", "authorization_scopes", ["orders/read"], ["orders/write"]],
      ["authorizer", "provider_arns", [api.outputs["pool"]], [`${api.outputs["pool"]}x`]],
      ["stage", "deployment_id", api.outputs["deployment"], deploymentId],
    ].map(([type, attribute, before, after]) => ({ address: `aws_api_gateway_${type}.one`, attribute, before, after }));
    expect(await driftOf(api.stack)).toEqual(expect.arrayContaining(differences));
  });

  it("is refused for what does not exist, is not emulated or is not signed, and changes nothing", async () => {
    const unsigned = new APIGatewayClient({
      ...sdkOptions(api.stack.emulator),
      signer: { sign: async (request) => request },
    });
    const open = { patchOperations: [{ op: "replace" as const, path: "/authorizationType", value: "NONE" }] };
    const other = { op: "add", path: "/authorizationScopes", value: "orders/write" } as const;
    const refused: readonly (readonly [string, Promise<unknown>])[] = [
      ["BadRequestException", updateMethod({ op: "replace", path: "/authorizerId", value: "none" })],
      ["BadRequestException", updateMethod({ ...other, op: "replace" })],
      ["BadRequestException", updateMethod(other, { op: "remove", path: "/authorizationType" })],
      ["NotFoundException", updateStage("/deploymentId", "none")],
      ["NotEmulated", updateStage("/clientCertificateId", "x")],
      ["UnknownOperationException", sdk.send(new CreateVpcLinkCommand({ name: "another", targetArns: [] }))],
      ["MissingAuthenticationTokenException", unsigned.send(new GetRestApisCommand({}))],
      ["MissingAuthenticationTokenException", unsigned.send(new UpdateMethodCommand({ ...methodId(), ...open }))],
    ];
    expect(await namesOf(refused.map(([, one]) => one))).toEqual(refused.map(([name]) => name));
    unsigned.destroy();
    expect(await driftOf(api.stack)).toEqual([]);
  });
});

describe("adding to an API", () => {
  it("of a method has an effect on callers once it is deployed, and Terraform knows nothing of it", async () => {
    const parentId = `${api.outputs["method"]}`;
    const resource = await sdk.send(new CreateResourceCommand({ restApiId, parentId, pathPart: "{proxy+}" }));
    const at = { restApiId, resourceId: resource.id, httpMethod: "ANY" };
    const method = await sdk.send(new PutMethodCommand({ ...at, authorizationType: "NONE" }));
    const given = { ...at, type: "AWS_PROXY" as const, integrationHttpMethod: "POST", uri: INVOKE_ARN };
    await sdk.send(new PutIntegrationCommand(given));
    expect([resource.path, resource.parentId]).toEqual(["/access/{proxy+}", parentId]);
    expect(method).toMatchObject({ httpMethod: "ANY", authorizationType: "NONE", apiKeyRequired: false });
    expect(await api.get("/dev/access/deep")).toBe(403);
    await deploy();
    expect(await api.get("/dev/access/deep")).toBe(200);
    expect(await api.statuses()).toEqual(READ_ONLY);
    expect(await api.stack.plan()).toContain("deployment_id");
  });

  it("is refused for what exists already, is not a method, or belongs to nothing", async () => {
    const at = methodId();
    const authorization = { authorizationType: "COGNITO_USER_POOLS", authorizerId: "none" };
    const commands = [
      new CreateResourceCommand({ restApiId, parentId: `${api.outputs["root"]}`, pathPart: "access" }),
      new PutMethodCommand({ ...at, authorizationType: "NONE" }),
      new PutMethodCommand({ ...at, httpMethod: "TRACE", authorizationType: "NONE" }),
      new PutMethodCommand({ ...at, httpMethod: "GET", ...authorization }),
      new PutIntegrationCommand({ ...at, httpMethod: "GET", type: "MOCK" }),
      new CreateResourceCommand({ restApiId, parentId: "nowhere", pathPart: "x" }),
    ];
    expect(await namesOf(commands.map((command) => sdk.send(command as PutMethodCommand)))).toEqual([
      ...["ConflictException", "ConflictException", "BadRequestException", "BadRequestException"],
      ...["NotFoundException", "NotFoundException"],
    ]);
  });

  it("of an authorizer lasts until it is deleted, which a method prevents", async () => {
    const providerARNs = [`${api.outputs["pool"]}`];
    const given = { restApiId, name: "other", type: "COGNITO_USER_POOLS" as const, providerARNs };
    const made = await sdk.send(new CreateAuthorizerCommand(given));
    expect(made).toMatchObject({ name: "other", type: "COGNITO_USER_POOLS", providerARNs });
    expect((await refusalOf(sdk.send(new CreateAuthorizerCommand(given)))).message).toContain("must be unique");
    expect(await namesOf([sdk.send(new DeleteAuthorizerCommand(authorizerId()))])).toEqual(["ConflictException"]);
    await sdk.send(new DeleteAuthorizerCommand({ restApiId, authorizerId: made.id }));
    const { items = [] } = await sdk.send(new GetAuthorizersCommand({ restApiId }));
    expect(items.map(({ name }) => name)).toEqual(["machines"]);
  });

  it("of a stage lasts until it is deleted", async () => {
    const old = { restApiId, stageName: "old" };
    await sdk.send(new CreateDeploymentCommand(old));
    expect(await api.get("/old/access/deep")).toBe(200);
    await sdk.send(new DeleteStageCommand(old));
    expect(await api.get("/old/access/deep")).toBe(403);
    expect(await namesOf([sdk.send(new DeleteStageCommand(old))])).toEqual(["NotFoundException"]);
  });
});

/** The last tests: nothing of the API is left. */
describe("deleting", () => {
  it("a method, or a resource with its methods, has no effect on what is deployed", async () => {
    const { resourceId } = methodId();
    for (const command of [new DeleteMethodCommand(methodId()), new DeleteResourceCommand({ restApiId, resourceId })]) {
      await sdk.send(command as DeleteMethodCommand);
      expect(await namesOf([sdk.send(new GetMethodCommand(methodId()))])).toEqual(["NotFoundException"]);
      expect(await api.statuses()).toEqual(READ_ONLY);
    }
    expect(await refusalOf(deploy())).toMatchObject({ message: "The REST API doesn't contain any methods" });
    const root = { restApiId, resourceId: `${api.outputs["root"]}` };
    expect(await namesOf([sdk.send(new DeleteResourceCommand(root))])).toEqual(["BadRequestException"]);
  });

  it("an API deletes all that is in it, also what is deployed", async () => {
    await sdk.send(new DeleteRestApiCommand({ restApiId }));
    for (const command of [new GetRestApiCommand({ restApiId }), new DeleteRestApiCommand({ restApiId })]) {
      expect(await namesOf([sdk.send(command as GetRestApiCommand)])).toEqual(["NotFoundException"]);
    }
    expect(await api.statuses()).toEqual([403, 403, 403]);
    await api.stack.apply();
  });
});
