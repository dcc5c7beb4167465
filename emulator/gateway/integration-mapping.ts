/**
 * Request and response mapping of integrations other than proxies.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { type HttpRequest, type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import type { Wire } from "../protocols/values";
import { evaluateTemplate, type Overrides } from "../templates/mapping-template";
import { BodyNotJson, TemplateFailure } from "../templates/template-values";
import type { DeployedMethod } from "./deployed-api";
import { misconfigured } from "./execution-log";
import type { Refusal } from "./gateway-response";
import { answeredHeaders, idHeaders, isSendable, type RequestIds } from "./headers";
import { type MappingSource, mappedTo, templatePayload } from "./parameter-mapping";

const RESPONSE_HEADER = "method.response.header.";

/** A body to be sent on. */
export interface IntegrationBody {
  readonly body: Buffer;
  /** Values by path, such as `requestOverride.header.Accept`. */
  readonly overrides: Overrides;
}

/**
 * The body to be sent on: that of the template for the request's content type, or the request's own. Without a template
 * of that type, passthrough NEVER refuses the request, and WHEN_NO_TEMPLATES does when there are others.
 */
export function integrationBody(
  integration: DeployedMethod["integration"],
  source: MappingSource,
): IntegrationBody | Refusal {
  const { request } = source;
  const templates = new Map(Object.entries(integration.requestTemplates ?? {}));
  const template = templates.get(mediaTypeOf(request));
  const passthrough = integration.passthroughBehavior;
  if (template === undefined) {
    const isRefused = passthrough === "NEVER" || (passthrough === "WHEN_NO_TEMPLATES" && templates.size > 0);
    return isRefused ? { type: "UNSUPPORTED_MEDIA_TYPE" } : { body: request.body, overrides: new Map() };
  }
  try {
    const { text, overrides } = evaluateTemplate(template, templatePayload(source, request.body), source.context);
    return { body: Buffer.from(text), overrides };
  } catch (error) {
    if (error instanceof BodyNotJson) return { type: "DEFAULT_4XX", message: "Could not parse request body into json" };
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof TemplateFailure) return misconfigured(error.message);
  throw error;
}

/** Media type of the request's body, in lower case; JSON when it says nothing, or several things. */
export function mediaTypeOf(request: HttpRequest): string {
  const sent = headerValues(request, "Content-Type");
  const type = sent.length === 1 ? sent[0] : "application/json";
  return type?.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The response of an integration. */
export interface IntegrationAnswer {
  /** What a selection pattern is compared with: a status, or the text of a function's error. `undefined`: with nothing. */
  readonly status: string | undefined;
  readonly headers: HttpResponse["headers"];
  readonly body: string | Uint8Array;
}

type DeclaredResponse = Wire<sdk.IntegrationResponse>;

/** The caller's response, made of the integration's by the integration response for its status. */
export function answerWith(
  responses: readonly DeclaredResponse[],
  answer: IntegrationAnswer,
  source: MappingSource,
  ids: RequestIds,
  earlier: Overrides = new Map(),
): HttpResponse | Refusal {
  const response = responseFor(responses, answer.status);
  if (response === undefined) return misconfigured(`No match for output mapping: ${answer.status}`);
  const [contentType, template] = templateFor(response, source);
  const made = bodyOf(template, answer, source, earlier);
  if ("type" in made) return made;
  const mapped = mappedTo(response.responseParameters, RESPONSE_HEADER, { ...source, answered: answer });
  const overridden = overridesOf(made.overrides, "responseOverride.header.");
  const headers = withHeaders(
    [["Content-Type", contentType], ...idHeaders(ids)],
    answeredHeaders(withHeaders([...mapped], overridden)),
  );
  const unsendable = headers.find((header) => !isSendable(header));
  if (unsendable !== undefined) return misconfigured(`the value of ${unsendable[0]} cannot be sent`);
  // An override that is not a final status is ignored.
  const status = Number(made.overrides.get("responseOverride.status"));
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599;
  return { status: isStatus ? status : Number(response.statusCode), headers, body: made.body };
}

/** Overrides of one place, by the rest of their path. */
export function overridesOf(overrides: Overrides, prefix: string): HttpResponse["headers"] {
  const ofPlace = [...overrides].filter(([path]) => path.startsWith(prefix));
  return ofPlace.map(([path, value]) => [path.slice(prefix.length), value]);
}

/**
 * The response whose pattern fits the whole status or text; without one, the default: the response of that very status,
 * or the first.
 */
function responseFor(responses: readonly DeclaredResponse[], status: string | undefined): DeclaredResponse | undefined {
  const sorted = responses.toSorted((a, b) => ((a.statusCode ?? "") < (b.statusCode ?? "") ? -1 : 1));
  const fitting = sorted.find(({ selectionPattern: pattern = "" }) => {
    return pattern !== "" && status !== undefined && new RegExp(`^(?:${pattern})$`).test(status);
  });
  const defaults = sorted.filter(({ selectionPattern = "" }) => selectionPattern === "");
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
  const type = [accepted, "application/json", ...templates.keys()].find((candidate) => templates.has(candidate));
  const template = templates.get(type ?? "");
  return type === undefined || template === undefined ? ["application/json"] : [type, template];
}

interface ResponseBody {
  readonly body: string | Uint8Array;
  readonly overrides: Overrides;
}

/** The body, and what is overridden; without a template the body passes through, and the request's overrides hold. */
function bodyOf(
  template: string | undefined,
  { body }: IntegrationAnswer,
  source: MappingSource,
  earlier: Overrides,
): ResponseBody | Refusal {
  if (template === undefined) return { body, overrides: earlier };
  try {
    const made = evaluateTemplate(template, templatePayload(source, body), source.context, earlier);
    return { body: made.text, overrides: made.overrides };
  } catch (error) {
    return refusalOf(error);
  }
}
