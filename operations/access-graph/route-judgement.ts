/** Who gets past one method of the API, and past the function behind it. Pure. */
import { CALLERS } from "../../constructs/contract/contract";
import type { MatrixRoute } from "./access-matrix";
import { UPDATED_ISSUER } from "./pool-issuer";
import {
  type Integration,
  type LambdaFunction,
  type Method,
  methodKey,
  referenceIn,
  referencesIn,
  type StackResources,
} from "./synthesized-stack";
import { tokenWays } from "./token-ways";

/** An app client that can get tokens. */
interface Caller {
  /** Name of the resource. */
  readonly id: string;
  readonly name: string;
  /** User pool, as {@link poolIn} calls it. */
  readonly pool: string;
}

/** Whom a function lets in. */
interface Told {
  /** Whether it is told the clients, or the scopes of which it wants one. */
  readonly by: "client" | "scope";
  /** Names of the client resources that it comes to. */
  readonly ids: ReadonlySet<string>;
}

/** What all routes of a stack are judged by. */
export interface Context {
  readonly stack: StackResources;
  readonly callersByScope: ReadonlyMap<string, readonly Caller[]>;
  readonly integrations: ReadonlyMap<string, Integration>;
  /** What each function is told of its callers, by the function's resource; missing when it is told nothing. */
  readonly told: ReadonlyMap<string, Told>;
  /** Why routes are open, by route. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** What is found out of a method. */
export type Judgement = Pick<MatrixRoute, "access" | "callers" | "refusedByFunction" | "notes">;

const PUBLIC = "anybody can call it, without a token";
const NO_AUTHORIZER = "it has no authorizer that checks tokens of a user pool";
const NO_TOKENS_OF = `it accepts no token: its user pool has ${UPDATED_ISSUER}`;
const NO_SCOPES = "it demands no scope, so it takes ID tokens and refuses every access token";
const NOT_CHECKED = `not checked by the function: it has no ${CALLERS.ids}, the scope alone decides`;
const BY_SCOPE = "the function checks the scope, not the client: more may call it than fit into its environment";
const NO_FUNCTION = "not checked by a function: there is none behind it, the scope alone decides";

/**
 * @param names names of the clients for people, by their resources' names
 * @param reasons why routes are open, by route
 */
export function contextOf(
  stack: StackResources,
  names: ReadonlyMap<string, string>,
  reasons: Readonly<Record<string, string>>,
): Context {
  const integrations = Object.values(stack.aws_api_gateway_integration);
  const callersByScope = callersOf(stack, names);
  const told = Object.entries(stack.aws_lambda_function).flatMap(([name, fn]) => {
    const allowed = allowedBy(fn, callersByScope);
    return allowed === undefined ? [] : [[name, allowed] as const];
  });
  return {
    stack,
    callersByScope,
    integrations: new Map(integrations.map((integration) => [methodKey(integration, stack), integration])),
    told: new Map(told),
    reasons,
  };
}

function callersOf(stack: StackResources, names: ReadonlyMap<string, string>): ReadonlyMap<string, readonly Caller[]> {
  const callers = new Map<string, Caller[]>();
  for (const [id, client] of Object.entries(stack.aws_cognito_user_pool_client)) {
    if (tokenWays(client).length === 0) continue;
    const caller = { id, name: names.get(id) ?? client.name, pool: poolIn(client.user_pool_id) };
    for (const scope of client.allowed_oauth_scopes) {
      const others = callers.get(scope);
      if (others === undefined) callers.set(scope, [caller]);
      else others.push(caller);
    }
  }
  return callers;
}

function allowedBy({ environment }: LambdaFunction, callersByScope: Context["callersByScope"]): Told | undefined {
  const { [CALLERS.ids]: ids, [CALLERS.scopes]: scopes } = environment?.variables ?? {};
  if (ids !== undefined) return { by: "client", ids: new Set(referencesIn(ids, "aws_cognito_user_pool_client", "id")) };
  if (scopes === undefined) return undefined;
  const callers = scopes.split(" ").flatMap((scope) => callersByScope.get(scope) ?? []);
  return { by: "scope", ids: new Set(callers.map(({ id }) => id)) };
}

/**
 * Who can call a method.
 *
 * @param route the method's name, such as `POST /orders`
 * @param fn name of the function's resource behind it; `undefined` when there is none
 */
export function judge(method: Method, route: string, fn: string | undefined, context: Context): Judgement {
  const nobody = { access: "clients", callers: [], refusedByFunction: [] } as const;
  if (method.authorization === "NONE") return { ...nobody, access: "public", notes: [publicNote(route, context)] };
  if (method.authorization !== "COGNITO_USER_POOLS") {
    return { ...nobody, access: "unknown", notes: [`authorization ${method.authorization} is not looked into`] };
  }
  const pools = poolsOf(method, context.stack);
  if (pools === undefined) return { ...nobody, notes: [NO_AUTHORIZER] };
  if (method.authorization_scopes.length === 0) return { ...nobody, notes: [NO_SCOPES] };
  const accepted = pools.filter((pool) => !hasUpdatedIssuer(pool, context.stack));
  if (accepted.length === 0) return { ...nobody, notes: [NO_TOKENS_OF] };
  const admitted = method.authorization_scopes.flatMap((scope) => context.callersByScope.get(scope) ?? []);
  const known = [...new Set(admitted)].filter(({ pool }) => accepted.includes(pool));
  const told = context.told.get(fn ?? "");
  const isAllowed = ({ id }: Caller) => told?.ids.has(id) ?? true;
  return {
    access: "clients",
    callers: namesOf(known.filter(isAllowed)),
    refusedByFunction: namesOf(known.filter((caller) => !isAllowed(caller))),
    notes: notesOn(fn, told),
  };
}

function namesOf(callers: readonly Caller[]): readonly string[] {
  return callers.map(({ name }) => name).toSorted();
}

function publicNote(route: string, { reasons }: Context): string {
  const reason = reasons[route];
  return reason === undefined ? PUBLIC : `${PUBLIC}: ${reason.trim().replace(/\.$/, "")}`;
}

function notesOn(fn: string | undefined, told: Told | undefined): readonly string[] {
  if (fn === undefined) return [NO_FUNCTION];
  if (told === undefined) return [NOT_CHECKED];
  return told.by === "scope" ? [BY_SCOPE] : [];
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

function hasUpdatedIssuer(pool: string, stack: StackResources): boolean {
  return stack.aws_cognito_user_pool[pool]?.issuer_configuration.some(({ type }) => type === "UPDATED") ?? false;
}
