/**
 * The value of `X-Amzn-Trace-Id` of a call: what the caller sent, or a new one.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import { type HttpRequest, headerValues } from "../protocols/http";

/** A call, as far as its trace is concerned. */
interface Traced {
  /** The call's UUID. */
  readonly requestId: string;
  /** When the call came, in milliseconds since 1970. */
  readonly time: number;
}

/** What the integration gets. */
export function traceId(request: HttpRequest, { requestId, time }: Traced): string {
  const sent = headerValues(request, "X-Amzn-Trace-Id").at(-1) ?? "";
  if (/(?:^|;)Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;|$)/.test(sent)) return sent;
  return `Root=1-${Math.floor(time / 1000).toString(16)}-${hexOf(requestId).slice(0, 24)}`;
}

/** What the caller gets: a parent is added where there is none (recorded). */
export function answeredTraceId(request: HttpRequest, traced: Traced): string {
  const trace = traceId(request, traced);
  return /;Parent=/.test(trace) ? trace : `${trace};Parent=${hexOf(traced.requestId).slice(-16)};Sampled=0`;
}

const hexOf = (uuid: string) => uuid.replaceAll("-", "");
