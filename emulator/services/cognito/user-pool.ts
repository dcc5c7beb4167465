/**
 * User pools, as far as machines need them: no users, no sign-in, but every setting that Terraform manages is kept.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, blocks, canonical, isSame, type Value } from "../../terraform/attributes";
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
export const poolTags = tagOperations((context, { ResourceArn }: { readonly ResourceArn?: string }) => {
  const pool = requirePool(context, ResourceArn?.split("/")[1]);
  const put = (UserPoolTags: Readonly<Record<string, string>>) =>
    void userPools.put(context, { ...pool, UserPoolTags });
  return { tags: pool.UserPoolTags ?? {}, put };
});

/** Blocks of second factors besides text messages. */
const FACTORS = ["email_mfa_configuration", "software_token_mfa_configuration", "web_authn_configuration"];

/** Attributes whose change is one of the factors. */
const MFA_ATTRIBUTES = [...FACTORS, "mfa_configuration", "sms_authentication_message", "sms_configuration"];

/** Attributes that `UpdateUserPool` does not change. */
const UPDATED_OTHERWISE = [...FACTORS, "mfa_configuration", "schema", "tags", "tags_all"];

/** Texts of the template by the attributes that are the same setting. */
const TEMPLATE_TEXTS: Readonly<Record<string, string>> = {
  email_verification_message: "email_message",
  email_verification_subject: "email_subject",
  sms_verification_message: "sms_message",
};

async function setMfa(attributes: Attributes, aws: Aws): Promise<void> {
  // Text messages serve verification as well, so that they are configured although they are not a factor.
  const isOff = attributes["mfa_configuration"] === "OFF";
  const given = isOff ? { ...attributes, sms_configuration: [], sms_authentication_message: null } : attributes;
  await aws.call("SetUserPoolMfaConfig", aws.inputOf("SetUserPoolMfaConfig", given));
}

async function createPool(planned: Attributes, aws: Aws): Promise<Attributes> {
  const input = aws.inputOf("CreateUserPool", { ...planned, mfa_configuration: null });
  const output = await aws.call("CreateUserPool", input);
  const { id = null } = aws.attributesOf("CreateUserPool", output, planned);
  const hasFactors = FACTORS.some((name) => blocks(planned, name).length > 0);
  if (planned["mfa_configuration"] !== "OFF" || hasFactors) await setMfa({ ...planned, id }, aws);
  return { id };
}

async function readPool(known: Attributes, aws: Aws): Promise<Attributes> {
  const output = await aws.call("DescribeUserPool", aws.inputOf("DescribeUserPool", known));
  const mfa = await aws.call("GetUserPoolMfaConfig", aws.inputOf("GetUserPoolMfaConfig", known));
  const UserPool = output["UserPool"] as Wire<sdk.UserPoolType>;
  const managed = { ...output, UserPool: { ...UserPool, SchemaAttributes: managedSchema(UserPool, known) } };
  const found = aws.attributesOf("DescribeUserPool", managed, known);
  const { sms_configuration: _, ...factors } = aws.attributesOf("GetUserPoolMfaConfig", mfa, known, null);
  const isPlanned = isSame(schemaEssence(found), schemaEssence(known));
  return {
    ...found,
    ...factors,
    schema: (isPlanned ? known["schema"] : found["schema"]) ?? [],
    endpoint: `cognito-idp.${aws.region}.amazonaws.com/${found["id"]}`,
  };
}

/** Attributes of users that are not as every pool has them, or that the configuration names; without AWS's prefixes. */
function managedSchema({ SchemaAttributes = [] }: Wire<sdk.UserPoolType>, known: Attributes) {
  const named = blocks(known, "schema").map(({ name }) => name);
  const standard = STANDARD_ATTRIBUTES.map((attribute) => canonical(attribute as Value));
  return SchemaAttributes.filter(
    (attribute) => named.includes(attribute.Name ?? "") || !standard.includes(canonical(attribute as Value)),
  ).map((attribute) => ({ ...attribute, Name: attribute.Name?.replace(/^(dev:)?custom:/, "") }));
}

/** The schema without what says nothing. */
function schemaEssence(attributes: Attributes): Value {
  const saysSomething = (value: Value) => value !== null && value !== false && !isSame(value, []);
  return blocks(attributes, "schema")
    .map((block) => Object.fromEntries(Object.entries(block).filter(([, value]) => saysSomething(value))))
    .sort((one, other) => String(one["name"]).localeCompare(String(other["name"])));
}

async function updatePool(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const changed = Object.keys(planned).filter((name) => !isSame(planned[name], prior[name]));
  if (changed.some((name) => MFA_ATTRIBUTES.includes(name))) await setMfa(planned, aws);
  if (changed.some((name) => !UPDATED_OTHERWISE.includes(name))) {
    const [template = {}] = blocks(planned, "verification_message_template");
    const texts = Object.entries(TEMPLATE_TEXTS).filter(([name]) => changed.includes(name));
    const own = Object.fromEntries(texts.map(([name, text]) => [text, planned[name] ?? null]));
    const messages = { verification_message_template: [{ ...template, ...own }] };
    await aws.call("UpdateUserPool", aws.inputOf("UpdateUserPool", { ...planned, ...messages, tags_all: null }));
  }
  if (changed.includes("schema")) await addAttributes(planned, prior, aws);
}

async function addAttributes(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const [now, before] = [planned, prior].map((attributes) => schemaEssence(attributes) as readonly Attributes[]);
  const isIn = (all: readonly Attributes[] = []) => {
    const known = all.map(canonical);
    return (attribute: Attributes) => known.includes(canonical(attribute));
  };
  if (before?.every(isIn(now)) !== true) throw invalid("cannot modify or remove schema items");
  const schema = now?.filter((attribute) => !isIn(before)(attribute)) ?? [];
  await aws.call("AddCustomAttributes", aws.inputOf("AddCustomAttributes", { ...planned, schema }));
}

export const userPoolResource = defineResource("aws_cognito_user_pool", {
  service: "cognito-idp",
  names: {
    name: ["PoolName", "Name"],
    id: ["Id", "UserPoolId"],
    password_policy: "Policies.PasswordPolicy",
    schema: ["Schema", "SchemaAttributes", "CustomAttributes"],
    sign_in_policy: "Policies.SignInPolicy",
    tags_all: "UserPoolTags",
    "account_recovery_setting.recovery_mechanism": "RecoveryMechanisms",
    "email_configuration.from_email_address": "From",
    sms_authentication_message: ["SmsMfaConfiguration.SmsAuthenticationMessage", "SmsAuthenticationMessage"],
    sms_configuration: ["SmsMfaConfiguration.SmsConfiguration", "SmsConfiguration"],
  },
  output: "UserPool",
  tagging: { tag: "TagResource", untag: "UntagResource" },
  forceNew: ["alias_attributes", "username_attributes", "username_configuration.case_sensitive"],
  defaults: {
    "admin_create_user_config.allow_admin_create_user_only": false,
    deletion_protection: "INACTIVE",
    "email_configuration.email_sending_account": "COGNITO_DEFAULT",
    mfa_configuration: "OFF",
    "verification_message_template.default_email_option": "CONFIRM_WITH_CODE",
  },
  computedBlocks: [
    "admin_create_user_config",
    "password_policy",
    "sign_in_policy",
    "sms_configuration",
    "username_configuration",
    "verification_message_template",
  ],
  keptBlocks: ["account_recovery_setting", "email_configuration", "email_mfa_configuration"],
  // A trigger may rewrite the claims of a token.
  refused: ["lambda_config"],
  create: createPool,
  read: readPool,
  update: updatePool,
  delete: "DeleteUserPool",
});
