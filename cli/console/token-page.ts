/** A token: the request as it is sent, the response, and each part of the token explained. */
import { decodeJwt, decodeProtectedHeader } from "jose";
import { credentialsOf, poolIdOf } from "../../operations/deployed/deployment";
import { CLAIM_MEANINGS, checkToken, HEADER_MEANINGS } from "../../operations/deployed/token-check";
import { tokenCurl, tokenRequest } from "../../operations/deployed/token-request";
import { type Html, html, type Part } from "../../platform/html";
import { type Incoming, send } from "../../platform/http";
import { jsonIn, jsonText } from "../../platform/json";
import { copyable } from "../../platform/local-command";
import { quoted } from "../../platform/shell";
import { UserError } from "../../platform/user-error";
import type { AnsweredRequests } from "./call-page";
import type { DeployedEnvironment } from "./deployed";
import { badge, code, sameAs, table } from "./layout";
import { trailList } from "./requests-page";
import type { MaskedTexts } from "./secrets";

export function tokenForm({ matrix, accessOf, deployment }: DeployedEnvironment, chosen?: string): Html {
  const scopes = [...new Set(matrix.clients.flatMap((client) => accessOf(client).scopes))].toSorted();
  return html`<form method="post" action="token" class="form" data-busy="Requesting …">
<input type="hidden" name="env" value="${deployment.environment}">
<label>Client <select name="client">${matrix.clients.map((name) => html`<option${name === chosen && html` selected`}>${name}</option>`)}</select></label>
<label>Scopes <input name="scope" list="scopes" placeholder="all scopes of the client" autocomplete="off" spellcheck="false"></label>
<datalist id="scopes">${scopes.map((scope) => html`<option value="${scope}"></option>`)}</datalist>
<button type="submit" class="primary">Request a token</button></form>`;
}

/** Requests a token, and shows all of it. @param scope space-separated full names; empty for all */
export async function requestedToken(
  environment: DeployedEnvironment,
  { client, scope }: { readonly client: string; readonly scope: string },
  { ofAws }: Pick<AnsweredRequests, "ofAws">,
  masks: MaskedTexts,
): Promise<Html> {
  const { deployment, region } = environment;
  const credentials = credentialsOf(deployment, client);
  const request = tokenRequest(credentials, scope === "" ? undefined : scope);
  const { status, headers, body } = await send(deployment.tokenUrl, request);
  const token = accessTokenIn(body);
  const logged = ofAws(headers["x-amz-cognito-request-id"]);
  const { pathname, host } = new URL(deployment.tokenUrl);
  const basic = request.headers.Authorization.replace("Basic ", "");
  const sent = html`POST ${pathname} HTTP/1.1
Host: ${host}
Authorization: Basic ${masks.mask("id and secret", basic)}
Content-Type: ${request.headers["Content-Type"]}

${request.body}`;
  const scopeOption = scope === "" ? "" : ` --scope ${quoted(scope)}`;
  const command = copyable(`npx access token ${quoted(client)} --env ${deployment.environment}${scopeOption}`);
  const pool = poolIdOf(deployment);
  return html`<h2>Request</h2>${code("Token request", sent)}
<h2>Response ${badge(status)}</h2>${code("Token response", responseText({ status, headers, body }, token, masks))}
${logged !== undefined && html`<h2>Decisions</h2>${trailList(logged)}`}
${token !== undefined && (await tokenParts(token, deployment.issuer))}
${sameAs([
  [
    "curl",
    tokenCurl(deployment.tokenUrl, `$(${command.replace(scopeOption, "")} --basic)`, scope === "" ? undefined : scope),
  ],
  ["npx access", `${command} --decode`],
  [
    "AWS CLI: it has no command for a token of this grant; this one shows the client",
    `aws cognito-idp describe-user-pool-client --region ${region} --user-pool-id ${pool} --client-id ${credentials.id} --query 'UserPoolClient.AllowedOAuthScopes'`,
  ],
])}`;
}

function accessTokenIn(body: string): string | undefined {
  const json = jsonIn(body);
  const found = typeof json === "object" && json !== null && "access_token" in json ? json.access_token : undefined;
  return typeof found === "string" ? found : undefined;
}

function responseText({ status, headers, body }: Incoming, token: string | undefined, masks: MaskedTexts): Html {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  const json = jsonIn(body);
  const [before = "", after = ""] =
    token === undefined ? [json === undefined ? body : jsonText(json)] : jsonText(json).split(token);
  return html`HTTP/1.1 ${status}
${lines}
${before}${token !== undefined && masks.mask("token", token)}${after}`;
}

async function tokenParts(token: string, issuer: string): Promise<Html> {
  const header = decodeProtectedHeader(token);
  const claims = decodeJwt(token);
  return html`${await verification(token, issuer, String(header.kid))}
<h2>Header</h2>${meanings("Header of the token", Object.entries(header), HEADER_MEANINGS)}
<h2>Claims</h2>${meanings("Claims of the token", Object.entries(claims), CLAIM_MEANINGS)}`;
}

async function verification(token: string, issuer: string, kid: string): Promise<Html> {
  try {
    const { jwksUrl, note } = await checkToken(token, issuer);
    return html`<p class="note good"><strong>Verified.</strong> Signature, issuer and expiry were checked with the key <code>${kid}</code> of <code>${jwksUrl}</code>.${note !== undefined && html` Note: ${note}.`}</p>`;
  } catch (error) {
    if (error instanceof UserError)
      return html`<p class="note alert"><strong>Not verified.</strong> ${error.message}</p>`;
    throw error;
  }
}

function meanings(
  label: string,
  values: readonly (readonly [name: string, value: unknown])[],
  known: Readonly<Record<string, string>>,
): Html {
  const rows = values.map(([name, value]) => [
    html`<code>${name}</code>`,
    readable(name, value),
    known[name] ?? "not documented",
  ]);
  return table(label, ["Name", "Value", "Meaning"], rows);
}

const MOMENTS = ["exp", "iat", "auth_time", "nbf"];

/** The value as it is, and a moment as a date besides. */
function readable(name: string, value: unknown): Part {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!MOMENTS.includes(name) || typeof value !== "number") return html`<code class="value">${text}</code>`;
  const date = new Date(value * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC");
  const minutes = Math.round((value * 1000 - Date.now()) / 60_000);
  const distance = minutes === 0 ? "now" : minutes > 0 ? `in ${minutes} min` : `${-minutes} min ago`;
  return html`<code class="value">${text}</code><span class="sub">${date}, ${distance}</span>`;
}
