/**
 * Headers that an integration does not decide about: some are the connection's, others are API Gateway's own to send,
 * and come back under another name.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 */
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { HttpResponse } from "../protocols/http";

type Pairs = HttpResponse["headers"];

/** Come back as `x-amzn-Remapped-<name>`. */
const REMAPPED = [
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "date",
  "expect",
  "host",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "trailer",
  "upgrade",
  "user-agent",
  "www-authenticate",
  "x-amz-apigw-id",
  "x-amzn-requestid",
];

/** Are about the connection to the backend, which is not the caller's. */
const OF_CONNECTION = ["keep-alive", "transfer-encoding"];

/**
 * What a caller sends and no integration sees, neither in a mapping nor in a template nor in a function's event
 * (recorded: localstack's test_apigateway_header_remapping_http and _aws).
 */
const NOT_SEEN = [
  ...OF_CONNECTION,
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "upgrade",
  "www-authenticate",
];

/** What a proxy does not forward besides; `Host` is set for each request. */
const NOT_FORWARDED = [...NOT_SEEN, "content-encoding", "host", "proxy-authorization", "via"];

/** What an integration's mapping cannot set: the header is left out (recorded, as above). */
const NOT_MAPPED = ["connection", "expect", "keep-alive", "proxy-authenticate", "te", "via"];

/** Headers of a backend's answer as the caller gets them. */
export function answeredHeaders(headers: Pairs): Pairs {
  return headers
    .filter(([name]) => !OF_CONNECTION.includes(name.toLowerCase()))
    .map(([name, value]) =>
      REMAPPED.includes(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value],
    );
}

/** Headers of a request as integrations see them. */
export function withoutConnectionHeaders(headers: Pairs): Pairs {
  return headers.filter(([name]) => !NOT_SEEN.includes(name.toLowerCase()));
}

/** Headers that a mapping sets, without those that it cannot set. */
export function mappableHeaders(headers: Pairs): Pairs {
  return headers.filter(([name]) => !NOT_MAPPED.includes(name.toLowerCase()));
}

/** Headers of a request as an HTTP backend gets them. */
export function forwardedHeaders(headers: Pairs): Pairs {
  return headers.filter(([name]) => !NOT_FORWARDED.includes(name.toLowerCase()));
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
