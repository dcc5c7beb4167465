/** What the firewall stops, by type. Pure. */

import { codes } from "../../platform/markdown";
import { caution } from "./alert";
import {
  blockOf,
  isOther,
  isThere,
  type Loss,
  type Protections,
  shown,
  type Values,
  valuesIn,
} from "./protected-values";

/** A rule, as far as it is compared. */
interface Rule {
  readonly name: string;
  /** Whether whoever it is about is stopped. Rules that only count stop nobody. */
  readonly isStopping: boolean;
  /** The most requests of one address; `undefined` when it counts none. */
  readonly limit: number | undefined;
}

const STOPPING: readonly string[] = ["block", "captcha", "challenge"];

const firewall = ({ name }: Values) => `The firewall ${shown(name)}`;

const LOSSES: readonly Loss[] = [
  (before, after) => {
    const [old, now] = [strictest(before), strictest(after)];
    if (old === undefined || now === old) return undefined;
    if (now === undefined) return `${firewall(before)} loses its limit of requests of one address.`;
    const limits = `${now.toLocaleString("en")} requests of one address in five minutes, before ${old.toLocaleString("en")}`;
    return now > old ? `${firewall(before)} lets more through: ${limits}.` : undefined;
  },
  (before, after) => {
    const now = rulesOf(after);
    const lost = rulesOf(before)
      .filter((rule) => rule.isStopping && rule.limit === undefined)
      .filter(({ name }) => !now.some((rule) => rule.name === name && rule.isStopping))
      .map(({ name }) => name);
    return lost.length > 0 ? `${firewall(before)} stops nobody any more by these rules: ${codes(lost)}.` : undefined;
  },
  (before, after) =>
    isThere(before["default_action"]) &&
    isBlocking(blockOf(before, "default_action")) &&
    !isBlocking(blockOf(after, "default_action"))
      ? caution(`${firewall(before)} lets everything through that no rule is about, which it blocked.`)
      : undefined,
];

const ASSOCIATION_LOSSES: readonly Loss[] = [
  (before, after) =>
    isOther(before, after, "resource_arn")
      ? `The firewall leaves ${shown(before["resource_arn"])}: nothing stops an address from calling it too often.`
      : undefined,
  (before, after) =>
    isOther(before, after, "web_acl_arn")
      ? `Another firewall stands before ${shown(before["resource_arn"])}: ${shown(after["web_acl_arn"])}.`
      : undefined,
];

/** Of the firewall, and of what it stands before. */
export const FIREWALL_PROTECTIONS: Protections = {
  aws_wafv2_web_acl: { called: firewall, attributes: ["rule_json", "rule", "default_action"], losses: LOSSES },
  aws_wafv2_web_acl_association: {
    called: ({ resource_arn }) => `The firewall before ${shown(resource_arn)}`,
    attributes: ["resource_arn", "web_acl_arn"],
    losses: ASSOCIATION_LOSSES,
  },
};

function strictest(values: Values): number | undefined {
  const limits = rulesOf(values).flatMap(({ isStopping, limit }) => (isStopping && limit !== undefined ? [limit] : []));
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Those written as JSON, which WAF's own API spells with capitals, and those that are blocks. */
function rulesOf({ rule_json, rule }: Values): readonly Rule[] {
  const written = typeof rule_json === "string" && rule_json !== "" ? parsed(rule_json) : [];
  return [...written, ...(Array.isArray(rule) ? rule : [])].map(ruleIn);
}

function ruleIn(value: unknown): Rule {
  const rule = lowered(valuesIn(value));
  const actions = lowered(inner(rule["action"]));
  const overrides = lowered(inner(rule["override_action"] ?? rule["overrideaction"]));
  const isStopping = STOPPING.some((name) => isThereBlock(actions[name])) || isThereBlock(overrides["none"]);
  const [limit] = [...JSON.stringify(value).matchAll(/"limit":\s*(\d+)/gi)]
    .map(([, text]) => Number(text))
    .toSorted((a, b) => a - b);
  return { name: String(rule["name"] ?? "?"), isStopping, limit };
}

function isBlocking(action: Values): boolean {
  return isThereBlock(action["block"]);
}

/** A block without attributes is a list of `null` or of nothing in it, and an object in JSON. */
function isThereBlock(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null;
}

function inner(value: unknown): Values {
  return valuesIn(Array.isArray(value) ? value[0] : value);
}

function lowered(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}

function parsed(json: string): readonly unknown[] {
  try {
    const rules: unknown = JSON.parse(json);
    return Array.isArray(rules) ? rules : [];
  } catch {
    return [];
  }
}
