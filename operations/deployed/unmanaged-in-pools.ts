/**
 * What a user pool and its app clients may hold beside what Terraform manages: ways to tokens, and what they are for.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
 */
import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { z } from "zod";
import { clientOfSecret } from "../../constructs/contract/contract";
import { unlessMissing } from "../../platform/aws";
import { quoted } from "../../platform/shell";
import { EFFECT_OF_ISSUER, effectOfClient } from "../plan-file/token-findings";
import { textIn } from "./left-state";
import { type Holder, itemsOf, kind, type UnmanagedKind } from "./unmanaged-kind";

const on = "aws_cognito_user_pool";
const ofClient = "aws_cognito_user_pool_client";

/** As many as Cognito lists at once. A pool of machines has none, so that others are only reported to exist. */
const MAX_USERS = 60;

const MORE_USERS = { Username: undefined, UserStatus: `more users than the ${MAX_USERS} that are listed` } as const;

/** Triggers that Terraform has attributes for, so that a plan shows them. */
const KNOWN_TRIGGERS: readonly string[] = [
  "CreateAuthChallenge",
  "CustomEmailSender",
  "CustomMessage",
  "CustomSMSSender",
  "DefineAuthChallenge",
  "KMSKeyID",
  "PostAuthentication",
  "PostConfirmation",
  "PreAuthentication",
  "PreSignUp",
  "PreTokenGeneration",
  "PreTokenGenerationConfig",
  "UserMigration",
  "VerifyAuthChallengeResponse",
];

const issuerBlocks = z.array(z.object({ type: z.string().nullish() }));
const userBlocks = z.array(z.object({ allow_admin_create_user_only: z.boolean().nullish() }));

export const UNMANAGED_IN_POOLS: readonly UnmanagedKind[] = [
  kind({
    on,
    attribute: "app_client",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id }) =>
      itemsOf((await aws.cognito()).paginateListUserPoolClients({ UserPoolId: id, MaxResults: 60 }), "UserPoolClients"),
    key: ({ ClientId }) => ClientId,
    managed: (holder) => holder.all(ofClient, "id"),
    shown: ({ ClientName, ClientId }) => ({ name: ClientName, id: ClientId }),
    undo: ({ ClientId }) => ["cognito-idp delete-user-pool-client", { "client-id": ClientId }],
    more: async ({ ClientId, ClientName = "" }, { aws, id }) => {
      const cognito = await aws.cognito();
      const described = await unlessMissing(cognito.describeUserPoolClient({ UserPoolId: id, ClientId }));
      const client = described?.UserPoolClient;
      const effect = effectOfClient(ClientName, {
        allowed_oauth_flows_user_pool_client: client?.AllowedOAuthFlowsUserPoolClient ?? false,
        allowed_oauth_flows: client?.AllowedOAuthFlows ?? [],
        explicit_auth_flows: client?.ExplicitAuthFlows ?? [],
      });
      return effect === undefined ? {} : { severity: "critical", effect };
    },
  }),
  kind({
    on,
    attribute: "resource_server",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id }) =>
      itemsOf((await aws.cognito()).paginateListResourceServers({ UserPoolId: id, MaxResults: 50 }), "ResourceServers"),
    key: ({ Identifier }) => Identifier,
    managed: (holder) => holder.own("aws_cognito_resource_server", "identifier"),
    shown: ({ Identifier }) => Identifier,
    undo: ({ Identifier }) => ["cognito-idp delete-resource-server", { identifier: Identifier }],
  }),
  kind({
    on,
    attribute: "domain",
    severity: "warning",
    isBlocking: true,
    list: async (holder) => {
      const { Domain, CustomDomain } = await described(holder);
      return [Domain, CustomDomain].filter((domain) => domain !== undefined && domain !== "");
    },
    key: (domain) => domain,
    managed: (holder) => holder.own("aws_cognito_user_pool_domain", "domain"),
    shown: (domain) => domain,
    undo: (domain) => ["cognito-idp delete-user-pool-domain", { domain }],
  }),
  // The provider that the code is written for has no attribute for it, so no plan shows it, and no deployment undoes it.
  kind({
    on,
    attribute: "issuer_configuration",
    severity: "critical",
    isRequired: true,
    list: async (holder) => {
      const { IssuerConfiguration } = await described(holder);
      return IssuerConfiguration?.Type === "UPDATED" ? ["UPDATED"] : [];
    },
    key: (type) => type,
    managed: (holder) => [issuerIn(holder)],
    shown: (type) => type,
    undo: (_type, holder) => update(holder, { "issuer-configuration": `Type=${issuerIn(holder)}` }),
    more: (_type, holder) => ({ expected: JSON.stringify(issuerIn(holder)), effect: EFFECT_OF_ISSUER }),
  }),
  kind({
    on,
    attribute: "lambda_config",
    severity: "critical",
    list: async (holder) => Object.entries((await described(holder)).LambdaConfig ?? {}),
    key: ([name]) => name,
    managed: () => KNOWN_TRIGGERS,
    shown: ([name, value]) => ({ [name]: value }),
    undo: (_trigger, holder) => update(holder, { "lambda-config": "{}" }),
    more: ([name], { resource }) => ({ effect: `the trigger ${name} of ${resource.address} runs a function` }),
  }),
  kind({
    on,
    attribute: "identity_provider",
    severity: "critical",
    list: async ({ aws, id }) =>
      itemsOf((await aws.cognito()).paginateListIdentityProviders({ UserPoolId: id }), "Providers"),
    key: ({ ProviderName }) => ProviderName,
    managed: (holder) => holder.own("aws_cognito_identity_provider", "provider_name"),
    shown: ({ ProviderName, ProviderType }) => ({ name: ProviderName, type: ProviderType }),
    undo: ({ ProviderName }) => ["cognito-idp delete-identity-provider", { "provider-name": ProviderName }],
    more: ({ ProviderName }, { resource }) => ({
      effect: `users of the identity provider ${ProviderName} can sign in to ${resource.address}`,
    }),
  }),
  kind({
    on,
    attribute: "group",
    severity: "warning",
    list: async ({ aws, id }) => itemsOf((await aws.cognito()).paginateListGroups({ UserPoolId: id }), "Groups"),
    key: ({ GroupName }) => GroupName,
    managed: (holder) => holder.own("aws_cognito_user_group", "name"),
    shown: ({ GroupName, RoleArn }) => ({ name: GroupName, role: RoleArn }),
    undo: ({ GroupName }) => ["cognito-idp delete-group", { "group-name": GroupName }],
  }),
  kind({
    on,
    attribute: "user",
    severity: "warning",
    list: async ({ aws, id }) => {
      const page = await (await aws.cognito()).listUsers({ UserPoolId: id, Limit: MAX_USERS });
      return [...(page.Users ?? []), ...(page.PaginationToken === undefined ? [] : [MORE_USERS])];
    },
    key: ({ Username }) => Username,
    managed: (holder) => holder.own("aws_cognito_user", "username"),
    shown: (user) => (user === MORE_USERS ? MORE_USERS.UserStatus : { name: user.Username, status: user.UserStatus }),
    undo: (user, { environment }) =>
      user === MORE_USERS
        ? `npx access drift ${environment}`
        : ["cognito-idp admin-delete-user", { username: user.Username }],
  }),
  kind({
    on,
    attribute: "replica",
    severity: "warning",
    isBlocking: true,
    list: async ({ aws, id }) =>
      (await (await aws.cognito()).listUserPoolReplicas({ UserPoolId: id })).UserPoolReplicas,
    key: ({ RegionName }) => RegionName,
    managed: ({ region }) => [region],
    shown: ({ RegionName, Status }) => ({ region: RegionName, status: Status }),
    undo: ({ RegionName }) => ["cognito-idp delete-user-pool-replica", { "region-name": RegionName }],
  }),
  kind({
    on,
    attribute: "web_acl",
    severity: "warning",
    list: async ({ aws, resource }) => {
      const { WebACL } = await (await aws.waf()).getWebACLForResource({ ResourceArn: textIn(resource, "arn") });
      return WebACL === undefined ? [] : [WebACL];
    },
    key: (_acl, { resource }) => textIn(resource, "arn"),
    managed: (holder) => holder.all("aws_wafv2_web_acl_association", "resource_arn"),
    shown: ({ Name, ARN }) => ({ name: Name, arn: ARN }),
    undo: (_acl, { resource }) => ["wafv2 disassociate-web-acl", { "resource-arn": textIn(resource, "arn") }],
  }),
  kind({
    on,
    attribute: "log_delivery",
    severity: "warning",
    list: async ({ aws, id }) => {
      const { LogDeliveryConfiguration } = await (await aws.cognito()).getLogDeliveryConfiguration({ UserPoolId: id });
      const { LogConfigurations = [] } = LogDeliveryConfiguration ?? {};
      return LogConfigurations.length === 0 ? [] : [LogConfigurations];
    },
    key: () => "log_delivery",
    managed: (holder) => holder.own("aws_cognito_log_delivery_configuration", "id").map(() => "log_delivery"),
    shown: (configurations) => configurations,
    undo: () => ["cognito-idp set-log-delivery-configuration", { "log-configurations": "[]" }],
  }),
  kind({
    on,
    attribute: "ui_customization",
    severity: "info",
    list: async ({ aws, id }) => {
      const { UICustomization } = await (await aws.cognito()).getUICustomization({ UserPoolId: id });
      return UICustomization?.CSS || UICustomization?.ImageUrl ? [UICustomization] : [];
    },
    key: ({ ClientId }) => ClientId ?? "ALL",
    managed: (holder) => holder.own("aws_cognito_user_pool_ui_customization", "client_id"),
    shown: ({ ClientId, CSSVersion }) => ({ client: ClientId, version: CSSVersion }),
    undo: ({ ClientId = "ALL" }) => ["cognito-idp set-ui-customization", { "client-id": ClientId }],
  }),
  kind({
    on: ofClient,
    attribute: "client_secrets",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id, resource, secrets }) => {
      const client = { UserPoolId: textIn(resource, "user_pool_id"), ClientId: id };
      const { length } = await secrets.of(await aws.cognito(), client);
      return length > 1 ? [length] : [];
    },
    key: String,
    managed: () => [],
    shown: (count) => `${count} secrets are valid: a rotation is in progress, or a secret was added`,
    undo: (_count, { resource, left, environment }) => {
      const name = textIn(resource, "name");
      const stores = left.filter(({ type }) => type === "aws_secretsmanager_secret");
      const isDelivered = stores.some(({ values }) => clientOfSecret(values["description"]) === name);
      return `npx access rotate ${quoted(name)} --env ${environment}${isDelivered ? "" : " --to <file>"} --finish`;
    },
    more: () => ({ expected: '"one secret is valid"' }),
  }),
  kind({
    on: ofClient,
    attribute: "branding",
    severity: "info",
    list: async ({ aws, id, resource }) => {
      const input = { UserPoolId: textIn(resource, "user_pool_id"), ClientId: id };
      const found = await (await aws.cognito()).describeManagedLoginBrandingByClient(input);
      return found.ManagedLoginBranding === undefined ? [] : [found.ManagedLoginBranding];
    },
    key: (_branding, { id }) => id,
    managed: (holder) => holder.all("aws_cognito_managed_login_branding", "client_id"),
    shown: ({ ManagedLoginBrandingId }) => ({ id: ManagedLoginBrandingId }),
    undo: ({ UserPoolId, ManagedLoginBrandingId }, { region }) =>
      `aws cognito-idp delete-managed-login-branding --region ${region} --user-pool-id ${UserPoolId} --managed-login-branding-id ${ManagedLoginBrandingId}`,
  }),
];

/** The pool by AWS. */
function described(holder: Holder): Promise<UserPoolType> {
  return holder.once("pool", async () => {
    const { UserPool = {} } = await (await holder.aws.cognito()).describeUserPool({ UserPoolId: holder.id });
    return UserPool;
  });
}

function issuerIn({ resource }: Holder): string {
  const [block] = issuerBlocks.parse(resource.values["issuer_configuration"] ?? []);
  return block?.type ?? "ORIGINAL";
}

/** An update of the pool. AWS resets what it leaves out: whether only administrators add users is passed along. */
function update({ resource }: Holder, options: Readonly<Record<string, string>>) {
  const [config] = userBlocks.parse(resource.values["admin_create_user_config"] ?? []);
  const users = `AllowAdminCreateUserOnly=${config?.allow_admin_create_user_only ?? false}`;
  return ["cognito-idp update-user-pool", { ...options, "admin-create-user-config": users }] as const;
}
