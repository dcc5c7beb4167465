/**
 * App clients: create, describe, list, update, delete. An update sets what it names and resets everything else to AWS's defaults,
 * which is how a client loses its scopes.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 */
import type { Entry } from "../../account";
import { type Attributes, blocks, text, type Value } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand, createByHand, removeByHand } from "../../resources/by-hand";
import { replaceClient, userPoolClient } from "../../resources/cognito";
import { type ClientState, originalSecretOf } from "../../resources/cognito-client-secrets";
import { optionalBoolean, optionalNumber, optionalText, refuseOthers, requiredText } from "./api-input";
import { pageOf } from "./api-pages";
import { type ApiOperation, type ApiPlace, type Json, present } from "./aws-api";
import { findUserPool } from "./cognito-pool-api";

/** The API's members by Terraform's names, and of which JSON type they are. */
const MEMBERS = {
  access_token_validity: ["AccessTokenValidity", "number"],
  allowed_oauth_flows: ["AllowedOAuthFlows", "list"],
  allowed_oauth_flows_user_pool_client: ["AllowedOAuthFlowsUserPoolClient", "boolean"],
  allowed_oauth_scopes: ["AllowedOAuthScopes", "list"],
  auth_session_validity: ["AuthSessionValidity", "number"],
  callback_urls: ["CallbackURLs", "list"],
  default_redirect_uri: ["DefaultRedirectURI", "string"],
  enable_propagate_additional_user_context_data: ["EnablePropagateAdditionalUserContextData", "boolean"],
  enable_token_revocation: ["EnableTokenRevocation", "boolean"],
  explicit_auth_flows: ["ExplicitAuthFlows", "list"],
  id_token_validity: ["IdTokenValidity", "number"],
  logout_urls: ["LogoutURLs", "list"],
  name: ["ClientName", "string"],
  prevent_user_existence_errors: ["PreventUserExistenceErrors", "string"],
  read_attributes: ["ReadAttributes", "list"],
  refresh_token_validity: ["RefreshTokenValidity", "number"],
  supported_identity_providers: ["SupportedIdentityProviders", "list"],
  write_attributes: ["WriteAttributes", "list"],
} as const;

const UNITS = { access_token: "AccessToken", id_token: "IdToken", refresh_token: "RefreshToken" } as const;

const TIME_UNITS: readonly string[] = ["seconds", "minutes", "hours", "days"];

const MOST_CLIENTS = 60;
const CLIENT_NAME = /^[\w\s+=,.@-]{1,128}$/;
const CREATED_WITH = [
  "UserPoolId",
  "GenerateSecret",
  "TokenValidityUnits",
  ...Object.values(MEMBERS).map(([member]) => member),
];

/** What an update leaves alone. */
const IDENTITY = ["id", "name", "user_pool_id", "client_secret", "generate_secret", "region"];

/** Attributes of a client after an update that names only what is in `input`. */
function updatedClient(before: Attributes, input: Readonly<Record<string, unknown>>): Attributes {
  const kept = Object.fromEntries(IDENTITY.map((name) => [name, before[name] ?? null]));
  return { ...kept, ...settingsIn(input) };
}

function settingsIn(input: Json): Attributes {
  const given = Object.entries(MEMBERS).flatMap(([name, [member, type]]) =>
    input[member] === undefined || input[member] === null
      ? []
      : [[name, checked(member, type, input[member])] as const],
  );
  const units = input["TokenValidityUnits"] ?? null;
  return { ...Object.fromEntries(given), token_validity_units: units === null ? [] : [readUnits(units)] };
}

/** `CreateUserPoolClient`; a secret is in the answer, as with AWS. */
export const createUserPoolClient: ApiOperation = (place, input) =>
  byHand(place, async () => {
    refuseOthers(input, CREATED_WITH);
    requiredText(input, "ClientName", CLIENT_NAME);
    const user_pool_id = text(findUserPool(place, input), "id");
    const generate_secret = optionalBoolean(input, "GenerateSecret") ?? false;
    const { id } = await createByHand(userPoolClient, place, { ...settingsIn(input), user_pool_id, generate_secret });
    return { UserPoolClient: describe(findClient(place, { ClientId: id, UserPoolId: user_pool_id })) };
  });

/** `DescribeUserPoolClient`; the secret that the client was made with is in the answer, as AWS has it. */
export const describeUserPoolClient: ApiOperation = async (place, input) => ({
  UserPoolClient: describe(findClient(place, input)),
});

/** `ListUserPoolClients`. */
export const listUserPoolClients: ApiOperation = async (place, input) => {
  const poolId = text(findUserPool(place, input), "id");
  const clients = place.account.list(userPoolClient.type).filter(({ user_pool_id }) => user_pool_id === poolId);
  const limit = optionalNumber(input, "MaxResults", 1, MOST_CLIENTS) ?? MOST_CLIENTS;
  const { items, next } = pageOf(clients, limit, optionalText(input, "NextToken"));
  const UserPoolClients = items.map(({ id, name }) => ({ ClientId: id, UserPoolId: poolId, ClientName: name }));
  return present({ UserPoolClients, NextToken: next });
};

/** `UpdateUserPoolClient`. */
export const updateUserPoolClient: ApiOperation = (place, input) =>
  byHand(place, () => {
    const { attributes } = findClient(place, input);
    return { UserPoolClient: describe(replaceClient(place, updatedClient(attributes, input))) };
  });

/** `DeleteUserPoolClient`. */
export const deleteUserPoolClient: ApiOperation = (place, input) =>
  byHand(place, () => {
    removeByHand(userPoolClient, place, findClient(place, input).attributes);
    return {};
  });

/** The client that `ClientId` and `UserPoolId` name. @throws {AwsError} `ResourceNotFoundException` */
export function findClient({ account, region }: ApiPlace, input: Json): Entry {
  const [id, poolId] = ["ClientId", "UserPoolId"].map((member) => requiredText(input, member));
  const entry = account.get(userPoolClient.type, `${region}/${id}`);
  if (entry === undefined || entry.attributes["user_pool_id"] !== poolId) {
    throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`);
  }
  return entry;
}

function describe(entry: Entry): object {
  const { attributes: client, internal } = entry;
  const { createdAt, modifiedAt } = internal as ClientState;
  const members = Object.entries(MEMBERS).flatMap(([name, [member]]) => {
    const value = client[name] ?? null;
    const isLeftOut = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    return isLeftOut ? [] : [[member, value] as const];
  });
  const [units] = blocks(client, "token_validity_units");
  return present({
    UserPoolId: text(client, "user_pool_id"),
    ClientId: text(client, "id"),
    ClientSecret: originalSecretOf(entry),
    ...Object.fromEntries(members),
    TokenValidityUnits: units && writeUnits(units),
    CreationDate: createdAt / 1000,
    LastModifiedDate: modifiedAt / 1000,
  });
}

function readUnits(units: unknown): Attributes {
  if (typeof units !== "object" || units === null || Array.isArray(units)) {
    throw new AwsError("SerializationException", "TokenValidityUnits is not a structure");
  }
  const given = new Map<string, unknown>(Object.entries(units));
  return Object.fromEntries(
    Object.entries(UNITS).map(([name, member]) => [name, given.has(member) ? checkedUnit(given.get(member)) : null]),
  );
}

function checkedUnit(unit: unknown): string | null {
  if (unit === null) return null;
  if (typeof unit === "string" && TIME_UNITS.includes(unit)) return unit;
  throw new AwsError(
    "InvalidParameterException",
    `1 validation error detected: Value at 'tokenValidityUnits' failed to satisfy constraint: Member must satisfy enum value set: [${TIME_UNITS.join(", ")}]`,
  );
}

function writeUnits(units: Attributes): object {
  return Object.fromEntries(
    Object.entries(UNITS).flatMap(([name, member]) => (units[name] === null ? [] : [[member, units[name]]])),
  );
}

function checked(member: string, type: "boolean" | "list" | "number" | "string", value: unknown): Value {
  const isRight =
    type === "list"
      ? Array.isArray(value) && value.every((item) => typeof item === "string")
      : typeof value === type && (type !== "number" || Number.isInteger(value));
  if (!isRight) throw new AwsError("SerializationException", `${member} is not a ${type}`);
  return value as Value;
}
