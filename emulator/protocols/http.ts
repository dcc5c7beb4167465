/**
 * A request as it came over the wire and the answer to it. Not the web's `Request`: that one tidies up paths and
 * joins headers, and what an attacker does with both is exactly what matters here.
 */

/** A request to one of the hosts that are emulated. */
export interface HttpRequest {
  readonly method: string;
  /** Host without port, in lower case. */
  readonly host: string;
  /** Path as it was sent, neither decoded nor normalised. */
  readonly path: string;
  /** Query string without its question mark; empty when there is none. */
  readonly query: string;
  /** Headers in the order and the case in which they were sent, repeated ones included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** How many APIs it came through that are emulated here; left out means none. */
  readonly hops?: number;
}

/** An answer; `Content-Length` is added when it is sent. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

/** Answers every request; throws only when this program itself is wrong. */
export type Endpoint = (request: HttpRequest) => Promise<HttpResponse>;

/** Values of the header in the order sent; names are compared without case. */
export function headerValues({ headers }: HttpRequest, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([sent]) => sent.toLowerCase() === wanted).map(([, value]) => value);
}

/** Headers with others put in place of those of the same name; names are compared without case. */
export function withHeaders(
  headers: HttpResponse["headers"],
  others: HttpResponse["headers"],
): HttpResponse["headers"] {
  const replaced = new Set(others.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...others];
}

/** The header's value, or `undefined` when it was not sent or more than once. */
export function header(request: HttpRequest, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}
