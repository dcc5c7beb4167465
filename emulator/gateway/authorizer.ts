/**
 * The Cognito authorizer of a REST API, which decides whether a token opens a method.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
 */
import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWTPayload,
  UnsecuredJWT,
} from "jose";
import type { Account } from "../account/account";
import type { AuthorizerRecord } from "../services/apigateway/records";
import { publicKey } from "../services/cognito/discovery";
import { findPool, originalIssuer, type Pool } from "../services/cognito/pool-hosts";
import type { SigningKey } from "../services/cognito/signing-keys";

/** The authorizer's decision about a call. */
export type Verdict =
  | { readonly kind: "allowed"; readonly claims: Readonly<Record<string, string>> }
  | { readonly kind: "refused"; readonly reason: "UNAUTHORIZED" | "EXPIRED_TOKEN"; readonly fault: TokenFault };

/** What is wrong with a token, which its caller does not learn. */
export interface TokenFault {
  readonly by: "authorizer" | "scope";
  /** Without the token, and without a full stop. */
  readonly text: string;
  /** Claims of the token, where its signature is right. */
  readonly claims?: Readonly<Record<string, string>>;
}

const refused = (fault: TokenFault): Verdict => ({ kind: "refused", reason: "UNAUTHORIZED", fault });

/** The refusal of what is not a token of the authorizer's pools. @param text as {@link TokenFault} has it */
export const unauthorized = (text: string): Verdict => refused({ by: "authorizer", text });

/** The part of an authorizer that decides. */
type DeployedAuthorizer = Pick<AuthorizerRecord, "providerARNs">;

/**
 * Judges one token.
 *
 * @param authorizer the deployed authorizer
 * @param scopes scopes of the deployed method; any of them is enough. With none, an ID token is expected
 * @param header value of the Authorization header; `undefined` when there is none
 */
export async function judge(
  account: Account,
  authorizer: DeployedAuthorizer,
  scopes: readonly string[],
  header: string | undefined,
): Promise<Verdict> {
  const token = header?.replace(/^Bearer +/i, "") ?? "";
  const known = tokens.get(token);
  const kid = known?.kid ?? kidOf(token);
  const pool = kid === undefined ? undefined : poolOf(account, authorizer, kid);
  const key = pool?.keys.find((candidate) => candidate.kid === kid);
  if (pool === undefined || key === undefined) return unauthorized(faultOfForm(header, token));
  if (known?.key === key && isValid(known.payload, originalIssuer(pool), Math.floor(account.now() / 1000))) {
    return mayPass(known.payload, scopes) ? known.verdict : refused(faultOfScope(known.payload, scopes));
  }
  let isSigned = false;
  const fault = (text: string): TokenFault => ({
    by: "authorizer",
    text,
    ...(isSigned && { claims: claimsIn(token) }),
  });
  try {
    if (known?.key !== key) {
      await compactVerify(token, await importJWK({ ...publicKey(key) }, "RS256"), { algorithms: ["RS256"] });
    }
    isSigned = true;
    const { payload } = UnsecuredJWT.decode(`${UNSECURED}.${token.split(".")[1]}.`, {
      // Documented: Cognito's updated issuer is not compatible with these authorizers.
      issuer: originalIssuer(pool),
      requiredClaims: ["exp", "iat", "token_use"],
      currentDate: new Date(account.now()),
    });
    if (!isIssued(payload, account)) return refused(fault("the time of issue of the token has not come"));
    const verdict: Verdict = { kind: "allowed", claims: claimsAsText(payload) };
    remember(token, { kid: key.kid, key, payload, verdict });
    return mayPass(payload, scopes) ? verdict : refused(faultOfScope(payload, scopes));
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      const expired = fault("the token expired");
      const text = `the token expired on ${expired.claims?.["exp"]}`;
      return { kind: "refused", reason: "EXPIRED_TOKEN", fault: { ...expired, text } };
    }
    if (error instanceof errors.JOSEError) return refused(fault(faultOfJose(error)));
    throw error;
  }
}

/** Claims of a token whose signature is right; none where it has no JSON object of them. */
function claimsIn(token: string): Readonly<Record<string, string>> {
  try {
    return claimsAsText(decodeJwt(token));
  } catch {
    return {};
  }
}

/** Why a header does not hold a token of the authorizer's pools in its one form. */
function faultOfForm(header: string | undefined, token: string): string {
  if (header === undefined) return "the request has no Authorization header";
  if (token === "") return "the Authorization header has no token";
  if (/^["'“”‘’]|["'“”‘’]$/.test(token)) return "the token is in quotation marks";
  if (/\s/.test(token))
    return "the Authorization header has more than a token: white space within it, or another scheme";
  const { length } = token.split(".");
  if (length !== 3) return `a token has three parts with dots between them, and this has ${length}`;
  return isCompactJws(token)
    ? "no user pool of the authorizer has the key that the header of the token names: it is a token of another pool, or of a deleted one"
    : "the token is not whole: a part of it is not Base64url, as if characters were cut off";
}

/** Why a token that was read is refused. */
function faultOfJose(error: errors.JOSEError): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return "the signature does not fit the token: it was changed or cut, or another key signed it";
  }
  return `the token is not one of this user pool: ${error.message}`;
}

function faultOfScope(payload: JWTPayload, required: readonly string[]): TokenFault {
  const { token_use, scope } = payload;
  const had = typeof scope === "string" && scope !== "" ? scope : "no scope";
  const text =
    required.length === 0
      ? "the method requires no scope, so it takes ID tokens only"
      : token_use === "access"
        ? `the method requires ${required.join(" or ")}, and the token has ${had}`
        : "the method requires a scope, so it takes access tokens only";
  return { by: "scope", text, claims: claimsAsText(payload) };
}

/**
 * Whether the token is written in the one way in which it can be: three parts of base64url, without padding, blanks or
 * spare bits. Any other way to write a signature would make a second token. That AWS refuses it is unconfirmed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-2
 */
function isCompactJws(token: string): boolean {
  const parts = token.split(".");
  const isCanonical = (part: string) => Buffer.from(part, "base64url").toString("base64url") === part;
  return parts.length === 3 && parts.every((part) => part !== "" && isCanonical(part));
}

/** The id of the key that the token names, which may not have signed it; `undefined` when it names none. */
function kidOf(token: string): string | undefined {
  if (!isCompactJws(token)) return undefined;
  try {
    const { crit, kid } = decodeProtectedHeader(token);
    // No critical parameter is understood: RFC 7515, section 4.1.11.
    return crit === undefined ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** The pool of the authorizer that has the key. */
function poolOf(account: Account, authorizer: DeployedAuthorizer, kid: string): Pool | undefined {
  return (authorizer.providerARNs ?? [])
    .map((arn) => findPool(account, arn.split(":")[3] ?? "", arn.split("/")[1] ?? ""))
    .find((pool) => pool?.keys.some((key) => key.kid === kid));
}

/** In place of the header of a token whose signature was checked. */
const UNSECURED = Buffer.from('{"alg":"none"}').toString("base64url");

/** What cannot change of a token that was valid once: who signed it, and what it says. */
interface KnownToken {
  readonly kid: string;
  readonly key: SigningKey;
  readonly payload: JWTPayload;
  /** Of a method whose scopes the token has. */
  readonly verdict: Verdict;
}

/** The newest tokens that were valid. */
const tokens = new Map<string, KnownToken>();
const MAX_TOKENS = 1000;

function remember(token: string, known: KnownToken): void {
  const [oldest = ""] = tokens.keys();
  if (tokens.size >= MAX_TOKENS) tokens.delete(oldest);
  tokens.set(token, known);
}

/** Whether what changes still holds of a token that was valid once. @param now seconds since 1970 */
function isValid({ iss, exp = 0, iat = 0, nbf = 0 }: JWTPayload, issuer: string, now: number): boolean {
  return iss === issuer && exp > now && iat <= now && nbf <= now;
}

/** Whether the time of issue has come. That REST APIs check the time of issue (`iat`) is unconfirmed. */
function isIssued({ iat }: JWTPayload, account: Account): boolean {
  return typeof iat === "number" && iat * 1000 <= account.now();
}

function mayPass({ token_use, scope }: JWTPayload, required: readonly string[]): boolean {
  if (required.length === 0) return token_use === "id";
  if (token_use !== "access" || typeof scope !== "string") return false;
  const granted = scope.split(" ");
  return required.some((wanted) => granted.includes(wanted));
}

/** Claims as the function receives them: all of them text, moments spelled out, other numbers in digits. */
function claimsAsText(payload: JWTPayload): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      (name === "exp" || name === "iat") && typeof value === "number" ? moment(value) : claimAsText(value),
    ]),
  );
}

/** Scalars and lists of them as text, lists with commas. That other claims are passed on as JSON is unconfirmed. */
function claimAsText(value: unknown): string {
  const isPlain = typeof value !== "object" || value === null;
  const isFlat = Array.isArray(value) && value.every((item) => typeof item !== "object");
  return isPlain || isFlat ? String(value) : JSON.stringify(value);
}

/** `Thu Jul 02 12:42:47 UTC 2026`, as Java prints a date. */
function moment(seconds: number): string {
  const [weekday, day, month, year, time] = new Date(seconds * 1000).toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
