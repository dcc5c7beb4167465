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
 * @param existingScopes full names of the custom scopes that the pool knows
 * @throws {AwsError} with AWS's name and text
 */
export function checkClient(client: Attributes, existingScopes: ReadonlySet<string>): void {
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
  if (flows.includes("client_credentials")) checkClientCredentials(client, flows, scopes);
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

function checkClientCredentials(client: Attributes, flows: readonly string[], scopes: readonly string[]): void {
  if (flows.length > 1) {
    throw invalidFlow("client_credentials flow can not be selected along with code flow or implicit flow.");
  }
  if ((client["client_secret"] ?? "") === "") {
    throw invalidFlow("client_credentials flow can not be selected if client does not have a client secret.");
  }
  const standard = scopes.find((scope) => STANDARD_SCOPES.includes(scope));
  if (standard !== undefined) throw invalidFlow(`${standard} is not supported with client_credentials flow`);
}
