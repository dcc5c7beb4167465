/**
 * A pretend account with a whole API in it, filled as Terraform fills it: by planning and applying resource kinds. Made
 * once for each test file and copied for each test, because RSA keys take their time.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { Account } from "../../emulator/account/account";
import { services } from "../../emulator/services";
import { findPool, type Pool } from "../../emulator/services/cognito/pool-hosts";
import { kinds } from "../../emulator/services/resources";
import { type Attributes, text } from "../../emulator/terraform/attributes";
import { conformBlock } from "../../emulator/terraform/dynamic-value";
import { applyResource, type LifecyclePlace } from "../../emulator/terraform/lifecycle";
import { planChange } from "../../emulator/terraform/plan";
import type { Resource } from "../../emulator/terraform/resource";
import { idleRuntime } from "./runtime";

export const REGION = "ap-northeast-1";

/** Moment at which every pretend account starts: when the recorded token of aws.md was issued. */
export const START = Date.parse("2026-07-02T11:42:47Z");

/** Headers that the console's "enable CORS" sets. */
export const CORS_HEADERS = {
  "Access-Control-Allow-Headers": "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token",
  "Access-Control-Allow-Methods": "OPTIONS,POST",
  "Access-Control-Allow-Origin": "*",
};

/** What {@link fill} made, by short names; all of it is in the account. */
export type Filled = Readonly<
  Record<
    | "pool"
    | "otherPool"
    | "client"
    | "otherClient"
    | "api"
    | "access"
    | "authorizer"
    | "permission"
    | "post"
    | "stage"
    | "function",
    Attributes
  >
>;

/** An account that a test may do to what it likes. */
export class PretendAccount {
  readonly account: Account;
  /** What the account's clock says, in milliseconds since 1970. */
  time = START;
  private readonly place: LifecyclePlace;

  constructor(
    readonly folder: string,
    /** What was made at first; later changes are not in it. */
    readonly made: Filled,
  ) {
    this.account = new Account({ file: join(folder, "account.json"), clock: () => this.time });
    const { account } = this;
    const readFiles = () => [functionZip];
    const runtime = idleRuntime(account);
    this.place = { account, accountId: account.id, region: REGION, defaultTags: {}, services, runtime, readFiles };
  }

  get pool(): Pool {
    return this.poolOf(this.made.pool);
  }

  get otherPool(): Pool {
    return this.poolOf(this.made.otherPool);
  }

  /** Creates a resource; what is left out is what Terraform plans for it. */
  create(type: string, given: Attributes, region: string = REGION): Promise<Attributes> {
    return this.apply(type, null, given, region);
  }

  /** Changes a resource in place. */
  update(type: string, prior: Attributes, changes: Attributes): Promise<Attributes> {
    return this.apply(type, prior, { ...prior, ...changes }, REGION);
  }

  async remove(type: string, prior: Attributes): Promise<void> {
    await applyResource(kindOf(type), this.place, prior, null);
  }

  /** Deploys the API as it now is, and moves the stage to the new deployment. */
  async deploy(): Promise<Attributes> {
    const { api, stage } = this.made;
    const deployment = await this.create("aws_api_gateway_deployment", { rest_api_id: text(api, "id") });
    return await this.update("aws_api_gateway_stage", stage, { deployment_id: text(deployment, "id") });
  }

  /** Adds a method to the API, with an integration that invokes the function unless something else is given. */
  async addMethod(method: Attributes, integration: Attributes = {}): Promise<Attributes> {
    const { api, access, function: fn } = this.made;
    const at = { rest_api_id: text(api, "id"), resource_id: method["resource_id"] ?? text(access, "id") };
    const made = await this.create("aws_api_gateway_method", { ...at, authorization: "NONE", ...method });
    await this.create("aws_api_gateway_integration", {
      ...at,
      http_method: text(made, "http_method"),
      type: "AWS_PROXY",
      integration_http_method: "POST",
      uri: text(fn, "invoke_arn"),
      ...integration,
    });
    return made;
  }

  /** Adds a resource below the root, or below another one. */
  addResource(path_part: string, parent: Attributes = { id: text(this.made.api, "root_resource_id") }) {
    const at = { rest_api_id: text(this.made.api, "id"), parent_id: text(parent, "id") };
    return this.create("aws_api_gateway_resource", { ...at, path_part });
  }

  private poolOf({ id }: Attributes): Pool {
    const pool = findPool(this.account, REGION, String(id));
    if (pool === undefined) throw new Error("the pool is gone");
    return pool;
  }

  private async apply(type: string, prior: Attributes | null, given: Attributes, region: string) {
    const kind = kindOf(type);
    const proposed = conformBlock(kind.schema, given);
    const { planned } = planChange(kind, { prior, proposed, config: proposed }, { region, defaultTags: {} });
    const made = await applyResource(kind, { ...this.place, region }, prior, planned);
    if (made === null) throw new Error(`${type} was not made`);
    return made;
  }
}

const functionZip = zipSync({
  "index.js": strToU8("exports.handler = async (event) => ({ body: JSON.stringify(event) })"),
});

/** Holds every account of the test file, and goes with it. */
const root = mkdtempSync(join(tmpdir(), "pretend-account-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let template: Promise<PretendAccount> | undefined;

/** A copy of the account that {@link fill} makes. */
export async function openPretendAccount(): Promise<PretendAccount> {
  template ??= fill();
  const { folder, made } = await template;
  const copy = mkdtempSync(join(root, "copy-"));
  cpSync(folder, copy, { recursive: true });
  return new PretendAccount(copy, made);
}

async function fill(): Promise<PretendAccount> {
  const made: Record<string, Attributes> = {};
  const pretend = new PretendAccount(mkdtempSync(join(root, "first-")), made as Filled);
  const [[pool, client], [otherPool, otherClient]] = await Promise.all([
    addPool(pretend, "cc-demo-dev"),
    addPool(pretend, "someone-else"),
  ]);
  Object.assign(made, { pool, client, otherPool, otherClient, function: await addFunction(pretend) });
  Object.assign(made, { api: await pretend.create("aws_api_gateway_rest_api", { name: "api" }) });
  Object.assign(made, { access: await pretend.addResource("access") });
  Object.assign(made, await addMethods(pretend));
  const rest_api_id = text(pretend.made.api, "id");
  const deployment = await pretend.create("aws_api_gateway_deployment", { rest_api_id });
  const stage = { rest_api_id, stage_name: "dev", deployment_id: text(deployment, "id") };
  Object.assign(made, { stage: await pretend.create("aws_api_gateway_stage", stage) });
  return pretend;
}

/** A pool with a domain, two scopes and a client that may have both. */
async function addPool(pretend: PretendAccount, domain: string): Promise<readonly [Attributes, Attributes]> {
  const pool = await pretend.create("aws_cognito_user_pool", { name: domain });
  const user_pool_id = text(pool, "id");
  await pretend.create("aws_cognito_user_pool_domain", { domain, user_pool_id });
  await pretend.create("aws_cognito_resource_server", {
    user_pool_id,
    identifier: "test_resource",
    name: "Test Resource",
    scope: ["read", "test"].map((scope_name) => ({ scope_name, scope_description: scope_name })),
  });
  const client = await pretend.create("aws_cognito_user_pool_client", {
    user_pool_id,
    name: "test-server",
    generate_secret: true,
    allowed_oauth_flows_user_pool_client: true,
    allowed_oauth_flows: ["client_credentials"],
    allowed_oauth_scopes: ["test_resource/test", "test_resource/read"],
  });
  return [pool, client];
}

/** @param region region that the function is in */
export async function addFunction(pretend: PretendAccount, region: string = REGION): Promise<Attributes> {
  const mayAssume = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [mayAssume] });
  const role = await pretend.create("aws_iam_role", { name: `role-${region}`, assume_role_policy: policy });
  return await pretend.create(
    "aws_lambda_function",
    {
      function_name: "access",
      role: text(role, "arn"),
      filename: "f.zip",
      handler: "index.handler",
      runtime: "nodejs22.x",
      timeout: 10,
    },
    region,
  );
}

/** `POST /access` for a scope, `GET /access` for ID tokens, and `OPTIONS /access` as "enable CORS" makes it. */
async function addMethods(pretend: PretendAccount) {
  const { api, access, pool } = pretend.made;
  const [rest_api_id, resource_id] = [text(api, "id"), text(access, "id")];
  const authorizer = await pretend.create("aws_api_gateway_authorizer", {
    rest_api_id,
    name: "test-cognito-authorizer",
    type: "COGNITO_USER_POOLS",
    provider_arns: [text(pool, "arn")],
  });
  const guarded = { authorization: "COGNITO_USER_POOLS", authorizer_id: text(authorizer, "id") };
  const authorization_scopes = ["test_resource/test"];
  const post = await pretend.addMethod({ http_method: "POST", ...guarded, authorization_scopes });
  await pretend.addMethod({ http_method: "GET", ...guarded });
  const permission = await pretend.create("aws_lambda_permission", {
    action: "lambda:InvokeFunction",
    function_name: "access",
    principal: "apigateway.amazonaws.com",
    source_arn: `${text(api, "execution_arn")}/dev/*/access`,
    statement_id: "may-invoke",
  });
  const at = { rest_api_id, resource_id, http_method: "OPTIONS" };
  const mock = { type: "MOCK", integration_http_method: null, uri: null, passthrough_behavior: "NEVER" };
  await pretend.addMethod(at, { ...mock, request_templates: { "application/json": '{"statusCode": 200}' } });
  const response_parameters = Object.fromEntries(
    Object.entries(CORS_HEADERS).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
  );
  const declared = Object.fromEntries(Object.keys(response_parameters).map((name) => [name, true]));
  const response = { ...at, status_code: "200" };
  await pretend.create("aws_api_gateway_method_response", { ...response, response_parameters: declared });
  await pretend.create("aws_api_gateway_integration_response", { ...response, response_parameters });
  return { authorizer, permission, post };
}

function kindOf(type: string): Resource {
  const kind = kinds.get(type);
  if (kind === undefined) throw new Error(`${type} is not a kind`);
  return kind;
}
