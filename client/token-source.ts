/**
 * Access tokens by the OAuth 2.0 client-credentials grant: asks for one when there is none, and keeps it until shortly
 * before it expires.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
import { type Answer, type RetryPolicy, retry } from "./retry";

/** What a {@link TokenSource} needs. */
export interface TokenSourceOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Empty asks for all that the client may have. */
  readonly scopes: readonly string[];
  /** Seconds; `undefined` means a tenth of the token's lifetime, at most 60. */
  readonly renewBeforeSeconds: number | undefined;
  readonly fetch: typeof fetch;
  readonly policy: RetryPolicy;
}

/**
 * No token was to be had. Carries neither secret nor token and has no `cause`, because the errors of an HTTP client and
 * the answer of a server may carry both.
 */
export class TokenRequestError extends Error {
  override readonly name = "TokenRequestError";
  /**
   * Code of the OAuth error, such as `invalid_client`; `undefined` when the server named none.
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
   */
  readonly code: string | undefined;
  /** HTTP status of the last answer; `undefined` when there was none. */
  readonly status: number | undefined;

  constructor(message: string, about: { readonly code?: string | undefined; readonly status?: number }) {
    super(message);
    this.code = about.code;
    this.status = about.status;
  }
}

interface TokenAnswer extends Answer {
  readonly text: string;
  /** When it was requested, in milliseconds since 1970. */
  readonly requestedAt: number;
}

/** Milliseconds for one token request, because one that hangs would hold up every caller. */
const TIMEOUT_MS = 10_000;

/** Milliseconds until the next try after a renewal that failed, while the token is still valid. */
const RENEW_AGAIN_MS = 10_000;

/** Milliseconds for which a token is fresh: a refusal of it is not about its age. */
const FRESH_MS = 30_000;

interface KeptToken {
  readonly token: string;
  /** All in milliseconds since 1970. */
  readonly requestedAt: number;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** What may follow `Bearer `: RFC 6750, section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** The tokens of one client. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #kept: KeptToken | undefined;
  #requested: Promise<string> | undefined;

  /** @throws {TypeError} when the token URL is neither https nor on loopback, or id or secret is empty */
  constructor(options: TokenSourceOptions) {
    requireTokenUrl(options.tokenUrl);
    if (options.clientId === "") throw new TypeError("clientId is empty: expected the id of an app client.");
    if (options.clientSecret === "") throw new TypeError("clientSecret is empty: expected the app client's secret.");
    this.#options = { ...options, scopes: [...options.scopes] };
  }

  /**
   * A token that is not about to expire; one that is, as long as it cannot be renewed. All who wait at the same time
   * wait for the same request, and get the same error when it fails; a later caller makes a new one.
   *
   * @throws {TokenRequestError} when none is issued
   */
  token(): Promise<string> {
    if (this.#kept !== undefined && this.#now() < this.#kept.renewAt) return Promise.resolve(this.#kept.token);
    this.#requested ??= this.#request()
      .catch((error: unknown) => this.#stillValid(error))
      .finally(() => {
        this.#requested = undefined;
      });
    return this.#requested;
  }

  /**
   * Forgets a token that an API refused, unless it is fresh or another one has taken its place.
   * @returns whether `token` gives another one
   */
  drop(token: string): boolean {
    if (this.#kept?.token !== token) return true;
    if (this.#now() - this.#kept.requestedAt < FRESH_MS) return false;
    this.#kept = undefined;
    return true;
  }

  #now(): number {
    return this.#options.policy.clock();
  }

  /** @throws the error of the renewal when the token has expired meanwhile */
  #stillValid(error: unknown): string {
    const now = this.#now();
    if (this.#kept === undefined || now >= this.#kept.expiresAt) throw error;
    this.#kept = { ...this.#kept, renewAt: now + RENEW_AGAIN_MS };
    return this.#kept.token;
  }

  async #request(): Promise<string> {
    const { tokenUrl, policy, renewBeforeSeconds } = this.#options;
    const answer = await retry(() => this.#send(), "always", policy).catch((error: unknown) => {
      throw new TokenRequestError(`${tokenUrl} could not be asked for a token: ${reasonOf(error)}.`, {});
    });
    const { token, lifetime } = readToken(tokenUrl, answer);
    const early = Math.min(renewBeforeSeconds ?? Math.min(lifetime / 10, 60), lifetime / 2);
    // Counted from the request, as the server counts from some later moment.
    const { requestedAt } = answer;
    const [renewAt, expiresAt] = [requestedAt + (lifetime - early) * 1000, requestedAt + lifetime * 1000];
    this.#kept = { token, requestedAt, renewAt, expiresAt };
    return token;
  }

  async #send(): Promise<TokenAnswer> {
    const { tokenUrl, clientId, clientSecret, scopes, fetch, policy } = this.#options;
    const requestedAt = policy.clock();
    const scope = scopes.join(" ");
    const { status, headers, text } = await fetch(tokenUrl, {
      method: "POST",
      headers: {
        Accept: "application/json",
        Authorization: `Basic ${basicCredentials(clientId, clientSecret)}`,
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ grant_type: "client_credentials", ...(scope && { scope }) }).toString(),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }));
    return { status, headers, text, requestedAt };
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
function requireTokenUrl(given: string): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isBare = url?.username === "" && url.password === "" && url.hash === "";
  if (url !== undefined && isConfidential(url) && isBare) return;
  const came = url === undefined ? "no URL" : `${url.protocol}//${url.host}${url.pathname}`;
  throw new TypeError(
    `tokenUrl is ${came}: expected an https URL, or http on loopback, without user, password and fragment.`,
  );
}

/** Whether what is sent there can be read by no one on the way: by https, or by http on this machine. */
export function isConfidential({ protocol, hostname }: URL): boolean {
  const isLoopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && isLoopback);
}

/**
 * Base64 of `id:secret`, which follows `Basic ` in the Authorization header. Cognito does not decode the two, so they are
 * not form-urlencoded as RFC 6749, section 2.3.1, has it. That makes a difference for `+`, which Cognito allows in secrets.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function basicCredentials(id: string, secret: string): string {
  return Buffer.from(`${id}:${secret}`).toString("base64");
}

/**
 * The token and its lifetime in seconds. A lifetime that the server does not tell is 0: the token is not kept.
 * @throws {TokenRequestError} when the answer is a refusal, or no bearer token
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
function readToken(tokenUrl: string, { status, text }: TokenAnswer) {
  const { access_token, token_type, expires_in, error } = fieldsOf(text);
  if (status !== 200) {
    // Not whatever the server says: it might say what it was sent.
    const code = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
    throw new TokenRequestError(`${tokenUrl} refused a token with ${status}: ${code ?? "no OAuth error"}.`, {
      code,
      status,
    });
  }
  const isBearer = typeof token_type === "string" && token_type.toLowerCase() === "bearer";
  if (!isBearer || typeof access_token !== "string" || !BEARER_TOKEN.test(access_token)) {
    throw new TokenRequestError(`${tokenUrl} answered 200 without a bearer token.`, { status });
  }
  return { token: access_token, lifetime: typeof expires_in === "number" && expires_in > 0 ? expires_in : 0 };
}

/** Fields of a JSON object; none when the text is something else. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Why a request had no answer, in a word that can be no secret: `ECONNREFUSED`, or else the error's class. */
function reasonOf(error: unknown): string {
  const { cause, name } = error instanceof Error ? error : { cause: undefined, name: "Error" };
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (typeof code === "string" && /^[A-Z_]{1,40}$/.test(code)) return code;
  return /^[A-Za-z]{1,40}$/.test(name) ? name : "Error";
}
