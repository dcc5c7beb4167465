/**
 * What protects, by type: each function is told the attributes of one resource before and after, and says what is lost,
 * or nothing. Pure.
 */
import { code, codes } from "./markdown-text";

/** Attributes of a resource. */
export type Values = Readonly<Record<string, unknown>>;

/** @returns one line of Markdown; `undefined` when nothing is lost */
export type Protection = (before: Values, after: Values) => string | undefined;

/** API Gateway's word for "the account's limits". */
const UNLIMITED = -1;

/** Versions of TLS below those that AWS recommends. */
const OLD_TLS = /^TLS_1_0$/;

/** All that is looked at. */
export const PROTECTIONS: Readonly<Record<string, readonly Protection[]>> = {
  aws_cognito_user_pool: [
    (before, after) =>
      before["deletion_protection"] === "ACTIVE" && after["deletion_protection"] !== "ACTIVE"
        ? `The user pool ${named(before)} loses its deletion protection: it can be deleted then, with every client id.`
        : undefined,
  ],
  aws_cognito_user_pool_client: [
    (before, after) => {
      const more = added(before, after, "allowed_oauth_flows");
      return more.length > 0 ? `The client ${named(before)} may get tokens by more flows: ${codes(more)}.` : undefined;
    },
    (before, after) =>
      isLost(before, after, "enable_token_revocation")
        ? `Tokens of the client ${named(before)} cannot be revoked any more.`
        : undefined,
  ],
  aws_api_gateway_authorizer: [
    (before, after) => {
      const more = added(before, after, "provider_arns");
      return more.length > 0
        ? `The authorizer ${named(before)} takes tokens of more user pools: ${codes(more)}.`
        : undefined;
    },
    (before, after) =>
      before["type"] === "COGNITO_USER_POOLS" && after["type"] !== "COGNITO_USER_POOLS"
        ? `The authorizer ${named(before)} does not check tokens of a user pool any more.`
        : undefined,
  ],
  aws_api_gateway_method_settings: [
    (before, after) => {
      const [old, now] = [blockOf(before, "settings"), blockOf(after, "settings")];
      const isLifted = ["throttling_rate_limit", "throttling_burst_limit"].some(
        (name) => Number(old[name] ?? UNLIMITED) >= 0 && Number(now[name] ?? UNLIMITED) < 0,
      );
      return isLifted ? `Throttling is lifted for ${methodsOf(before)}.` : undefined;
    },
    (before, after) => {
      const [old, now] = [blockOf(before, "settings"), blockOf(after, "settings")];
      const isOn = (block: Values) =>
        block["data_trace_enabled"] === true || (block["logging_level"] ?? "OFF") !== "OFF";
      return isOn(now) && !isOn(old)
        ? `Execution logs of ${methodsOf(before)} are turned on: they may hold what callers send, tokens included.`
        : undefined;
    },
    (before, after) => {
      const [old, now] = [blockOf(before, "settings"), blockOf(after, "settings")];
      const names = ["cache_data_encrypted", "require_authorization_for_cache_control"];
      const lost = names.filter((name) => now["caching_enabled"] === true && isLost(old, now, name));
      return lost.length > 0 ? `The cache of ${methodsOf(before)} loses ${codes(lost)}.` : undefined;
    },
  ],
  aws_api_gateway_stage: [
    (before, after) =>
      isThere(before["access_log_settings"]) && !isThere(after["access_log_settings"])
        ? `The stage ${code(String(before["stage_name"]))} loses its access log: nobody can see any more who called.`
        : undefined,
  ],
  aws_api_gateway_domain_name: [
    (before, after) =>
      before["security_policy"] !== after["security_policy"] && OLD_TLS.test(String(after["security_policy"]))
        ? `The domain ${code(String(before["domain_name"]))} takes connections by TLS 1.0 again.`
        : undefined,
  ],
  aws_cloudwatch_metric_alarm: [
    (before, after) =>
      isLost(before, after, "actions_enabled") || (isThere(before["alarm_actions"]) && !isThere(after["alarm_actions"]))
        ? `The alarm ${code(String(before["alarm_name"]))} tells nobody any more.`
        : undefined,
  ],
  aws_secretsmanager_secret: [
    (before, after) =>
      Number(before["recovery_window_in_days"]) > 0 && after["recovery_window_in_days"] === 0
        ? `The secret ${named(before)} cannot be restored any more once it is deleted.`
        : undefined,
    (before, after) =>
      isThere(before["kms_key_id"]) && !isThere(after["kms_key_id"])
        ? `The secret ${named(before)} is not encrypted by a key of its own any more.`
        : undefined,
  ],
  aws_secretsmanager_secret_policy: [
    (before, after) =>
      isLost(before, after, "block_public_policy")
        ? `The policy of the secret ${code(String(before["secret_arn"]))} may be made public from then on.`
        : undefined,
  ],
  aws_wafv2_web_acl: [
    (before, after) => {
      const [old, now] = [limitOf(before), limitOf(after)];
      if (old === undefined || now === old) return undefined;
      if (now === undefined) return `The firewall ${named(before)} loses its limit of requests of one address.`;
      const limits = `${now.toLocaleString("en")} requests of one address in five minutes, before ${old.toLocaleString("en")}`;
      return now > old ? `The firewall ${named(before)} lets more through: ${limits}.` : undefined;
    },
  ],
};

function named({ name }: Values): string {
  return code(String(name ?? "?"));
}

function methodsOf({ method_path }: Values): string {
  return method_path === "*/*"
    ? "the methods of the stage"
    : `calls of ${code(String(method_path).replaceAll("~1", "/"))}`;
}

function isLost(before: Values, after: Values, name: string): boolean {
  return before[name] === true && after[name] !== true;
}

function added(before: Values, after: Values, name: string): readonly string[] {
  const old = textsIn(before[name]);
  return textsIn(after[name]).filter((text) => !old.includes(text));
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === "string" && value !== "";
}

function blockOf(values: Values, name: string): Values {
  const block: unknown = values[name];
  const inner: unknown = Array.isArray(block) ? block[0] : block;
  return typeof inner === "object" && inner !== null ? (inner as Values) : {};
}

/** The strictest limit of the rules, which are JSON as WAF's own API spells it; rules that only count stop nobody. */
function limitOf({ rule_json }: Values): number | undefined {
  const rules = String(rule_json ?? "");
  if (!rules.includes('"Block"')) return undefined;
  const limits = [...rules.matchAll(/"Limit":\s*(\d+)/g)].map(([, limit]) => Number(limit));
  return limits.length === 0 ? undefined : Math.min(...limits);
}
