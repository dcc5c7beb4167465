/**
 * What runs before and after every handler: refuses callers that may not call the route, and adds CORS headers. It is
 * bundled into each function, reads its settings before the function's own code is loaded, and depends on nothing.
 *
 * An access token of the client-credentials grant has no audience: API Gateway can tell that it has a scope, but not that
 * its client was removed since.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { ALLOWED, ANYONE, isInMask, maskOf, parseCallerTable } from "../../access/caller-table";
import type { ApiEvent, Caller } from "../../lambda/shared/api-event";

const env = process.env;
const table = parseCallerTable(env[ALLOWED.byRoute] ?? "");
const ids = env[ALLOWED.ids]?.split(",");
const scopes = (env[ALLOWED.scopes] ?? "").split(" ");
const names = env[ALLOWED.names]?.split(";");
const origins: Readonly<Record<string, readonly string[]>> = JSON.parse(env["CORS_ORIGINS"] ?? "{}");

/** A handler as Lambda takes it: it returns a promise, or calls back. */
export type Handler = (event: ApiEvent, context?: unknown, callback?: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/** As far as it is known before it is checked. */
type Event = Partial<Omit<APIGatewayProxyEvent, "requestContext">> & {
  readonly requestContext?: Partial<APIGatewayProxyEvent["requestContext"]>;
};

/** The handler that Lambda calls in place of the function's own. */
export function checked(handler: Handler) {
  if (typeof handler !== "function") throw new TypeError("The exported handler is not a function.");
  // Two named parameters: Node.js 24 refuses a handler that declares a callback.
  return (given: Event | null | undefined, context?: unknown, ...[callback]: readonly [Callback?]): unknown => {
    const event = given ?? {};
    const caller = callerOf(event);
    if (caller === "refused") return Promise.resolve(withCors(event, REFUSAL));
    const result = handler(
      { ...event, caller } as ApiEvent,
      context,
      callback && ((error, value) => callback(error, withCors(event, value))),
    );
    return isPromise(result) ? result.then((value) => withCors(event, value)) : result;
  };
}

const REFUSAL: APIGatewayProxyResult = {
  statusCode: 403,
  headers: { "Content-Type": "application/json" },
  body: '{"message":"This client may not call this route."}',
};

/** @returns `undefined` for a public route */
function callerOf({ httpMethod = "", resource = "", requestContext }: Event): Caller | undefined | "refused" {
  const mask = requestContext?.stage === table.stage ? maskOf(table, httpMethod, resource) : undefined;
  if (mask === ANYONE) return undefined;
  const { client_id: clientId = "", scope = "" } = requestContext?.authorizer?.["claims"] ?? {};
  const held: readonly string[] = scope.split(" ").filter(Boolean);
  const index = ids?.indexOf(clientId) ?? -1;
  const indices = ids ? [index] : held.map((one) => scopes.indexOf(one));
  if (mask === undefined || clientId === "" || !indices.some((one) => isInMask(mask, one))) return "refused";
  return { clientId, name: names?.[index], scopes: held };
}

/**
 * The answer with the origin that the route allows, if it has CORS, in place of one that the handler set. A method that
 * has no entry is one of its path's `ANY`. An answer that depends on the origin says so by `Vary`, or a cache would
 * return one page's answer to another.
 *
 * @see https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
 */
function withCors({ httpMethod, resource, headers }: Event, answer: unknown): unknown {
  const allowed = origins[`${httpMethod} ${resource}`] ?? origins[`ANY ${resource}`] ?? [];
  if (allowed.length === 0 || typeof answer !== "object" || answer === null) return answer;
  const origin = allowed.includes("*") ? "*" : allowed.find((one) => one === headerIn(headers, "origin"));
  const own = answer as APIGatewayProxyResult;
  const vary = headerIn(own.headers, "vary") ?? "";
  const isVarying = origin === "*" || /\borigin\b/i.test(String(vary));
  return {
    ...own,
    headers: {
      ...without(ALLOW_ORIGIN, isVarying ? own.headers : without("vary", own.headers)),
      ...(origin === undefined ? {} : { "Access-Control-Allow-Origin": origin }),
      ...(isVarying ? {} : { Vary: vary === "" ? "Origin" : `${vary}, Origin` }),
    },
    ...(own.multiValueHeaders && { multiValueHeaders: without(ALLOW_ORIGIN, own.multiValueHeaders) }),
  };
}

const ALLOW_ORIGIN = "access-control-allow-origin";

type Headers<Value> = Readonly<Record<string, Value>> | null | undefined;

/** Whatever the case of the name: it is lower-case from HTTP/2, and as it was sent from HTTP/1.1. */
function headerIn<Value>(headers: Headers<Value>, name: string): Value | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

function without<Value>(name: string, headers: Headers<Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([key]) => key.toLowerCase() !== name));
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Object && "then" in value && typeof value.then === "function";
}
