/** Values that the real provider accepts for user pools and what belongs to them. */
import type { ValueRule, ValueRules } from "../../terraform/kind-values";
import { all, any, between, length, must, oneOfNumbers, pattern } from "../../terraform/value-rule";
import {
  mustBeBetween,
  mustHaveAtMost,
  mustHaveCharacters,
  mustHaveLength,
  mustMatch,
} from "../../terraform/value-rule-framework";

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

const withCode = (max: number) => message(6, max, /\{####\}/, "does not contain {####}");

const invitation = (max: number) =>
  all(
    withCode(max),
    must(
      (value) => /\{username\}/.test(String(value)),
      (_value, { key }) => `"${key}" does not contain {username}`,
    ),
  );

const scopeName = all(
  must(
    (value) => value !== "",
    (_value, { key }) => `"${key}" cannot be less than 1 character`,
  ),
  must(
    (value) => Buffer.byteLength(String(value)) <= 256,
    (_value, { key }) => `"${key}" cannot be longer than 256 characters`,
  ),
  must(
    (value) => /[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+/.test(String(value)),
    (_value, { key }) => `"${key}" must satisfy regular expression pattern: [\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+`,
  ),
);

const visible = mustMatch(
  /[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u,
  "can include any valid Unicode letter, combining character, symbol, number, or punctuation",
);
const url = all(mustHaveCharacters(1, 1024), visible);

/**
 * By Terraform type. The provider has built app clients on Terraform's plugin framework.
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/user_pool.go
 */
export const cognitoRules: Readonly<Record<string, ValueRules>> = {
  aws_cognito_resource_server: { "scope.scope_description": length(1, 256), "scope.scope_name": scopeName },
  aws_cognito_user_pool: {
    "admin_create_user_config.invite_message_template.email_message": invitation(20_000),
    "admin_create_user_config.invite_message_template.email_subject": message(
      1,
      140,
      /[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+/u,
      "must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+",
    ),
    "admin_create_user_config.invite_message_template.sms_message": invitation(140),
    email_verification_message: withCode(20_000),
    name: any(length(1, 128), pattern(/[\w\s+=,.@-]+/, "must satisfy regular expression pattern: [\\w\\s+=,.@-]+")),
    "password_policy.minimum_length": between(6, 99),
    "password_policy.password_history_size": between(0, 24),
    "password_policy.temporary_password_validity_days": between(0, 365),
    sms_verification_message: withCode(140),
  },
  aws_cognito_user_pool_client: {
    analytics_configuration: mustHaveAtMost("list", 1),
    allowed_oauth_flows: mustHaveAtMost("set", 3),
    allowed_oauth_scopes: mustHaveAtMost("set", 50),
    auth_session_validity: mustBeBetween(3, 15),
    callback_urls: mustHaveAtMost("set", 100),
    "callback_urls[]": url,
    default_redirect_uri: url,
    logout_urls: mustHaveAtMost("set", 100),
    "logout_urls[]": url,
    name: all(
      mustHaveLength(1, 128),
      mustMatch(/[\w\s+=,.@-]+/, 'can include any letter, number, space, tab, or one of "+=,.@-"'),
    ),
    refresh_token_rotation: mustHaveAtMost("list", 1),
    "refresh_token_rotation.retry_grace_period_seconds": mustBeBetween(0, 60),
    "supported_identity_providers[]": all(mustHaveCharacters(1, 32), visible),
    token_validity_units: mustHaveAtMost("list", 1),
  },
  aws_cognito_user_pool_domain: { domain: length(1, 63), managed_login_version: oneOfNumbers(1, 2) },
};
