/** Which settings of an app client go together, and what AWS takes for those left out. Pure. */
import { type Attributes, blocks, number, optionalText, texts } from "../attributes";
import { AwsError } from "../errors";

const DAY = 86_400;
const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: DAY };

/** Tokens whose life AWS checks, 5 minutes to a day. A machine gets no refresh token. */
const SHORT_LIVED = ["access_token", "id_token"];

/** Scopes that every pool knows without a resource server. */
const STANDARD_SCOPES = ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"];

const invalidFlow = (message: string) => new AwsError("InvalidOAuthFlowException", message);

/**
 * The client with AWS's defaults. Token validity stays null when it is left out: it then is one hour.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 */
export function withClientDefaults(client: Attributes): Attributes {
  const or = (name: string, fallback: Attributes[string]) => ({ [name]: client[name] ?? fallback });
  return {
    ...client,
    ...or("allowed_oauth_flows", []),
    ...or("allowed_oauth_flows_user_pool_client", false),
    ...or("allowed_oauth_scopes", []),
    ...or("auth_session_validity", 3),
    ...or("callback_urls", []),
    ...or("enable_propagate_additional_user_context_data", false),
    ...or("enable_token_revocation", true),
    ...or("explicit_auth_flows", ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]),
    ...or("logout_urls", []),
    ...or("prevent_user_existence_errors", ""),
    ...or("read_attributes", []),
    ...or("refresh_token_validity", 30),
    ...or("supported_identity_providers", []),
    ...or("write_attributes", []),
  };
}

/**
 * Checks what AWS checks whenever a client is created or changed.
 *
 * @param hasSecret whether the client has a secret, whichever
 * @param existingScopes full names of the custom scopes that the pool knows
 * @throws {AwsError} with AWS's name and text
 */
export function checkClient(client: Attributes, hasSecret: boolean, existingScopes: ReadonlySet<string>): void {
  const flows = texts(client, "allowed_oauth_flows");
  const scopes = texts(client, "allowed_oauth_scopes");
  checkValidity(client);
  if (client["allowed_oauth_flows_user_pool_client"] === true && (flows.length === 0 || scopes.length === 0)) {
    throw new AwsError(
      "InvalidParameterException",
      "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
    );
  }
  const unknown = scopes.find((scope) => !STANDARD_SCOPES.includes(scope) && !existingScopes.has(scope));
  if (unknown !== undefined) throw new AwsError("ScopeDoesNotExistException", `Invalid scope requested: ${unknown}`);
  if (flows.includes("client_credentials")) checkClientCredentials(hasSecret, flows, scopes);
  else if (flows.length > 0 && texts(client, "callback_urls").length === 0) {
    throw invalidFlow("CallbackUrls can not be empty when code flow or implicit flow is selected");
  }
}

/** Tokens by their attributes' names: unit when none is given, least and greatest life in seconds. */
const LIVES: Readonly<Record<string, readonly [unit: string, least: number, most: number]>> = {
  access_token: ["hours", 300, DAY],
  id_token: ["hours", 300, DAY],
  refresh_token: ["days", 3_600, 3_650 * DAY],
};

/**
 * The real provider's check of what is known at plan time.
 *
 * @throws {AwsError} in its words
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/user_pool_client.go
 */
export function checkLives(config: Attributes): void {
  const units = config["token_validity_units"];
  if (units !== undefined && units !== null && !Array.isArray(units)) return;
  const [given = {}] = blocks(config, "token_validity_units");
  for (const [token, [usual, least, most]] of Object.entries(LIVES)) {
    const [validity, unit] = [config[`${token}_validity`], given[token] ?? usual];
    if (typeof validity !== "number" || typeof unit !== "string") continue;
    const seconds = validity * (SECONDS[unit || usual] ?? 0);
    if (seconds >= least && seconds <= most) continue;
    const wanted = `between ${duration(least)} and ${duration(most)}`;
    const text = `Attribute ${token}_validity must have a duration ${wanted}, got: ${duration(seconds)}`;
    throw new AwsError("Invalid Attribute Value", text);
  }
}

/** As Go writes a time: `24h0m0s`, `4m59s`, `0s`. */
function duration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
function checkValidity(client: Attributes): void {
  for (const token of SHORT_LIVED) {
    const seconds = tokenSeconds(client, token);
    if (seconds === undefined || (seconds >= 300 && seconds <= DAY)) continue;
    throw new AwsError("InvalidParameterException", "Invalid range for token validity.");
  }
}

/** Life of the client's tokens of a kind, in seconds; `undefined` when the client says nothing, 0 for an unknown unit. */
export function tokenSeconds(client: Attributes, token: (typeof SHORT_LIVED)[number]): number | undefined {
  const validity = number(client, `${token}_validity`, 0);
  if (validity === 0) return undefined;
  const [units = {}] = blocks(client, "token_validity_units");
  return validity * (SECONDS[optionalText(units, token) ?? "hours"] ?? 0);
}

function checkClientCredentials(hasSecret: boolean, flows: readonly string[], scopes: readonly string[]): void {
  if (flows.length > 1) {
    throw invalidFlow("client_credentials flow can not be selected along with code flow or implicit flow.");
  }
  if (!hasSecret) {
    throw invalidFlow("client_credentials flow can not be selected if client does not have a client secret.");
  }
  const standard = scopes.find((scope) => STANDARD_SCOPES.includes(scope));
  if (standard !== undefined) throw invalidFlow(`${standard} is not supported with client_credentials flow`);
}
