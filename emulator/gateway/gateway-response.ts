/**
 * What API Gateway says when it does not let a call through, and how an API may change that.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import type { Wire } from "../protocols/values";
import { contextValue } from "./context-variables";
import type { FailureReason } from "./execution-log";
import { GATEWAY_VARIABLE } from "./gateway-response-variables";
import { type MappingSource, mappedValue } from "./parameter-mapping";
import { answeredHeaders, isSendable } from "./remapped-headers";

/** Why API Gateway itself answers. */
export interface Refusal {
  readonly type: keyof typeof refusals;
  /** Replaces the type's usual message. */
  readonly message?: string;
  /** Replaces the type's usual status. */
  readonly status?: number;
  /** What the caller is not told; left out when there is no more to say than the message. */
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
const SPACED = [
  "API_CONFIGURATION_ERROR",
  "BAD_REQUEST_PARAMETERS",
  "DEFAULT_4XX",
  "INTEGRATION_FAILURE",
  "INTEGRATION_TIMEOUT",
  "REQUEST_TOO_LARGE",
];

/** Ids of one request, as they appear in headers and templates. */
export interface RequestIds {
  readonly requestId: string;
  readonly extendedRequestId: string;
}

/** A deployed gateway response of an API. */
export type CustomResponse = Wire<sdk.GatewayResponse>;

/** What the caller is told. */
export function messageOf({ type, message }: Refusal): string {
  return message ?? refusals[type][1];
}

/**
 * The answer to a refused call.
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
  const text = messageOf(refusal);
  const custom = customizationOf(type, status, customized);
  const [contentType, template] = templateFor(custom, source);
  const colon = SPACED.includes(type) ? ": " : ":";
  return {
    status: Number(custom?.statusCode || status),
    headers: withHeaders(
      [
        ["Content-Type", contentType],
        ["x-amzn-RequestId", ids.requestId],
        ["x-amz-apigw-id", ids.extendedRequestId],
        ["x-amzn-ErrorType", errorType],
      ],
      custom === undefined ? [] : customHeaders(custom, source),
    ),
    body:
      template === undefined
        ? `{"message"${colon}${JSON.stringify(text)}}`
        : render(template, { type, message: text }, ids, source),
  };
}

/** The response set for this very type or, without one, for all of its class. */
function customizationOf(type: string, status: number, all: readonly CustomResponse[]): CustomResponse | undefined {
  const fallback = status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
  const of = (wanted: string) => all.find(({ responseType }) => responseType === wanted);
  return of(type) ?? of(fallback);
}

/** The template of the type that the caller accepts, or else of JSON, and its content type (believed). */
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
    const isFixed = /^'.*'$/.test(value);
    const sent = isFixed ? value.slice(1, -1) : source && mappedValue(value, source);
    return header === undefined || sent === undefined ? [] : [[header, sent] as const];
  });
  return answeredHeaders(headers).filter(isSendable);
}

/** A template with the values of its variables, which is all that API Gateway evaluates here. */
function render(
  template: string,
  { type, message }: { readonly type: string; readonly message: string },
  ids: RequestIds,
  source: MappingSource | undefined,
): string {
  const own = new Map([
    ["error.message", message],
    ["error.messageString", JSON.stringify(message)],
    ["error.responseType", type],
    ["requestId", ids.requestId],
    ["extendedRequestId", ids.extendedRequestId],
  ]);
  return template.replace(GATEWAY_VARIABLE, (_whole, root: string, names: string) => {
    if (root === "context") return own.get(names) ?? contextValue(source?.context ?? {}, names.split(".")) ?? "";
    return (source && mappedValue(`${root}.${names}`, source)) ?? "";
  });
}
