/** An API with two callers that may do different things: what is applied, and how it is called. */
import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { fetch, type ProxyAgent } from "undici";
import { AppliedStack, reference, type StackConfig } from "./applied-stack";
import { dispatcherFor, tokenOf } from "./every-pair";
import { REGION } from "./pretend-account";

/** Answers with its environment; does what the event says before. */
const CODE = `
exports.handler = async (event, context) => {
  if (event.say) console.log(event.say);
  if (event.fail) throw new TypeError(event.fail);
  if (event.hang) await new Promise(() => setInterval(() => undefined, 1000));
  if (event.context) return { arn: context.invokedFunctionArn, client: context.clientContext };
  const { GREETING, AWS_LAMBDA_FUNCTION_MEMORY_SIZE } = process.env;
  const told = { greeting: GREETING, memory: AWS_LAMBDA_FUNCTION_MEMORY_SIZE, limit: context.memoryLimitInMB };
  return { statusCode: 200, body: JSON.stringify(told) };
};`;
/** The code of the function, as Terraform uploads it. */
export const CODE_ZIP = zipSync({ "index.js": strToU8(CODE) });

const [API, POOL] = ["aws_api_gateway_rest_api.one", "aws_cognito_user_pool.one"] as const;
const ofApi = { rest_api_id: reference(`${API}.id`) };
const ofMethod = { ...ofApi, resource_id: reference("aws_api_gateway_resource.one.id"), http_method: "POST" };

const identity = {
  aws_cognito_user_pool: { one: { name: "machines" } },
  aws_cognito_user_pool_domain: { one: { domain: "sdk", user_pool_id: reference(`${POOL}.id`) } },
  aws_cognito_resource_server: {
    one: {
      identifier: "orders",
      name: "Orders",
      user_pool_id: reference(`${POOL}.id`),
      scope: ["read", "write"].map((scope_name) => ({ scope_name, scope_description: scope_name })),
    },
  },
  aws_cognito_user_pool_client: Object.fromEntries(["read", "write"].map((scope) => [scope, clientOf(scope)])),
};

const api = {
  aws_api_gateway_rest_api: { one: { name: "orders", description: "Takes orders" }, bare: { name: "bare" } },
  aws_api_gateway_resource: {
    one: { ...ofApi, parent_id: reference(`${API}.root_resource_id`), path_part: "access" },
  },
  aws_api_gateway_authorizer: {
    one: { ...ofApi, name: "machines", type: "COGNITO_USER_POOLS", provider_arns: [reference(`${POOL}.arn`)] },
  },
  aws_api_gateway_method: {
    one: {
      ...ofMethod,
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: reference("aws_api_gateway_authorizer.one.id"),
      authorization_scopes: ["orders/read"],
    },
  },
  aws_api_gateway_integration: {
    one: {
      ...ofMethod,
      type: "AWS_PROXY",
      integration_http_method: "POST",
      uri: reference("aws_lambda_function.one.invoke_arn"),
      depends_on: ["aws_api_gateway_method.one"],
    },
  },
  aws_api_gateway_deployment: {
    one: { ...ofApi, description: "By Terraform", depends_on: ["aws_api_gateway_integration.one"] },
  },
  aws_api_gateway_stage: {
    one: { ...ofApi, stage_name: "dev", deployment_id: reference("aws_api_gateway_deployment.one.id") },
  },
};

const backend = {
  aws_iam_role: { one: { name: "orders", assume_role_policy: trustIn("lambda.amazonaws.com") } },
  aws_iam_role_policy: { one: { name: "logs", role: reference("aws_iam_role.one.name"), policy: policyFor("logs:*") } },
  aws_cloudwatch_log_group: { one: { name: "/aws/lambda/orders" } },
  aws_lambda_function: {
    one: {
      function_name: "orders",
      role: reference("aws_iam_role.one.arn"),
      handler: "index.handler",
      runtime: "nodejs22.x",
      filename: "code.zip",
      environment: { variables: { GREETING: "hello" } },
    },
  },
  aws_lambda_permission: {
    one: {
      statement_id: "gateway",
      action: "lambda:InvokeFunction",
      function_name: reference("aws_lambda_function.one.function_name"),
      principal: "apigateway.amazonaws.com",
      source_arn: [reference(`${API}.execution_arn`), "/*"].join(""),
    },
  },
};

/** `POST /access` asks for `orders/read`; the clients `read` and `write` may each have the scope of their name. */
const ACCESS_API: StackConfig = {
  resource: { ...identity, ...api, ...backend },
  outputs: {
    api: `${API}.id`,
    authorizer: "aws_api_gateway_authorizer.one.id",
    deployment: "aws_api_gateway_deployment.one.id",
    method: "aws_api_gateway_method.one.resource_id",
    pool: `${POOL}.arn`,
    read: "aws_cognito_user_pool_client.read.id",
    read_secret: "aws_cognito_user_pool_client.read.client_secret",
    role: "aws_iam_role.one.arn",
    root: `${API}.root_resource_id`,
    write: "aws_cognito_user_pool_client.write.id",
    write_secret: "aws_cognito_user_pool_client.write.client_secret",
  },
  files: { "code.zip": CODE_ZIP },
};

/** A policy document that allows an action on everything. */
export function policyFor(action: string): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
}

/** A trust policy. @param service such as `lambda.amazonaws.com` */
export function trustIn(service: string): string {
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

function clientOf(scope: string): object {
  return {
    name: scope,
    user_pool_id: reference(`${POOL}.id`),
    generate_secret: true,
    allowed_oauth_flows: ["client_credentials"],
    allowed_oauth_flows_user_pool_client: true,
    allowed_oauth_scopes: [`orders/${scope}`],
    depends_on: ["aws_cognito_resource_server.one"],
  };
}

/** The API on an embedded AWS of its own, and its two callers with their tokens. */
export class AccessApi {
  private constructor(
    readonly stack: AppliedStack,
    /** Ids and ARNs of what was made. */
    readonly outputs: Readonly<Record<string, string>>,
    private readonly dispatcher: ProxyAgent,
    private readonly tokens: ReadonlyMap<string, string>,
  ) {}

  static async open(): Promise<AccessApi> {
    const stack = await AppliedStack.open(ACCESS_API);
    const outputs = await stack.outputs();
    const deployed = {
      tokenUrl: `https://sdk.auth.${REGION}.amazoncognito.com/oauth2/token`,
      routeUrls: {},
      clientIds: outputs,
      clientSecrets: { read: `${outputs["read_secret"]}`, write: `${outputs["write_secret"]}` },
      proxyUrl: stack.emulator.proxyUrl,
      ca: readFileSync(`${stack.emulator.environment["NODE_EXTRA_CA_CERTS"]}`, "utf8"),
    };
    const dispatcher = dispatcherFor(deployed);
    const tokens = new Map<string, string>();
    for (const client of ["read", "write"]) tokens.set(client, await tokenOf(client, deployed, dispatcher));
    return new AccessApi(stack, outputs, dispatcher, tokens);
  }

  /** What `POST /access` answers to a caller; `nobody` has no token. */
  async call(caller: "read" | "write" | "nobody" = "read"): Promise<readonly [status: number, body: unknown]> {
    const token = this.tokens.get(caller);
    const url = this.urlOf("/dev/access");
    const headers = token === undefined ? {} : { Authorization: token };
    const response = await fetch(url, { method: "POST", headers, body: "{}", dispatcher: this.dispatcher });
    return [response.status, await response.json()];
  }

  /** What a GET without a token hears. @param path stage included */
  async get(path: string): Promise<number> {
    const response = await fetch(this.urlOf(path), { dispatcher: this.dispatcher });
    await response.text();
    return response.status;
  }

  /** What a GET of another host of the embedded AWS hears. */
  async download(url: URL): Promise<{ readonly status: number; readonly body: Buffer }> {
    const response = await fetch(url, { dispatcher: this.dispatcher });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  }

  /** Statuses that the callers `read`, `write` and `nobody` hear. */
  async statuses(): Promise<readonly number[]> {
    const answers = await Promise.all((["read", "write", "nobody"] as const).map((caller) => this.call(caller)));
    return answers.map(([status]) => status);
  }

  private urlOf(path: string): string {
    return `https://${this.outputs["api"]}.execute-api.${REGION}.amazonaws.com${path}`;
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
    await this.stack.close();
  }
}
