/**
 * What protects, by type of resource: the one table that a review compares a plan with. Texts name attributes in braces,
 * which are shown as code. A text after the label is a sentence without its subject and full stop. Pure.
 */

import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { UPDATED_ISSUER } from "../access-graph/pool-issuer";
import {
  becomes,
  changed,
  higher,
  leaves,
  lost,
  lower,
  narrowed,
  type Predicate,
  raised,
  removed,
  replaced,
  shown,
  turnedOff,
  turnedOn,
  type Values,
  weakened,
  whileOn,
  widened,
} from "./predicates";
import {
  blockedByDefault,
  blockingRulesOf,
  duration,
  lifetimeOf,
  limitAt,
  loggedBy,
  originsOf,
  requestLimitOf,
  retentionOf,
  signInFlowsOf,
  thresholdOf,
  triggerNamesOf,
  triggersOf,
} from "./readers";

/**
 * Attributes, when they protect less, what it comes to (also with `{before}`, `{after}` and `{items}`), and how severe it
 * is: a warning when left out.
 */
export type Row = readonly [
  attributes: string | readonly string[],
  when: Predicate,
  message: string,
  severity?: "critical",
];

/** What is known of a type of resource. All but the label may be left out. */
export interface Protection {
  /** The subject of its sentences. */
  readonly label: string | ((values: Values) => string);
  /** Attributes by which it is the same at another address; none: any other one of the type takes its place. */
  readonly identity?: readonly string[];
  readonly rows?: readonly Row[];
  /** Rows that also hold for a new resource, which is compared with nothing. */
  readonly created?: readonly Row[];
  /** Warning about all of the type that are destroyed, with `{names}`. */
  readonly gone?: string;
  /** What is lost when it is replaced or destroyed, or was deleted outside Terraform: critical. */
  readonly ends?: string | { readonly replace: string; readonly destroy: string };
  /** What it goes on doing when it is only removed from the state: critical. */
  readonly forgotten?: string;
  /** What fails while it is destroyed and not yet created again. */
  readonly gap?: string;
}

const NO_RESTRICTION = "loses its resource policy, which restricts who can call it";
const WITHOUT_DOMAIN = `can get tokens without the domain and without OAuth flows, with all its scopes, through Cognito's API: \`${CLIENT_TOKEN_FLOW}\``;
const UNENCRYPTED = "is no longer encrypted with a customer managed key";
const SILENT = "no longer notifies anyone";
const ANY_CALLER = "can be called by anyone, bypassing API Gateway";
const MORE_ORIGINS = "can be read by web pages of more origins: {items} (was {before})";
const WATCHED = ["namespace", "metric_name", "dimensions", "metric_query", "statistic", "extended_statistic"];
const CERTIFICATES = "mutual_tls_authentication";

const TOKENS_BY_API: Row = ["explicit_auth_flows", becomes(CLIENT_TOKEN_FLOW), WITHOUT_DOMAIN, "critical"];
const OPEN_URL: Row = ["authorization_type", becomes("NONE"), ANY_CALLER, "critical"];

/** In the order in which alerts of the same severity are shown. */
export const PROTECTIONS: Readonly<Record<string, Protection>> = {
  aws_cognito_user_pool: {
    label: "The user pool {name} ({id})",
    rows: [
      [
        "deletion_protection",
        leaves("ACTIVE"),
        "loses its deletion protection: it can be deleted, with every client id",
      ],
      ["mfa_configuration", weakened(["OFF", "OPTIONAL", "ON"]), "requires MFA less strictly: {after} (was {before})"],
      ["admin_create_user_config.allow_admin_create_user_only", turnedOff, "lets anyone sign up as a user", "critical"],
      [
        "issuer_configuration.type",
        becomes("UPDATED"),
        `gets ${UPDATED_ISSUER}: every call with one of its tokens is denied`,
        "critical",
      ],
      [
        "lambda_config",
        widened(triggersOf),
        "invokes other functions, which may change the claims of tokens: {items}",
        "critical",
      ],
      ["lambda_config", lost(triggerNamesOf), "no longer invokes these functions: {items}"],
    ],
    ends: "every client id is no longer valid",
    forgotten: "its tokens stay valid",
  },
  aws_cognito_user_pool_client: {
    label: "The client {name}",
    rows: [
      TOKENS_BY_API,
      ["allowed_oauth_flows", widened(), "can get tokens by more flows: {items}"],
      ["explicit_auth_flows", widened(signInFlowsOf), "can sign users in by more flows: {items}"],
      ["allowed_oauth_flows_user_pool_client", turnedOn, "can get tokens by OAuth, which was turned off"],
      [
        "allowed_oauth_flows_user_pool_client",
        turnedOff,
        "no longer gets tokens from the token endpoint: OAuth is off",
      ],
      ["enable_token_revocation", turnedOff, "gets tokens that can no longer be revoked"],
      ["generate_secret", turnedOff, "loses its secret: its id is enough to get tokens", "critical"],
      ["prevent_user_existence_errors", leaves("ENABLED"), "reveals in its errors which users exist"],
      [
        ["access_token_validity", "token_validity_units"],
        higher(lifetimeOf, duration),
        "gets access tokens that are valid longer: {after} (was {before}). A stolen token can be used for that long",
      ],
    ],
    created: [TOKENS_BY_API],
    ends: {
      replace:
        "its id {id} is no longer valid. It gets a new id and a new secret, which its owner needs before the next call",
      destroy: "its id {id} is no longer valid, and it gets no more tokens",
    },
    forgotten: "its secret still gets tokens with the scopes that it has",
  },
  aws_cognito_user_pool_domain: {
    label: "The token domain {domain}",
    ends: "no client gets a token until it exists again",
    forgotten: "it still issues tokens",
  },
  aws_cognito_resource_server: {
    label: "The resource server {identifier}",
    ends: "tokens with its scopes are no longer issued, and clients lose these scopes until they are granted again",
  },
  aws_api_gateway_rest_api: {
    label: "The API {name}",
    rows: [
      ["policy", removed, NO_RESTRICTION],
      [
        "endpoint_configuration.types",
        leaves("PRIVATE"),
        "becomes reachable from the internet: {after} (was {before})",
        "critical",
      ],
      ["disable_execute_api_endpoint", turnedOff, "can also be called at its own URL, bypassing its domain"],
    ],
    ends: "every URL with its id {id} is no longer valid",
    forgotten: "it can still be called",
  },
  aws_api_gateway_rest_api_policy: {
    label: "The resource policy of the API {rest_api_id}",
    identity: ["rest_api_id"],
    gone: "These APIs lose their resource policies, which restrict who can call them: {names}",
  },
  aws_api_gateway_authorizer: {
    label: "The authorizer {name}",
    identity: [],
    rows: [
      ["provider_arns", widened(), "accepts tokens of more user pools: {items}"],
      ["type", leaves("COGNITO_USER_POOLS"), "no longer checks tokens of a user pool"],
    ],
    gone: "These authorizers are destroyed and no longer check tokens: {names}",
  },
  aws_api_gateway_stage: {
    label: "The stage {stage_name}",
    rows: [
      ["access_log_settings", removed, "loses its access log, which records who called"],
      ["access_log_settings.destination_arn", replaced, "writes its access log to another destination: {after}"],
      ["access_log_settings.format", narrowed(loggedBy), "no longer records in its access log: {items}"],
    ],
  },
  aws_api_gateway_domain_name: {
    label: "The domain {domain_name}",
    identity: ["domain_name"],
    rows: [
      ["security_policy", becomes("TLS_1_0"), "accepts TLS 1.0"],
      [CERTIFICATES, removed, "no longer requires client certificates", "critical"],
      [CERTIFICATES, replaced, "trusts other client certificates"],
    ],
  },
  aws_api_gateway_method: {
    label: "A method {http_method}",
    rows: [
      ["api_key_required", turnedOff, "no longer requires an API key"],
      ["request_validator_id", removed, "no longer validates the parameters and bodies of requests"],
    ],
  },
  aws_api_gateway_method_settings: {
    label: settingsLabel,
    identity: ["method_path"],
    rows: [
      ["settings.throttling_rate_limit", higher(limitAt), "allows more requests per second: {after} (was {before})"],
      ["settings.throttling_burst_limit", higher(limitAt), "allows larger bursts: {after} requests (was {before})"],
      ["settings.data_trace_enabled", turnedOn, "logs requests and responses, which may contain tokens"],
      ["settings.logging_level", leaves("OFF"), "turns on execution logs, which may contain request data"],
      [
        ["settings.cache_data_encrypted", "settings.require_authorization_for_cache_control"],
        whileOn("settings.caching_enabled", turnedOff),
        "protects its cache less: {items} is off",
      ],
    ],
  },
  aws_api_gateway_gateway_response: {
    label: "A gateway response",
    identity: ["response_type"],
    rows: [[["response_parameters", "response_templates"], widened(originsOf), MORE_ORIGINS]],
  },
  aws_api_gateway_integration_response: {
    label: "A response to {http_method}",
    rows: [[["response_parameters", "response_templates"], widened(originsOf), MORE_ORIGINS]],
  },
  aws_wafv2_web_acl: {
    label: "The firewall {name}",
    identity: ["name"],
    rows: [
      [
        ["rule_json", "rule"],
        higher(requestLimitOf),
        "allows more requests from one IP address in five minutes: {after} (was {before})",
      ],
      [["rule_json", "rule"], lost(blockingRulesOf), "no longer blocks requests by these rules: {items}"],
      ["default_action", lost(blockedByDefault), "allows requests that match no rule, which it blocked", "critical"],
    ],
  },
  aws_wafv2_web_acl_association: {
    label: "The firewall of {resource_arn}",
    identity: ["resource_arn"],
    rows: [
      ["resource_arn", changed, "is detached from it, and no longer limits requests from one IP address"],
      ["web_acl_arn", changed, "is replaced by another one: {after}"],
    ],
    gone: "The firewall, which limits requests from one IP address, is detached from {names}",
  },
  aws_cloudwatch_metric_alarm: {
    label: "The alarm {alarm_name}",
    identity: ["alarm_name"],
    rows: [
      ["actions_enabled", turnedOff, SILENT],
      ["alarm_actions", removed, SILENT],
      ["alarm_actions", narrowed(), "no longer notifies {items}"],
      [[...WATCHED, "comparison_operator"], changed, "monitors something else: {items}"],
      ["threshold", higher(thresholdOf, absolute), "is raised later: its threshold is {after} (was {before})"],
      [
        ["evaluation_periods", "datapoints_to_alarm", "period"],
        raised,
        "is raised later: {items} is {after} (was {before})",
      ],
    ],
    gone: "These alarms are destroyed and no longer notify anyone: {names}",
  },
  aws_cloudwatch_log_group: {
    label: "The log group {name}",
    identity: ["name"],
    rows: [
      ["retention_in_days", lower(retentionOf), "keeps its log events for fewer days: {after} (was {before})"],
      ["kms_key_id", removed, UNENCRYPTED],
    ],
    gone: "These log groups are destroyed with all their log events: {names}",
  },
  aws_secretsmanager_secret: {
    label: "The secret {name}",
    identity: ["name"],
    rows: [
      ["recovery_window_in_days", becomes(0), "can no longer be restored once it is deleted"],
      ["kms_key_id", removed, UNENCRYPTED],
    ],
    ends: "services no longer find their credentials in it",
    forgotten: "its readers can still read it",
  },
  aws_secretsmanager_secret_policy: {
    label: "The policy of the secret {secret_arn}",
    identity: ["secret_arn"],
    rows: [["block_public_policy", turnedOff, "may be made public"]],
  },
  aws_kms_key: {
    label: "The key {description|id}",
    rows: [
      ["is_enabled", turnedOff, "is disabled: data that it encrypts cannot be read", "critical"],
      ["enable_key_rotation", turnedOff, "is no longer rotated"],
    ],
    ends: "data that it encrypts can no longer be read",
  },
  aws_iam_role: {
    label: "The role {name}",
    identity: ["name"],
    rows: [
      ["permissions_boundary", removed, "loses its permissions boundary {before}"],
      ["permissions_boundary", replaced, "gets another permissions boundary: {after} (was {before})"],
      ["managed_policy_arns", widened(), "is granted all permissions of these policies: {items}"],
    ],
  },
  aws_iam_role_policy: {
    label: "A policy of the role {role}",
    identity: ["role", "name"],
    forgotten: "the role keeps its permissions",
  },
  aws_iam_role_policy_attachment: { label: "A policy of the role {role}", identity: ["role", "policy_arn"] },
  aws_lambda_function: {
    label: "The function {function_name}",
    identity: ["function_name"],
    rows: [["role", changed, "runs as another role: {after} (was {before})"]],
    gap: "its routes answer 500",
  },
  aws_lambda_function_url: {
    label: "The URL of the function {function_name}",
    identity: ["function_name"],
    rows: [OPEN_URL],
    created: [
      OPEN_URL,
      ["authorization_type", becomes("AWS_IAM"), "can be called by principals that IAM allows, bypassing API Gateway"],
    ],
    forgotten: "it can still be called",
  },
  aws_lambda_permission: {
    label: "A permission to invoke the function {function_name}",
    forgotten: "it stays in effect",
    gap: "routes that need it answer 500",
  },
};

function settingsLabel({ method_path }: Values): string {
  if (method_path === "*/*") return "The stage";
  return `The route ${shown(String(method_path).replaceAll("~1", "/"))}`;
}

function absolute(threshold: number): string {
  return String(Math.abs(threshold));
}
