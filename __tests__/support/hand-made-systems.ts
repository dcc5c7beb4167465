/** Systems as people put them together in consoles: built in an embedded AWS through the SDK, for what adopts them. */
import { strToU8, zipSync } from "fflate";
import type { Aws } from "../../platform/aws";

/** Ids of a system. */
export interface HandMade {
  readonly poolId: string;
  readonly apiId: string;
  readonly clientIds: Readonly<Record<string, string>>;
}

const ACCOUNT = "123456789012";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** What a method of a {@link Builder} has. */
interface MethodOptions {
  /** Name of an authorizer. */
  readonly authorizer?: string;
  readonly scopes?: readonly string[];
  readonly apiKey?: true;
  readonly validator?: string;
  /** Name of a function, or its ARN. */
  readonly lambda?: string;
  readonly url?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Builds one system step by step, as the console does. */
export class Builder {
  poolId = "";
  apiId = "";
  readonly clientIds: Record<string, string> = {};
  private readonly resourceIds = new Map<string, string>();
  private readonly authorizers = new Map<string, string>();

  constructor(private readonly aws: Aws) {}

  async pool(name: string, prefix: string, servers: Readonly<Record<string, Readonly<Record<string, string>>>>) {
    const cognito = await this.aws.cognito();
    const { UserPool } = await cognito.createUserPool({
      PoolName: name,
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTags: { team: "shop" },
    });
    this.poolId = UserPool?.Id ?? "";
    await cognito.createUserPoolDomain({ UserPoolId: this.poolId, Domain: prefix });
    for (const [Identifier, scopes] of Object.entries(servers)) {
      const Scopes = Object.entries(scopes).map(([ScopeName, ScopeDescription]) => ({ ScopeName, ScopeDescription }));
      await cognito.createResourceServer({ UserPoolId: this.poolId, Identifier, Name: `API of ${prefix}`, Scopes });
    }
  }

  async client(label: string, scopes: readonly string[], more: object = {}) {
    const { UserPoolClient } = await (await this.aws.cognito()).createUserPoolClient({
      UserPoolId: this.poolId,
      ClientName: label.replace(/#.*/, ""),
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: [...scopes],
      ...more,
    });
    this.clientIds[label] = UserPoolClient?.ClientId ?? "";
  }

  async role(RoleName: string, Path = "/") {
    const iam = await this.aws.iam();
    await iam.createRole({ RoleName, Path, AssumeRolePolicyDocument: TRUST, Description: "made by hand" });
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "dynamodb:GetItem", Resource: `arn:aws:dynamodb:*:${ACCOUNT}:table/orders` },
      ],
    });
    await iam.putRolePolicy({ RoleName, PolicyName: "tables", PolicyDocument });
  }

  async function(
    name: string,
    role: string,
    files: Readonly<Record<string, string>>,
    more: object = {},
    Handler = "index.handler",
  ) {
    const content = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]));
    await (await this.aws.lambda()).createFunction({
      FunctionName: name,
      Role: `arn:aws:iam::${ACCOUNT}:role/${role}`,
      Runtime: "nodejs22.x",
      Handler,
      Code: { ZipFile: zipSync(content) },
      ...more,
    });
  }

  /** @param source what may invoke it of the API, such as `*`/`*`/`*` */
  async allow(name: string, source: string, StatementId = "api") {
    await (await this.aws.lambda()).addPermission({
      FunctionName: name,
      StatementId,
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:${this.aws.region}:${ACCOUNT}:${this.apiId}/${source}`,
    });
  }

  async api(name: string, more: object = {}) {
    const api = await (await this.aws.apiGateway()).createRestApi({ name, ...more });
    this.apiId = api.id ?? "";
    this.resourceIds.set("/", api.rootResourceId ?? "");
  }

  async authorizer(name: string, pools: readonly string[] = [this.poolId]) {
    const { id = "" } = await (await this.aws.apiGateway()).createAuthorizer({
      restApiId: this.apiId,
      name,
      type: "COGNITO_USER_POOLS",
      providerARNs: pools.map((id) => `arn:aws:cognito-idp:${this.aws.region}:${ACCOUNT}:userpool/${id}`),
      identitySource: "method.request.header.Authorization",
    });
    this.authorizers.set(name, id);
  }

  async method(route: string, options: MethodOptions) {
    const [httpMethod = "", path = ""] = route.split(" ");
    const gateway = await this.aws.apiGateway();
    const at = { restApiId: this.apiId, resourceId: await this.resource(path), httpMethod };
    const { authorizer, scopes = [], lambda, url, parameters } = options;
    await gateway.putMethod({
      ...at,
      authorizationType: authorizer === undefined ? "NONE" : "COGNITO_USER_POOLS",
      ...(authorizer === undefined
        ? {}
        : { authorizerId: this.authorizers.get(authorizer), authorizationScopes: [...scopes] }),
      ...(options.apiKey ? { apiKeyRequired: true } : {}),
      ...(options.validator === undefined ? {} : { requestValidatorId: options.validator }),
      ...(parameters === undefined
        ? {}
        : { requestParameters: Object.fromEntries(Object.values(parameters).map((from) => [from, true])) }),
    });
    if (url !== undefined) {
      await gateway.putIntegration({
        ...at,
        type: "HTTP_PROXY",
        integrationHttpMethod: httpMethod,
        uri: url,
        ...(parameters === undefined ? {} : { requestParameters: { ...parameters } }),
      });
      return;
    }
    const { region } = this.aws;
    const arn = lambda?.startsWith("arn:") ? lambda : `arn:aws:lambda:${region}:${ACCOUNT}:function:${lambda}`;
    const uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
    await gateway.putIntegration({ ...at, type: "AWS_PROXY", integrationHttpMethod: "POST", uri });
  }

  /** As "Enable CORS" does. */
  async cors(path: string, methods: string, origin: string, headers: string) {
    const gateway = await this.aws.apiGateway();
    const at = { restApiId: this.apiId, resourceId: await this.resource(path), httpMethod: "OPTIONS" };
    const values = { Headers: headers, Methods: methods, Origin: origin };
    const parameters = Object.entries(values).map(
      ([name, value]) => [`method.response.header.Access-Control-Allow-${name}`, value] as const,
    );
    await gateway.putMethod({ ...at, authorizationType: "NONE" });
    const requestTemplates = { "application/json": '{"statusCode": 200}' };
    await gateway.putIntegration({ ...at, type: "MOCK", requestTemplates });
    const declared = Object.fromEntries(parameters.map(([name]) => [name, false]));
    await gateway.putMethodResponse({ ...at, statusCode: "200", responseParameters: declared });
    const sent = Object.fromEntries(parameters.map(([name, value]) => [name, `'${value}'`]));
    await gateway.putIntegrationResponse({ ...at, statusCode: "200", responseParameters: sent });
  }

  async validator(): Promise<string> {
    const input = { restApiId: this.apiId, name: "body", validateRequestBody: true };
    return (await (await this.aws.apiGateway()).createRequestValidator(input)).id ?? "";
  }

  /** @param patches values by path, such as `/orders/GET/throttling/rateLimit` */
  async deploy(stageName: string, patches: Readonly<Record<string, string>> = {}) {
    const gateway = await this.aws.apiGateway();
    await gateway.createDeployment({ restApiId: this.apiId, stageName });
    const patchOperations = Object.entries(patches).map(([path, value]) => ({ op: "replace" as const, path, value }));
    if (patchOperations.length > 0) await gateway.updateStage({ restApiId: this.apiId, stageName, patchOperations });
  }

  async logGroup(logGroupName: string, retentionInDays?: number) {
    const logs = await this.aws.logs();
    await logs.createLogGroup({ logGroupName, tags: { made: "by hand" } });
    if (retentionInDays !== undefined) await logs.putRetentionPolicy({ logGroupName, retentionInDays });
  }

  get ids(): HandMade {
    const { poolId, apiId, clientIds } = this;
    return { poolId, apiId, clientIds };
  }

  private async resource(path: string): Promise<string> {
    const known = this.resourceIds.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf("/");
    const parentId = await this.resource(path.slice(0, slash) || "/");
    const input = { restApiId: this.apiId, parentId, pathPart: path.slice(slash + 1) };
    const { id = "" } = await (await this.aws.apiGateway()).createResource(input);
    this.resourceIds.set(path, id);
    return id;
  }
}

const RETURN_ID =
  "exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.pathParameters) });";

/** Several clients and resource servers, nested paths, CORS for one origin, functions that share a role, a secret. */
export async function buildShop(aws: Aws): Promise<HandMade> {
  const builder = new Builder(aws);
  const stock = "https://api.example.com/stock";
  await builder.pool("Shop Machines", "shop-machines", {
    orders: { read: "Read orders", write: "Change orders" },
    [stock]: { view: "See the stock" },
  });
  await builder.client("web", ["orders/read", "orders/write"], {
    AccessTokenValidity: 30,
    TokenValidityUnits: { AccessToken: "minutes" },
  });
  await builder.client("warehouse", [`${stock}/view`, "orders/read"]);
  await builder.client("warehouse#2", [`${stock}/view`]);
  await builder.role("shop-lambda", "/service/");
  const variables = {
    TABLE: "orders",
    PAYMENT_URL: "https://pay.example.com/v1",
    PAYMENT_SECRET: "s3cr3t-value-17",
    DATABASE: "postgres://shop:hunter2@db.example.com/orders",
  };
  const files = {
    "src/app.mjs":
      'import { table } from "./table.mjs"; export const main = async () => ({ statusCode: 200, body: table });',
    "src/table.mjs": 'export const table = process.env["TABLE"];',
    "src/template.html": "<p></p>",
  };
  await builder.function(
    "ShopOrders",
    "service/shop-lambda",
    files,
    { Environment: { Variables: variables } },
    "src/app.main",
  );
  await builder.function(
    "ShopStock",
    "service/shop-lambda",
    { "index.js": RETURN_ID },
    {
      Tags: { owner: "warehouse" },
      Timeout: 60,
      MemorySize: 512,
      Description: "the stock",
    },
  );
  await builder.api("Shop API", { description: "for shops" });
  await builder.authorizer("Shop_Pool");
  const read = { authorizer: "Shop_Pool", scopes: ["orders/read"], lambda: "ShopOrders" };
  await builder.method("GET /orders", read);
  await builder.method("POST /orders", { ...read, scopes: ["orders/write"] });
  await builder.method("GET /orders/{id}", read);
  await builder.method("DELETE /orders/{id}/lines/{line}", { ...read, scopes: ["orders/write"] });
  await builder.method("GET /stock/{item}", {
    authorizer: "Shop_Pool",
    scopes: [`${stock}/view`],
    lambda: "ShopStock",
  });
  await builder.method("GET /status", { url: "https://status.example.com/shop" });
  await builder.cors("/orders", "GET,OPTIONS", "https://shop.example.com", "Content-Type,Authorization,X-Shop");
  await builder.allow("ShopOrders", "*/*/*");
  await builder.allow("ShopStock", "v1/GET/stock/*");
  await builder.logGroup("/aws/lambda/ShopOrders");
  await builder.logGroup("/aws/lambda/ShopStock", 14);
  await builder.deploy("v1", {
    "/*/*/throttling/rateLimit": "100",
    "/*/*/throttling/burstLimit": "50",
    "/orders/GET/throttling/rateLimit": "10",
    "/orders/GET/throttling/burstLimit": "5",
    "/variables/color": "blue",
  });
  return builder.ids;
}

/** A greedy path and the root, names that begin with the prefix, an EDGE endpoint, an access log of its own. */
export async function buildJobs(aws: Aws): Promise<HandMade> {
  const builder = new Builder(aws);
  await builder.pool("jobs", "jobs", { jobs: { run: "Run jobs" } });
  await builder.client("scheduler", ["jobs/run"], { PreventUserExistenceErrors: "ENABLED" });
  await builder.role("jobs-worker");
  await builder.function("jobs-worker", "jobs-worker", {
    "index.mjs": "export const handler = async () => ({ statusCode: 204 });",
  });
  await builder.api("jobs", { endpointConfiguration: { types: ["EDGE"] } });
  await builder.authorizer("jobs pool");
  const run = { authorizer: "jobs pool", scopes: ["jobs/run"] };
  await builder.method("GET /", { ...run, lambda: "jobs-worker" });
  await builder.method("ANY /jobs/{rest+}", { ...run, lambda: "jobs-worker" });
  await builder.method("GET /reports/{id}", {
    ...run,
    url: "https://reports.example.com/{id}",
    parameters: { "integration.request.path.id": "method.request.path.id" },
  });
  await builder.cors("/jobs/{rest+}", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT", "*", "Content-Type,Authorization");
  await builder.allow("jobs-worker", "prod/GET/", "root");
  await builder.allow("jobs-worker", "prod/*/jobs/*", "rest");
  await builder.logGroup("/aws/lambda/jobs-worker", 90);
  await builder.deploy("prod", { "/*/*/metrics/enabled": "true", "/tracingEnabled": "true" });
  return builder.ids;
}

/** Little that can be adopted, among much that cannot. */
export async function buildMixed(aws: Aws): Promise<HandMade> {
  const builder = new Builder(aws);
  const other = new Builder(aws);
  await other.pool("other", "mixed-other", { other: { read: "Read" } });
  await builder.pool("mixed", "mixed", { mixed: { read: "Read" }, empty: { none: "Nothing" } });
  await builder.client("reader", ["mixed/read"]);
  await builder.client("portal", ["openid"], {
    GenerateSecret: false,
    AllowedOAuthFlows: ["code"],
    CallbackURLs: ["https://portal.example.com"],
  });
  await builder.client("idle", [], {
    AllowedOAuthFlowsUserPoolClient: false,
    AllowedOAuthFlows: [],
    AllowedOAuthScopes: [],
  });
  await builder.role("mixed");
  await builder.function("mixed", "mixed", { "index.js": RETURN_ID });
  await builder.function("broken", "mixed", { "index.js": RETURN_ID }, {}, "main.handler");
  await builder.api("mixed");
  await builder.authorizer("mixed");
  await builder.authorizer("both", [builder.poolId, other.poolId]);
  const validator = await builder.validator();
  const read = { authorizer: "mixed", scopes: ["mixed/read"], lambda: "mixed" };
  await builder.method("GET /read", read);
  await builder.method("POST /key", { ...read, apiKey: true });
  await builder.method("POST /valid", { ...read, validator });
  await builder.method("POST /both", { ...read, authorizer: "both" });
  await builder.method("GET /id-token", { authorizer: "mixed", lambda: "mixed" });
  await builder.method("GET /broken", { ...read, lambda: "broken" });
  await builder.method("GET /gone", { ...read, lambda: "never-made" });
  const arn = `arn:aws:lambda:${aws.region}:999988887777:function:theirs`;
  await builder.method("GET /theirs", { ...read, lambda: arn });
  await builder.cors("/key", "POST,OPTIONS", "*", "Authorization");
  await builder.allow("mixed", "v1/GET/read");
  await builder.deploy("v1");
  await builder.deploy("old");
  return builder.ids;
}
