/** Which clients pass the authorizer of a method, and the function behind it. */
import {
  ALLOWED,
  ANYONE,
  type CallerTable,
  isInMask,
  maskOf,
  parseCallerTable,
  routeKeyOf,
} from "../../access/access-model";
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

/**
 * What a function checks of the callers of a route: that the client's id is one of the route's, or that its token has one
 * of the route's scopes, which API Gateway checks as well.
 */
export type CallerCheck = "client-id" | "scope" | "none";

/** The callers that the check around a function's handler accepts. */
interface Checked {
  readonly by: "client-id" | "scope";
  readonly table: CallerTable;
  /** Names of the clients' resources, by their place in the table's masks. */
  readonly listed: readonly (readonly string[])[];
}

/** What all methods of a stack are judged by. */
export interface Context {
  readonly stack: StackResources;
  readonly callersByScope: ReadonlyMap<string, readonly Caller[]>;
  /** The same of clients that get no tokens. */
  readonly disabledByScope: ReadonlyMap<string, readonly Caller[]>;
  /** By {@link methodKey}. */
  readonly integrations: ReadonlyMap<string, Integration>;
  /** By the function's resource; missing for functions without the variable that only the generated check reads. */
  readonly checked: ReadonlyMap<string, Checked>;
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
  /**
   * Clients that get no tokens, and whose tokens that were issued it accepts until they expire, sorted. Left out when
   * there are none.
   */
  readonly acceptsIssuedTokensOf?: readonly string[];
  /** What the function checks; `none` as well for public routes and HTTP backends. */
  readonly callerCheck: CallerCheck;
  /** Sentences without a full stop. */
  readonly notes: readonly string[];
}

const PUBLIC = "callable without a token";
const NO_AUTHORIZER = "it has no authorizer that checks tokens of a user pool";
const NO_TOKENS_OF = `it accepts no token: its user pool has ${UPDATED_ISSUER}`;
const NO_SCOPES = "it demands no scope, so it accepts ID tokens and denies every access token";
const NOT_CHECKED = `not checked by the function: it has no ${ALLOWED.byRoute}, the scope alone decides`;
const BY_SCOPE = "the function checks the scope, not the client: its callers do not fit into its environment";
const NOTES = { "client-id": [], scope: [BY_SCOPE], none: [NOT_CHECKED] } as const;
const NO_FUNCTION = "not checked by a function: there is none behind it, the scope alone decides";

/** @param names names of the clients, by their resources */
export function contextOf(
  stack: StackResources,
  names: ReadonlyMap<string, string>,
  reasons: Readonly<Record<string, string>>,
): Context {
  const callersByScope = new Map<string, Caller[]>();
  const disabledByScope = new Map<string, Caller[]>();
  for (const [id, client] of Object.entries(stack.aws_cognito_user_pool_client)) {
    const caller = { id, name: names.get(id) ?? client.name, pool: poolIn(client.user_pool_id) };
    const byScope = tokenWays(client).length === 0 ? disabledByScope : callersByScope;
    for (const scope of client.allowed_oauth_scopes) byScope.set(scope, [...(byScope.get(scope) ?? []), caller]);
  }
  const checked = Object.entries(stack.aws_lambda_function).flatMap(([name, fn]) => {
    const found = checkOf(fn, callersByScope);
    return found === undefined ? [] : [[name, found] as const];
  });
  // Of several integrations of a method, the one that leads somewhere counts.
  const integrations = Object.values(stack.aws_api_gateway_integration).toSorted(
    (a, b) => Number(a.type !== "MOCK") - Number(b.type !== "MOCK"),
  );
  return {
    stack,
    callersByScope,
    disabledByScope,
    integrations: new Map(integrations.map((integration) => [methodKey(integration, stack), integration])),
    checked: new Map(checked),
    reasons,
  };
}

function checkOf({ environment }: LambdaFunction, callers: Context["callersByScope"]): Checked | undefined {
  const { [ALLOWED.byRoute]: table, [ALLOWED.ids]: ids, [ALLOWED.scopes]: scopes = "" } = environment?.variables ?? {};
  if (table === undefined) return undefined;
  const listed =
    ids === undefined
      ? scopes.split(" ").map((scope) => (callers.get(scope) ?? []).map(({ id }) => id))
      : ids.split(",").map((id) => referencesIn(id, "aws_cognito_user_pool_client", "id"));
  return { by: ids === undefined ? "scope" : "client-id", table: parseCallerTable(table), listed };
}

/** What the function checks at the route, and whom it accepts; everyone where it checks nothing. */
function acceptedAt(route: string, checked: Checked | undefined) {
  const { method, path } = routeKeyOf(route);
  const mask = checked && maskOf(checked.table, method, path);
  if (checked === undefined || mask === ANYONE) return { by: "none", accepts: () => true } as const;
  const ids = new Set(checked.listed.filter((_, index) => mask !== undefined && isInMask(mask, index)).flat());
  return { by: checked.by, accepts: (id: string) => ids.has(id) } as const;
}

/**
 * Judges a method.
 * @param route such as `POST /orders`
 * @param fn resource of the function behind it; `undefined` when there is none
 */
export function judge(method: Method, route: string, fn: string | undefined, context: Context): Judgement {
  const none = { access: "clients", callers: [], refusedByFunction: [], callerCheck: "none" } as const;
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
  const outsiders = outsidersOf(method, context.stack);
  if (outsiders.length > 0) return { ...none, access: "unknown", notes: outsiders };
  const usable = pools.filter((pool) => !hasUpdatedIssuer(pool, context.stack));
  if (usable.length === 0) return { ...none, notes: [NO_TOKENS_OF] };
  const { by, accepts } = acceptedAt(route, context.checked.get(fn ?? ""));
  const named = (byScope: Context["callersByScope"], isRight: (id: string) => boolean) =>
    [...new Set(method.authorization_scopes.flatMap((scope) => byScope.get(scope) ?? []))]
      .filter(({ id, pool }) => usable.includes(pool) && isRight(id))
      .map(({ name }) => name)
      .toSorted();
  const issued = named(context.disabledByScope, (id) => by !== "client-id" || accepts(id));
  return {
    access: "clients",
    callers: named(context.callersByScope, accepts),
    refusedByFunction: named(context.callersByScope, (id) => !accepts(id)),
    ...(issued.length === 0 ? {} : { acceptsIssuedTokensOf: issued }),
    callerCheck: by,
    notes: fn === undefined ? [NO_FUNCTION] : NOTES[by],
  };
}

/** User pools whose tokens the method's authorizer accepts; `undefined` without such an authorizer. */
function poolsOf({ authorizer_id }: Method, stack: StackResources): readonly string[] | undefined {
  const authorizer = stack.aws_api_gateway_authorizer[referenceIn(authorizer_id, "aws_api_gateway_authorizer") ?? ""];
  return authorizer?.type === "COGNITO_USER_POOLS" ? authorizer.provider_arns.map(poolIn) : undefined;
}

/** Why others than the clients of the stack may have access: sentences without a full stop. */
function outsidersOf({ authorizer_id, authorization_scopes }: Method, stack: StackResources): readonly string[] {
  const authorizer = stack.aws_api_gateway_authorizer[referenceIn(authorizer_id, "aws_api_gateway_authorizer") ?? ""];
  const arns =
    authorizer?.provider_arns.filter((arn) => !Object.hasOwn(stack.aws_cognito_user_pool, poolIn(arn))) ?? [];
  const scopes = authorization_scopes.filter((scope) => !scope.includes("/") || scope.includes("${"));
  return [
    ...arns.map((arn) => `its authorizer accepts tokens of ${arn}, which is not a user pool of this stack`),
    ...scopes.map((scope) => `the scope ${scope} is of no resource server of this stack`),
  ];
}

/** A user pool by the resource that its id or ARN refers to, or by the id itself. */
function poolIn(idOrArn: string): string {
  return referencesIn(idOrArn, "aws_cognito_user_pool", "\\w+")[0] ?? idOrArn.replace(/^.*\//, "");
}

function hasUpdatedIssuer(pool: string, stack: StackResources): boolean {
  return stack.aws_cognito_user_pool[pool]?.issuer_configuration.some(({ type }) => type === "UPDATED") ?? false;
}
