/**
 * POST /oauth2/token for the client-credentials grant.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
import { decodeJwt } from "jose";
import type { Account } from "../../account/account";
import {
  type DecidedBy,
  type Decision,
  type DecisionTrail,
  refusedBy,
  withDecisionTrail,
} from "../../protocols/decision-trail";
import { type HttpRequest, type HttpResponse, header, headerValues } from "../../protocols/http";
import type { ServiceEvent } from "../cloudtrail";
import { issueAccessToken } from "./access-token";
import { hasSecret } from "./client-secret";
import type { Pool } from "./pool-hosts";
import { type ClientRecord, clients } from "./records";

/** Greatest length of a body, as far as it is known here. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Grants that exist; only the first is emulated. */
const GRANTS = ["client_credentials", "authorization_code", "refresh_token"];

/** An error of OAuth 2.0; the response has its code alone. */
class TokenError extends Error {
  /** @param why for people; the caller learns the code alone. Without secrets, and without a full stop */
  constructor(
    readonly code: string,
    readonly by: DecidedBy,
    why: string,
  ) {
    super(why);
  }
}

/**
 * Answers a token request to the pool's domain.
 * @param onEvent receives what Cognito writes to CloudTrail of a request that it could read
 */
export async function answerTokenRequest(
  account: Account,
  pool: Pool,
  request: HttpRequest,
  onEvent?: (event: ServiceEvent) => void,
): Promise<HttpResponse> {
  // All of it was not even read.
  if (request.body.length > MAX_BYTES) return { status: 413, headers: commonHeaders(account), body: "" };
  const why = faultOfRequest(request);
  if (why !== undefined) {
    const refused = { status: 405, headers: commonHeaders(account), body: "" };
    return explained(refused, refusedBy("token endpoint", why));
  }
  const response = await responseOf(account, pool, request);
  onEvent?.(tokenEvent(account, pool, request, response));
  return response;
}

async function responseOf(account: Account, pool: Pool, request: HttpRequest): Promise<HttpResponse> {
  try {
    const { body, decisions } = await grant(account, pool, request);
    return explained(json(account, 200, body), () => ({ decisions: decisions() }));
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const { code, by, message } = error;
    return explained(json(account, 400, { error: code }), refusedBy(by, message));
  }
}

/** Parameters that CloudTrail shows; of all others it shows only that they were sent. */
const SHOWN_PARAMETERS = ["client_id", "grant_type", "scope"];

/**
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
 * @see https://aws.amazon.com/blogs/security/how-to-monitor-optimize-and-secure-amazon-cognito-machine-to-machine-authorization/
 */
function tokenEvent(account: Account, pool: Pool, request: HttpRequest, { status }: HttpResponse): ServiceEvent {
  const pairs = pairsOf(request);
  const values = (name: string) => pairs.filter(([sent]) => sent === name).map(([, value]) => value);
  const requestParameters = pairs.map(([name]) => {
    return [name, SHOWN_PARAMETERS.includes(name) ? values(name) : ["HIDDEN_DUE_TO_SECURITY_REASONS"]] as const;
  });
  const clientId = clientIdOf(request, new Map(pairs));
  const isKnown = clients.get({ account, region: pool.region }, clientId ?? "")?.UserPoolId === pool.id;
  return {
    eventSource: "cognito-idp.amazonaws.com",
    eventName: "Token_POST",
    additionalEventData: {
      responseParameters: { status },
      ...(isKnown ? { clientId } : {}),
      requestParameters: Object.fromEntries(requestParameters),
      userPoolDomain: request.host,
      userPoolId: pool.id,
    },
  };
}

function clientIdOf(request: HttpRequest, parameters: ReadonlyMap<string, string>): string | undefined {
  try {
    return credentialsIn(request, parameters)[0];
  } catch {
    return undefined;
  }
}

function faultOfRequest(request: HttpRequest): string | undefined {
  if (request.method !== "POST") return `the token endpoint takes POST, not ${request.method}`;
  if (!isForm(request)) return "the Content-Type is not application/x-www-form-urlencoded";
  return acceptsJson(request) ? undefined : "the Accept header does not permit application/json";
}

interface Granted {
  readonly body: object;
  readonly decisions: () => readonly Decision[];
}

async function grant(account: Account, pool: Pool, request: HttpRequest): Promise<Granted> {
  const parameters = parametersOf(request);
  // A parameter without a value counts as left out: RFC 6749, section 3.2.
  const grantType = parameters.get("grant_type") ?? "";
  if (grantType === "") throw new TokenError("invalid_request", "token endpoint", "grant_type is missing");
  if (!GRANTS.includes(grantType)) {
    throw new TokenError("unsupported_grant_type", "grant", `there is no grant_type "${grantType}"`);
  }
  const client = authenticate(account, pool, request, parameters);
  checkGrant(client, grantType);
  const scopes = (parameters.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  const issued = await issueAccessToken(account, pool, client, scopes);
  const { ClientName: name, AllowedOAuthScopes: allowed = [] } = client;
  const list = (of: readonly string[]) => (of.length === 0 ? "none" : of.join(", "));
  if (issued === undefined) {
    const missing = scopes.filter((scope) => !allowed.includes(scope));
    const why = `the client ${name} does not have ${missing.join(", ")}; its scopes: ${list(allowed)}`;
    throw new TokenError("invalid_scope", "scope", why);
  }
  const body = { access_token: issued.token, expires_in: issued.lifetime, token_type: "Bearer" };
  const decided = (by: DecidedBy, text: string, facts: Decision["facts"] & {}): Decision => {
    return { by, isRefused: false, text, facts };
  };
  const decisions = () => [
    decided("token endpoint", `the user pool ${pool.id}`, [["issuer", pool.issuer]]),
    decided("client", `${name} proved who it is by its secret`, [["client id", client.ClientId ?? ""]]),
    decided("grant", "client_credentials, which the client may use", []),
    decided("scope", `the token is valid for ${issued.lifetime} seconds`, [
      ["requested", scopes.length === 0 ? "none, which means all" : list(scopes)],
      ["of the client", list(allowed)],
      ["granted", list(String(decodeJwt(issued.token)["scope"] ?? "").split(" "))],
    ]),
  ];
  return { body, decisions };
}

/** Parameters of query and body, as they were sent. */
function pairsOf({ query, body }: HttpRequest): readonly (readonly [name: string, value: string])[] {
  return [...new URLSearchParams(query), ...new URLSearchParams(body.toString("utf8"))];
}

/** Parameters of query and body; one that is sent twice makes the request invalid. */
function parametersOf(request: HttpRequest): ReadonlyMap<string, string> {
  const pairs = pairsOf(request);
  const parameters = new Map(pairs);
  if (parameters.size !== pairs.length) {
    throw new TokenError("invalid_request", "token endpoint", "a parameter was sent twice");
  }
  return parameters;
}

/**
 * The client that the credentials belong to, from the Authorization header or, without one, from the parameters.
 * @throws {TokenError} `invalid_client`, the same for an unknown client and a wrong secret
 */
function authenticate(
  account: Account,
  pool: Pool,
  request: HttpRequest,
  parameters: ReadonlyMap<string, string>,
): ClientRecord {
  const [id, secret] = credentialsIn(request, parameters);
  const client = clients.get({ account, region: pool.region }, id ?? "");
  const isRight = hasSecret(client, secret ?? "");
  if (client === undefined || client.UserPoolId !== pool.id) {
    throw new TokenError(
      "invalid_client",
      "client",
      id ? "the user pool has no client of this id" : "no client id was sent",
    );
  }
  if (!isRight) throw new TokenError("invalid_client", "client", `the secret is not that of ${client.ClientName}`);
  return client;
}

/** @throws {TokenError} `invalid_client` when the Authorization header cannot be read */
function credentialsIn(request: HttpRequest, parameters: ReadonlyMap<string, string>) {
  return basicCredentials(request) ?? ([parameters.get("client_id"), parameters.get("client_secret")] as const);
}

/** @throws {TokenError} `invalid_client` when the header cannot be read or is sent twice: then nothing else counts */
function basicCredentials(request: HttpRequest): readonly [string, string] | undefined {
  const [first, ...others] = headerValues(request, "Authorization");
  if (first === undefined || (others.length === 0 && !/^Basic\b/i.test(first))) return undefined;
  const sent = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(first)?.[1];
  if (sent === undefined || others.length > 0) {
    const why = others.length > 0 ? "several Authorization headers were sent" : `"Basic" is not followed by Base64`;
    throw new TokenError("invalid_client", "client", why);
  }
  const decoded = Buffer.from(sent, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? [decoded, ""] : [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

function checkGrant(client: ClientRecord, grantType: string): void {
  if (client.AllowedOAuthFlowsUserPoolClient !== true) {
    throw new TokenError(
      "invalid_grant",
      "grant",
      `the client ${client.ClientName} may not use OAuth (AllowedOAuthFlowsUserPoolClient)`,
    );
  }
  const isAllowed = client.AllowedOAuthFlows?.includes("client_credentials") === true;
  if (grantType !== "client_credentials" || !isAllowed) {
    throw new TokenError(
      "unauthorized_client",
      "grant",
      `the client ${client.ClientName} may not use the grant ${grantType}`,
    );
  }
}

function isForm(request: HttpRequest): boolean {
  const [type] = (header(request, "Content-Type") ?? "").split(";");
  return type?.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

function acceptsJson(request: HttpRequest): boolean {
  const accepted = headerValues(request, "Accept").flatMap((value) => value.split(","));
  const wanted = accepted.filter((range) => !/;\s*q=0(?:\.0*)?\s*$/i.test(range));
  return (
    accepted.length === 0 || wanted.some((range) => /^\s*(?:application\/(?:json|\*)|\*\/\*)\s*(?:;|$)/i.test(range))
  );
}

function json(account: Account, status: number, body: object): HttpResponse {
  const headers = [["Content-Type", "application/json;charset=UTF-8"] as const, ...commonHeaders(account)];
  return { status, headers, body: JSON.stringify(body) };
}

const REQUEST_ID = "x-amz-cognito-request-id";

/** The response with its trail, which is found by the id that the caller gets. */
function explained(response: HttpResponse, trail: () => DecisionTrail): HttpResponse {
  const [, requestId = ""] = response.headers.find(([name]) => name === REQUEST_ID) ?? [];
  return withDecisionTrail(response, () => ({ ...trail(), requestId }));
}

function commonHeaders(account: Account): HttpResponse["headers"] {
  return [
    [REQUEST_ID, account.uuid()],
    ["X-Content-Type-Options", "nosniff"],
    ["Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"],
    ["Pragma", "no-cache"],
    ["Expires", "0"],
    ["Strict-Transport-Security", "max-age=31536000 ; includeSubDomains"],
    ["X-Frame-Options", "DENY"],
    ["Access-Control-Allow-Origin", "*"],
  ];
}
