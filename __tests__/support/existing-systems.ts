/** A small system as AWS describes it, for what cannot be built in the embedded AWS. */
import type { ExistingFunction, ExistingSystem } from "../../operations/adopt/existing-system";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders";
const POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a1B2c3D4e";

/** A function with what adopted ones have by default. @param changes of its configuration, merged, and of all else */
export function functionOf(
  name: string,
  { configuration, ...changes }: Partial<ExistingFunction> = {},
): ExistingFunction {
  return {
    name,
    configuration: {
      FunctionName: name,
      FunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      MemorySize: 256,
      Timeout: 10,
      Architectures: ["arm64"],
      Role: `arn:aws:iam::123456789012:role/${name}`,
      ...configuration,
    },
    codeUrl: "https://example.com/code",
    reservedConcurrency: undefined,
    permissions: [],
    logGroup: undefined,
    role: {
      RoleName: name,
      RoleId: "AROA",
      Path: "/",
      Arn: `arn:aws:iam::123456789012:role/${name}`,
      CreateDate: new Date(0),
      inlinePolicies: [],
    },
    tags: {},
    ...changes,
  };
}

/** One client, one route and one function. @param changes of the function */
export function systemWith(changes: Partial<ExistingFunction> = {}): ExistingSystem {
  const integration = {
    type: "AWS_PROXY" as const,
    httpMethod: "POST",
    uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${ARN}/invocations`,
  };
  const identitySource = "method.request.header.Authorization";
  const authorizer = { name: "x", type: "COGNITO_USER_POOLS" as const, providerARNs: [POOL], identitySource };
  return {
    region: "eu-west-1",
    account: "123456789012",
    partition: "aws",
    pool: { Id: "eu-west-1_a1B2c3D4e", Name: "pool", Arn: POOL },
    clients: [
      {
        ClientName: "reader",
        ClientId: "reader-id",
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthScopes: ["orders/read"],
        hasSecret: true,
      },
    ],
    resourceServers: [
      { Identifier: "orders", Name: "Orders", Scopes: [{ ScopeName: "read", ScopeDescription: "Read orders" }] },
    ],
    domains: [{ name: "tokens", certificateArn: undefined }],
    api: { id: "a1b2c3d4e5", name: "api" },
    resources: [
      { id: "root", path: "/" },
      {
        id: "orders",
        path: "/orders",
        resourceMethods: {
          GET: {
            authorizationType: "COGNITO_USER_POOLS",
            authorizerId: "auth",
            authorizationScopes: ["orders/read"],
            methodIntegration: integration,
          },
        },
      },
    ],
    authorizers: [
      { ...authorizer, id: "auth" },
      { ...authorizer, id: "request", type: "REQUEST" },
      { ...authorizer, id: "header", identitySource: "method.request.header.X-Token" },
    ],
    stage: { stageName: "dev" },
    otherStages: [],
    gatewayResponses: [],
    functions: new Map([[ARN, functionOf("orders", changes)]]),
    accessLogGroup: undefined,
  };
}
