/**
 * Headers that callers and integrations do not decide about: some are the connection's, others are API Gateway's own to
 * send, and come back under another name.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { type HttpRequest, type HttpResponse, headerValues } from "../protocols/http";
import { words } from "../protocols/words";

/** Ids of one request, as they appear in headers and templates. */
export interface RequestIds {
  readonly requestId: string;
  readonly extendedRequestId: string;
}

/** Headers in the order in which they are sent. */
export type Pairs = HttpResponse["headers"];

/** Headers of proxy functions that come back as `x-amzn-Remapped-<name>`. */
const OF_FUNCTIONS = words(`
  authorization connection content-length date server www-authenticate x-amz-apigw-id x-amzn-requestid
`);

/** The same of all other integrations. */
const REMAPPED = [
  ...OF_FUNCTIONS,
  ...words("content-md5 expect host max-forwards proxy-authenticate trailer upgrade user-agent"),
];

/** About the connection to the integration, which is not the caller's. */
const OF_CONNECTION = words("keep-alive transfer-encoding");

/**
 * What a caller sends and no integration sees, neither in a mapping nor in a template nor in a function's event
 * (recorded: localstack's test_apigateway_header_remapping_http and _aws).
 */
const NOT_SEEN = [
  ...OF_CONNECTION,
  ...words("connection content-length content-md5 expect max-forwards proxy-authenticate server te trailer upgrade"),
  "www-authenticate",
];

/** What a proxy does not forward besides; `Host` is set for each request. */
const NOT_FORWARDED = [...NOT_SEEN, ...words("content-encoding host proxy-authorization via")];

/** What an integration's mapping cannot set: the header is left out (recorded, as above). */
const NOT_MAPPED = words("connection expect keep-alive proxy-authenticate te via");

const omitting = (names: readonly string[]) => (headers: Pairs) =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()));

const remapping = (names: readonly string[]) => (headers: Pairs) =>
  headers.map(([name, value]) =>
    names.includes(name.toLowerCase()) ? ([`x-amzn-Remapped-${name}`, value] as const) : ([name, value] as const),
  );

/** Headers of a backend's response as the caller gets them. */
export const answeredHeaders = (headers: Pairs) => remapping(REMAPPED)(omitting(OF_CONNECTION)(headers));

/** Headers of a proxy function's response as the caller gets them. */
export const functionHeaders = (headers: Pairs) =>
  remapping(OF_FUNCTIONS)(omitting([...OF_CONNECTION, "trailer", "upgrade"])(headers));

/** Headers of a request as integrations see them. */
export const seenHeaders = omitting(NOT_SEEN);

/** Headers that a mapping sets, without those that it cannot set. */
export const mappableHeaders = omitting(NOT_MAPPED);

/** Headers of a request as an HTTP backend gets them. */
export const forwardedHeaders = omitting(NOT_FORWARDED);

/** What integrations learn of the way of a request; a caller has no say in from where it called. */
export function forwardedFor(request: HttpRequest): Pairs {
  return [
    ["X-Forwarded-For", [...headerValues(request, "X-Forwarded-For"), request.sourceIp].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ];
}

/** Headers of a response that a caller gets from a proxy: JSON, unless the integration has another type. */
export function proxiedHeaders(headers: Pairs, ids: RequestIds): Pairs {
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return [...(hasType ? [] : [["Content-Type", "application/json"] as const]), ...idHeaders(ids), ...headers];
}

export function idHeaders({ requestId, extendedRequestId }: RequestIds): Pairs {
  return [
    ["x-amzn-RequestId", requestId],
    ["x-amz-apigw-id", extendedRequestId],
  ];
}

/** Whether HTTP has a way to write the header. */
export function isSendable([name, value]: Pairs[number]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** A call, as far as its trace is concerned; the time is in milliseconds since 1970. */
interface Traced {
  readonly requestId: string;
  readonly time: number;
}

/**
 * `X-Amzn-Trace-Id` as the integration gets it: what the caller sent, or a new one.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceId(request: HttpRequest, { requestId, time }: Traced): string {
  const sent = headerValues(request, "X-Amzn-Trace-Id").at(-1) ?? "";
  if (/(?:^|;)Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;|$)/.test(sent)) return sent;
  return `Root=1-${Math.floor(time / 1000).toString(16)}-${hexOf(requestId).slice(0, 24)}`;
}

/** The same as the caller gets it: a parent is added where there is none (recorded). */
export function answeredTraceId(request: HttpRequest, traced: Traced): string {
  const trace = traceId(request, traced);
  return /;Parent=/.test(trace) ? trace : `${trace};Parent=${hexOf(traced.requestId).slice(-16)};Sampled=0`;
}

const hexOf = (uuid: string) => uuid.replaceAll("-", "");
