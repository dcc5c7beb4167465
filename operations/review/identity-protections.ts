/** What protects user pools and their clients, by type. Pure. */

import { codes } from "../../platform/markdown";
import { UPDATED_ISSUER } from "../access-graph/pool-issuer";
import { CLIENT_TOKEN_FLOW } from "../access-graph/token-ways";
import type { ResourceChange } from "../plan-file/plan-json";
import { type Alert, caution } from "./alert";
import { added, blockOf, isLost, isThere, type Loss, type Protections, shown, type Values } from "./protected-values";

/** A client's token lives as long when nothing is said. @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
const USUAL_SECONDS = 3600;

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** The weakest first. */
const FACTORS: readonly string[] = ["OFF", "OPTIONAL", "ON"];

const issuerOf = (values: Values) => blockOf(values, "issuer_configuration")["type"];
const pool = ({ name }: Values) => `The user pool ${shown(name)}`;
const client = ({ name }: Values) => `The client ${shown(name)}`;

const isByApi = (values: Values) => added({}, values, "explicit_auth_flows").includes(CLIENT_TOKEN_FLOW);

/** Alerts about clients that are new and get tokens through Cognito's API from the start. */
export function newWaysAlerts(changes: readonly ResourceChange[]): readonly Alert[] {
  return changes.flatMap(({ type, change: { before, after } }) =>
    type === "aws_cognito_user_pool_client" && before === null && after !== null && isByApi(after)
      ? [withoutDomain(after)]
      : [],
  );
}

/** That a client can get tokens through Cognito's API. */
function withoutDomain(values: Values): Alert {
  const how = `with all its scopes, through Cognito's API: \`${CLIENT_TOKEN_FLOW}\``;
  return caution(`${client(values)} can get tokens without the domain and without OAuth flows, ${how}.`);
}

const POOL_LOSSES: readonly Loss[] = [
  (before, after) =>
    before["deletion_protection"] === "ACTIVE" && after["deletion_protection"] !== "ACTIVE"
      ? `${pool(before)} loses its deletion protection: it can be deleted then, with every client id.`
      : undefined,
  (before, after) =>
    FACTORS.indexOf(String(after["mfa_configuration"] ?? "OFF")) <
    FACTORS.indexOf(String(before["mfa_configuration"] ?? "OFF"))
      ? `${pool(before)} does not demand a second factor as before: ${shown(after["mfa_configuration"] ?? "OFF")}.`
      : undefined,
  (before, after) => {
    const name = "allow_admin_create_user_only";
    return isLost(blockOf(before, "admin_create_user_config"), blockOf(after, "admin_create_user_config"), name)
      ? caution(`${pool(before)} lets anybody sign up as a user.`)
      : undefined;
  },
  (before, after) =>
    issuerOf(before) !== "UPDATED" && issuerOf(after) === "UPDATED"
      ? caution(`${pool(before)} gets ${UPDATED_ISSUER}: every call with one of its tokens is refused.`)
      : undefined,
  (before, after) => {
    const { changed } = triggers(before, after);
    return changed.length > 0
      ? caution(`${pool(before)} asks other functions, which may decide what is in tokens: ${codes(changed)}.`)
      : undefined;
  },
  (before, after) => {
    const { gone } = triggers(before, after);
    return gone.length > 0 ? `${pool(before)} asks these functions no more: ${codes(gone)}.` : undefined;
  },
];

const CLIENT_LOSSES: readonly Loss[] = [
  (before, after) => {
    const more = added(before, after, "allowed_oauth_flows");
    return more.length > 0 ? `${client(before)} may get tokens by more flows: ${codes(more)}.` : undefined;
  },
  (before, after) => {
    const more = added(before, after, "explicit_auth_flows").filter((flow) => flow !== CLIENT_TOKEN_FLOW);
    return more.length > 0 ? `${client(before)} may sign users in by more ways: ${codes(more)}.` : undefined;
  },
  (before, after) => (isByApi(after) && !isByApi(before) ? withoutDomain(before) : undefined),
  (before, after) => {
    const name = "allowed_oauth_flows_user_pool_client";
    const from = isByApi(after) ? "from the token endpoint " : "";
    if (isLost(before, after, name))
      return `${client(before)} gets no token ${from}any more: OAuth is turned off for it.`;
    return isLost(after, before, name) && before[name] === false
      ? `${client(before)} may get tokens by OAuth, which was turned off for it.`
      : undefined;
  },
  (before, after) =>
    isLost(before, after, "enable_token_revocation")
      ? `Tokens of the client ${shown(before["name"])} cannot be revoked any more.`
      : undefined,
  (before, after) =>
    isLost(before, after, "generate_secret")
      ? caution(`${client(before)} will have no secret: whoever knows its id can pass for it.`)
      : undefined,
  (before, after) =>
    before["prevent_user_existence_errors"] === "ENABLED" && after["prevent_user_existence_errors"] !== "ENABLED"
      ? `Whoever asks with the id of the client ${shown(before["name"])} is told which users there are.`
      : undefined,
  (before, after) => {
    const [old, now] = [lifeOf(before), lifeOf(after)];
    return now > old
      ? `Access tokens of the client ${shown(before["name"])} live longer: ${duration(now)}, before ${duration(old)}. A stolen one is of use as long.`
      : undefined;
  },
];

/** Of the user pool and of those who get tokens from it. */
export const IDENTITY_PROTECTIONS: Protections = {
  aws_cognito_user_pool: {
    called: pool,
    attributes: ["deletion_protection", "issuer_configuration", "mfa_configuration"],
    losses: POOL_LOSSES,
  },
  aws_cognito_user_pool_client: {
    called: client,
    attributes: [
      "allowed_oauth_flows",
      "allowed_oauth_flows_user_pool_client",
      "explicit_auth_flows",
      "enable_token_revocation",
      "generate_secret",
      "prevent_user_existence_errors",
      "access_token_validity",
      "token_validity_units",
    ],
    losses: CLIENT_LOSSES,
  },
};

/** What the pool asks at some event. The function of a trigger stands in it or within its own block. */
function triggers(before: Values, after: Values) {
  const [old, now] = [blockOf(before, "lambda_config"), blockOf(after, "lambda_config")];
  const isSet = (value: unknown) =>
    Array.isArray(value) ? value.length > 0 : isThere(value) || (typeof value === "object" && value !== null);
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].toSorted();
  const changed = names.filter((name) => isSet(now[name]) && JSON.stringify(now[name]) !== JSON.stringify(old[name]));
  return { changed, gone: names.filter((name) => isSet(old[name]) && !isSet(now[name])) };
}

/** How long access tokens of a client live, in seconds. The unit is hours when nothing is said. */
export function lifeOf(values: Values): number {
  const validity = Number(values["access_token_validity"] ?? 0);
  const unit = String(blockOf(values, "token_validity_units")["access_token"] ?? "hours");
  return validity > 0 ? validity * (SECONDS[unit] ?? 0) : USUAL_SECONDS;
}

/** A time for people. */
export function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${(seconds / 60).toLocaleString("en")} minutes` : `${seconds} seconds`;
}
