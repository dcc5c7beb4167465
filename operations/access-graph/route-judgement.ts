/** Which clients pass the authorizer of a method, and the function behind it. */
import { CALLERS } from "../../constructs/contract/contract";
import { referencesIn } from "../../constructs/contract/stack-json";
import { UPDATED_ISSUER } from "./pool-issuer";
import {
  type Integration,
  type LambdaFunction,
  type Method,
  methodKey,
  referenceIn,
  type StackResources,
} from "./synthesized-stack";
import { tokenWays } from "./token-ways";

/** An app client that can get tokens. */
interface Caller {
  /** Name of the Terraform resource. */
  readonly id: string;
  readonly name: string;
  /** User pool, as {@link poolIn} returns it. */
  readonly pool: string;
}

/** The callers that a function accepts. */
interface Accepted {
  /** Whether the function checks the client or, when there are too many, a scope. */
  readonly by: "client" | "scope";
  /** Names of the clients' resources. */
  readonly ids: ReadonlySet<string>;
}

/** What all methods of a stack are judged by. */
export interface Context {
  readonly stack: StackResources;
  readonly callersByScope: ReadonlyMap<string, readonly Caller[]>;
  /** By {@link methodKey}. */
  readonly integrations: ReadonlyMap<string, Integration>;
  /** By the function's resource; missing for functions that check no callers. */
  readonly accepted: ReadonlyMap<string, Accepted>;
  /** Written reasons of public routes, by route. */
  readonly reasons: Readonly<Record<string, string>>;
}

export interface Judgement {
  /** `public`: callable without a token. `unknown`: decided by an authorization that is not analyzed; a note names it. */
  readonly access: "clients" | "public" | "unknown";
  /** Clients that have access, sorted. */
  readonly callers: readonly string[];
  /** Clients that API Gateway allows and the function denies, sorted. */
  readonly refusedByFunction: readonly string[];
  /** Sentences without a full stop. */
  readonly notes: readonly string[];
}

const PUBLIC = "callable without a token";
const NO_AUTHORIZER = "it has no authorizer that checks tokens of a user pool";
const NO_TOKENS_OF = `it accepts no token: its user pool has ${UPDATED_ISSUER}`;
const NO_SCOPES = "it demands no scope, so it accepts ID tokens and denies every access token";
const NOT_CHECKED = `not checked by the function: it has no ${CALLERS.ids}, the scope alone decides`;
const BY_SCOPE = "the function checks the scope, not the client: its callers do not fit into its environment";
const NO_FUNCTION = "not checked by a function: there is none behind it, the scope alone decides";

/** @param names names of the clients, by their resources */
export function contextOf(
  stack: StackResources,
  names: ReadonlyMap<string, string>,
  reasons: Readonly<Record<string, string>>,
): Context {
  const callersByScope = new Map<string, Caller[]>();
  for (const [id, client] of Object.entries(stack.aws_cognito_user_pool_client)) {
    const caller = { id, name: names.get(id) ?? client.name, pool: poolIn(client.user_pool_id) };
    for (const scope of tokenWays(client).length === 0 ? [] : client.allowed_oauth_scopes) {
      callersByScope.set(scope, [...(callersByScope.get(scope) ?? []), caller]);
    }
  }
  const accepted = Object.entries(stack.aws_lambda_function).flatMap(([name, fn]) => {
    const found = acceptedBy(fn, callersByScope);
    return found === undefined ? [] : [[name, found] as const];
  });
  const integrations = Object.values(stack.aws_api_gateway_integration);
  return {
    stack,
    callersByScope,
    integrations: new Map(integrations.map((integration) => [methodKey(integration, stack), integration])),
    accepted: new Map(accepted),
    reasons,
  };
}

function acceptedBy({ environment }: LambdaFunction, callers: Context["callersByScope"]): Accepted | undefined {
  const { [CALLERS.ids]: ids, [CALLERS.scopes]: scopes } = environment?.variables ?? {};
  if (ids !== undefined) return { by: "client", ids: new Set(referencesIn(ids, "aws_cognito_user_pool_client", "id")) };
  if (scopes === undefined) return undefined;
  const found = scopes.split(" ").flatMap((scope) => callers.get(scope) ?? []);
  return { by: "scope", ids: new Set(found.map(({ id }) => id)) };
}

/**
 * Judges a method.
 * @param route such as `POST /orders`
 * @param fn resource of the function behind it; `undefined` when there is none
 */
export function judge(method: Method, route: string, fn: string | undefined, context: Context): Judgement {
  const none = { access: "clients", callers: [], refusedByFunction: [] } as const;
  if (method.authorization === "NONE") {
    const reason = context.reasons[route];
    const note = reason === undefined ? PUBLIC : `${PUBLIC}: ${reason.trim().replace(/\.$/, "")}`;
    return { ...none, access: "public", notes: [note] };
  }
  if (method.authorization !== "COGNITO_USER_POOLS") {
    return { ...none, access: "unknown", notes: [`authorization ${method.authorization} is not analyzed`] };
  }
  const pools = poolsOf(method, context.stack);
  if (pools === undefined) return { ...none, notes: [NO_AUTHORIZER] };
  if (method.authorization_scopes.length === 0) return { ...none, notes: [NO_SCOPES] };
  const usable = pools.filter((pool) => !hasUpdatedIssuer(pool, context.stack));
  if (usable.length === 0) return { ...none, notes: [NO_TOKENS_OF] };
  const allowed = new Set(method.authorization_scopes.flatMap((scope) => context.callersByScope.get(scope) ?? []));
  const accepted = context.accepted.get(fn ?? "");
  const named = (isAccepted: boolean) =>
    [...allowed]
      .filter(({ id, pool }) => usable.includes(pool) && (accepted?.ids.has(id) ?? true) === isAccepted)
      .map(({ name }) => name)
      .toSorted();
  return { access: "clients", callers: named(true), refusedByFunction: named(false), notes: notesOn(fn, accepted) };
}

function notesOn(fn: string | undefined, accepted: Accepted | undefined): readonly string[] {
  if (fn === undefined) return [NO_FUNCTION];
  if (accepted === undefined) return [NOT_CHECKED];
  return accepted.by === "scope" ? [BY_SCOPE] : [];
}

/** User pools whose tokens the method's authorizer accepts; `undefined` without such an authorizer. */
function poolsOf({ authorizer_id }: Method, stack: StackResources): readonly string[] | undefined {
  const authorizer = stack.aws_api_gateway_authorizer[referenceIn(authorizer_id, "aws_api_gateway_authorizer") ?? ""];
  return authorizer?.type === "COGNITO_USER_POOLS" ? authorizer.provider_arns.map(poolIn) : undefined;
}

/** A user pool by the resource that its id or ARN refers to, or by the id itself. */
function poolIn(idOrArn: string): string {
  return referencesIn(idOrArn, "aws_cognito_user_pool", "\\w+")[0] ?? idOrArn.replace(/^.*\//, "");
}

function hasUpdatedIssuer(pool: string, stack: StackResources): boolean {
  return stack.aws_cognito_user_pool[pool]?.issuer_configuration.some(({ type }) => type === "UPDATED") ?? false;
}
