/**
 * An integration that API Gateway answers itself, as "enable CORS" makes it for OPTIONS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import { type Attributes, optionalText, text, textMap } from "../attributes";
import { UnsupportedError } from "../errors";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal, RequestIds } from "./gateway-response";
import { type HttpRequest, type HttpResponse, header, withHeaders } from "./http";

/** The answer of the integration response that the request's template chooses. */
export function answerMock(method: DeployedMethod, request: HttpRequest, ids: RequestIds): HttpResponse | Refusal {
  const template = templateFor(method.integration, request);
  if (template === "unsupported") return { type: "UNSUPPORTED_MEDIA_TYPE" };
  const chosen = statusCodeIn(template ?? request.body.toString("utf8"));
  if (chosen === undefined && template !== undefined) {
    throw new UnsupportedError("a MOCK integration's request template must be plain JSON");
  }
  const response = method.integrationResponses.find(({ status_code }) => status_code === chosen);
  if (response === undefined) return { type: "API_CONFIGURATION_ERROR" };
  return {
    status: Number(text(response, "status_code")),
    headers: withHeaders(
      [
        ["Content-Type", "application/json"],
        ["x-amzn-RequestId", ids.requestId],
        ["x-amz-apigw-id", ids.extendedRequestId],
      ],
      fixedHeaders(response),
    ),
    body: textMap(response, "response_templates")["application/json"] ?? "",
  };
}

/**
 * The template for the request's content type, or `undefined` when the request's body takes its place. Without a
 * template of that type, passthrough NEVER refuses the request, and WHEN_NO_TEMPLATES does when there are others.
 */
function templateFor(integration: Attributes, request: HttpRequest): string | undefined {
  const type = (header(request, "Content-Type") ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";
  const templates = new Map(Object.entries(textMap(integration, "request_templates")));
  const template = templates.get(type);
  if (template !== undefined) return template;
  const passthrough = optionalText(integration, "passthrough_behavior");
  if (passthrough === "NEVER" || (passthrough === "WHEN_NO_TEMPLATES" && templates.size > 0)) return "unsupported";
  return undefined;
}

/** The status code that the text chooses; `undefined` when it is not a JSON object. */
function statusCodeIn(json: string): string | undefined {
  try {
    const { statusCode } = JSON.parse(json) as { readonly statusCode?: unknown };
    return String(statusCode);
  } catch {
    return undefined;
  }
}

function fixedHeaders(response: Attributes): HttpResponse["headers"] {
  return Object.entries(textMap(response, "response_parameters")).map(([name, value]) => {
    const headerName = /^method\.response\.header\.(.+)$/.exec(name)?.[1];
    const fixed = /^'(.*)'$/.exec(value)?.[1];
    if (headerName === undefined || fixed === undefined) {
      throw new UnsupportedError(`integration response parameter ${name} = ${value} is not emulated`);
    }
    return [headerName, fixed] as const;
  });
}
