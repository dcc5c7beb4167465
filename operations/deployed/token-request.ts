/**
 * Token requests of the client-credentials grant.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 */

import { z } from "zod";
import { basicCredentials as encodeCredentials } from "../../client/token-source";
import { send } from "../../platform/http";
import { jsonIn } from "../../platform/json";
import { copyable } from "../../platform/local-command";
import { UserError } from "../../platform/user-error";
import { managedResources, readState } from "../plan-file/state-json";
import { type ClientCredentials, type Deployment, requireStack } from "./deployment";

const success = z.object({ access_token: z.string(), expires_in: z.number(), token_type: z.string() });
const failure = z.object({ error: z.string() });

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

/** The request as it is sent. @param scope as {@link tokenRequestBody} takes it */
export function tokenRequest(credentials: ClientCredentials, scope: string | undefined) {
  const headers = {
    Authorization: `Basic ${basicCredentials(credentials)}`,
    "Content-Type": "application/x-www-form-urlencoded",
  };
  return { method: "POST", headers, body: tokenRequestBody(scope) };
}

/** The request as a curl command. @param basic `base64(id:secret)`, or `$(command)` that prints it */
export function tokenCurl(tokenUrl: string, basic: string, scope: string | undefined): string {
  const quote = basic.startsWith("$(") ? '"' : "'";
  return [
    `curl -X POST '${tokenUrl}'`,
    `-H ${quote}Authorization: Basic ${basic}${quote}`,
    "-H 'Content-Type: application/x-www-form-urlencoded'",
    `-d '${tokenRequestBody(scope)}'`,
  ].join(" \\\n  ");
}

/** @returns the token, or the code of the OAuth error, such as `invalid_grant` @throws {UserError} for other responses */
export async function askForToken(
  tokenUrl: string,
  credentials: ClientCredentials,
  scope: string | undefined,
): Promise<TokenResponse | { readonly error: string }> {
  const { status, response } = await sendRequest(tokenUrl, credentials, scope);
  if (response !== undefined) return response;
  throw new UserError(`${tokenUrl} responded ${status}, without a token or an OAuth error`);
}

/** A token. @throws {UserError} with what to do about the error */
export async function requireToken(
  { environment, tokenUrl }: Deployment,
  credentials: ClientCredentials,
  scope: string | undefined,
): Promise<TokenResponse> {
  const { status, response = { error: String(status) } } = await sendRequest(tokenUrl, credentials, scope);
  if ("access_token" in response) return response;
  const refused = `${tokenUrl} refused a token: ${response.error}.`;
  if (response.error === "invalid_scope")
    throw new UserError(`${refused} ${await scopeAdvice(environment, credentials)}`);
  if (response.error === "invalid_grant" && (await isDisabled(environment, credentials))) {
    throw new UserError(
      `${refused} The client is disabled or expired: it gets no tokens. See its enabled and expires in access.yaml.`,
    );
  }
  const advice = ADVICE[response.error] ?? (status < 500 ? DOMAIN : LATER);
  const commands = ["drift", "deploy"].map((name) => `\n  ${copyable(`npx access ${name} ${environment}`)}`).join("");
  throw new UserError(`${refused} ${advice}${advice === LATER ? "" : commands}`);
}

/** Names the scopes that the client has in the state. */
async function scopeAdvice(environment: string, { id }: ClientCredentials): Promise<string> {
  const clients = managedResources(await readState(requireStack(environment)));
  const found = clients.find(({ type, values }) => type === "aws_cognito_user_pool_client" && values["id"] === id);
  const scopes = z.array(z.string()).safeParse(found?.values["allowed_oauth_scopes"]).data ?? [];
  const named = scopes.length === 0 ? "none in the state" : scopes.toSorted().join(", ");
  return `The client does not have a scope that was requested. Its scopes: ${named}.`;
}

/** Whether Terraform's state has the client without OAuth, as a deployment or `kill` leaves one that is disabled. */
async function isDisabled(environment: string, { id }: ClientCredentials): Promise<boolean> {
  const clients = managedResources(await readState(requireStack(environment)));
  const found = clients.find(({ type, values }) => type === "aws_cognito_user_pool_client" && values["id"] === id);
  return found?.values["allowed_oauth_flows_user_pool_client"] === false;
}

const LATER = "Try again later.";
const DOMAIN =
  "The domain of the user pool does not exist or does not serve tokens yet. After a deployment, try again in a minute; otherwise restore what drift reports:";

/** By OAuth error. */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_client: `The id or the secret is wrong. Restore what drift reports; if it reports nothing, the secret was replaced: ${copyable("npx access rotate")}.`,
  invalid_grant: "The client may not use OAuth, although it is enabled. Restore what drift reports:",
  unauthorized_client:
    "The client may not use this grant, which this stack never configures. Restore what drift reports:",
};

/** @returns the response; `undefined` when it is neither a token nor an OAuth error */
async function sendRequest(tokenUrl: string, credentials: ClientCredentials, scope: string | undefined) {
  const { status, body } = await send(tokenUrl, tokenRequest(credentials, scope));
  return { status, response: z.union([success, failure]).safeParse(jsonIn(body)).data };
}
