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
  /** When it was asked for, in milliseconds since 1970. */
  readonly askedAt: number;
}

/** Milliseconds for one token request, because one that hangs would hold up every caller. */
const TIMEOUT_MS = 10_000;

/** What may follow `Bearer `: RFC 6750, section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** The tokens of one client. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #kept: { readonly token: string; readonly renewAt: number } | undefined;
  #asked: Promise<string> | undefined;

  /** @throws {TypeError} when the token URL is not https, or id or secret is empty */
  constructor(options: TokenSourceOptions) {
    requireTokenUrl(options.tokenUrl);
    if (options.clientId === "") throw new TypeError("clientId is empty: expected the id of an app client.");
    if (options.clientSecret === "") throw new TypeError("clientSecret is empty: expected the app client's secret.");
    this.#options = { ...options, scopes: [...options.scopes] };
  }

  /**
   * A token that is not about to expire. All who wait at the same time wait for the same request, and get the same
   * error when it fails; whoever comes later makes a new one.
   *
   * @throws {TokenRequestError} when there is none to be had
   */
  token(): Promise<string> {
    if (this.#kept !== undefined && this.#options.policy.clock() < this.#kept.renewAt) {
      return Promise.resolve(this.#kept.token);
    }
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  /** Forgets the token, unless another one has taken its place. */
  drop(token: string): void {
    if (this.#kept?.token === token) this.#kept = undefined;
  }

  async #ask(): Promise<string> {
    const { tokenUrl, policy, renewBeforeSeconds } = this.#options;
    const answer = await retry(() => this.#send(), "always", policy).catch((error: unknown) => {
      throw new TokenRequestError(`${tokenUrl} could not be asked for a token: ${reasonOf(error)}.`, {});
    });
    const { token, lifetime } = readToken(tokenUrl, answer);
    const early = Math.min(renewBeforeSeconds ?? Math.min(lifetime / 10, 60), lifetime / 2);
    // Counted from the asking, as the server counts from some later moment.
    this.#kept = { token, renewAt: answer.askedAt + (lifetime - early) * 1000 };
    return token;
  }

  async #send(): Promise<TokenAnswer> {
    const { tokenUrl, clientId, clientSecret, scopes, fetch, policy } = this.#options;
    const askedAt = policy.clock();
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
    return { status, headers, text, askedAt };
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
function requireTokenUrl(given: string): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isBare = url?.username === "" && url.password === "" && url.hash === "";
  if (url?.protocol === "https:" && isBare) return;
  const came = url === undefined ? "no URL" : `${url.protocol}//${url.host}${url.pathname}`;
  throw new TypeError(`tokenUrl is ${came}: expected an https URL without user, password and fragment.`);
}

/**
 * What follows `Basic `: id and secret form-urlencoded, then in base64. Ids and secrets that Cognito makes consist of
 * letters and digits, which the encoding leaves alone.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
function basicCredentials(id: string, secret: string): string {
  const encode = (value: string) => new URLSearchParams({ v: value }).toString().slice("v=".length);
  return Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64");
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
    throw new TokenRequestError(`${tokenUrl} answered 200 with something that is no bearer token.`, { status });
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
