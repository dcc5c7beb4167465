/**
 * Headers that an integration does not decide about: some are the connection's, others are API Gateway's own to send,
 * and come back under another name.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 */
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { HttpResponse } from "../http";

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

/** What a caller sends and an HTTP backend never sees; `Host` and `Content-Length` are made anew. */
const NOT_FORWARDED = [
  ...OF_CONNECTION,
  "connection",
  "content-encoding",
  "content-length",
  "content-md5",
  "expect",
  "host",
  "max-forwards",
  "proxy-authenticate",
  "proxy-authorization",
  "server",
  "te",
  "trailer",
  "upgrade",
  "www-authenticate",
];

/** Headers of a backend's answer as the caller gets them. */
export function answeredHeaders(headers: Pairs): Pairs {
  return headers
    .filter(([name]) => !OF_CONNECTION.includes(name.toLowerCase()))
    .map(([name, value]) =>
      REMAPPED.includes(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value],
    );
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
