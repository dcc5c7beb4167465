/** Which settings of an app client AWS accepts together. Pure. */
import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import { AwsError } from "../../errors";
import type { Wire } from "../../protocols/values";
import { type Attributes, blocks, Unknown } from "../../terraform/attributes";
import type { ValueMistake } from "../../terraform/kind-values";

/** Settings of an app client. */
export type ClientSettings = Omit<Wire<UserPoolClientType>, "ClientId" | "ClientSecret" | "UserPoolId">;

const DAY = 86_400;
const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: DAY };

/** Scopes that every pool knows without a resource server. */
const STANDARD_SCOPES: readonly string[] = ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"];

/** Where a browser may be sent without TLS. */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?#]|$)/i;

/** A client with only this flow gets tokens by `GetClientToken`, and by nothing else. */
export const CLIENT_TOKEN_FLOW: string = "ALLOW_CLIENT_TOKEN_AUTH";

const invalid = (message: string) => new AwsError("InvalidParameterException", message);
const invalidFlow = (message: string) => new AwsError("InvalidOAuthFlowException", message);

/**
 * Checks what AWS checks whenever a client is created or changed.
 *
 * @param hasSecret whether the client has a secret
 * @param existingScopes full names of the custom scopes that the pool knows
 * @throws {AwsError} with AWS's name and text
 */
export function checkClient(client: ClientSettings, hasSecret: boolean, existingScopes: ReadonlySet<string>): void {
  const { AllowedOAuthFlows: flows = [], AllowedOAuthScopes: scopes = [] } = client;
  checkValidity(client);
  checkClientTokenFlow(client, hasSecret);
  checkRedirects(client);
  if (client.AllowedOAuthFlowsUserPoolClient === true && (flows.length === 0 || scopes.length === 0)) {
    throw invalid(
      "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
    );
  }
  const unknown = scopes.find((scope) => !STANDARD_SCOPES.includes(scope) && !existingScopes.has(scope));
  if (unknown !== undefined) throw new AwsError("ScopeDoesNotExistException", `Invalid scope requested: ${unknown}`);
  if (flows.includes("client_credentials")) checkClientCredentials(hasSecret, flows, scopes);
  else if (flows.length > 0 && (client.CallbackURLs ?? []).length === 0) {
    throw invalidFlow("CallbackUrls can not be empty when code flow or implicit flow is selected");
  }
}

/** The wording for a client's default redirect is unconfirmed. */
function checkRedirects({ CallbackURLs = [], LogoutURLs = [], DefaultRedirectURI }: ClientSettings): void {
  const insecure = [...CallbackURLs, ...LogoutURLs].find((url) => /^http:/i.test(url) && !LOOPBACK.test(url));
  if (insecure !== undefined) throw invalid(`${insecure} cannot use the HTTP protocol.`);
  if (DefaultRedirectURI !== undefined && !CallbackURLs.includes(DefaultRedirectURI)) {
    throw invalid("DefaultRedirectURI must be in the CallbackURLs list.");
  }
}

/** That the flow is the only one, and needs a secret, is documented; the texts of both refusals are unconfirmed. */
function checkClientTokenFlow({ ExplicitAuthFlows: flows = [] }: ClientSettings, hasSecret: boolean): void {
  if (!flows.some((flow) => flow === CLIENT_TOKEN_FLOW)) return;
  if (flows.length > 1) throw invalid(`${CLIENT_TOKEN_FLOW} cannot be used with other authentication flows.`);
  if (!hasSecret) throw invalid(`${CLIENT_TOKEN_FLOW} cannot be used if client does not have a client secret.`);
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

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
function checkValidity(client: ClientSettings): void {
  const lifetimes = [accessTokenSeconds(client), secondsOf(client.IdTokenValidity, client.TokenValidityUnits?.IdToken)];
  for (const seconds of lifetimes) {
    if (seconds !== undefined && (seconds < 300 || seconds > DAY)) throw invalid("Invalid range for token validity.");
  }
}

/** Lifetime of the client's access tokens, in seconds; `undefined` when the client does not set it. */
export function accessTokenSeconds({ AccessTokenValidity, TokenValidityUnits }: ClientSettings): number | undefined {
  return secondsOf(AccessTokenValidity, TokenValidityUnits?.AccessToken);
}

function secondsOf(validity: number | undefined, unit = "hours"): number | undefined {
  return validity === undefined || validity === 0 ? undefined : validity * (SECONDS[unit] ?? 0);
}

/** Tokens by their attributes' names: unit when none is given, least and greatest lifetime in seconds. */
const LIFETIMES: Readonly<Record<string, readonly [unit: string, min: number, max: number]>> = {
  access_token: ["hours", 300, DAY],
  id_token: ["hours", 300, DAY],
  refresh_token: ["days", 3_600, 3_650 * DAY],
};

/**
 * What the real provider refuses before it plans.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/user_pool_client.go
 */
export function checkPlannedClient(config: Attributes): readonly ValueMistake[] {
  return [...analyticsMistakes(config), ...lifetimeMistakes(config)];
}

/** An application is named by its ARN, or by its id and the role and external id with which it is reached. */
function analyticsMistakes(config: Attributes): readonly ValueMistake[] {
  const configured = blocks(config, "analytics_configuration");
  // The number of entries is checked elsewhere.
  return (configured.length > 1 ? [] : configured).flatMap((block) => {
    const at = "analytics_configuration[0].";
    const isSet = (name: string) => (block[name] ?? null) !== null;
    // What is not known yet may be either.
    if (block["application_id"] instanceof Unknown || block["application_arn"] instanceof Unknown) return [];
    const mistake = (name: string, detail: string): ValueMistake => ({
      summary: "Invalid Attribute Combination",
      detail,
      steps: ["analytics_configuration", 0, name],
    });
    if (isSet("application_id")) {
      const missing = ["external_id", "role_arn"].filter((name) => !isSet(name));
      const needs = (name: string) =>
        `Attribute "${at}${name}" must be specified when "${at}application_id" is specified`;
      return missing.map((name) => mistake("application_id", needs(name)));
    }
    const names = ["application_arn", "application_id"].map((name) => `${at}application_arn.<.${name}`).join(",");
    const one = `No attribute specified when one (and only one) of [${names}] is required`;
    return isSet("application_arn") ? [] : [mistake("application_arn", one)];
  });
}

/**
 * Lifetimes of tokens that the real provider refuses. A unit that is left out of a units block, or is not known yet, is
 * not a unit to it, so the lifetime is then 0 seconds.
 */
function lifetimeMistakes(config: Attributes): readonly ValueMistake[] {
  const units = config["token_validity_units"];
  if (units !== undefined && units !== null && !Array.isArray(units)) return [];
  const [given] = blocks(config, "token_validity_units");
  return Object.entries(LIFETIMES).flatMap(([token, [usual, min, max]]) => {
    const validity = config[`${token}_validity`];
    if (typeof validity !== "number") return [];
    const seconds = validity * (SECONDS[given === undefined ? usual : String(given[token])] ?? 0);
    if (seconds >= min && seconds <= max) return [];
    const wanted = `between ${duration(min)} and ${duration(max)}`;
    const detail = `Attribute ${token}_validity must have a duration ${wanted}, got: ${duration(seconds)}`;
    return [{ summary: "Invalid Attribute Value", detail, steps: [`${token}_validity`] }];
  });
}

/** A duration as Go prints it: `24h0m0s`, `4m59s`, `0s`. */
function duration(seconds: number): string {
  if (seconds < 0) return `-${duration(-seconds)}`;
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
