/**
 * User pools, as far as machines need them: no users, no sign-in, but every setting that Terraform manages is kept.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
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
  const { AdminCreateUserConfig, EmailConfiguration, VerificationMessageTemplate: template } = input;
  // Each text of the template is the same setting as one beside it.
  const messages = {
    EmailMessage: template?.EmailMessage ?? input.EmailVerificationMessage,
    EmailSubject: template?.EmailSubject ?? input.EmailVerificationSubject,
    SmsMessage: template?.SmsMessage ?? input.SmsVerificationMessage,
  };
  return {
    LambdaConfig: input.LambdaConfig ?? {},
    AutoVerifiedAttributes: input.AutoVerifiedAttributes,
    SmsVerificationMessage: messages.SmsMessage,
    EmailVerificationMessage: messages.EmailMessage,
    EmailVerificationSubject: messages.EmailSubject,
    VerificationMessageTemplate: present({
      DefaultEmailOption: "CONFIRM_WITH_CODE" as const,
      ...template,
      ...messages,
    }),
    SmsAuthenticationMessage: input.SmsAuthenticationMessage,
    UserAttributeUpdateSettings: input.UserAttributeUpdateSettings ?? { AttributesRequireVerificationBeforeUpdate: [] },
    DeviceConfiguration: input.DeviceConfiguration && {
      ChallengeRequiredOnNewDevice: false,
      DeviceOnlyRememberedOnUserPrompt: false,
      ...input.DeviceConfiguration,
    },
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

/** @throws {AwsError} when a pool demands a second factor and has none */
function requireFactor({ MfaConfiguration = "OFF", SmsConfiguration, mfa }: UserPoolRecord): void {
  if (MfaConfiguration === "OFF" || SmsConfiguration !== undefined || Object.keys(mfa).length > 0) return;
  throw invalid("SMS configuration and Auto verification for phone_number are required when MFA is required/optional");
}

export async function createUserPool(context: OperationContext, input: Wire<sdk.CreateUserPoolRequest>) {
  const { account, accountId, region } = context;
  const id = `${region}_${account.randomId(9, POOL_ID_ALPHABET)}`;
  const now = account.now() / 1000;
  const pool: UserPoolRecord = {
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
      IssuerConfiguration: input.IssuerConfiguration,
      EstimatedNumberOfUsers: 0,
      Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
    }),
    keys: await generateSigningKeys(account),
    mfa: {},
  };
  requireFactor(pool);
  return { UserPool: describe(context, userPools.put(context, pool)) };
}

/** The standard attributes, changed as the input says, and the custom ones. */
function schemaOf(given: readonly Wire<sdk.SchemaAttributeType>[]): readonly Wire<sdk.SchemaAttributeType>[] {
  const isStandard = (name: string | undefined) => STANDARD_ATTRIBUTES.some(({ Name }) => Name === name);
  const standard = STANDARD_ATTRIBUTES.map((attribute) => ({
    ...attribute,
    ...given.find(({ Name }) => Name === attribute.Name),
  }));
  return [...standard, ...given.filter(({ Name }) => !isStandard(Name)).map(customAttribute)];
}

/** A custom attribute, whose name gets a prefix. */
function customAttribute(attribute: Wire<sdk.SchemaAttributeType>): Wire<sdk.SchemaAttributeType> {
  const prefix = attribute.DeveloperOnlyAttribute === true ? "dev:custom:" : "custom:";
  const defaults = { DeveloperOnlyAttribute: false, Mutable: true, Required: false };
  return { ...defaults, ...attribute, Name: `${prefix}${attribute.Name}` };
}

export function addCustomAttributes(context: OperationContext, input: Wire<sdk.AddCustomAttributesRequest>) {
  const { SchemaAttributes = [], ...pool } = requirePool(context, input.UserPoolId);
  const added = (input.CustomAttributes ?? []).map(customAttribute);
  const known = added.find(({ Name }) => SchemaAttributes.some((other) => other.Name === Name));
  if (known !== undefined) throw invalid(`${known.Name}: Existing attribute already has name ${known.Name}.`);
  userPools.put(context, { ...pool, SchemaAttributes: [...SchemaAttributes, ...added] });
  return {};
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
  const { IssuerConfiguration } = input;
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
    IssuerConfiguration: IssuerConfiguration ?? pool.IssuerConfiguration,
    LastModifiedDate: context.account.now() / 1000,
  };
  requireFactor(changed);
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

/** Tags of pools, which their ARN names. */
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
