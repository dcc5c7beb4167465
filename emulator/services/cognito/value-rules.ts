/** Values that the real provider takes for user pools and what belongs to them. */
import type { ValueRule, ValueRules } from "../../terraform/kind-values";
import {
  all,
  any,
  awsRegion,
  between,
  length,
  must,
  oneOfNumbers,
  oneOfShape,
  oneOfWords,
  pattern,
} from "../../terraform/value-rule";

const VISIBLE = /[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u;
const VISIBLE_OR_SPACE = /[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+/u;

const characters = (value: unknown) => [...String(value)].length;

/** A text for people, counted in characters. */
function message(min: number, max: number, contains: RegExp, otherwise: string): ValueRule {
  return all(
    must(
      (value) => characters(value) >= min,
      (_value, { key }) => `"${key}" cannot be less than ${min} UTF-8 character${min === 1 ? "" : "s"}`,
    ),
    must(
      (value) => characters(value) <= max,
      (_value, { key }) => `"${key}" cannot be longer than ${max} UTF-8 characters`,
    ),
    must(
      (value) => contains.test(String(value)),
      (_value, { key }) => `"${key}" ${otherwise}`,
    ),
  );
}

/** To somebody who is made a user by hand. */
const invitation = (max: number) =>
  all(
    message(6, max, /\{####\}/, "does not contain {####}"),
    must(
      (value) => /\{username\}/.test(String(value)),
      (_value, { key }) => `"${key}" does not contain {username}`,
    ),
  );
const mailWithCode = message(6, 20_000, /\{####\}/, "does not contain {####}");
const smsWithCode = message(6, 140, /\{####\}/, "does not contain {####}");
const SUBJECT = "must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+";
const subject = message(1, 140, VISIBLE_OR_SPACE, SUBJECT);
const TEXT = "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*";

/** Text of so many bytes of which a part matches. */
function name(max: number, expression: RegExp, otherwise: string): ValueRule {
  return all(
    must(
      (value) => value !== "",
      (_value, { key }) => `"${key}" cannot be less than 1 character`,
    ),
    must(
      (value) => Buffer.byteLength(String(value)) <= max,
      (_value, { key }) => `"${key}" cannot be longer than ${max} characters`,
    ),
    must(
      (value) => expression.test(String(value)),
      (_value, { key }) => `"${key}" must satisfy regular expression pattern: ${otherwise}`,
    ),
  );
}

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/user_pool.go */
const userPool: ValueRules = {
  "admin_create_user_config.invite_message_template.email_message": invitation(20_000),
  "admin_create_user_config.invite_message_template.email_subject": subject,
  "admin_create_user_config.invite_message_template.sms_message": invitation(140),
  "email_configuration.reply_to_email_address": any(
    oneOfWords(""),
    pattern(
      /[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u,
      "must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+@[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
    ),
  ),
  "email_mfa_configuration.message": all(
    length(6, 20_000),
    pattern(
      /[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*/u,
      `must satisfy regular expression pattern: ${TEXT}\\{####\\}${TEXT}`,
    ),
  ),
  "email_mfa_configuration.subject": all(length(1, 140), pattern(VISIBLE_OR_SPACE, SUBJECT)),
  email_verification_message: mailWithCode,
  email_verification_subject: message(
    1,
    140,
    VISIBLE_OR_SPACE,
    "can be composed of any kind of letter, symbols, numeric character, punctuation and whitespaces",
  ),
  name: any(length(1, 128), pattern(/[\w\s+=,.@-]+/, "must satisfy regular expression pattern: [\\w\\s+=,.@-]+")),
  "password_policy.minimum_length": between(6, 99),
  "password_policy.password_history_size": between(0, 24),
  "password_policy.temporary_password_validity_days": between(0, 365),
  "schema.name": name(20, VISIBLE, "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"),
  sms_authentication_message: smsWithCode,
  "sms_configuration.sns_region": awsRegion,
  sms_verification_message: smsWithCode,
  "verification_message_template.email_message": mailWithCode,
  "verification_message_template.email_message_by_link": message(
    6,
    20_000,
    /\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}/u,
    `must satisfy regular expression pattern: ${TEXT}\\{##${TEXT}##\\}${TEXT}`,
  ),
  "verification_message_template.email_subject": subject,
  "verification_message_template.email_subject_by_link": subject,
  "verification_message_template.sms_message": smsWithCode,
  "web_authn_configuration.user_verification": oneOfShape("cognito", "UserVerificationType"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/user_pool_domain.go */
const userPoolDomain: ValueRules = {
  domain: length(1, 63),
  managed_login_version: oneOfNumbers(1, 2),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/resource_server.go */
const resourceServer: ValueRules = {
  "scope.scope_description": length(1, 256),
  "scope.scope_name": name(256, /[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+/, "[\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+"),
};

/** By Terraform type. */
export const cognitoRules: Readonly<Record<string, ValueRules>> = {
  aws_cognito_resource_server: resourceServer,
  aws_cognito_user_pool: userPool,
  aws_cognito_user_pool_domain: userPoolDomain,
};
