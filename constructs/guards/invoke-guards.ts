/** Permissions to invoke a function that more than the one route have. */
import { isEveryResource } from "../../iam/policy";
import { isUnset, type StackJson } from "../contract/stack-json";
import { type Finding, type GuardTable, shown, when } from "./guard";

const API_GATEWAY = "apigateway.amazonaws.com";
const NAME_THE_ROUTE = "Name API, stage, method and path, as in <execution ARN>/dev/GET/orders";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
export const invokeGuards: GuardTable = {
  aws_lambda_permission({ attributes }, stack) {
    const { principal, action, source_arn: source } = attributes;
    return [
      ...when(
        principal === "*",
        "principal is *, so every AWS principal may invoke the function",
        "Name the principal that invokes it",
      ),
      ...when(/[*?]/.test(String(action)), `action is ${shown(action)}`, "Set lambda:InvokeFunction"),
      ...when(
        attributes["function_url_auth_type"] === "NONE",
        "function_url_auth_type is NONE, so the function's URL is public",
        "Put a route with scopes in front of the function",
      ),
      ...when(
        isService(principal) && isUnset(source) && isUnset(attributes["event_source_token"]),
        `it has no source_arn, so ${String(principal)} may invoke it for any AWS account`,
        principal === API_GATEWAY ? NAME_THE_ROUTE : "Set source_arn to the resource that invokes it",
      ),
      ...when(
        principal !== API_GATEWAY && !isUnset(source) && isEveryResource(String(source)),
        `source_arn ${shown(source)} matches every source of ${String(principal)}`,
        "Set source_arn to the resource that invokes it",
      ),
      ...(principal === API_GATEWAY && !isUnset(source) ? sourceFindings(String(source), stack) : []),
    ];
  },
};

function isService(principal: unknown): boolean {
  return typeof principal === "string" && /\.amazonaws\.com(\.cn)?$/.test(principal);
}

function sourceFindings(source: string, stack: StackJson): readonly Finding[] {
  const route = routeIn(source);
  if (route === undefined)
    return when(true, `source_arn ${shown(source)} does not name a route of an API`, NAME_THE_ROUTE);
  const { api, stage, method, path } = route;
  return [
    ...when(/[*?]/.test(api), `source_arn ${shown(source)} matches every API`, NAME_THE_ROUTE),
    ...when(/[*?]/.test(stage), `source_arn ${shown(source)} matches every stage`, NAME_THE_ROUTE),
    ...when(
      /[*?]/.test(method) && !hasAnyMethod(path, stack),
      `source_arn ${shown(source)} matches every method, but the stack has no method ANY at ${path}`,
      NAME_THE_ROUTE,
    ),
  ];
}

/** @param path with `*` for each parameter, as an ARN has it */
function hasAnyMethod(path: string, stack: StackJson): boolean {
  return stack
    .ofType("aws_api_gateway_method")
    .filter(({ attributes }) => attributes["http_method"] === "ANY")
    .some(({ attributes }) => (stack.apiPath(attributes["resource_id"]) ?? "/").replace(/\{[^}]*\}/g, "*") === path);
}

/** What an ARN of API Gateway names; stars in the path stand for its parameters. */
interface InvokedRoute {
  readonly api: string;
  readonly stage: string;
  readonly method: string;
  readonly path: string;
}

/**
 * Takes apart `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`, or the end of it behind the
 * `execution_arn` of an API or of a stage.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
function routeIn(source: string): InvokedRoute | undefined {
  const [, reference, behind = ""] = /^\$\{([^}]*)\.execution_arn\}(.*)$/.exec(source) ?? [];
  const flat = source.replace(/\$\{[^}]*\}/g, "$");
  const [, written] = /^arn:[^:]+:execute-api:([^:]*:[^:]*:[^:]*)$/.exec(flat) ?? [];
  const isStage = reference?.startsWith("aws_api_gateway_stage.") === true;
  const whole = reference === undefined ? written : `${isStage ? "$/$" : "$"}${behind}`;
  const [api = "", stage = "", method = "", ...parts] = whole?.split("/") ?? [];
  if (api === "" || stage === "" || method === "") return undefined;
  return { api, stage, method, path: `/${parts.join("/")}` };
}
