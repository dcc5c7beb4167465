/** API Gateway's own API as the AWS SDK asks it, and what callers of the API hear meanwhile. */
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateVpcLinkCommand,
  GetAuthorizerCommand,
  GetAuthorizersCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetExportCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  type PatchOperation,
  UpdateAuthorizerCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { AccessApi } from "../../../support/access-api";
import { refusalOf, sdkOptions } from "../../../support/aws-sdk";
import { REGION } from "../../../support/pretend-account";
import { driftOf } from "../../../support/terraform-drift";

jest.setTimeout(300_000);

const INVOKE_ARN = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:${REGION}:123456789012:function:orders/invocations`;
/** What `read`, `write` and `nobody` hear, by what is deployed. */
const READ_ONLY = [200, 401, 401];
const WRITE_ONLY = [401, 200, 401];
const OPEN = [200, 200, 200];
const CLOSED = [401, 401, 401];

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

const methodId = () => ({ restApiId, resourceId: api.outputs["method"], httpMethod: "POST" });
const authorizerId = () => `${api.outputs["authorizer"]}`;
const updateMethod = (...patchOperations: readonly PatchOperation[]) =>
  sdk.send(new UpdateMethodCommand({ ...methodId(), patchOperations: [...patchOperations] }));
const deploy = async () =>
  (await sdk.send(new CreateDeploymentCommand({ restApiId, stageName: "dev", description: "By hand" }))).id;
const replaceScope = () =>
  updateMethod(
    { op: "remove", path: "/authorizationScopes", value: "orders/read" },
    { op: "add", path: "/authorizationScopes", value: "orders/write" },
  );
/** Has the authorizer trust another pool, one that is not there. */
const replacePool = () => {
  const patchOperations: PatchOperation[] = [
    { op: "add", path: "/providerARNs", value: `${api.outputs["pool"]}x` },
    { op: "remove", path: "/providerARNs", value: api.outputs["pool"] },
  ];
  return sdk.send(new UpdateAuthorizerCommand({ restApiId, authorizerId: authorizerId(), patchOperations }));
};
/** The export, of which the shape is not known to the SDK. */
const exported = async (extensions?: string) => {
  const parameters = extensions === undefined ? {} : { extensions };
  const { body, contentType } = await sdk.send(
    new GetExportCommand({ restApiId, stageName: "dev", exportType: "oas30", accepts: "application/json", parameters }),
  );
  expect(contentType).toBe("application/json");
  return JSON.parse(Buffer.from(body ?? []).toString("utf8"));
};

describe("what the AWS SDK reads of an API", () => {
  it("describes an API", async () => {
    const { $metadata, ...described } = await sdk.send(new GetRestApiCommand({ restApiId }));

    expect(described).toEqual({
      id: restApiId,
      name: "orders",
      description: "Takes orders",
      createdDate: expect.any(Date),
      apiKeySource: "HEADER",
      endpointConfiguration: { types: ["EDGE"], ipAddressType: "ipv4" },
      tags: {},
      disableExecuteApiEndpoint: false,
      rootResourceId: api.outputs["root"],
    });
  });

  it("lists APIs as it describes them, page by page", async () => {
    const { $metadata, ...described } = await sdk.send(new GetRestApiCommand({ restApiId }));
    const all = await sdk.send(new GetRestApisCommand({}));
    const first = await sdk.send(new GetRestApisCommand({ limit: 1 }));
    const second = await sdk.send(new GetRestApisCommand({ limit: 1, position: first.position }));

    expect(all.items?.map(({ name }) => name).sort()).toEqual(["bare", "orders"]);
    // Without tags, a list does not tell them (recorded).
    expect(all.items).toContainEqual({ ...described, tags: undefined });
    expect([first.items?.length, second.items?.length]).toEqual([1, 1]);
    expect([...(first.items ?? []), ...(second.items ?? [])]).toEqual(all.items);
    expect([all.position, second.position]).toEqual([undefined, undefined]);
  });

  it("lists no page at a position that was never given", async () => {
    expect((await refusalOf(sdk.send(new GetRestApisCommand({ position: "nowhere" })))).name).toBe(
      "BadRequestException",
    );
  });

  it("lists no API of another region", async () => {
    const elsewhere = new APIGatewayClient(sdkOptions(api.stack.emulator, "eu-west-1"));
    const { items } = await elsewhere.send(new GetRestApisCommand({}));
    elsewhere.destroy();

    expect(items).toEqual([]);
  });

  it("lists resources page by page", async () => {
    const first = await sdk.send(new GetResourcesCommand({ restApiId, limit: 1 }));
    const second = await sdk.send(new GetResourcesCommand({ restApiId, limit: 1, position: first.position }));

    expect(first.items).toEqual([{ id: api.outputs["root"], path: "/" }]);
    expect(second.items).toEqual([
      {
        id: api.outputs["method"],
        parentId: api.outputs["root"],
        pathPart: "access",
        path: "/access",
        resourceMethods: { POST: {} },
      },
    ]);
    expect(second.position).toBeUndefined();
  });

  it("describes a method with its scopes and its integration", async () => {
    const { $metadata, ...described } = await sdk.send(new GetMethodCommand(methodId()));

    expect(described).toEqual({
      httpMethod: "POST",
      authorizationType: "COGNITO_USER_POOLS",
      authorizerId: authorizerId(),
      apiKeyRequired: false,
      authorizationScopes: ["orders/read"],
      methodIntegration: {
        type: "AWS_PROXY",
        httpMethod: "POST",
        uri: INVOKE_ARN,
        connectionType: "INTERNET",
        passthroughBehavior: "WHEN_NO_MATCH",
        timeoutInMillis: 29_000,
        cacheNamespace: api.outputs["method"],
        cacheKeyParameters: [],
        responseTransferMode: "BUFFERED",
      },
    });
  });

  it("describes the methods of resources when they are to be embedded", async () => {
    const { items } = await sdk.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
    const { $metadata, ...method } = await sdk.send(new GetMethodCommand(methodId()));

    expect(items?.map(({ resourceMethods }) => resourceMethods)).toEqual([undefined, { POST: method }]);
  });

  it("describes the stage, alone and in a list, and only for its own deployment", async () => {
    const { $metadata, ...described } = await sdk.send(new GetStageCommand({ restApiId, stageName: "dev" }));
    const all = await sdk.send(new GetStagesCommand({ restApiId }));
    const ofAnother = await sdk.send(new GetStagesCommand({ restApiId, deploymentId: "another" }));

    expect(described).toEqual({
      stageName: "dev",
      deploymentId: api.outputs["deployment"],
      cacheClusterEnabled: false,
      cacheClusterStatus: "NOT_AVAILABLE",
      methodSettings: {},
      tracingEnabled: false,
      createdDate: expect.any(Date),
      lastUpdatedDate: expect.any(Date),
    });
    expect(all.item).toEqual([described]);
    expect(ofAnother.item).toEqual([]);
  });

  it("describes the deployment, and who may call its methods when it is asked for that", async () => {
    const deploymentId = api.outputs["deployment"];
    const about = { id: deploymentId, description: "By Terraform", createdDate: expect.any(Date) };
    const { items } = await sdk.send(new GetDeploymentsCommand({ restApiId }));
    const { $metadata, ...plain } = await sdk.send(new GetDeploymentCommand({ restApiId, deploymentId }));
    const withSummary = await sdk.send(new GetDeploymentCommand({ restApiId, deploymentId, embed: ["apisummary"] }));

    expect(items).toEqual([about]);
    expect(plain).toEqual(about);
    expect(withSummary).toMatchObject({
      ...about,
      apiSummary: { "/access": { POST: { authorizationType: "COGNITO_USER_POOLS", apiKeyRequired: false } } },
    });
  });

  it("describes the authorizer, alone and in a list", async () => {
    const { $metadata, ...described } = await sdk.send(
      new GetAuthorizerCommand({ restApiId, authorizerId: authorizerId() }),
    );
    const { items } = await sdk.send(new GetAuthorizersCommand({ restApiId }));

    expect(described).toEqual({
      id: authorizerId(),
      name: "machines",
      type: "COGNITO_USER_POOLS",
      providerARNs: [api.outputs["pool"]],
      authType: "cognito_user_pools",
      authorizerResultTtlInSeconds: 300,
      identitySource: "method.request.header.Authorization",
    });
    expect(items).toEqual([described]);
  });

  it("exports the stage as OpenAPI, with the scopes of each method", async () => {
    expect(await exported()).toEqual({
      openapi: "3.0.1",
      info: { title: "orders", description: "Takes orders", version: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      servers: [
        {
          url: `https://${restApiId}.execute-api.${REGION}.amazonaws.com/{basePath}`,
          variables: { basePath: { default: "dev" } },
        },
      ],
      paths: { "/access": { post: { responses: {}, security: [{ machines: ["orders/read"] }] } } },
      components: { securitySchemes: { machines: { type: "apiKey", name: "Authorization", in: "header" } } },
    });
  });

  it("exports integrations and authorizers when they are asked for", async () => {
    expect(await exported("integrations,authorizers")).toMatchObject({
      paths: {
        "/access": {
          post: {
            "x-amazon-apigateway-integration": {
              type: "aws_proxy",
              httpMethod: "POST",
              uri: INVOKE_ARN,
              passthroughBehavior: "when_no_match",
            },
          },
        },
      },
      components: {
        securitySchemes: {
          machines: {
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [api.outputs["pool"]] },
          },
        },
      },
    });
  });
});

/** Each test leaves things as Terraform made them, which it shows. */
describe("what the AWS SDK changes of an API", () => {
  afterEach(async () => {
    await api.stack.apply();
    expect(await api.stack.plan()).toBeUndefined();
    expect(await api.statuses()).toEqual(READ_ONLY);
  });

  it("does not let another scope in before it is deployed, and brings the old answers back with the old deployment", async () => {
    const before = await api.statuses();
    await replaceScope();
    const changed = [(await sdk.send(new GetMethodCommand(methodId()))).authorizationScopes, await api.statuses()];
    const undeployed = await exported();
    const deploymentId = await deploy();
    const deployed = [(await sdk.send(new GetStageCommand({ restApiId, stageName: "dev" }))).deploymentId];
    const afterwards = [...deployed, await api.statuses()];
    const redeployed = await exported();
    const value = api.outputs["deployment"];
    const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value }];
    await sdk.send(new UpdateStageCommand({ restApiId, stageName: "dev", patchOperations }));

    expect(before).toEqual(READ_ONLY);
    expect(changed).toEqual([["orders/write"], READ_ONLY]);
    expect(undeployed.paths["/access"].post.security).toEqual([{ machines: ["orders/read"] }]);
    expect(afterwards).toEqual([deploymentId, WRITE_ONLY]);
    expect(redeployed.paths["/access"].post.security).toEqual([{ machines: ["orders/write"] }]);
    expect(await api.statuses()).toEqual(READ_ONLY);
  });

  it("does not let another scope in by a deployment that no stage has, but by the stage that is moved on to it", async () => {
    await replaceScope();
    const { id } = await sdk.send(new CreateDeploymentCommand({ restApiId }));
    const unstaged = await api.statuses();
    const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value: id }];
    await sdk.send(new UpdateStageCommand({ restApiId, stageName: "dev", patchOperations }));

    expect(unstaged).toEqual(READ_ONLY);
    expect(await api.statuses()).toEqual(WRITE_ONLY);
  });

  it("does not let tokens of another pool in, nor shut those of the first out, before that is deployed", async () => {
    await replacePool();
    const undeployed = await api.statuses();
    await deploy();

    expect(undeployed).toEqual(READ_ONLY);
    expect(await api.statuses()).toEqual(CLOSED);
  });

  it("does not open a method whose authorizer is taken off before that is deployed", async () => {
    await updateMethod({ op: "replace", path: "/authorizationType", value: "NONE" });
    const undeployed = await api.statuses();
    await deploy();

    expect(undeployed).toEqual(READ_ONLY);
    expect(await api.statuses()).toEqual(OPEN);
  });

  it("shows as drift of the method, the authorizer and the stage", async () => {
    await replaceScope();
    const deploymentId = await deploy();
    await replacePool();

    expect(await driftOf(api.stack)).toEqual(
      expect.arrayContaining([
        {
          address: "aws_api_gateway_method.one",
          attribute: "authorization_scopes",
          before: ["orders/read"],
          after: ["orders/write"],
        },
        {
          address: "aws_api_gateway_authorizer.one",
          attribute: "provider_arns",
          before: [api.outputs["pool"]],
          after: [`${api.outputs["pool"]}x`],
        },
        {
          address: "aws_api_gateway_stage.one",
          attribute: "deployment_id",
          before: api.outputs["deployment"],
          after: deploymentId,
        },
      ]),
    );
  });

  it("is refused when it makes no sense, and then changes nothing", async () => {
    const refused = [
      updateMethod({ op: "replace", path: "/authorizerId", value: "nobody" }),
      updateMethod({ op: "replace", path: "/authorizationScopes", value: "orders/write" }),
      updateMethod(
        { op: "add", path: "/authorizationScopes", value: "orders/write" },
        { op: "remove", path: "/authorizationType" },
      ),
      sdk.send(
        new UpdateStageCommand({
          restApiId,
          stageName: "dev",
          patchOperations: [{ op: "replace", path: "/deploymentId", value: "nothing" }],
        }),
      ),
    ];
    const names = await Promise.all(refused.map(async (one) => (await refusalOf(one)).name));

    expect(names).toEqual([...Array(3).fill("BadRequestException"), "NotFoundException"]);
    expect((await sdk.send(new GetMethodCommand(methodId()))).authorizationScopes).toEqual(["orders/read"]);
    expect(await driftOf(api.stack)).toEqual([]);
  });
});

describe("what the AWS SDK is refused", () => {
  it.each([
    [
      "an API",
      () => sdk.send(new GetRestApiCommand({ restApiId: "nothing" })),
      "Invalid API identifier specified 123456789012:nothing",
    ],
    [
      "a resource",
      () => sdk.send(new GetMethodCommand({ ...methodId(), resourceId: "nothing" })),
      "Invalid Resource identifier specified",
    ],
    [
      "a method",
      () => sdk.send(new GetMethodCommand({ ...methodId(), httpMethod: "PUT" })),
      "Invalid Method identifier specified",
    ],
    [
      "a stage",
      () => sdk.send(new GetStageCommand({ restApiId, stageName: "nothing" })),
      "Invalid stage identifier specified",
    ],
    [
      "a deployment",
      () => sdk.send(new GetDeploymentCommand({ restApiId, deploymentId: "nothing" })),
      "Invalid Deployment identifier specified",
    ],
    [
      "an authorizer",
      () => sdk.send(new GetAuthorizerCommand({ restApiId, authorizerId: "nothing" })),
      "Invalid Authorizer identifier specified",
    ],
  ])("is %s that is not there", async (_, ask: () => Promise<object>, message) => {
    const refusal = await refusalOf(ask());

    expect(refusal).toMatchObject({ name: "NotFoundException", message, $metadata: { httpStatusCode: 404 } });
  });

  it("is an operation that is not emulated", async () => {
    const refusal = await refusalOf(sdk.send(new CreateVpcLinkCommand({ name: "another", targetArns: [] })));

    expect(refusal).toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringMatching(/^POST \/vpclinks is not emulated\. Emulated: Create/),
    });
  });

  it("is a patch that is not emulated", async () => {
    const patchOperations = [{ op: "replace" as const, path: "/clientCertificateId", value: "x" }];
    const refusal = await refusalOf(sdk.send(new UpdateStageCommand({ restApiId, stageName: "dev", patchOperations })));

    expect(refusal).toMatchObject({
      name: "NotEmulated",
      message: expect.stringContaining("/clientCertificateId is not emulated"),
    });
  });

  it("is a request that nobody signed, even one that would change something", async () => {
    const unsigned = new APIGatewayClient({
      ...sdkOptions(api.stack.emulator),
      signer: { sign: async (request) => request },
    });
    const patchOperations = [{ op: "replace" as const, path: "/authorizationType", value: "NONE" }];
    const refusals = [
      await refusalOf(unsigned.send(new GetRestApisCommand({}))),
      await refusalOf(unsigned.send(new UpdateMethodCommand({ ...methodId(), patchOperations }))),
    ];
    unsigned.destroy();

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        name: "MissingAuthenticationTokenException",
        message: "Missing Authentication Token",
        $metadata: { httpStatusCode: 403 },
      });
    }
    expect(await driftOf(api.stack)).toEqual([]);
  });
});
