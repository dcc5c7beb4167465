/**
 * The body of an integration request: the template for the request's content type, or the request's own body.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
import { type HttpRequest, headerValues } from "../protocols/http";
import type { DeployedMethod } from "./deployed-api";
import { misconfigured } from "./execution-log";
import type { Refusal } from "./gateway-response";
import { evaluateTemplate, type Overrides } from "./mapping-template";
import { type MappingSource, templatePayload } from "./parameter-mapping";
import { BodyNotJson, TemplateFailure } from "./template-failure";

const NO_OVERRIDES: Overrides = new Map();

/** A body to be sent on. */
export interface IntegrationBody {
  readonly body: Buffer;
  /** Values by path, such as `requestOverride.header.Accept`. */
  readonly overrides: Overrides;
}

/**
 * The body to be sent on. Without a template of the request's type, passthrough NEVER refuses the request, and
 * WHEN_NO_TEMPLATES does when there are others.
 */
export function integrationBody(
  integration: DeployedMethod["integration"],
  source: MappingSource,
): IntegrationBody | Refusal {
  const { request } = source;
  const templates = new Map(Object.entries(integration.requestTemplates ?? {}));
  const template = templates.get(mediaTypeOf(request));
  if (template !== undefined) return filledIn(template, source);
  const passthrough = integration.passthroughBehavior;
  const isRefused = passthrough === "NEVER" || (passthrough === "WHEN_NO_TEMPLATES" && templates.size > 0);
  return isRefused ? { type: "UNSUPPORTED_MEDIA_TYPE" } : { body: request.body, overrides: NO_OVERRIDES };
}

/** Media type of the request's body, in lower case; JSON when it says nothing, or several things. */
export function mediaTypeOf(request: HttpRequest): string {
  const sent = headerValues(request, "Content-Type");
  const type = sent.length === 1 ? sent[0] : "application/json";
  return type?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function filledIn(template: string, source: MappingSource): IntegrationBody | Refusal {
  try {
    const payload = templatePayload(source, source.request.body.toString("utf8"));
    const { text, overrides } = evaluateTemplate(template, payload, source.context);
    return { body: Buffer.from(text), overrides };
  } catch (error) {
    if (error instanceof BodyNotJson) return { type: "DEFAULT_4XX", message: "Could not parse request body into json" };
    if (error instanceof TemplateFailure)
      return { type: "API_CONFIGURATION_ERROR", reason: misconfigured(error.message) };
    throw error;
  }
}
