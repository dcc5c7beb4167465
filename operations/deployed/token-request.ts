/**
 * The token request of the client-credentials grant, as its three halves: what to send, sending it, and reading what
 * came back.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 */
import { z } from "zod";
import { basicCredentials as encodeCredentials } from "../../client/token-source";
import { send } from "../../platform/http";
import { UserError } from "../../platform/user-error";
import type { ClientCredentials } from "./deployment";

const success = z.object({ access_token: z.string(), expires_in: z.number(), token_type: z.string() });
const failure = z.object({ error: z.string() });

/** Answer of the token endpoint. */
export type TokenResponse = z.infer<typeof success>;

/** `base64(id:secret)`, what follows `Basic ` in the Authorization header. */
export function basicCredentials({ id, secret }: ClientCredentials): string {
  return encodeCredentials(id, secret);
}

/** The request's form body. @param scope space-separated full names; left out asks for all that the client may have */
export function tokenRequestBody(scope: string | undefined): string {
  return new URLSearchParams({ grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) })
    .toString()
    .replaceAll("%2F", "/");
}

/**
 * Asks for a token.
 * @returns the token, or the code of the OAuth error with which it was refused, such as `invalid_grant`
 */
export async function askForToken(
  tokenUrl: string,
  credentials: ClientCredentials,
  scope: string | undefined,
): Promise<TokenResponse | { readonly error: string }> {
  const response = await send(tokenUrl, {
    method: "POST",
    headers: {
      Authorization: `Basic ${basicCredentials(credentials)}`,
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: tokenRequestBody(scope),
  });
  const read = z.union([success, failure]).safeParse(parseJson(response.body));
  if (read.success) return read.data;
  throw new UserError(`${tokenUrl} answered ${response.status} with something that is no token response`);
}

/** A token. @throws {UserError} with what to do about the OAuth error with which it was refused */
export async function requireToken(
  tokenUrl: string,
  credentials: ClientCredentials,
  scope: string | undefined,
): Promise<TokenResponse> {
  const answer = await askForToken(tokenUrl, credentials, scope);
  if ("access_token" in answer) return answer;
  throw new UserError(`${tokenUrl} refused a token: ${answer.error}${adviceOn(answer.error)}`);
}

function adviceOn(code: string): string {
  const advice: Readonly<Record<string, string>> = {
    invalid_client: "Id or secret is wrong; perhaps the client was replaced. Run: npm run drift",
    invalid_grant: "The client may not use OAuth at all, which this stack never configures. Run: npm run drift",
    invalid_scope: "The client may not have a scope that was asked for. Its scopes are in access.yaml.",
    unauthorized_client: "The client may not use this grant, which this stack never configures. Run: npm run drift",
  };
  return advice[code] === undefined ? "" : `. ${advice[code]}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
