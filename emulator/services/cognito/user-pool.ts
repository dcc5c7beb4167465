/**
 * User pools for machines. Settings of users (sign-up, messages, second factors, attributes) are refused, as are triggers.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import type { TablePlace } from "../../account/table";
import { UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { blocks, isObject, isSame, optionalText, Unknown, type Value } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import {
  clients,
  domains,
  invalid,
  isCustomDomain,
  requirePool,
  servers,
  type UserPoolRecord,
  userPools,
} from "./records";
import { generateSigningKeys, prepareSigningKeys } from "./signing-keys";

const POOL_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Members of `CreateUserPool` and `UpdateUserPool` that are about users alone, or that change tokens. */
export const USER_SETTINGS = [
  "AliasAttributes",
  "AutoVerifiedAttributes",
  "DeviceConfiguration",
  "EmailVerificationMessage",
  "EmailVerificationSubject",
  "LambdaConfig",
  "Schema",
  "SmsAuthenticationMessage",
  "SmsConfiguration",
  "SmsVerificationMessage",
  "UserAttributeUpdateSettings",
  "UsernameAttributes",
];

/** The only values of further settings of users: the provider sends them with every update. */
const DEFAULTS = {
  MfaConfiguration: "OFF",
  EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
  VerificationMessageTemplate: { DefaultEmailOption: "CONFIRM_WITH_CODE" },
} as const;

/** @throws {UnsupportedError} for another value of a setting that is emulated with its default only */
function requireDefaults(input: Wire<sdk.UpdateUserPoolRequest>): void {
  for (const [name, only] of Object.entries(DEFAULTS)) {
    const given = (input[name as keyof typeof DEFAULTS] ?? only) as Value;
    if (isSame(isObject(given) && isObject(only) ? { ...only, ...given } : given, only)) continue;
    throw new UnsupportedError(
      `${name} is emulated as ${JSON.stringify(only)} only: a pool for machines has no users.`,
    );
  }
}

/** The pool as `DescribeUserPool` has it. */
function describe(place: TablePlace, { keys: _, ...pool }: UserPoolRecord): Wire<sdk.UserPoolType> {
  const all = domains.where(place, { UserPoolId: pool.Id });
  const domainOf = (isCustom: boolean) => all.find((domain) => isCustomDomain(domain) === isCustom)?.Domain;
  return present({ ...pool, Domain: domainOf(false), CustomDomain: domainOf(true) });
}

/** Settings that a creation and an update have in common, with AWS's defaults for what is left out. */
function settingsOf(input: Wire<sdk.UpdateUserPoolRequest>): Partial<UserPoolRecord> {
  requireDefaults(input);
  return {
    ...DEFAULTS,
    LambdaConfig: {},
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
    UserPoolTags: input.UserPoolTags ?? {},
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      UnusedAccountValidityDays: 7,
      ...input.AdminCreateUserConfig,
    },
    UserPoolAddOns: input.UserPoolAddOns,
    AccountRecoverySetting: input.AccountRecoverySetting ?? {
      RecoveryMechanisms: [
        { Priority: 1, Name: "verified_email" },
        { Priority: 2, Name: "verified_phone_number" },
      ],
    },
    UserPoolTier: input.UserPoolTier ?? "ESSENTIALS",
  };
}

function policiesOf(given: Wire<sdk.UserPoolPolicyType> | undefined): Wire<sdk.UserPoolPolicyType> {
  const passwords = given?.PasswordPolicy;
  const requires = passwords === undefined;
  return {
    PasswordPolicy: {
      MinimumLength: 8,
      RequireUppercase: requires,
      RequireLowercase: requires,
      RequireNumbers: requires,
      RequireSymbols: requires,
      TemporaryPasswordValidityDays: 7,
      ...passwords,
    },
    SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD"], ...given?.SignInPolicy },
  };
}

export async function createUserPool(context: OperationContext, input: Wire<sdk.CreateUserPoolRequest>) {
  const { account, accountId, region } = context;
  const id = `${region}_${account.randomId(9, POOL_ID_ALPHABET)}`;
  const now = account.now() / 1000;
  const pool = present({
    Id: id,
    Name: input.PoolName,
    Policies: policiesOf(input.Policies),
    DeletionProtection: input.DeletionProtection ?? "INACTIVE",
    LastModifiedDate: now,
    CreationDate: now,
    ...settingsOf({ UserPoolId: id, ...input }),
    UsernameConfiguration: input.UsernameConfiguration,
    IssuerConfiguration: input.IssuerConfiguration,
    EstimatedNumberOfUsers: 0,
    Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
    keys: await generateSigningKeys(account),
  });
  return { UserPool: describe(context, userPools.put(context, pool)) };
}

export function describeUserPool(context: OperationContext, { UserPoolId }: Wire<sdk.DescribeUserPoolRequest>) {
  return { UserPool: describe(context, requirePool(context, UserPoolId)) };
}

export function listUserPools(context: OperationContext, { MaxResults, NextToken }: Wire<sdk.ListUserPoolsRequest>) {
  const { items, next } = pageOf(userPools.list(context), MaxResults ?? 60, NextToken);
  const UserPools = items.map(({ Id, Name, LastModifiedDate, CreationDate }) => {
    return { Id, Name, LambdaConfig: {}, LastModifiedDate, CreationDate };
  });
  return present({ UserPools, NextToken: next });
}

/**
 * AWS documents that whatever is left out is reset to its default. Measured on AWS, `DeletionProtection` and `Policies`
 * are kept, and so are name and tier.
 */
export function updateUserPool(context: OperationContext, input: Wire<sdk.UpdateUserPoolRequest>) {
  const pool = requirePool(context, input.UserPoolId);
  const changed = {
    ...pool,
    ...settingsOf(input),
    UserPoolTags: input.UserPoolTags ?? pool.UserPoolTags,
    UserPoolTier: input.UserPoolTier ?? pool.UserPoolTier,
    Name: input.PoolName ?? pool.Name,
    Policies: input.Policies === undefined ? pool.Policies : { ...pool.Policies, ...policiesOf(input.Policies) },
    DeletionProtection: input.DeletionProtection ?? pool.DeletionProtection,
    IssuerConfiguration: input.IssuerConfiguration ?? pool.IssuerConfiguration,
    LastModifiedDate: context.account.now() / 1000,
  };
  userPools.put(context, present(changed));
  return {};
}

/** Deletes the pool with its resource servers and clients. A domain must be deleted before. */
export function deleteUserPool(context: OperationContext, { UserPoolId }: Wire<sdk.DeleteUserPoolRequest>) {
  const pool = requirePool(context, UserPoolId);
  if (pool.DeletionProtection === "ACTIVE") {
    throw invalid(
      "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
    );
  }
  if (domains.where(context, { UserPoolId: pool.Id }).length > 0) {
    throw invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.");
  }
  for (const client of clients.where(context, { UserPoolId: pool.Id })) clients.delete(context, client);
  for (const server of servers.where(context, { UserPoolId: pool.Id })) servers.delete(context, server);
  userPools.delete(context, pool);
  return {};
}

export function getUserPoolMfaConfig(context: OperationContext, input: Wire<sdk.GetUserPoolMfaConfigRequest>) {
  const { MfaConfiguration } = requirePool(context, input.UserPoolId);
  return { MfaConfiguration };
}

export const {
  tag: tagResource,
  untag: untagResource,
  list: listTagsForResource,
} = tagOperations((context, { ResourceArn }: { readonly ResourceArn?: string }) => {
  const pool = requirePool(context, ResourceArn?.split("/")[1]);
  const put = (UserPoolTags: Readonly<Record<string, string>>) =>
    void userPools.put(context, { ...pool, UserPoolTags });
  return { tags: pool.UserPoolTags ?? {}, put };
});

export const userPoolResource = defineResource("aws_cognito_user_pool", {
  service: "cognito-idp",
  names: {
    name: ["PoolName", "Name"],
    id: ["Id", "UserPoolId"],
    password_policy: "Policies.PasswordPolicy",
    sign_in_policy: "Policies.SignInPolicy",
    tags_all: "UserPoolTags",
    alias_attributes: null,
    "account_recovery_setting.recovery_mechanism": "RecoveryMechanisms",
    "email_configuration.from_email_address": "From",
  },
  output: "UserPool",
  tagging: { tag: "TagResource", untag: "UntagResource" },
  forceNew: ["username_configuration.case_sensitive"],
  defaults: {
    deletion_protection: "INACTIVE",
    mfa_configuration: "OFF",
  },
  computedBlocks: [
    "account_recovery_setting.recovery_mechanism",
    "admin_create_user_config",
    "password_policy",
    "sign_in_policy",
    "sms_configuration",
    "username_configuration",
    "verification_message_template",
  ],
  // The real provider does not reset these blocks.
  suppress(planned, prior) {
    const names = ["account_recovery_setting", "email_configuration"];
    const kept = names.filter((name) => prior !== null && blocks(planned, name).length === 0);
    return Object.fromEntries(kept.map((name) => [name, prior?.[name] ?? []]));
  },
  refused: [
    "alias_attributes",
    "auto_verified_attributes",
    "device_configuration",
    "email_configuration",
    "email_mfa_configuration",
    "email_verification_message",
    "email_verification_subject",
    "lambda_config",
    "schema",
    "sms_authentication_message",
    "sms_configuration",
    "sms_verification_message",
    "software_token_mfa_configuration",
    "user_attribute_update_settings",
    "username_attributes",
    "verification_message_template",
    "web_authn_configuration",
  ],
  validate(config) {
    if ((optionalText(config, "mfa_configuration") ?? "OFF") === "OFF") return;
    throw new UnsupportedError('aws_cognito_user_pool.mfa_configuration is emulated as "OFF" only.');
  },
  checkPlan({ id }) {
    // Terraform goes on to plan meanwhile.
    if (id instanceof Unknown) prepareSigningKeys();
    return undefined;
  },
  create: "CreateUserPool",
  read: "DescribeUserPool",
  update: async (planned, _prior, aws) => {
    await aws.call("UpdateUserPool", aws.inputOf("UpdateUserPool", { ...planned, tags_all: null }));
  },
  delete: "DeleteUserPool",
  refine: ({ id }, _output, aws) => ({ endpoint: `cognito-idp.${aws.region}.amazonaws.com/${id}` }),
});
