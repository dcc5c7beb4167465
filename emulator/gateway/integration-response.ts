/**
 * What a caller gets of an integration that is no proxy: the integration response that is meant for its status.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import type { Wire } from "../protocols/values";
import { misconfigured } from "./execution-log";
import type { Refusal, RequestIds } from "./gateway-response";
import { evaluateTemplate, type Overrides } from "./mapping-template";
import { type MappingSource, mappedTo, templatePayload } from "./parameter-mapping";
import { answeredHeaders, isSendable } from "./remapped-headers";
import { TemplateFailure } from "./template-failure";

const MISCONFIGURED: Refusal = { type: "API_CONFIGURATION_ERROR" };
const RESPONSE_HEADER = "method.response.header.";
const OVERRIDDEN_HEADER = "responseOverride.header.";

/** What an integration said. */
export interface IntegrationAnswer {
  /** What a selection pattern is compared with: a status, or the text of a function's error. `undefined`: with nothing. */
  readonly status: string | undefined;
  readonly headers: HttpResponse["headers"];
  readonly body: string | Uint8Array;
}

type DeclaredResponse = Wire<sdk.IntegrationResponse>;

/** The caller's answer, made of the integration's. */
export function answerWith(
  responses: readonly DeclaredResponse[],
  answer: IntegrationAnswer,
  source: MappingSource,
  ids: RequestIds,
  earlier: Overrides = new Map(),
): HttpResponse | Refusal {
  const response = responseFor(responses, answer.status);
  if (response === undefined)
    return { ...MISCONFIGURED, reason: misconfigured(`No match for output mapping: ${answer.status}`) };
  const [contentType, template] = templateFor(response, source);
  const evaluated = evaluate(template, answer, source, earlier);
  if ("type" in evaluated) return evaluated;
  const mapped = mappedTo(response.responseParameters, RESPONSE_HEADER, { ...source, answered: answer });
  const headers = withHeaders(
    [
      ["Content-Type", contentType],
      ["x-amzn-RequestId", ids.requestId],
      ["x-amz-apigw-id", ids.extendedRequestId],
    ],
    answeredHeaders(withHeaders([...mapped], overriddenHeaders(evaluated.overrides))),
  );
  const unsendable = headers.find((header) => !isSendable(header));
  if (unsendable !== undefined)
    return { ...MISCONFIGURED, reason: misconfigured(`the value of ${unsendable[0]} cannot be sent`) };
  return { status: statusOf(response, evaluated.overrides), headers, body: evaluated.body };
}

/**
 * The response whose pattern fits the whole status or text; without one, the default: the response of that very status,
 * or the first.
 */
function responseFor(responses: readonly DeclaredResponse[], status: string | undefined): DeclaredResponse | undefined {
  const sorted = responses.toSorted((a, b) => ((a.statusCode ?? "") < (b.statusCode ?? "") ? -1 : 1));
  const patternOf = ({ selectionPattern }: DeclaredResponse) => selectionPattern || undefined;
  const fitting = sorted.find((response) => {
    const pattern = patternOf(response);
    return pattern !== undefined && status !== undefined && new RegExp(`^(?:${pattern})$`).test(status);
  });
  const defaults = sorted.filter((response) => patternOf(response) === undefined);
  return fitting ?? defaults.find(({ statusCode }) => statusCode === status) ?? defaults[0];
}

/**
 * The template for what the caller accepts, or for JSON, or any, and its content type. Without templates the body
 * passes through, as JSON whatever it is.
 */
function templateFor(
  response: DeclaredResponse,
  { request }: MappingSource,
): readonly [type: string, template?: string] {
  const templates = new Map(Object.entries(response.responseTemplates ?? {}));
  const accepted = (headerValues(request, "Accept").at(-1) ?? "").split(/[;,]/)[0]?.trim().toLowerCase() ?? "";
  const type = [accepted, "application/json"].find((candidate) => templates.has(candidate)) ?? [...templates.keys()][0];
  const template = type === undefined ? undefined : templates.get(type);
  return type === undefined || template === undefined ? ["application/json"] : [type, template];
}

interface ResponseBody {
  readonly body: string | Uint8Array;
  readonly overrides: Overrides;
}

/** The body, and what is overridden; without a template the body passes through, and the request's overrides hold. */
function evaluate(
  template: string | undefined,
  { body }: IntegrationAnswer,
  source: MappingSource,
  earlier: Overrides,
): ResponseBody | Refusal {
  if (template === undefined) return { body, overrides: earlier };
  try {
    const payload = templatePayload(source, Buffer.from(body).toString("utf8"));
    const { text: made, overrides } = evaluateTemplate(template, payload, source.context, earlier);
    return { body: made, overrides };
  } catch (error) {
    if (error instanceof TemplateFailure) return { ...MISCONFIGURED, reason: misconfigured(error.message) };
    throw error;
  }
}

function overriddenHeaders(overrides: Overrides): HttpResponse["headers"] {
  return [...overrides]
    .filter(([path]) => path.startsWith(OVERRIDDEN_HEADER))
    .map(([path, value]) => [path.slice(OVERRIDDEN_HEADER.length), value]);
}

/** API Gateway takes no notice of an override that is no status. */
function statusOf(response: DeclaredResponse, overrides: Overrides): number {
  const overridden = Number(overrides.get("responseOverride.status"));
  // A status below 200 would not be the end of the answer.
  const isStatus = Number.isInteger(overridden) && overridden >= 200 && overridden <= 599;
  return isStatus ? overridden : Number(response.statusCode);
}
