/** Responses to browsers' preflight requests, as the synthesized Terraform defines them. */
import { methodKey, parseStack, pathOf, type StackResources } from "../access-graph/synthesized-stack";

const PARAMETER = "method.response.header.";

type Headers = Readonly<Record<string, string>>;

/** The response for one origin. */
export interface OriginHeaders {
  /** `*` for every origin without a response of its own. */
  readonly origin: string;
  /** By lower-case names. */
  readonly headers: Headers;
}

/** Responses by path, at least one each. @param json content of `cdk.tf.json` */
export function preflightHeaders(json: unknown): ReadonlyMap<string, readonly OriginHeaders[]> {
  const stack = parseStack(json);
  const responses = Object.values(stack.aws_api_gateway_integration_response);
  const byKey = new Map(responses.map((response) => [methodKey(response, stack), response]));
  const preflights = Object.values(stack.aws_api_gateway_method).flatMap((method) => {
    const response = byKey.get(methodKey(method, stack));
    const isPreflight = method.http_method === "OPTIONS" && method.authorization === "NONE";
    if (!isPreflight || response === undefined) return [];
    return [[pathOf(method.resource_id, stack), originsIn(response)] as const];
  });
  return new Map(preflights);
}

type Response = StackResources["aws_api_gateway_integration_response"][string];

/** Headers are constant for one origin; a mapping template overrides them for each of the others. */
function originsIn({ response_parameters, response_templates }: Response): readonly OriginHeaders[] {
  const constant = constantHeaders(response_parameters);
  const template = response_templates["application/json"] ?? "";
  const branches = template.split(/^#(?:if|elseif)\(/m).slice(1);
  const others = branches.flatMap((branch) => {
    const origin = /^\$headers\.get\('origin'\) == '([^']*)'/i.exec(branch)?.[1];
    const overrides = [...branch.matchAll(/\$context\.responseOverride\.header\.([\w-]+) = '([^']*)'/g)];
    const changed = overrides.map(([, name = "", value = ""]) => [name.toLowerCase(), value]);
    return origin === undefined ? [] : [{ origin, headers: { ...constant, ...Object.fromEntries(changed) } }];
  });
  return [{ origin: constant["access-control-allow-origin"] ?? "*", headers: constant }, ...others];
}

/** Constants are in single quotes. */
function constantHeaders(parameters: Headers): Headers {
  const constants = Object.entries(parameters).filter(
    ([name, value]) => name.startsWith(PARAMETER) && /^'.*'$/.test(value),
  );
  return Object.fromEntries(
    constants.map(([name, value]) => [name.slice(PARAMETER.length).toLowerCase(), value.slice(1, -1)]),
  );
}
