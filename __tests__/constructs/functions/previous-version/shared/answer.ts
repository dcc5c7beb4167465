/** What a function sends back: JSON, and what a browser needs to let a page read it. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

/** Answers the event with the status and the body as JSON. */
export function answer(event: APIGatewayProxyEvent, statusCode: number, body: unknown): APIGatewayProxyResult {
  const headers = { "Content-Type": "application/json", ...corsHeaders(event) };
  return { statusCode, headers, body: JSON.stringify(body) };
}

/**
 * The origin that the event's route allows, by `CORS_ORIGINS`: JSON with the origins of each route, such as
 * `{"POST /access": ["*"]}`. A method that has no entry is one of its path's `ANY`. An answer that depends on who asks
 * says so by `Vary`, or a cache would hand one page's answer to another.
 *
 * @see https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
 */
function corsHeaders({ httpMethod, resource, headers }: APIGatewayProxyEvent): Readonly<Record<string, string>> {
  const routes: Readonly<Record<string, readonly string[]>> = JSON.parse(process.env["CORS_ORIGINS"] ?? "{}");
  const origins = routes[`${httpMethod} ${resource}`] ?? routes[`ANY ${resource}`] ?? [];
  if (origins.length === 0) return {};
  if (origins.includes("*")) return { "Access-Control-Allow-Origin": "*" };
  // Whatever the caller's HTTP version: names come in small letters from HTTP/2, and as they were sent from HTTP/1.1.
  const origin = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "origin")?.[1];
  const isListed = origin !== undefined && origins.includes(origin);
  return isListed ? { "Access-Control-Allow-Origin": origin, Vary: "Origin" } : { Vary: "Origin" };
}
