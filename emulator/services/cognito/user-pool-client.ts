/**
 * App clients. An update sets what it names and resets everything else to AWS's defaults, which is how a client loses its
 * scopes.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool_client
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import type { TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { type ClientSettings, checkClient, checkPlannedClient } from "./client-rules";
import { generateSecret } from "./client-secret";
import { type ClientRecord, clients, existingScopes, invalid, requireClient, requirePool } from "./records";

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const MAX_CLIENTS = 1000;
const MAX_PAGE = 60;

/** What AWS takes for settings that are left out. Token validity stays unset: it then is one hour. */
function withDefaults(input: ClientSettings): ClientSettings {
  return present({
    RefreshTokenValidity: input.RefreshTokenValidity || 30,
    AccessTokenValidity: input.AccessTokenValidity,
    IdTokenValidity: input.IdTokenValidity,
    TokenValidityUnits: input.TokenValidityUnits,
    ReadAttributes: sorted(input.ReadAttributes),
    WriteAttributes: sorted(input.WriteAttributes),
    ExplicitAuthFlows: sorted(input.ExplicitAuthFlows) ?? [
      "ALLOW_CUSTOM_AUTH",
      "ALLOW_REFRESH_TOKEN_AUTH",
      "ALLOW_USER_SRP_AUTH",
    ],
    SupportedIdentityProviders: sorted(input.SupportedIdentityProviders),
    CallbackURLs: sorted(input.CallbackURLs),
    LogoutURLs: sorted(input.LogoutURLs),
    DefaultRedirectURI: input.DefaultRedirectURI,
    AllowedOAuthFlows: sorted(input.AllowedOAuthFlows),
    AllowedOAuthScopes: sorted(input.AllowedOAuthScopes),
    AllowedOAuthFlowsUserPoolClient: input.AllowedOAuthFlowsUserPoolClient ?? false,
    AnalyticsConfiguration: input.AnalyticsConfiguration,
    PreventUserExistenceErrors: input.PreventUserExistenceErrors,
    EnableTokenRevocation: input.EnableTokenRevocation ?? true,
    EnablePropagateAdditionalUserContextData: input.EnablePropagateAdditionalUserContextData ?? false,
    AuthSessionValidity: input.AuthSessionValidity ?? 3,
    RefreshTokenRotation: input.RefreshTokenRotation,
  });
}

/** The list without repeats; `undefined` for an empty one, which AWS does not tell from none. */
function sorted<Item extends string>(items: readonly Item[] | undefined): readonly Item[] | undefined {
  return items === undefined || items.length === 0 ? undefined : [...new Set(items)];
}

export function createUserPoolClient(context: OperationContext, input: Wire<sdk.CreateUserPoolClientRequest>) {
  const { account } = context;
  const { Id } = requirePool(context, input.UserPoolId);
  if (clients.where(context, { UserPoolId: Id }).length >= MAX_CLIENTS) {
    // The wording for too many clients is unconfirmed; the name of the error is that of the API's description.
    throw new AwsError("LimitExceededException", `Exceeded the limit of ${MAX_CLIENTS} app clients of a user pool.`);
  }
  const now = account.now();
  const settings = checked(context, Id, input, input.GenerateSecret === true);
  const client = clients.put(context, {
    UserPoolId: Id,
    ClientName: input.ClientName,
    ClientId: account.randomId(26),
    LastModifiedDate: now / 1000,
    createdAt: now,
    secrets: input.GenerateSecret === true ? [generateSecret(account, now)] : [],
    ...settings,
  });
  return { UserPoolClient: describe(client) };
}

function checked(context: TablePlace, poolId: string, input: ClientSettings, hasSecret: boolean): ClientSettings {
  const settings = withDefaults(input);
  checkClient(settings, hasSecret, existingScopes(context, poolId));
  // Identity providers besides the pool itself are not emulated, so there are none.
  const unknown = settings.SupportedIdentityProviders?.find((name) => name !== "COGNITO");
  if (unknown !== undefined) {
    throw invalid(`The provider ${unknown} does not exist for User Pool ${poolId}.`);
  }
  return settings;
}

/** The client as AWS returns it: of two secrets, the one that it was created with. */
function describe({ secrets, createdAt, ...client }: ClientRecord): Wire<sdk.UserPoolClientType> {
  const ClientSecret = secrets.find((secret) => secret.createdAt === createdAt)?.value;
  return present({ ...client, ClientSecret, CreationDate: createdAt / 1000 });
}

export function describeUserPoolClient(context: OperationContext, input: Wire<sdk.DescribeUserPoolClientRequest>) {
  return { UserPoolClient: describe(requireClient(context, input)) };
}

export function listUserPoolClients(context: OperationContext, input: Wire<sdk.ListUserPoolClientsRequest>) {
  const { Id } = requirePool(context, input.UserPoolId);
  const { items, next } = pageOf(
    clients.where(context, { UserPoolId: Id }),
    input.MaxResults ?? MAX_PAGE,
    input.NextToken,
  );
  const UserPoolClients = items.map(({ ClientId, UserPoolId, ClientName }) => ({ ClientId, UserPoolId, ClientName }));
  return present({ UserPoolClients, NextToken: next });
}

export function updateUserPoolClient(context: OperationContext, input: Wire<sdk.UpdateUserPoolClientRequest>) {
  const { account } = context;
  const { ClientId, UserPoolId, ClientName, createdAt, secrets } = requireClient(context, input);
  const client = clients.put(context, {
    UserPoolId,
    ClientName: input.ClientName ?? ClientName,
    ClientId,
    LastModifiedDate: account.now() / 1000,
    createdAt,
    secrets,
    ...checked(context, UserPoolId, input, secrets.length > 0),
  });
  return { UserPoolClient: describe(client) };
}

export function deleteUserPoolClient(context: OperationContext, input: Wire<sdk.DeleteUserPoolClientRequest>) {
  clients.delete(context, requireClient(context, input));
  return {};
}

export const userPoolClientResource = defineResource("aws_cognito_user_pool_client", {
  service: "cognito-idp",
  names: { id: "ClientId", name: "ClientName" },
  output: "UserPoolClient",
  hasEmptyValues: true,
  importId: "<user_pool_id>/<id>",
  sensitive: ["client_secret"],
  forceNew: ["generate_secret", "user_pool_id"],
  defaults: {
    "token_validity_units.access_token": "hours",
    "token_validity_units.id_token": "hours",
    "token_validity_units.refresh_token": "days",
  },
  validate: checkPlannedClient,
  create: "CreateUserPoolClient",
  read: "DescribeUserPoolClient",
  update: "UpdateUserPoolClient",
  delete: "DeleteUserPoolClient",
});
