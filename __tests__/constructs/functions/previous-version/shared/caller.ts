/**
 * Who calls, and whether it may. An access token of the client-credentials grant carries no audience, so API Gateway
 * can tell that a token has the right scope but not for whom it was made: that is judged here, by what the stack hands
 * over.
 */
import type { APIGatewayProxyEvent } from "aws-lambda";

/** What the caller's token says, all of it text, or `undefined` where no authorizer let it through. */
export function claimsOf(event: APIGatewayProxyEvent): Readonly<Record<string, string>> | undefined {
  return event.requestContext.authorizer?.["claims"];
}

/**
 * Whether the caller is one of the app clients in `ALLOWED_CLIENT_IDS` (separated by commas) or, for a function with
 * too many callers for an environment of 4 KB, holds at least one scope of `ALLOWED_SCOPES` (full names, separated by
 * spaces). If both are set, only the ids count; if neither is set, every caller is refused. Not for public routes, which
 * have no claims to judge.
 */
export function isAllowedCaller(event: APIGatewayProxyEvent): boolean {
  const { ALLOWED_CLIENT_IDS: ids, ALLOWED_SCOPES: scopes } = process.env;
  const claims = claimsOf(event);
  if (ids !== undefined) return shareOne(ids.split(","), [claims?.["client_id"]]);
  return shareOne((scopes ?? "").split(" "), (claims?.["scope"] ?? "").split(" "));
}

function shareOne(allowed: readonly string[], held: readonly (string | undefined)[]): boolean {
  return held.some((one) => one !== undefined && one !== "" && allowed.includes(one));
}
