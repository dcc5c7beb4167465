/** What browsers' preflights must hear, from the synthesized Terraform. Pure. */
import { z } from "zod";
import { methodKey, parseStack, pathOf } from "../access-graph/synthesized-stack";

const PARAMETER = "method.response.header.";
const ALLOWED_ORIGIN = "access-control-allow-origin";

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
          response_templates: z.record(z.string(), z.string()).default({}),
        }),
      )
      .default({}),
  }),
});

type Response = z.infer<typeof responses>["resource"]["aws_api_gateway_integration_response"][string];
type Headers = Readonly<Record<string, string>>;

/** What pages of one origin hear. */
export interface OriginHeaders {
  /** `*` for pages of every origin that hears nothing of its own. */
  readonly origin: string;
  /** By lower-case names. */
  readonly headers: Headers;
}

/**
 * What pages hear, by path: at least one entry each.
 * @param json content of `cdk.tf.json`
 */
export function preflightHeaders(json: unknown): ReadonlyMap<string, readonly OriginHeaders[]> {
  const stack = parseStack(json);
  const byKey = new Map(
    Object.values(responses.parse(json).resource.aws_api_gateway_integration_response).map((response) => [
      methodKey(response, stack),
      response,
    ]),
  );
  const preflights = Object.values(stack.aws_api_gateway_method).flatMap((method) => {
    const response = byKey.get(methodKey(method, stack));
    const isPreflight = method.http_method === "OPTIONS" && method.authorization === "NONE";
    if (!isPreflight || response === undefined) return [];
    return [[pathOf(method.resource_id, stack), originsIn(response)] as const];
  });
  return new Map(preflights);
}

/** Headers are fixed for one origin; a template changes them for each of the others. */
function originsIn({ response_parameters, response_templates }: Response): readonly OriginHeaders[] {
  const fixed = headersIn(response_parameters);
  const template = response_templates["application/json"] ?? "";
  const branches = template.split(/^#(?:if|elseif)\(/m).slice(1);
  const others = branches.flatMap((branch) => {
    const origin = /^\$headers\.get\('origin'\) == '([^']*)'/i.exec(branch)?.[1];
    const changes = [...branch.matchAll(/\$context\.responseOverride\.header\.([\w-]+) = '([^']*)'/g)];
    const changed = changes.map(([, name = "", value = ""]) => [name.toLowerCase(), value]);
    return origin === undefined ? [] : [{ origin, headers: { ...fixed, ...Object.fromEntries(changed) } }];
  });
  return [{ origin: fixed[ALLOWED_ORIGIN] ?? "*", headers: fixed }, ...others];
}

/** Fixed values stand in single quotes. */
function headersIn(parameters: Headers): Headers {
  const fixed = Object.entries(parameters).filter(
    ([name, value]) => name.startsWith(PARAMETER) && /^'.*'$/.test(value),
  );
  return Object.fromEntries(
    fixed.map(([name, value]) => [name.slice(PARAMETER.length).toLowerCase(), value.slice(1, -1)]),
  );
}
