/**
 * The value of `X-Amzn-Trace-Id` of a call, the same for its integration and its caller.
 *
 * @param requestId the call's UUID
 * @param time when the call came, in milliseconds since 1970
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceId(requestId: string, time: number): string {
  return `Root=1-${Math.floor(time / 1000).toString(16)}-${requestId.replaceAll("-", "").slice(0, 24)}`;
}
