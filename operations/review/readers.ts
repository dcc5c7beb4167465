/** What the attributes of a resource come to: quantities and lists that its protection is measured by. Pure. */
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { tokenLifetime } from "../deployed/token-lifetime";
import { listAt, type Values, valueAt, valuesIn } from "./predicates";

/** Lifetime of a client's access tokens, in seconds. */
export function lifetimeOf(values: Values): number {
  const validity = Number(values["access_token_validity"] ?? 0);
  return tokenLifetime(validity, String(valueAt(values, "token_validity_units.access_token") ?? "hours"));
}

/** `90 minutes`. */
export function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${(seconds / 60).toLocaleString("en")} minutes` : `${seconds} seconds`;
}

/** Flows by which a client signs users in, without the one that gets tokens through Cognito's API. */
export function signInFlowsOf(values: Values): readonly string[] {
  return listAt(values, "explicit_auth_flows").filter((flow) => flow !== CLIENT_TOKEN_FLOW);
}

/** A user pool's Lambda triggers, with what each invokes. */
export function triggersOf(values: Values): readonly string[] {
  return Object.entries(valuesIn(values["lambda_config"]))
    .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== null && value !== ""))
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
}

/** Names of a user pool's Lambda triggers. */
export function triggerNamesOf(values: Values): readonly string[] {
  return triggersOf(values).map((trigger) => trigger.split(" ", 1).join());
}

/** Variables in the lines of an access log. */
export function loggedBy(values: Values): readonly string[] {
  return String(valueAt(values, "access_log_settings.format") ?? "").match(/\$context\.[\w.]+/g) ?? [];
}

/** A limit of API Gateway, whose -1 is the account's. */
export function limitAt(values: Values, path: string): number {
  const value = Number(valueAt(values, path) ?? -1);
  return value < 0 ? Number.POSITIVE_INFINITY : value;
}

/** Days of a log group's retention; its 0 never expires. */
export function retentionOf({ retention_in_days }: Values): number {
  return Number(retention_in_days ?? 0) || Number.POSITIVE_INFINITY;
}

/** An alarm's threshold; negative where the alarm is raised by values below it, so that a higher one is raised later. */
export function thresholdOf({ threshold, comparison_operator }: Values): number {
  return String(comparison_operator).startsWith("Less") ? -Number(threshold) : Number(threshold);
}

const ALLOW_ORIGIN = /\.access-control-allow-origin$/i;

/** Origins in a mapping template that answers by the request's: what its header is compared with, and what is returned. */
const IN_TEMPLATES = [
  /\.get\('origin'\)\s*==\s*'([^']*)'/gi,
  /responseOverride\.header\.Access-Control-Allow-Origin\s*=\s*'([^']*)'/gi,
];

/** Origins whose pages a browser lets read the response. */
export function originsOf(values: Values): readonly string[] {
  const fixed = Object.entries(valuesIn(values["response_parameters"]))
    .filter(([name]) => ALLOW_ORIGIN.test(name))
    .map(([, value]) => String(value).replace(/^'(.*)'$/, "$1"));
  const templates = Object.values(valuesIn(values["response_templates"])).map(String);
  const chosen = templates.flatMap((text) =>
    IN_TEMPLATES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, origin = ""]) => origin)),
  );
  return [...new Set([...fixed, ...chosen])].toSorted();
}

const BLOCKING: readonly string[] = ["block", "captcha", "challenge"];

/** The lowest limit of requests of one address; infinite when no rule that blocks has one. */
export function requestLimitOf(values: Values): number {
  const limits = rulesOf(values).flatMap(({ isBlocking, limit }) => (isBlocking ? [limit] : []));
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

/** Names of the firewall's rules that block without a limit. */
export function blockingRulesOf(values: Values): readonly string[] {
  const rules = rulesOf(values).filter(({ isBlocking, limit }) => isBlocking && limit === Number.POSITIVE_INFINITY);
  return rules.map(({ name }) => name);
}

/** `block` where the firewall blocks what no rule matches. */
export function blockedByDefault(values: Values): readonly string[] {
  return isBlock(valueAt(values, "default_action.block")) ? ["block"] : [];
}

interface Rule {
  readonly name: string;
  /** Whether requests that match are stopped; some rules only count. */
  readonly isBlocking: boolean;
  /** Requests of one address. */
  readonly limit: number;
}

/** Rules that are blocks of the resource, and those written as JSON, in which WAF's names begin with capitals. */
function rulesOf({ rule_json, rule }: Values): readonly Rule[] {
  return [...listIn(rule_json), ...(Array.isArray(rule) ? rule : [])].map((value: unknown) => {
    const { name, action, override_action, overrideaction } = lowerCased(value);
    const overrides = lowerCased(override_action ?? overrideaction);
    const actions = lowerCased(action);
    const limits = [...JSON.stringify(value).matchAll(/"limit":\s*(\d+)/gi)].map(([, text]) => Number(text));
    return {
      name: String(name ?? "?"),
      isBlocking: BLOCKING.some((one) => isBlock(actions[one])) || isBlock(overrides["none"]),
      limit: Math.min(Number.POSITIVE_INFINITY, ...limits),
    };
  });
}

/** Items of a JSON list; none when it cannot be parsed. */
export function listIn(json: unknown): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(String(json));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** A block without attributes is a list of `null` or `{}` in a plan, and an object in JSON. */
function isBlock(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null;
}

function lowerCased(value: unknown): Values {
  return Object.fromEntries(Object.entries(valuesIn(value)).map(([name, inner]) => [name.toLowerCase(), inner]));
}
