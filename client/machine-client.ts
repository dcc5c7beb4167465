/**
 * Calls an API as a machine: gets access tokens by the OAuth 2.0 client-credentials grant, sends them along, renews and
 * retries. Meant to be copied into a service, as the folder is: it needs Node.js 20 or later and nothing else.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
import { discard, laterClock, type RetryPolicy, repeatableOf, retry, untilAborted, waitByTimer } from "./retry";
import { isConfidential, TokenSource } from "./token-source";

export { TokenRequestError } from "./token-source";

/** Settings of a {@link MachineClient}. */
export interface MachineClientOptions {
  /** The token endpoint: https, or http on loopback. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Full names of the scopes to ask for, `<resource server>/<scope>` with Cognito.
   * @default all that the client may have
   */
  readonly scopes?: readonly string[];
  /** Sends the requests. @default the global one, looked up at each call */
  readonly fetch?: typeof fetch;
  /**
   * Milliseconds since 1970, for the token's expiry and for a Retry-After that is a date.
   * @default the later of the machine's and the monotonic clock
   */
  readonly clock?: () => number;
  /** Resolves after so many milliseconds. @default by timer */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** A number from 0 up to, not including, 1, for the jitter. @default Math.random */
  readonly random?: () => number;
  /**
   * Seconds before its expiry at which a token is no longer used; never more than half of its lifetime.
   * @default a tenth of the lifetime, at most 60
   */
  readonly renewBeforeSeconds?: number;
  /**
   * Tries of a token request, and of a call, the first one included: an integer from 1. The one repetition after a 401
   * is always made.
   * @default 4
   */
  readonly maxTries?: number;
}

/**
 * Calls APIs with access tokens of one client. Make one for each client and keep it: it keeps the token. Never logs, and
 * shows neither secret nor token when it is printed.
 *
 * @example
 * const [clientId, clientSecret] = [process.env.CLIENT_ID ?? "", process.env.CLIENT_SECRET ?? ""];
 * const tokenUrl = "https://cc-demo-dev.auth.ap-northeast-1.amazoncognito.com/oauth2/token";
 * const client = new MachineClient({ tokenUrl, clientId, clientSecret, scopes: ["test_resource/test"] });
 * const response = await client.fetch(`${apiUrl}/access`, { method: "POST", signal: AbortSignal.timeout(5_000) });
 * if (!response.ok) throw new Error(`POST /access was answered with ${response.status}`);
 */
export class MachineClient {
  readonly #fetch: typeof fetch;
  readonly #policy: RetryPolicy;
  readonly #tokens: TokenSource;
  /** When a fresh token was refused last, in milliseconds since 1970, by method and URL without query. */
  readonly #refusals = new Map<string, number>();

  /**
   * @throws {TypeError} when the token URL is neither https nor on loopback, or id or secret is empty
   * @throws {RangeError} when a number is out of its range
   */
  constructor(options: MachineClientOptions) {
    const { tokenUrl, clientId, clientSecret, scopes = [], renewBeforeSeconds, maxTries = 4 } = options;
    if (!Number.isInteger(maxTries) || maxTries < 1) {
      throw new RangeError(`maxTries is ${maxTries}: expected an integer from 1.`);
    }
    if (renewBeforeSeconds !== undefined && !(renewBeforeSeconds >= 0)) {
      throw new RangeError(`renewBeforeSeconds is ${renewBeforeSeconds}: expected 0 or more.`);
    }
    const { clock = laterClock, wait = waitByTimer, random = Math.random } = options;
    const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#fetch = fetch;
    this.#policy = { maxTries, clock, wait, random };
    const source = { tokenUrl, clientId, clientSecret, scopes, renewBeforeSeconds };
    this.#tokens = new TokenSource({ ...source, fetch, policy: this.#policy });
  }

  /**
   * An access token that is not about to expire; requested when there is none, in at most 10 seconds a try. All who
   * wait for it share one request, and its error. A token that cannot be renewed is used until it expires.
   *
   * @throws {TokenRequestError} when the server refuses one (`invalid_client`, `invalid_scope`, …), which is not tried
   * again, or has not given one after all tries
   */
  token(): Promise<string> {
    return this.#tokens.token();
  }

  /**
   * Like the global `fetch`, with `Authorization: Bearer <token>` in place of any such header that is given.
   *
   * - Tries again, with backoff, what can do no harm: idempotent methods after 429, 5xx and network errors; POST, PATCH
   *   and others after 429 and after 503 with Retry-After only; nothing whose body is a stream. A Retry-After of more
   *   than 60 seconds is not waited for.
   * - After a 401, repeats the call once with a new token. A second 401 is returned, and so is the first one to a body
   *   that is a stream. As API Gateway also answers 401 when a scope is missing, no new token is requested for one that
   *   is younger than 30 seconds, nor within 5 minutes after such a token was refused for the same method and path.
   * - Follows no redirects, so the token goes where it was sent and nowhere else: a 3xx is returned.
   *
   * @param init as for `fetch`; `signal` also ends waiting and trying at once, though not a token request that
   * others may be waiting for
   * @returns the last answer, whatever its status
   * @throws {TokenRequestError} as `token` does
   * @throws {TypeError} when the URL is neither https nor on loopback, or `init.redirect` is "follow"; and, as `fetch`
   * does, when there was no answer after all tries
   * @throws the signal's reason when it is aborted
   */
  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    requireSafe(new URL(url), init);
    const signal = init.signal ?? undefined;
    signal?.throwIfAborted();
    const repeatable = repeatableOf(init);
    let tried = 0;
    const call = (token: string) => {
      const policy = { ...this.#policy, maxTries: Math.max(1, this.#policy.maxTries - tried) };
      const attempt = () => {
        tried++;
        return this.#send(url, init, token);
      };
      return retry(attempt, repeatable, policy, signal);
    };
    const token = await untilAborted(this.#tokens.token(), signal);
    const first = await call(token);
    const target = targetOf(url, init);
    if (first.status !== 401) {
      this.#refusals.delete(target);
      return first;
    }
    if (!this.#isRenewedFor(target, token) || repeatable === "never") return first;
    discard(first);
    const second = await call(await untilAborted(this.#tokens.token(), signal));
    if (second.status === 401) this.#noteRefusal(target);
    return second;
  }

  /** Whether a token that was refused is replaced by a new one. */
  #isRenewedFor(target: string, token: string): boolean {
    const refusedAt = this.#refusals.get(target);
    if (refusedAt !== undefined && this.#policy.clock() - refusedAt < REFUSED_MS) return false;
    if (this.#tokens.drop(token)) return true;
    this.#noteRefusal(target);
    return false;
  }

  #noteRefusal(target: string): void {
    if (this.#refusals.size >= MAX_REFUSALS) this.#refusals.clear();
    this.#refusals.set(target, this.#policy.clock());
  }

  async #send(url: string | URL, init: RequestInit, token: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return await this.#fetch.call(undefined, url, { ...init, headers, redirect: init.redirect ?? "manual" });
  }
}

/** Milliseconds for which a refusal of a fresh token is remembered, and of how many targets at most. */
const REFUSED_MS = 300_000;
const MAX_REFUSALS = 1_000;

/** Method and URL without query. */
function targetOf(url: string | URL, { method = "GET" }: RequestInit): string {
  const { origin, pathname } = new URL(url);
  return `${method.toUpperCase()} ${origin}${pathname}`;
}

/** @throws {TypeError} when the token would travel in the clear, or to wherever a redirect points */
function requireSafe(url: URL, { redirect }: RequestInit): void {
  if (!isConfidential(url)) {
    throw new TypeError(`The token is not sent to ${url.protocol}//${url.host}: expected https, or http on loopback.`);
  }
  if (redirect === "follow") {
    throw new TypeError(
      'init.redirect is "follow", which could take the token elsewhere: expected "manual" or "error".',
    );
  }
}
