/**
 * Cognito user pools as far as machines need them: pool, domain, resource servers and app clients.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html
 */
import type { Account, Entry } from "../account";
import { type Attributes, blocks, optionalText, text, texts } from "../attributes";
import { AwsError } from "../errors";
import { conformBlock } from "../provider/dynamic-value";
import { defineKind, keyOf, type Place } from "../provider/kind";
import { checkClient, checkLives, withClientDefaults } from "./cognito-client-rules";
import { type ClientSecret, type ClientState, drawSecret, originalSecretOf, secretsOf } from "./cognito-client-secrets";
import { LIMITS } from "./limits";
import { generateSigningKeys } from "./signing-keys";

const DOMAIN = "aws_cognito_user_pool_domain";
const RESOURCE_SERVER_IDENTIFIER = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;
const POOL_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** AWS refuses a parameter. */
export const invalid = (message: string) => new AwsError("InvalidParameterException", message);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool */
export const userPool = defineKind("aws_cognito_user_pool", {
  forceNew: ["alias_attributes", "username_attributes", "username_configuration"],
  defaults: {
    "admin_create_user_config.allow_admin_create_user_only": false,
    deletion_protection: "INACTIVE",
    "email_configuration.email_sending_account": "COGNITO_DEFAULT",
    mfa_configuration: "OFF",
    "verification_message_template.default_email_option": "CONFIRM_WITH_CODE",
  },
  volatile: ["last_modified_date"],
  // A trigger may rewrite the claims of a token.
  refused: ["lambda_config"],
  create(given, { account, accountId, region }) {
    const id = `${region}_${account.randomId(9, POOL_ID_ALPHABET)}`;
    const now = account.timestamp();
    return {
      id,
      arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
      endpoint: `cognito-idp.${region}.amazonaws.com/${id}`,
      creation_date: now,
      last_modified_date: now,
      custom_domain: "",
      domain: "",
      email_verification_message: given["email_verification_message"] ?? "",
      email_verification_subject: given["email_verification_subject"] ?? "",
      sms_verification_message: given["sms_verification_message"] ?? "",
      estimated_number_of_users: 0,
      user_pool_tier: given["user_pool_tier"] ?? "ESSENTIALS",
    };
  },
  update: (_given, _prior, { account }) => ({ last_modified_date: account.timestamp() }),
  read({ id }, account) {
    const domains = account.list(DOMAIN).filter(({ user_pool_id }) => user_pool_id === id);
    const [custom, prefix] = [true, false].map((is) => domains.find((found) => isCustomDomain(found) === is));
    return { domain: prefix?.["domain"] ?? "", custom_domain: custom?.["domain"] ?? "" };
  },
  internal: async (_attributes, { account }, before) => before ?? { keys: await generateSigningKeys(account) },
  remove(prior, { account }) {
    if (prior["deletion_protection"] === "ACTIVE") {
      throw invalid(
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
      );
    }
    const ofPool = (type: string) => account.list(type).filter(({ user_pool_id }) => user_pool_id === prior["id"]);
    if (ofPool(DOMAIN).length > 0) {
      throw invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.");
    }
    for (const kind of [resourceServer, userPoolClient]) {
      for (const child of ofPool(kind.type)) account.delete(kind.type, keyOf(kind, child));
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_resource_server */
export const resourceServer = defineKind("aws_cognito_resource_server", {
  forceNew: ["identifier", "user_pool_id"],
  limits: LIMITS.aws_cognito_resource_server,
  create(given, place) {
    const identifier = text(given, "identifier");
    const poolId = text(requirePool(given, place), "id");
    if (!RESOURCE_SERVER_IDENTIFIER.test(identifier)) {
      throw invalid(`1 validation error detected: Value '${identifier}' at 'identifier' failed to satisfy constraint`);
    }
    const id = `${poolId}|${identifier}`;
    if (place.account.get(resourceServer.type, `${place.region}/${id}`) !== undefined) {
      throw invalid(`${identifier} already exists in user pool ${poolId}.`);
    }
    return { id, scope_identifiers: scopeNames(given) };
  },
  // Not planned anew when scopes change: as with the real provider, the list is stale until the next refresh.
  read: (attributes) => ({ scope_identifiers: scopeNames(attributes) }),
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool_client */
export const userPoolClient = defineKind("aws_cognito_user_pool_client", {
  sensitive: ["client_secret"],
  forceNew: ["generate_secret", "user_pool_id"],
  limits: LIMITS.aws_cognito_user_pool_client,
  defaults: {
    "token_validity_units.access_token": "hours",
    "token_validity_units.id_token": "hours",
    "token_validity_units.refresh_token": "days",
  },
  internal: stateOf,
  importId: (attributes) => `${text(attributes, "user_pool_id")}/${text(attributes, "id")}`,
  validate: checkLives,
  create(given, place) {
    requirePool(given, place);
    const id = place.account.randomId(26);
    const secret = given["generate_secret"] === true ? drawSecret(place.account) : "";
    const client = withClientDefaults({ ...given, id, client_secret: secret });
    checkClient(client, secret !== "", existingScopes(place.account, given));
    return client;
  },
  update(given, _prior, { account }) {
    const client = withClientDefaults(given);
    checkClient(client, hasSecret(account, given), existingScopes(account, given));
    return client;
  },
  read(attributes, account) {
    const entry = account.get(userPoolClient.type, keyOf(userPoolClient, attributes));
    return { client_secret: (entry && originalSecretOf(entry)) ?? "" };
  },
});

function hasSecret(account: Account, client: Attributes): boolean {
  const entry = account.get(userPoolClient.type, keyOf(userPoolClient, client));
  return entry !== undefined && secretsOf(entry).length > 0;
}

/** The first secret is the one that the client was made with; the others come and go by themselves. */
function stateOf(attributes: Attributes, { account }: Pick<Place, "account">, before: unknown): ClientState {
  const now = account.now();
  const kept = before as ClientState | undefined;
  const state = { createdAt: kept?.createdAt ?? now, modifiedAt: now };
  return { ...state, secrets: kept?.secrets ?? secretsOf({ attributes, internal: state }) };
}

/**
 * Puts an app client in place of the one with its id, as a change by hand does. Its secrets stay as they are.
 * @throws {AwsError} when its settings do not go together
 */
export function replaceClient({ account, region }: Pick<Place, "account" | "region">, client: Attributes): Entry {
  const attributes = conformBlock(userPoolClient.schema, withClientDefaults(client));
  checkClient(attributes, hasSecret(account, attributes), existingScopes(account, attributes));
  const key = `${region}/${text(attributes, "id")}`;
  const internal = stateOf(attributes, { account }, account.get(userPoolClient.type, key)?.internal);
  account.put(userPoolClient.type, key, { attributes, internal });
  return { attributes, internal };
}

/** Gives an app client other secrets, at least one, oldest first. */
export function replaceSecrets(account: Account, { attributes, internal }: Entry, secrets: readonly ClientSecret[]) {
  const state = { ...stateOf(attributes, { account }, internal), secrets };
  const client_secret = originalSecretOf({ attributes, internal: state }) ?? "";
  const changed = { ...attributes, client_secret };
  account.put(userPoolClient.type, keyOf(userPoolClient, attributes), { attributes: changed, internal: state });
}

/** Whether the domain is a name of one's own, and not a prefix of Cognito's. */
export function isCustomDomain(domain: Attributes): boolean {
  return optionalText(domain, "certificate_arn") !== undefined;
}

/** Full names of the resource server's scopes, `<identifier>/<scope>`. */
export function scopeNames(server: Attributes): readonly string[] {
  return blocks(server, "scope").map((scope) => `${text(server, "identifier")}/${text(scope, "scope_name")}`);
}

/** Full names of all custom scopes that the pool knows. */
export function existingScopes(account: Account, { user_pool_id }: Attributes): ReadonlySet<string> {
  const servers = account.list(resourceServer.type).filter((server) => server["user_pool_id"] === user_pool_id);
  return new Set(servers.flatMap(scopeNames));
}

/** Scopes that a token of the client may carry: those allowed that still exist. */
export function grantableScopes(account: Account, client: Attributes): readonly string[] {
  const existing = existingScopes(account, client);
  return texts(client, "allowed_oauth_scopes").filter((scope) => existing.has(scope));
}

/** The pool of an attribute `user_pool_id`. @throws {AwsError} `ResourceNotFoundException` */
export function requirePool(given: Attributes, { account, region }: Pick<Place, "account" | "region">): Attributes {
  const id = text(given, "user_pool_id");
  const pool = account.get(userPool.type, `${region}/${id}`);
  if (pool === undefined) throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`);
  return pool.attributes;
}
