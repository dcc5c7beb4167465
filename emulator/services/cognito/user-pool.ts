/**
 * User pools, as far as machines need them: no users, no sign-in, but every setting that Terraform manages is kept.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { Table, type TablePlace } from "../../account-table";
import { type Attributes, isSame } from "../../attributes";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { deleteResourceServersOf } from "./resource-server";
import { generateSigningKeys, type SigningKey } from "./signing-keys";
import { STANDARD_ATTRIBUTES } from "./standard-attributes";
import { deleteClientsOf } from "./user-pool-client";
import { domainsOf, isCustomDomain } from "./user-pool-domain";

const POOL_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A user pool as the account keeps it. */
export interface UserPoolRecord extends Wire<sdk.UserPoolType> {
  readonly Id: string;
  readonly Arn: string;
  /** Two keys: the first signs ID tokens, the second access tokens. */
  readonly keys: readonly SigningKey[];
  readonly mfa: Omit<Wire<sdk.GetUserPoolMfaConfigResponse>, "$metadata" | "MfaConfiguration">;
}

export const userPools = new Table<UserPoolRecord>("cognito-idp/UserPool", ({ Id }) => Id);

/** AWS refuses a parameter. */
export const invalid = (message: string) => new AwsError("InvalidParameterException", message);

/** The pool of the id. @throws {AwsError} `ResourceNotFoundException` */
export function requirePool(context: TablePlace, id: string | undefined): UserPoolRecord {
  const pool = userPools.get(context, id ?? "");
  if (pool === undefined) throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`);
  return pool;
}

/** The pool as `DescribeUserPool` has it. */
function describe(context: TablePlace, { keys: _, mfa: __, ...pool }: UserPoolRecord): Wire<sdk.UserPoolType> {
  const domains = domainsOf(context, pool.Id);
  const domainOf = (isCustom: boolean) => domains.find((domain) => isCustomDomain(domain) === isCustom)?.Domain;
  return present({ ...pool, Domain: domainOf(false), CustomDomain: domainOf(true) });
}

/** Settings that a creation and an update have in common, with AWS's defaults for what is left out. */
function settingsOf(input: Wire<sdk.UpdateUserPoolRequest>): Partial<UserPoolRecord> {
  const { AdminCreateUserConfig, EmailConfiguration, VerificationMessageTemplate } = input;
  return {
    LambdaConfig: input.LambdaConfig ?? {},
    AutoVerifiedAttributes: input.AutoVerifiedAttributes,
    SmsVerificationMessage: input.SmsVerificationMessage,
    EmailVerificationMessage: input.EmailVerificationMessage,
    EmailVerificationSubject: input.EmailVerificationSubject,
    VerificationMessageTemplate: { DefaultEmailOption: "CONFIRM_WITH_CODE", ...VerificationMessageTemplate },
    SmsAuthenticationMessage: input.SmsAuthenticationMessage,
    UserAttributeUpdateSettings: input.UserAttributeUpdateSettings ?? { AttributesRequireVerificationBeforeUpdate: [] },
    DeviceConfiguration: input.DeviceConfiguration,
    EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT", ...EmailConfiguration },
    SmsConfiguration: input.SmsConfiguration,
    UserPoolTags: input.UserPoolTags ?? {},
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      UnusedAccountValidityDays: 7,
      ...AdminCreateUserConfig,
    },
    UserPoolAddOns: input.UserPoolAddOns,
    AccountRecoverySetting: input.AccountRecoverySetting ?? DEFAULT_RECOVERY,
    UserPoolTier: input.UserPoolTier ?? "ESSENTIALS",
  };
}

const DEFAULT_RECOVERY: Wire<sdk.AccountRecoverySettingType> = {
  RecoveryMechanisms: [
    { Priority: 1, Name: "verified_email" },
    { Priority: 2, Name: "verified_phone_number" },
  ],
};

function policiesOf(given: Wire<sdk.UserPoolPolicyType> | undefined): Wire<sdk.UserPoolPolicyType> {
  const strict = { RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true };
  const lax = { RequireUppercase: false, RequireLowercase: false, RequireNumbers: false, RequireSymbols: false };
  const passwords = given?.PasswordPolicy;
  return {
    PasswordPolicy: {
      MinimumLength: 8,
      ...(passwords === undefined ? strict : lax),
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
  const pool = userPools.put(context, {
    ...present({
      Id: id,
      Name: input.PoolName,
      Policies: policiesOf(input.Policies),
      DeletionProtection: input.DeletionProtection ?? "INACTIVE",
      LastModifiedDate: now,
      CreationDate: now,
      SchemaAttributes: schemaOf(input.Schema ?? []),
      ...settingsOf({ UserPoolId: id, ...input }),
      AliasAttributes: input.AliasAttributes,
      UsernameAttributes: input.UsernameAttributes,
      UsernameConfiguration: input.UsernameConfiguration,
      MfaConfiguration: input.MfaConfiguration ?? "OFF",
      EstimatedNumberOfUsers: 0,
      Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
    }),
    keys: await generateSigningKeys(account),
    mfa: {},
  });
  return { UserPool: describe(context, pool) };
}

/** The standard attributes, changed as the input says, and the custom ones, whose names get a prefix. */
function schemaOf(given: readonly Wire<sdk.SchemaAttributeType>[]): readonly Wire<sdk.SchemaAttributeType>[] {
  const isStandard = (name: string | undefined) => STANDARD_ATTRIBUTES.some(({ Name }) => Name === name);
  const standard = STANDARD_ATTRIBUTES.map((attribute) => ({
    ...attribute,
    ...given.find(({ Name }) => Name === attribute.Name),
  }));
  const custom = given.filter(({ Name }) => !isStandard(Name));
  const prefixOf = ({ DeveloperOnlyAttribute }: Wire<sdk.SchemaAttributeType>) =>
    DeveloperOnlyAttribute === true ? "dev:custom:" : "custom:";
  const defaults = { DeveloperOnlyAttribute: false, Mutable: true, Required: false };
  return [
    ...standard,
    ...custom.map((attribute) => ({ ...defaults, ...attribute, Name: `${prefixOf(attribute)}${attribute.Name}` })),
  ];
}

export function describeUserPool(context: OperationContext, { UserPoolId }: Wire<sdk.DescribeUserPoolRequest>) {
  return { UserPool: describe(context, requirePool(context, UserPoolId)) };
}

export function listUserPools(context: OperationContext, { MaxResults, NextToken }: Wire<sdk.ListUserPoolsRequest>) {
  const { items, next } = pageOf(userPools.list(context), MaxResults ?? 60, NextToken);
  const UserPools = items.map(({ Id, Name, LastModifiedDate, CreationDate }) => ({
    Id,
    Name,
    LambdaConfig: {},
    LastModifiedDate,
    CreationDate,
  }));
  return present({ UserPools, NextToken: next });
}

/**
 * AWS documents that whatever is left out is reset to its default. Measured on AWS, `DeletionProtection`,
 * `MfaConfiguration` and `Policies` are kept, and so are name and tier.
 */
export function updateUserPool(context: OperationContext, input: Wire<sdk.UpdateUserPoolRequest>) {
  const { UserPoolId, PoolName, Policies, DeletionProtection, MfaConfiguration, UserPoolTier } = input;
  const pool = requirePool(context, UserPoolId);
  const changed = {
    ...pool,
    ...settingsOf(input),
    UserPoolTags: input.UserPoolTags ?? pool.UserPoolTags,
    UserPoolTier: UserPoolTier ?? pool.UserPoolTier,
    Name: PoolName ?? pool.Name,
    Policies: Policies === undefined ? pool.Policies : { ...pool.Policies, ...policiesOf(Policies) },
    DeletionProtection: DeletionProtection ?? pool.DeletionProtection,
    MfaConfiguration: MfaConfiguration ?? pool.MfaConfiguration,
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
  if (domainsOf(context, pool.Id).length > 0) {
    throw invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.");
  }
  deleteClientsOf(context, pool.Id);
  deleteResourceServersOf(context, pool.Id);
  userPools.delete(context, pool);
  return {};
}

export function getUserPoolMfaConfig(context: OperationContext, input: Wire<sdk.GetUserPoolMfaConfigRequest>) {
  const { mfa, MfaConfiguration } = requirePool(context, input.UserPoolId);
  return { ...mfa, MfaConfiguration };
}

export function setUserPoolMfaConfig(context: OperationContext, input: Wire<sdk.SetUserPoolMfaConfigRequest>) {
  const { UserPoolId, MfaConfiguration = "OFF", ...mfa } = input;
  const pool = requirePool(context, UserPoolId);
  const factors = [mfa.SmsMfaConfiguration, mfa.SoftwareTokenMfaConfiguration, mfa.EmailMfaConfiguration];
  if (MfaConfiguration === "OFF" && factors.some((factor) => factor !== undefined)) {
    throw invalid("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.");
  }
  userPools.put(context, { ...pool, MfaConfiguration, mfa });
  return { ...mfa, MfaConfiguration };
}

/** The pool of a tag operation. @throws {AwsError} `ResourceNotFoundException` */
function poolOfArn(context: OperationContext, arn: string | undefined): UserPoolRecord {
  return requirePool(context, arn?.split("/")[1]);
}

export function listTagsForResource(context: OperationContext, { ResourceArn }: Wire<sdk.ListTagsForResourceRequest>) {
  return { Tags: poolOfArn(context, ResourceArn).UserPoolTags ?? {} };
}

export function tagResource(context: OperationContext, { ResourceArn, Tags }: Wire<sdk.TagResourceRequest>) {
  const pool = poolOfArn(context, ResourceArn);
  userPools.put(context, { ...pool, UserPoolTags: { ...pool.UserPoolTags, ...Tags } });
  return {};
}

export function untagResource(context: OperationContext, { ResourceArn, TagKeys }: Wire<sdk.UntagResourceRequest>) {
  const pool = poolOfArn(context, ResourceArn);
  const tags = Object.entries(pool.UserPoolTags ?? {}).filter(([key]) => TagKeys?.includes(key) !== true);
  userPools.put(context, { ...pool, UserPoolTags: Object.fromEntries(tags) });
  return {};
}

/** Attributes that only `SetUserPoolMfaConfig` changes. */
const MFA_ATTRIBUTES = [
  "email_mfa_configuration",
  "mfa_configuration",
  "sms_authentication_message",
  "sms_configuration",
  "software_token_mfa_configuration",
  "web_authn_configuration",
];

async function setMfa(attributes: Attributes, aws: Aws): Promise<void> {
  const input = aws.inputOf("SetUserPoolMfaConfig", attributes);
  await aws.call("SetUserPoolMfaConfig", input);
}

export const userPoolResource = defineResource("aws_cognito_user_pool", {
  service: "cognito-idp",
  names: {
    name: ["PoolName", "Name"],
    id: ["Id", "UserPoolId"],
    password_policy: "Policies.PasswordPolicy",
    schema: "Schema",
    sign_in_policy: "Policies.SignInPolicy",
    tags_all: ["UserPoolTags"],
    software_token_mfa_configuration: "SoftwareTokenMfaConfiguration",
    account_recovery_setting: "AccountRecoverySetting",
    "account_recovery_setting.recovery_mechanism": "RecoveryMechanisms",
    sms_configuration: ["SmsMfaConfiguration.SmsConfiguration", "SmsConfiguration"],
    mfa_configuration: "MfaConfiguration",
  },
  output: "UserPool",
  tagging: { tag: "TagResource", untag: "UntagResource" },
  relations: {
    conflictsWith: { alias_attributes: ["username_attributes"], username_attributes: ["alias_attributes"] },
  },
  forceNew: ["alias_attributes", "username_attributes", "username_configuration"],
  defaults: {
    "admin_create_user_config.allow_admin_create_user_only": false,
    deletion_protection: "INACTIVE",
    "email_configuration.email_sending_account": "COGNITO_DEFAULT",
    mfa_configuration: "OFF",
    "verification_message_template.default_email_option": "CONFIRM_WITH_CODE",
  },
  computedBlocks: [
    "account_recovery_setting",
    "admin_create_user_config",
    "email_configuration",
    "password_policy",
    "sign_in_policy",
    "sms_configuration",
    "verification_message_template",
  ],
  volatile: ["last_modified_date"],
  // A trigger may rewrite the claims of a token.
  refused: ["lambda_config"],
  create: async (planned, aws) => {
    const output = await aws.call("CreateUserPool", aws.inputOf("CreateUserPool", planned));
    const created = { ...planned, ...aws.attributesOf("CreateUserPool", output, planned) };
    const hasFactors = ["email_mfa_configuration", "software_token_mfa_configuration", "web_authn_configuration"].some(
      (name) => Array.isArray(planned[name]) && planned[name].length > 0,
    );
    if (planned["mfa_configuration"] !== "OFF" || hasFactors) await setMfa(created, aws);
    return created;
  },
  read: async (known, aws) => {
    const output = await aws.call("DescribeUserPool", aws.inputOf("DescribeUserPool", known));
    const mfa = await aws.call("GetUserPoolMfaConfig", aws.inputOf("GetUserPoolMfaConfig", known));
    const found = aws.attributesOf("DescribeUserPool", output, known);
    const { sms_configuration: _, ...factors } = aws.attributesOf("GetUserPoolMfaConfig", mfa, known, null);
    return {
      ...found,
      ...factors,
      // Of the schema, only what the configuration names is managed.
      schema: known["schema"] ?? [],
      endpoint: `cognito-idp.${aws.region}.amazonaws.com/${found["id"]}`,
    };
  },
  update: async (planned, prior, aws) => {
    const changed = (names: readonly string[]) => names.some((name) => !isSame(planned[name], prior[name]));
    if (changed(MFA_ATTRIBUTES)) await setMfa(planned, aws);
    const input = aws.inputOf("UpdateUserPool", { ...planned, tags_all: null });
    await aws.call("UpdateUserPool", input);
  },
  delete: "DeleteUserPool",
});
