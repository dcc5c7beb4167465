/**
 * How the requests of `verify` are recognized in logs, so that they do not count as use: token requests by the user agent
 * that CloudTrail records, calls by the request id, which API Gateway takes from the caller when it is a UUID. Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-access-logging.html
 */
import { randomUUID } from "node:crypto";

/** User agent of all requests of `verify`. */
export const VERIFY_USER_AGENT = "machine-access-verify";

/** `verify` in hexadecimal digits, with which the request ids begin. */
const MARK = "76657269-6679-";

/** Headers of one request of `verify`. */
export function verifyHeaders(): Readonly<Record<string, string>> {
  const id = MARK + randomUUID().slice(MARK.length);
  return { "User-Agent": VERIFY_USER_AGENT, "x-amzn-RequestId": id };
}

/** Whether the request id in an access log is one of `verify`. */
export function isVerifyRequest(requestId: string): boolean {
  return requestId.startsWith(MARK);
}
