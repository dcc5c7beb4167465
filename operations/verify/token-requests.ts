/** Requests for access tokens by the token endpoint or by Cognito's `GetClientToken`, and their responses. */

import { decodeJwt } from "jose";
import { z } from "zod";
import { jsonIn } from "../../platform/json";
import { cognitoUrl } from "../access-graph/pool-issuer";
import type { TokenWay } from "../access-graph/token-ways";
import type { ClientCredentials, Deployment } from "../deployed/deployment";
import { type HttpRequest, type HttpResponse, TIMED_OUT } from "../deployed/rate-limited-client";
import { tokenRequest as tokenEndpointRequest } from "../deployed/token-request";

/**
 * Errors of a token request by way: unknown id or secret, a scope that was not granted, and a client that gets no tokens
 * (none: any error).
 */
export const ERRORS: Readonly<Record<TokenWay, Readonly<Record<"unknown" | "scope" | "disabled", readonly string[]>>>> =
  {
    domain: {
      unknown: ["invalid_client"],
      scope: ["invalid_scope"],
      disabled: ["invalid_grant", "unauthorized_client"],
    },
    api: { unknown: ["NotAuthorizedException", "ResourceNotFoundException"], scope: [], disabled: [] },
  };

/** @param scope full name; all scopes of the client when left out. @returns `undefined` where the way does not exist */
export function tokenRequest(
  way: TokenWay,
  { tokenUrl, issuer }: Pick<Deployment, "tokenUrl" | "issuer">,
  credentials: ClientCredentials,
  scope?: string,
): HttpRequest | undefined {
  if (way === "domain") return { url: tokenUrl, ...tokenEndpointRequest(credentials, scope) };
  const url = cognitoUrl(issuer);
  if (url === undefined) return undefined;
  // Unsigned: the client's secret authenticates.
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AWSCognitoIdentityProviderService.GetClientToken",
  };
  const scopes = scope === undefined ? {} : { Scopes: [scope] };
  return {
    method: "POST",
    url,
    headers,
    body: JSON.stringify({ ClientId: credentials.id, Secret: credentials.secret, ...scopes }),
  };
}

/** An access token that was issued. Kept in memory only. */
export interface IssuedToken {
  readonly text: string;
  /** Full names, sorted. */
  readonly scopes: readonly string[];
  /** Empty when it has none. */
  readonly issuer: string;
}

export interface TokenResponse {
  readonly status: number;
  /** Code of the error, such as `invalid_client`, or the status; empty when a token was issued. */
  readonly error: string;
  readonly token: IssuedToken | undefined;
}

const body = z
  .object({
    access_token: z.string(),
    ClientAuthenticationResult: z.object({ AccessToken: z.string() }),
    error: z.string(),
    __type: z.string(),
  })
  .partial();

/** Codes that are printed although anything may have sent them. */
const PRINTABLE = /^\w{1,64}$/;

export function tokenResponse({ status, body: text }: HttpResponse): TokenResponse {
  if (status === TIMED_OUT) return { status, error: "timeout", token: undefined };
  const found = body.safeParse(jsonIn(text)).data ?? {};
  const issued = found.access_token ?? found.ClientAuthenticationResult?.AccessToken;
  if (status === 200 && issued !== undefined) return { status, error: "", token: read(issued) };
  // A namespace may precede the name of an error of AWS.
  const code = found.error ?? found.__type?.split("#").at(-1) ?? "";
  return { status, error: PRINTABLE.test(code) ? code : String(status), token: undefined };
}

function read(text: string): IssuedToken {
  const { scope, iss } = decodeJwt(text);
  const scopes = typeof scope === "string" && scope !== "" ? scope.split(" ").toSorted() : [];
  return { text, scopes, issuer: iss ?? "" };
}
