/** Which responses are API Gateway's own errors. Pure. */
import { z } from "zod";

/** The header in which API Gateway names its own refusals. */
const ERROR_TYPE = "x-amzn-errortype";

/**
 * Prefix of headers that a function or backend sent and API Gateway renamed: the response is not API Gateway's own.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 */
const REMAPPED = "x-amzn-remapped-";

/** API Gateway's refusal of a token, and the messages that come with it. */
export const UNAUTHORIZED = "UnauthorizedException";
const UNAUTHORIZED_MESSAGES = ["Unauthorized", "The incoming token has expired"];

const message = z.object({ message: z.string() });

/** The part of a response that decides. */
export interface ErrorResponse {
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * API Gateway's name of the error, such as `UnauthorizedException`; `undefined` for the response of a function or
 * backend. A backend may send the same error type, as another API behind this one does: then the message decides.
 */
export function gatewayErrorIn({ headers, body }: ErrorResponse, behind: string | undefined): string | undefined {
  if (Object.keys(headers).some((name) => name.startsWith(REMAPPED))) return undefined;
  const kind = headers[ERROR_TYPE]?.split(":")[0];
  if (behind !== "HTTP backend" || kind !== UNAUTHORIZED) return kind;
  return UNAUTHORIZED_MESSAGES.includes(messageIn(body)) ? kind : undefined;
}

function messageIn(body: string): string {
  try {
    return message.parse(JSON.parse(body)).message;
  } catch {
    return "";
  }
}
