/** Why a call was refused or failed, and by which of API Gateway, the function, or the backend. Pure. */
import { decodeJwt } from "jose";
import { copyable } from "../../platform/local-command";
import type { MatrixRoute } from "../access-graph/access-matrix";
import { type ErrorResponse, gatewayErrorIn } from "./gateway-error";
import { functionNameIn, logsCommand } from "./logs-command";

/** A response, and what is known of the call. */
export interface RefusedCall extends ErrorResponse {
  readonly status: number;
  /** As synthesized; `undefined` when what was synthesized does not have it. */
  readonly route: MatrixRoute | undefined;
  readonly environment: string;
  /** What the environment's names begin with. */
  readonly prefix: string;
  /** Name of the client; `undefined` for a call without a token. */
  readonly client: string | undefined;
  /** Scopes of the token that was sent, by full names. */
  readonly tokenScopes: readonly string[];
}

/** Scopes of a token by full names; none without a token. */
export function scopesIn(token: string | undefined): readonly string[] {
  const scope = token === undefined ? "" : String(decodeJwt(token)["scope"] ?? "");
  return scope.split(" ").filter((one) => one !== "");
}

/** Explains a response of 400 or more. @returns sentences with what to do; none when the response says it all */
export function explainRefusal(call: RefusedCall): readonly string[] {
  const kind = gatewayErrorIn(call, call.route?.url == null ? "function" : "HTTP backend");
  const explain = kind === undefined ? undefined : BY_ERROR_TYPE[kind];
  if (explain !== undefined) return explain(call);
  if (kind !== undefined && call.status >= 500) return explainFailure(call);
  if (kind !== undefined) return [`API Gateway refused the request: ${kind}.`];
  return explainBackend(call);
}

/** By API Gateway's name of the error. */
const BY_ERROR_TYPE: Readonly<Record<string, (call: RefusedCall) => readonly string[]>> = {
  UnauthorizedException: explainUnauthorized,
  MissingAuthenticationTokenException: ({ environment }) => [
    `API Gateway has no such route in what is deployed: ${copyable(`npx access review ${environment}`)}`,
  ],
  ForbiddenException: () => ["API Gateway refused the request: a firewall, an API key or a usage plan is in the way."],
  AccessDeniedException: () => ["API Gateway refused the request: a policy of the API denies it."],
  LimitExceededException: () => ["API Gateway refused the request: a usage plan's quota is used up."],
  TooManyRequestsException: () => ["API Gateway throttled the request: more calls than the stage allows. Repeat it."],
  InternalServerErrorException: explainFailure,
};

function explainUnauthorized({ route, environment, client, tokenScopes }: RefusedCall): readonly string[] {
  const demanded = route === undefined || route.scopes.length === 0 ? undefined : route.scopes.join(" or ");
  const callers = callersOf(route);
  if (client === undefined) {
    const what = demanded === undefined ? "a token" : `a token with the scope ${demanded}`;
    return [`API Gateway refused the request: the route requires ${what}. Add --client <name>.`, ...callers];
  }
  if (demanded !== undefined && !tokenScopes.some((scope) => route?.scopes.includes(scope))) {
    const held = tokenScopes.length === 0 ? "no scope" : `the scope ${tokenScopes.join(" and ")}`;
    return [
      `API Gateway refused the token: the route requires the scope ${demanded}, and the token has ${held}.`,
      ...callers,
    ];
  }
  return [
    `API Gateway refused the token although it has a scope of the route: what is deployed differs from the code. ${copyable(`npx access drift ${environment}`)}`,
  ];
}

/** The function or backend failed, or gave no valid response. */
function explainFailure(call: RefusedCall): readonly string[] {
  const { status, route, environment, prefix } = call;
  const who = route?.function == null ? "the HTTP backend" : `the function ${functionNameIn(route.function, prefix)}`;
  if (status === 500 && gatewayErrorIn(call, undefined) !== undefined) {
    return [
      `API Gateway could not invoke ${who} or the authorizer. Restore what drift reports:`,
      `  ${copyable(`npx access drift ${environment}`)}`,
    ];
  }
  return [
    `The request passed the authorizer, and ${who} failed. Its log:`,
    `  ${copyable(logsCommand(route?.function, { name: environment, prefix }))}`,
  ];
}

/** A function or backend responded. */
function explainBackend(call: RefusedCall): readonly string[] {
  const { status, route, client } = call;
  if (status >= 500) return explainFailure(call);
  if (status !== 401 && status !== 403) return [];
  const who = route?.function == null ? "backend" : "function";
  if (client === undefined) return [`The ${who} refused the request, not API Gateway.`];
  const isNoCaller = route !== undefined && route.access === "clients" && !route.callers.includes(client);
  return isNoCaller
    ? [`The ${who} refused the request, not API Gateway: ${client} is not among its callers.`, ...callersOf(route)]
    : [`The ${who} refused the request, not API Gateway.`];
}

function callersOf(route: MatrixRoute | undefined): readonly string[] {
  if (route === undefined || route.access !== "clients") return [];
  const { callers } = route;
  return [callers.length === 0 ? "No client has access." : `Clients with access: ${callers.join(", ")}.`];
}
