/** What browsers' preflights must hear, from the synthesized Terraform. Pure. */
import { z } from "zod";
import { methodKey, parseStack, pathOf } from "../synthesized-stack";

const PARAMETER = "method.response.header.";

const responses = z.object({
  resource: z.object({
    aws_api_gateway_integration_response: z
      .record(
        z.string(),
        z.object({
          rest_api_id: z.string(),
          resource_id: z.string(),
          http_method: z.string(),
          response_parameters: z.record(z.string(), z.string()).default({}),
        }),
      )
      .default({}),
  }),
});

/**
 * The headers that a page of no particular origin is told, by path.
 * @param json content of `cdk.tf.json`
 * @returns by lower-case names
 */
export function preflightHeaders(json: unknown): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const stack = parseStack(json);
  const byKey = new Map(
    Object.values(responses.parse(json).resource.aws_api_gateway_integration_response).map((response) => [
      methodKey(response, stack),
      response.response_parameters,
    ]),
  );
  const preflights = Object.values(stack.aws_api_gateway_method).flatMap((method) => {
    const parameters = byKey.get(methodKey(method, stack));
    const isPreflight = method.http_method === "OPTIONS" && method.authorization === "NONE";
    if (!isPreflight || parameters === undefined) return [];
    return [[pathOf(method.resource_id, stack), headersIn(parameters)] as const];
  });
  return new Map(preflights);
}

/** Fixed values stand in single quotes. */
function headersIn(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const fixed = Object.entries(parameters).filter(
    ([name, value]) => name.startsWith(PARAMETER) && /^'.*'$/.test(value),
  );
  return Object.fromEntries(
    fixed.map(([name, value]) => [name.slice(PARAMETER.length).toLowerCase(), value.slice(1, -1)]),
  );
}
