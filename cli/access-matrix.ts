/**
 * Who can call what, computed from synthesized Terraform: what is shown is what is deployed, not what was meant.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
import {
  type Integration,
  type Method,
  methodKey,
  parseStack,
  pathOf,
  referenceIn,
  referencesIn,
  resolved,
  type StackResources,
} from "./synthesized-stack";

/** Who can call what in one environment. */
export interface AccessMatrix {
  readonly environment: string;
  /** Names of all app clients, sorted. */
  readonly clients: readonly string[];
  /** Sorted by path, then by method. */
  readonly routes: readonly MatrixRoute[];
}

/** Who can call one method of one path. */
export interface MatrixRoute {
  /** Such as `POST /orders`. */
  readonly route: string;
  /** `public`: anybody, without a token. `unknown`: decided by something that is not looked into, which a note names. */
  readonly access: "clients" | "public" | "unknown";
  /** Scopes of which the method demands any, sorted. */
  readonly scopes: readonly string[];
  /** Name of the function behind it; `null` when there is none. */
  readonly function: string | null;
  /** Whether the function is told which clients may call; else the scope alone decides. */
  readonly isCheckedByFunction: boolean;
  /** Clients that can call, sorted. */
  readonly callers: readonly string[];
  /** Clients that API Gateway would let in, but that the function does not list, sorted. */
  readonly refusedByFunction: readonly string[];
  /** What is not as usual: sentences without a full stop. */
  readonly notes: readonly string[];
}

/** An app client that can get tokens by client_credentials. */
interface Caller {
  /** Name of the resource. */
  readonly id: string;
  readonly name: string;
  /** User pool, as {@link poolIn} calls it. */
  readonly pool: string;
}

/** What all routes of a stack are judged by. */
interface Context {
  readonly stack: StackResources;
  readonly callersByScope: ReadonlyMap<string, readonly Caller[]>;
  readonly integrations: ReadonlyMap<string, Integration>;
  /** Names of the client resources that each function lists, by the function's resource; none when it is not told. */
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
}

type Judgement = Pick<MatrixRoute, "access" | "callers" | "refusedByFunction" | "notes">;

const PUBLIC = "anybody can call it, without a token";
const NO_AUTHORIZER = "it has no authorizer that checks tokens of a user pool";
const NO_SCOPES = "it demands no scope, so it takes ID tokens and refuses every access token";
const NOT_CHECKED = "not checked by the function: it has no ALLOWED_CLIENT_IDS, the scope alone decides";
const NO_FUNCTION = "not checked by a function: there is none behind it, the scope alone decides";

/**
 * Who can call what.
 *
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 * @throws {Error} it is not what Terraform reads, or refers to a resource that it does not have
 */
export function accessMatrix(environment: string, json: unknown): AccessMatrix {
  const stack = parseStack(json);
  const names = clientNames(stack);
  const context = contextOf(stack, names);
  const routes = Object.values(stack.aws_api_gateway_method)
    .filter((method) => !isPreflight(method, context))
    .map((method) => ({ path: pathOf(method.resource_id, stack), method }))
    .toSorted((a, b) => compare(a.path, b.path) || compare(a.method.http_method, b.method.http_method))
    .map(({ path, method }) => routeOf(path, method, context));
  return { environment, clients: [...names.values()].toSorted(), routes };
}

/** Names for people, by the resources' names, which are added where two clients have the same. */
function clientNames(stack: StackResources): ReadonlyMap<string, string> {
  const clients = Object.entries(stack.aws_cognito_user_pool_client);
  const counts = new Map<string, number>();
  for (const [, { name }] of clients) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(clients.map(([id, { name }]) => [id, counts.get(name) === 1 ? name : `${name} (${id})`]));
}

function contextOf(stack: StackResources, names: ReadonlyMap<string, string>): Context {
  const callersByScope = new Map<string, Caller[]>();
  for (const [id, client] of Object.entries(stack.aws_cognito_user_pool_client)) {
    const mayAsk = client.allowed_oauth_flows_user_pool_client;
    if (!mayAsk || !client.allowed_oauth_flows.includes("client_credentials")) continue;
    const caller = { id, name: names.get(id) ?? client.name, pool: poolIn(client.user_pool_id) };
    for (const scope of client.allowed_oauth_scopes) {
      const others = callersByScope.get(scope);
      if (others === undefined) callersByScope.set(scope, [caller]);
      else others.push(caller);
    }
  }
  const integrations = Object.values(stack.aws_api_gateway_integration);
  const listed = Object.entries(stack.aws_lambda_function).flatMap(([name, { environment }]) => {
    const ids = environment?.variables["ALLOWED_CLIENT_IDS"];
    return ids === undefined ? [] : [[name, new Set(referencesIn(ids, "aws_cognito_user_pool_client", "id"))] as const];
  });
  return {
    stack,
    callersByScope,
    integrations: new Map(integrations.map((integration) => [methodKey(integration, stack), integration])),
    listed: new Map(listed),
  };
}

/** A browser's question before it calls, which API Gateway answers by itself: it leads to nothing. */
function isPreflight(method: Method, { integrations, stack }: Context): boolean {
  if (method.http_method !== "OPTIONS" || method.authorization !== "NONE") return false;
  return (integrations.get(methodKey(method, stack))?.type ?? "MOCK") === "MOCK";
}

function routeOf(path: string, method: Method, context: Context): MatrixRoute {
  const { stack, integrations, listed } = context;
  const uri = resolved(integrations.get(methodKey(method, stack))?.uri, stack);
  const name = referenceIn(uri, "aws_lambda_function");
  const fn = name === undefined ? undefined : stack.aws_lambda_function[name];
  if (name !== undefined && fn === undefined) {
    throw new Error(`There is no aws_lambda_function.${name}, but "${method.http_method} ${path}" refers to it.`);
  }
  const allowed = listed.get(name ?? "");
  return {
    route: `${method.http_method} ${path}`,
    scopes: method.authorization_scopes.toSorted(),
    function: fn?.function_name ?? null,
    isCheckedByFunction: allowed !== undefined,
    ...judge(method, allowed, fn === undefined ? NO_FUNCTION : NOT_CHECKED, context),
  };
}

/** @param unchecked what to note when no function says which clients are allowed */
function judge(
  method: Method,
  allowed: ReadonlySet<string> | undefined,
  unchecked: string,
  context: Context,
): Judgement {
  const nobody = { access: "clients", callers: [], refusedByFunction: [] } as const;
  if (method.authorization === "NONE") return { ...nobody, access: "public", notes: [PUBLIC] };
  if (method.authorization !== "COGNITO_USER_POOLS") {
    return { ...nobody, access: "unknown", notes: [`authorization ${method.authorization} is not looked into`] };
  }
  const pools = poolsOf(method, context.stack);
  if (pools === undefined) return { ...nobody, notes: [NO_AUTHORIZER] };
  if (method.authorization_scopes.length === 0) return { ...nobody, notes: [NO_SCOPES] };
  const admitted = method.authorization_scopes.flatMap((scope) => context.callersByScope.get(scope) ?? []);
  const known = [...new Set(admitted)].filter(({ pool }) => pools.includes(pool));
  const namesOf = (callers: readonly Caller[]) => callers.map(({ name }) => name).toSorted();
  return {
    access: "clients",
    callers: namesOf(known.filter(({ id }) => allowed?.has(id) ?? true)),
    refusedByFunction: namesOf(known.filter(({ id }) => !(allowed?.has(id) ?? true))),
    notes: allowed === undefined ? [unchecked] : [],
  };
}

/** User pools whose tokens the method's authorizer takes; `undefined` when it has no such authorizer. */
function poolsOf({ authorizer_id }: Method, stack: StackResources): readonly string[] | undefined {
  const name = referenceIn(authorizer_id, "aws_api_gateway_authorizer");
  const authorizer = name === undefined ? undefined : stack.aws_api_gateway_authorizer[name];
  return authorizer?.type === "COGNITO_USER_POOLS" ? authorizer.provider_arns.map(poolIn) : undefined;
}

/** A user pool by the resource that its id or ARN refers to, or by the id itself. */
function poolIn(idOrArn: string): string {
  return referencesIn(idOrArn, "aws_cognito_user_pool", "\\w+")[0] ?? idOrArn.replace(/^.*\//, "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
