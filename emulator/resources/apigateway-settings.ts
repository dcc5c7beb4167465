/** Settings of a stage's methods: for all of them, or for one in place of those for all. */
import type { Account } from "../account";
import { type Attributes, blocks, number, text } from "../attributes";
import { defineKind } from "../provider/kind";
import { partOfApi, requireApi } from "./apigateway";
import { requireLoggingRole } from "./apigateway-account";
import { partOfStage, requireStage, touchStage } from "./apigateway-deployment";
import { badRequest, slashed } from "./apigateway-rules";

/** Path of the settings that count for every method without settings of its own. */
export const ALL_METHODS = "*/*";

const VERBS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const LONGEST_CACHE_SECONDS = 3600;

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_settings */
export const methodSettings = defineKind("aws_api_gateway_method_settings", {
  decimals: ["settings.throttling_rate_limit"],
  forceNew: ["method_path", "rest_api_id", "stage_name"],
  // A method's own settings take nothing over from those for all: what they leave out is off.
  defaults: { "settings.throttling_burst_limit": -1, "settings.throttling_rate_limit": -1 },
  importId: slashed("rest_api_id", "stage_name", "method_path"),
  create(given, place) {
    requireApi(given, place);
    const stage = requireStage(given, place);
    const path = text(given, "method_path");
    const [settings = {}] = blocks(given, "settings");
    checkPath(path, settings);
    checkSettings(settings);
    if (needsRole(settings)) requireLoggingRole(place);
    touchStage(stage, place);
    const id = `${text(given, "rest_api_id")}-${text(given, "stage_name")}-${path}`;
    return { id, settings: [withDefaults(settings)] };
  },
  update(given, _prior, place) {
    const [settings = {}] = blocks(given, "settings");
    checkSettings(settings);
    if (needsRole(settings)) requireLoggingRole(place);
    touchStage(requireStage(given, place), place);
    return { settings: [withDefaults(settings)] };
  },
});

partOfApi(methodSettings);
partOfStage(
  methodSettings,
  (settings, stage) =>
    settings["rest_api_id"] === stage["rest_api_id"] && settings["stage_name"] === stage["stage_name"],
);

/**
 * Settings that count for a method of a stage: its own or, without any, those for all methods.
 *
 * @param resourcePath path of the resource with its braces, such as `/orders/{id}`
 * @param httpMethod method of the call, never `ANY`
 * @returns the block `settings`, or `undefined` when the stage has none that count
 */
export function settingsOf(
  account: Account,
  stage: Attributes,
  resourcePath: string,
  httpMethod: string,
): Attributes | undefined {
  const ofStage = account
    .list(methodSettings.type)
    .filter(
      ({ rest_api_id, stage_name }) => rest_api_id === stage["rest_api_id"] && stage_name === stage["stage_name"],
    );
  const wanted = normalised(`${resourcePath}/${httpMethod}`);
  const own = ofStage.find((settings) => normalised(text(settings, "method_path")) === wanted);
  const found = own ?? ofStage.find(({ method_path }) => method_path === ALL_METHODS);
  return found && blocks(found, "settings")[0];
}

/** `orders/GET`, whether it was written with its first slash or not, with `~1` for slashes or without. */
function normalised(methodPath: string): string {
  return methodPath
    .replaceAll("~1", "/")
    .replace(/^\/+/, "")
    .replace(/\/+(?=[A-Z]+$)/, "/");
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch */
function checkPath(path: string, settings: Attributes): void {
  const method = path.split("/").at(-1) ?? "";
  const resource = path.slice(0, -method.length - 1);
  // A method that is made for ANY has settings for each verb by itself.
  if (path === ALL_METHODS || (VERBS.includes(method) && resource !== "" && !resource.includes("*"))) return;
  const setting = settings["caching_enabled"] === null ? "throttling/burstLimit" : "caching/enabled";
  throw badRequest(
    `Invalid method setting path: /${path}/${setting}. Must be */* or {resourcePath}/{httpMethod} with a method of ${VERBS.join(", ")}`,
  );
}

/** What API Gateway takes for the life of a cached answer. */
function checkSettings(settings: Attributes): void {
  const seconds = number(settings, "cache_ttl_in_seconds", 0);
  if (seconds >= 0 && seconds <= LONGEST_CACHE_SECONDS) return;
  throw badRequest(`cache_ttl_in_seconds is ${seconds}, expected 0 to ${LONGEST_CACHE_SECONDS}`);
}

function needsRole(settings: Attributes): boolean {
  return settings["data_trace_enabled"] === true || ["ERROR", "INFO"].includes(`${settings["logging_level"]}`);
}

function withDefaults(settings: Attributes): Attributes {
  const or = (name: string, fallback: Attributes[string]) => ({ [name]: settings[name] ?? fallback });
  return {
    ...settings,
    ...or("cache_data_encrypted", false),
    ...or("cache_ttl_in_seconds", 300),
    ...or("caching_enabled", false),
    ...or("data_trace_enabled", false),
    ...or("logging_level", "OFF"),
    ...or("metrics_enabled", false),
    ...or("require_authorization_for_cache_control", true),
    ...or("unauthorized_cache_control_header_strategy", "SUCCEED_WITH_RESPONSE_HEADER"),
  };
}
