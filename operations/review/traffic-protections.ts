/** What limits and logs how methods are called, and which web pages may read the answers, by type. Pure. */
import { codes } from "../../platform/markdown";
import { blockOf, isLost, type Loss, type Protections, shown, type Values } from "./protected-values";

/** API Gateway's word for "the account's limits". */
const UNLIMITED = -1;

const LIMITS: readonly (readonly [attribute: string, what: string])[] = [
  ["throttling_rate_limit", "requests per second"],
  ["throttling_burst_limit", "burst"],
];

const ALLOW_ORIGIN = /\.access-control-allow-origin$/i;

/** Origins in a template that chooses by the request's: what is compared with its header, and what is answered. */
const IN_TEMPLATES = [
  /\.get\('origin'\)\s*==\s*'([^']*)'/gi,
  /responseOverride\.header\.Access-Control-Allow-Origin\s*=\s*'([^']*)'/gi,
];

const SETTINGS_LOSSES: readonly Loss[] = [
  raisedThrottling,
  (before, after) => {
    const [old, now] = [blockOf(before, "settings"), blockOf(after, "settings")];
    const isOn = (block: Values) => block["data_trace_enabled"] === true || (block["logging_level"] ?? "OFF") !== "OFF";
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
];

/** Of what is between a call and its answer. */
export const TRAFFIC_PROTECTIONS: Protections = {
  aws_api_gateway_method_settings: {
    called: (values) => `Of ${methodsOf(values)} the settings`,
    attributes: [
      "settings.throttling_rate_limit",
      "settings.throttling_burst_limit",
      "settings.data_trace_enabled",
      "settings.logging_level",
    ],
    losses: SETTINGS_LOSSES,
  },
  aws_api_gateway_gateway_response: {
    called: ({ response_type }) => `The API's own answer ${shown(response_type)}`,
    attributes: ["response_parameters"],
    losses: [moreOrigins("the API's own answers")],
  },
  aws_api_gateway_integration_response: {
    called: ({ http_method }) => `An answer to ${shown(http_method)}`,
    attributes: ["response_parameters"],
    losses: [moreOrigins("answers of routes")],
  },
};

/** The limits of settings that are higher than before, or lifted. */
export function raisedThrottling(before: Values, after: Values): string | undefined {
  const raised = LIMITS.filter(([name]) => limitOf(after, name) > limitOf(before, name));
  if (raised.length === 0) return undefined;
  const isLifted = raised.some(([name]) => limitOf(after, name) === Number.POSITIVE_INFINITY);
  const told = raised.map(([name, what]) => `${what} ${limit(before, name)} → ${limit(after, name)}`).join("; ");
  return `Throttling is ${isLifted ? "lifted" : "raised"} for ${methodsOf(before)}: ${told}.`;
}

/** The methods that settings are for. @returns words with the route as code */
function methodsOf({ method_path }: Values): string {
  return method_path === "*/*"
    ? "the methods of the stage"
    : `calls of ${shown(String(method_path).replaceAll("~1", "/"))}`;
}

/** Browsers let a page of another origin read an answer only if it is named in it. */
function moreOrigins(what: string): Loss {
  return (before, after) => {
    const old = originsOf(before);
    const more = originsOf(after).filter((origin) => !old.includes(origin));
    if (more.length === 0 || old.includes("*")) return undefined;
    const anybody = more.includes("*") ? " Any page in a browser may, then." : "";
    const earlier = old.length === 0 ? "" : `, before ${codes(old)}`;
    return `Web pages of other origins may read ${what}: ${codes(more)}${earlier}.${anybody}`;
  };
}

function originsOf(values: Values): readonly string[] {
  const parameters = Object.entries(blockOf(values, "response_parameters"));
  const fixed = parameters.filter(([name]) => ALLOW_ORIGIN.test(name)).map(([, value]) => unquoted(String(value)));
  const templates = Object.values(blockOf(values, "response_templates")).map(String);
  const chosen = templates.flatMap((text) =>
    IN_TEMPLATES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, origin = ""]) => origin)),
  );
  return [...new Set([...fixed, ...chosen])].toSorted();
}

function unquoted(text: string): string {
  return text.replace(/^'(.*)'$/, "$1");
}

function limitOf(values: Values, name: string): number {
  const value = Number(blockOf(values, "settings")[name] ?? UNLIMITED);
  return value < 0 ? Number.POSITIVE_INFINITY : value;
}

function limit(values: Values, name: string): string {
  const value = limitOf(values, name);
  return value === Number.POSITIVE_INFINITY ? "the account's limit" : value.toLocaleString("en");
}
