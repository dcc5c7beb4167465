/** Alerts about tokens of clients that lose access: they stay valid until they expire. Pure. */
import { type MatrixRoute, nameOf } from "../access-graph/access-matrix";
import { accessEnds } from "../access-graph/synthesized-stack";
import { actionOf } from "../plan-file/plan-json";
import { grouped, named } from "./access-rows";
import { type Alert, info, warning } from "./alert";
import { endOfAccess } from "./ending-access";
import { isEnding, type PlanContext } from "./plan-context";
import { listAt, type Values } from "./predicates";
import { duration, lifetimeOf } from "./readers";

const CLIENT = "aws_cognito_user_pool_client";

/** A client that loses access, and routes with a scope of the tokens that it has. */
interface Loss {
  readonly client: string;
  /** In seconds. */
  readonly lifetime: number;
  /** Routes whose functions check the client's id. */
  readonly refused: readonly string[];
  readonly accepted: readonly string[];
  /** Whether the client stays, and gets no more tokens. */
  readonly isDisabled: boolean;
  /** The last day of its access, if that is over. */
  readonly endedAfter: string | undefined;
}

/**
 * Clients that are removed or replaced, also outside Terraform, that are disabled or expired, or that lose a scope: until
 * when their tokens are valid, and what can be called with them until then. A route that demands other scopes is none of these: API Gateway refuses tokens
 * without them. Nor is a pool that is replaced: no token of the old one is valid.
 */
export function issuedTokens(context: PlanContext, today: string): readonly Alert[] {
  const { changes, plan } = context;
  if (changes.some(({ type, change }) => type === "aws_cognito_user_pool" && isEnding(actionOf(change)))) return [];
  const deleted = plan.resource_drift.filter(({ change }) => actionOf(change) === "destroy");
  const losses = [...changes, ...deleted].flatMap(({ type, change }) => {
    if (type !== CLIENT || change.before === null || actionOf(change) === "forget") return [];
    return lossesOf(change.before, change.after, context, today);
  });
  return grouped(losses, ({ client: _, ...loss }) => Object.values(loss)).map(alertOf);
}

function lossesOf(
  before: Values,
  after: Values | null,
  { after: matrix, json }: PlanContext,
  today: string,
): readonly Loss[] {
  const client = String(before["name"]);
  const scopes = listAt(before, "allowed_oauth_scopes");
  const isKept = after !== null && before["id"] === after["id"];
  const lost = matrix.routes.filter(
    ({ access, callers, ...route }) =>
      access === "clients" &&
      route.scopes.some((scope) => scopes.includes(scope)) &&
      !(isKept && callers.includes(client)),
  );
  if (lost.length === 0) return [];
  const isRefused = ({ callerCheck, acceptsIssuedTokensOf = [] }: MatrixRoute) =>
    callerCheck === "client-id" && !(isKept && acceptsIssuedTokensOf.includes(client));
  const isDisabled = isKept && matrix.disabled?.includes(client) === true;
  const refused = lost.filter(isRefused).map(nameOf);
  const accepted = lost.filter((route) => !isRefused(route)).map(nameOf);
  const endedAfter = isDisabled ? endOfAccess(accessEnds(json), client, scopes, today) : undefined;
  return [{ client, lifetime: lifetimeOf(before), refused, accepted, isDisabled, endedAfter }];
}

function alertOf(losses: readonly [Loss, ...Loss[]]): Alert {
  const [{ lifetime, refused, accepted, isDisabled, endedAfter }] = losses;
  const names = named(losses.map(({ client }) => client));
  const who = losses.length === 1 ? `the client ${names} already has` : `the clients ${names} already have`;
  const text = `Tokens that ${who} stay valid for up to ${duration(lifetime)} after the deployment`;
  const atOnce = `API Gateway accepts them, and the functions refuse them at once at ${named(refused)}`;
  if (accepted.length === 0 && !isDisabled) return info(`${text}. ${atOnce}.`);
  if (isDisabled) {
    const isOne = losses.length === 1;
    const why =
      endedAfter === undefined
        ? `The ${isOne ? `client ${names} is` : `clients ${names} are`} disabled and ${isOne ? "gets" : "get"}`
        : `The access of the ${isOne ? "client" : "clients"} ${names} ended after ${endedAfter}: ${isOne ? "it gets" : "they get"}`;
    const open = accepted.length === 0 ? "" : ` Until then, they can still be used at ${named(accepted)}.`;
    return warning(`${why} no more tokens. ${text}.${open}${refused.length === 0 ? "" : ` ${atOnce}.`}`);
  }
  const open = `until then, they can still be used at ${named(accepted)}, where no function checks the client's id`;
  return warning(`${text}: ${open}.${refused.length === 0 ? "" : ` ${atOnce}.`}`);
}
