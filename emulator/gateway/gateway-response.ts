/**
 * Responses of API Gateway itself to calls that it does not let through, and how an API may change them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import type { Wire } from "../protocols/values";
import { words } from "../protocols/words";
import { contextValue, GATEWAY_VARIABLE } from "../templates/context-variables";
import { answeredHeaders, idHeaders, isSendable, type RequestIds } from "./headers";
import { type MappingSource, mappedValue } from "./parameter-mapping";

/** Why an integration did not answer, for people and logs. */
export interface FailureReason {
  /** The line of the execution log, in API Gateway's words. */
  readonly logged: string;
  /** The same for people: which part, what happened, what was expected. */
  readonly explained: string;
}

/** Why API Gateway itself answers. */
export interface Refusal {
  readonly type: keyof typeof refusals;
  /** Replaces the type's usual message. */
  readonly message?: string;
  /** Replaces the type's usual status. */
  readonly status?: number;
  /** What the execution log has and the caller does not learn; left out when there is no more than the message. */
  readonly reason?: FailureReason;
}

const refusals = {
  ACCESS_DENIED: [403, "Forbidden", "ForbiddenException"],
  API_CONFIGURATION_ERROR: [500, "Internal server error", "InternalServerErrorException"],
  BAD_REQUEST_PARAMETERS: [400, "Missing required request parameters", "BadRequestException"],
  DEFAULT_4XX: [400, "Bad Request", "BadRequestException"],
  EXPIRED_TOKEN: [401, "The incoming token has expired", "UnauthorizedException"],
  INTEGRATION_FAILURE: [502, "Internal server error", "InternalServerErrorException"],
  INTEGRATION_TIMEOUT: [504, "Endpoint request timed out", "InternalServerErrorException"],
  INVALID_API_KEY: [403, "Forbidden", "ForbiddenException"],
  INVALID_SIGNATURE: [403, "Forbidden", "IncompleteSignatureException"],
  MISSING_AUTHENTICATION_TOKEN: [403, "Missing Authentication Token", "MissingAuthenticationTokenException"],
  QUOTA_EXCEEDED: [429, "Limit Exceeded", "LimitExceededException"],
  REQUEST_TOO_LARGE: [413, "Request Too Long", "BadRequestException"],
  THROTTLED: [429, "Too Many Requests", "TooManyRequestsException"],
  UNAUTHORIZED: [401, "Unauthorized", "UnauthorizedException"],
  UNSUPPORTED_MEDIA_TYPE: [415, "Unsupported Media Type", "BadRequestException"],
  WAF_FILTERED: [403, "Forbidden", "ForbiddenException"],
} as const;

/** Refusals whose own text has a space after the colon, as AWS writes it. */
const SPACED = words(`
  API_CONFIGURATION_ERROR BAD_REQUEST_PARAMETERS DEFAULT_4XX INTEGRATION_FAILURE INTEGRATION_TIMEOUT REQUEST_TOO_LARGE
`);

/** A deployed gateway response of an API. */
export type CustomResponse = Wire<sdk.GatewayResponse>;

/** The message to the caller. */
export function messageOf({ type, message }: Refusal): string {
  return message ?? refusals[type][1];
}

/**
 * The response to a refused call.
 *
 * @param customized deployed gateway responses of the API; empty when not even the API is known
 * @param source what headers may be taken from; left out while no stage is known
 */
export function refuse(
  refusal: Refusal,
  ids: RequestIds,
  customized: readonly CustomResponse[],
  source?: MappingSource,
): HttpResponse {
  const { type } = refusal;
  const [usualStatus, , errorType] = refusals[type];
  const status = refusal.status ?? usualStatus;
  const message = messageOf(refusal);
  // The response set for this very type or, without one, for all of its class.
  const custom = [type, status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"].flatMap((wanted) =>
    customized.filter(({ responseType }) => responseType === wanted),
  )[0];
  const [contentType, template] = templateFor(custom, source);
  const own = [["Content-Type", contentType] as const, ...idHeaders(ids), ["x-amzn-ErrorType", errorType] as const];
  return {
    status: Number(custom?.statusCode || status),
    headers: withHeaders(own, custom === undefined ? [] : customHeaders(custom, source)),
    body:
      template === undefined
        ? `{"message"${SPACED.includes(type) ? ": " : ":"}${JSON.stringify(message)}}`
        : render(template, type, message, ids, source),
  };
}

/**
 * The template of a gateway response, and its content type. That the template is that of the type which the
 * caller accepts, or else that of JSON, is unconfirmed.
 */
function templateFor(
  custom: CustomResponse | undefined,
  source: MappingSource | undefined,
): readonly [contentType: string, template: string | undefined] {
  const templates = new Map(Object.entries(custom?.responseTemplates ?? {}));
  const accepted = source === undefined ? [] : headerValues(source.request, "Accept");
  const type = accepted.at(-1)?.split(/[;,]/)[0]?.trim().toLowerCase() ?? "";
  return templates.has(type) ? [type, templates.get(type)] : ["application/json", templates.get("application/json")];
}

/**
 * `gatewayresponse.header.Name` = `'value'`, a parameter of the request, or a variable. A header is left out when its
 * value is missing, or when no header can hold it.
 */
function customHeaders(custom: CustomResponse, source: MappingSource | undefined): HttpResponse["headers"] {
  const headers = Object.entries(custom.responseParameters ?? {}).flatMap(([name, value]) => {
    const header = /^gatewayresponse\.header\.(.+)$/.exec(name)?.[1];
    const fixed = /^'(.*)'$/.exec(value)?.[1];
    const sent = fixed ?? (source && mappedValue(value, source));
    return header === undefined || sent === undefined ? [] : [[header, sent] as const];
  });
  return answeredHeaders(headers).filter(isSendable);
}

/** A template with the values of its variables, which is all that API Gateway evaluates here. */
function render(
  template: string,
  type: string,
  message: string,
  ids: RequestIds,
  source: MappingSource | undefined,
): string {
  const error = { message, messageString: JSON.stringify(message), responseType: type };
  const context = { ...source?.context, ...ids, error };
  return template.replace(GATEWAY_VARIABLE, (_whole, root: string, names: string) => {
    if (root === "context") return contextValue(context, names.split(".")) ?? "";
    return (source && mappedValue(`${root}.${names}`, source)) ?? "";
  });
}
