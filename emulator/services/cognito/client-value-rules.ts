/** Values that the real provider takes for app clients, which it has built on Terraform's newer framework. */
import type { ValueRules } from "../../terraform/kind-values";
import { all } from "../../terraform/value-rule";
import {
  mustBeBetween,
  mustHaveAtMost,
  mustHaveCharacters,
  mustHaveLength,
  mustMatch,
} from "../../terraform/value-rule-framework";

const visible = mustMatch(
  /[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u,
  "can include any valid Unicode letter, combining character, symbol, number, or punctuation",
);
const url = all(mustHaveCharacters(1, 1024), visible);

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cognitoidp/user_pool_client.go */
export const cognitoUserPoolClient: ValueRules = {
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
};
