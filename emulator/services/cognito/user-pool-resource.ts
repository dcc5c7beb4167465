/**
 * The Terraform face of a user pool.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import type { Wire } from "../../protocols/values";
import { type Attributes, blocks, canonical, isSame, type Value } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { STANDARD_ATTRIBUTES } from "./standard-attributes";
import { invalid } from "./user-pool";

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

/** A text stands in one of its two places only. */
function sameSettings(texts: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  const pairs = Object.entries(texts).map(([own, text]) => [own, `verification_message_template.${text}`] as const);
  return Object.fromEntries(
    pairs.flatMap(([own, inBlock]) => [
      [own, [inBlock]],
      [inBlock, [own]],
    ]),
  );
}

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
  const factors = aws.attributesOf("GetUserPoolMfaConfig", mfa, known, null);
  const isPlanned = isSame(schemaEssence(found), schemaEssence(known));
  return {
    ...factors,
    ...found,
    // The real provider leaves them as they are known when AWS has none.
    alias_attributes: UserPool.AliasAttributes?.length
      ? (found["alias_attributes"] ?? null)
      : (known["alias_attributes"] ?? null),
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
    "lambda_config.pre_token_generation_config",
    "admin_create_user_config",
    "password_policy",
    "sign_in_policy",
    "sms_configuration",
    "username_configuration",
    "verification_message_template",
  ],
  keptBlocks: ["account_recovery_setting", "email_configuration", "email_mfa_configuration"],
  relations: {
    conflictsWith: {
      alias_attributes: ["username_attributes"],
      username_attributes: ["alias_attributes"],
      ...sameSettings(TEMPLATE_TEXTS),
    },
    requiredWith: {
      "lambda_config.custom_email_sender": ["lambda_config.kms_key_id"],
      "lambda_config.custom_sms_sender": ["lambda_config.kms_key_id"],
    },
  },
  // This trigger may rewrite the claims of a token; the others are about users, of whom there are none.
  refused: ["lambda_config.pre_token_generation", "lambda_config.pre_token_generation_config"],
  create: createPool,
  read: readPool,
  update: updatePool,
  delete: "DeleteUserPool",
});
