/** Permissions to invoke a function that more than the one route have, and endpoints of its own. */
import { isEveryResource } from "../../iam/policy";
import { isUnset, type StackJson } from "../contract/stack-json";
import { certainText } from "./certainty";
import { type Finding, type Guard, type GuardTable, perStack, shown, uncertain, when } from "./guard";

const INVOKE = "lambda:InvokeFunction";
const OF_URL = "lambda:InvokeFunctionUrl";
const NAME_THE_ROUTE = "Name API, stage, method and path, as in <execution ARN>/dev/GET/orders";
const NAME_THE_SOURCE = "Set source_arn to the resource that invokes it";
const IN_FRONT = "Put a route with scopes in front of the function";

/** An endpoint beside the API: its calls pass no authorizer. */
export const withoutEndpoint: Guard = () => when(true, "its calls pass no authorizer of the API", IN_FRONT);

/** @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
export const invokeGuards: GuardTable = {
  aws_lambda_function_url: ({ attributes: { authorization_type: type } }, stack) =>
    when(
      certainText(type, stack) !== "AWS_IAM",
      `authorization_type is ${shown(type)}, so the function is public`,
      IN_FRONT,
    ),

  aws_lambda_permission({ attributes }, stack) {
    const { principal, action, source_arn: source, function_url_auth_type: urlType, event_source_token } = attributes;
    const by = certainText(principal, stack);
    if (by === undefined) return uncertain("principal", principal, "Name the principal that invokes it");
    const isForUrl = certainText(urlType ?? "", stack) === "AWS_IAM" && certainText(action, stack) === OF_URL;
    const from = isUnset(source) ? "" : certainText(source, stack);
    const isApi = /^apigateway\./i.test(by);
    return [
      ...when(
        /[*?]/.test(by),
        `principal is ${shown(principal)}, so every AWS principal may invoke the function`,
        "Name the principal that invokes it",
      ),
      ...when(certainText(action, stack) !== INVOKE && !isForUrl, `action is ${shown(action)}`, `Set ${INVOKE}`),
      ...when(
        !isUnset(urlType) && certainText(urlType, stack) !== "AWS_IAM",
        `function_url_auth_type is ${shown(urlType)}, so the function's URL is public`,
        IN_FRONT,
      ),
      ...when(
        isService(by) && from === "" && isUnset(event_source_token),
        `it has no source_arn, so ${by} may invoke it for any AWS account`,
        isApi ? NAME_THE_ROUTE : NAME_THE_SOURCE,
      ),
      ...(isApi
        ? when(from === undefined, `source_arn ${shown(source)} does not name a route of an API`, NAME_THE_ROUTE)
        : when(
            from === undefined || (from !== "" && isEveryResource(from)),
            `source_arn ${shown(source)} matches every source of ${by}`,
            NAME_THE_SOURCE,
          )),
      ...(isApi && from ? sourceFindings(from, stack) : []),
    ];
  },
};

function isService(principal: string): boolean {
  return /^[\w-]+\.(?:[\w.-]*amazonaws\.com(?:\.cn)?$|.*\$\{)/i.test(principal);
}

function sourceFindings(source: string, stack: StackJson): readonly Finding[] {
  const route = routeIn(source);
  if (route === undefined)
    return when(true, `source_arn ${shown(source)} does not name a route of an API`, NAME_THE_ROUTE);
  const { api, stage, method, path } = route;
  const routes = routesIn(stack).filter((one) => one.path === path);
  return [
    ...when(/[*?]/.test(api), `source_arn ${shown(source)} matches every API`, NAME_THE_ROUTE),
    ...when(/[*?]/.test(stage), `source_arn ${shown(source)} matches every stage`, NAME_THE_ROUTE),
    ...when(
      /[*?]/.test(method) && !(method === "*" && routes.some((one) => one.method === "ANY")),
      `source_arn ${shown(source)} matches every method, but the stack has no method ANY at ${path}`,
      NAME_THE_ROUTE,
    ),
    ...when(
      /[*?]/.test(path) && !/[*?]/.test(method) && routes.length === 0,
      `source_arn ${shown(source)} matches several paths, but the stack has no path with these parameters`,
      NAME_THE_ROUTE,
    ),
  ];
}

/** Methods of REST APIs and routes of HTTP APIs, with `*` for each parameter of a path, as an ARN has it. */
const routesIn = perStack((stack) => {
  const ofRest = stack.ofType("aws_api_gateway_method").map(({ attributes }) => {
    return [certainText(attributes["http_method"], stack) ?? "", stack.apiPath(attributes["resource_id"]) ?? ""];
  });
  const ofHttp = stack
    .ofType("aws_apigatewayv2_route")
    .map(({ attributes }) => (certainText(attributes["route_key"], stack) ?? "").split(" "));
  return [...ofRest, ...ofHttp].map(([method = "", path = ""]) => {
    return { method, path: path.replace(/\{[^}]*\}/g, "*") };
  });
});

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
