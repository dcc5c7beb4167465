/**
 * Settings of a stage's methods: for all of them, or for one in place of those for all. They are a part of the stage,
 * and only `UpdateStage` changes them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_settings
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { AwsError } from "../../errors";
import type { Wire } from "../../protocols/values";
import { type Attributes, blocks, isSame, number, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { badRequest } from "./rules";
import type { StageRecord } from "./stage";

/** Settings of one method, or of all. */
export type MethodSetting = Wire<sdk.MethodSetting>;

/** Path of the settings of every method without settings of its own. */
const ALL_METHODS = "*/*";
const VERBS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const MAX_CACHE_SECONDS = 3600;

/** What a setting is before it is set (recorded). The level of logging is absent. */
const DEFAULTS: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
};

/** Each setting with the end of its path in a patch, and how its text is read; in AWS's order. */
const SETTINGS: readonly (readonly [member: keyof MethodSetting, path: string, read: (text: string) => unknown])[] = [
  ["metricsEnabled", "metrics/enabled", readBoolean],
  ["dataTraceEnabled", "logging/dataTrace", readBoolean],
  ["loggingLevel", "logging/loglevel", oneOf("OFF", "ERROR", "INFO")],
  ["throttlingBurstLimit", "throttling/burstLimit", readInteger],
  ["throttlingRateLimit", "throttling/rateLimit", readNumber],
  ["cacheTtlInSeconds", "caching/ttlInSeconds", readSeconds],
  ["cachingEnabled", "caching/enabled", readBoolean],
  ["cacheDataEncrypted", "caching/dataEncrypted", readBoolean],
  ["requireAuthorizationForCacheControl", "caching/requireAuthorizationForCacheControl", readBoolean],
  [
    "unauthorizedCacheControlHeaderStrategy",
    "caching/unauthorizedCacheControlHeaderStrategy",
    oneOf("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"),
  ],
];

/** Whether something is logged: API Gateway needs a role for it. */
export function logsMethods({ methodSettings }: StageRecord): boolean {
  return Object.values(methodSettings).some(
    ({ loggingLevel = "OFF", dataTraceEnabled }) => loggingLevel !== "OFF" || dataTraceEnabled === true,
  );
}

/**
 * Settings that apply to a method of a stage: its own or, without any, those for all methods. Settings whose path begins
 * with a slash apply to no method (hashicorp/terraform-provider-aws#9738).
 *
 * @param resourcePath path of the resource with its braces, such as `/orders/{id}`
 * @param httpMethod method of the call, never `ANY`
 */
export function settingsOf(
  { methodSettings }: Pick<StageRecord, "methodSettings">,
  resourcePath: string,
  httpMethod: string,
): MethodSetting | undefined {
  const plain = `${resourcePath.slice(1)}/${httpMethod}`;
  const escaped = `${resourcePath.replaceAll("/", "~1")}/${httpMethod}`;
  return methodSettings[plain] ?? methodSettings[escaped] ?? methodSettings[ALL_METHODS];
}

/**
 * Sets one setting; the first one of a path makes the others what they are for all methods, or the defaults (recorded).
 *
 * @param path such as `/orders/GET/throttling/burstLimit`
 * @returns `undefined` when the path does not name a setting
 * @throws {AwsError} `BadRequestException` for a path or value that AWS refuses
 */
export function withSetting(
  settings: StageRecord["methodSettings"],
  path: string,
  value: string,
): StageRecord["methodSettings"] | undefined {
  const found = SETTINGS.find(([, end]) => path.endsWith(`/${end}`));
  if (found === undefined) return undefined;
  const [member, end, read] = found;
  const key = path.slice(1, -end.length - 1);
  requireMethodPath(key, path);
  const before = settings[key] ?? settings[ALL_METHODS] ?? DEFAULTS;
  return { ...settings, [key]: { ...before, [member]: read(value) } };
}

/** The settings without those of the path. @throws {AwsError} `BadRequestException` when there are none */
export function withoutSettings(settings: StageRecord["methodSettings"], path: string): StageRecord["methodSettings"] {
  const { [path.slice(1)]: removed, ...others } = settings;
  if (removed !== undefined) return others;
  // The space at the end is AWS's (recorded).
  throw badRequest(`Cannot remove method setting ${path.slice(1)} because there is no method setting for this method `);
}

function requireMethodPath(key: string, path: string): void {
  const method = key.split("/").at(-1) ?? "";
  const resource = key.slice(0, -method.length - 1);
  // A method that is made for ANY has settings for each verb by itself.
  if (key === ALL_METHODS || (VERBS.includes(method) && resource !== "" && !resource.includes("*"))) return;
  throw invalidPath(path);
}

/** AWS's refusal of a patch's path (recorded, with what is missing between the paths). */
export function invalidPath(path: string): AwsError {
  const stage = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId";
  const logs = "/accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format";
  const settings = `${settingPaths("/{resourcePath}/{httpMethod}", "")}, ${settingPaths("/*/*", " ")}`;
  const paths = `${stage}, ${logs}, ${settings}, /variables/{variable_name}, /tracingEnabled`;
  return badRequest(`Invalid method setting path: ${path}. Must be one of: [${paths}]`);
}

function settingPaths(method: string, separator: string): string {
  return SETTINGS.map(([, end]) => {
    const hasSeparator = end === "throttling/rateLimit" || end === "caching/ttlInSeconds";
    return `${hasSeparator ? separator : ", "}${method}/${end}`;
  })
    .join("")
    .slice(2);
}

function invalidValue(value: string, expected: string): AwsError {
  return badRequest(`Invalid value '${value}' for a method setting, expected ${expected}`);
}

/** @throws {AwsError} `BadRequestException` */
export function readBoolean(value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw invalidValue(value, "true or false");
}

function readNumber(value: string): number {
  if (value !== "" && Number.isFinite(Number(value))) return Number(value);
  throw invalidValue(value, "a number");
}

function readInteger(value: string): number {
  if (Number.isInteger(readNumber(value))) return Number(value);
  throw invalidValue(value, "an integer");
}

function readSeconds(value: string): number {
  const seconds = readInteger(value);
  if (seconds >= 0 && seconds <= MAX_CACHE_SECONDS) return seconds;
  throw invalidValue(value, `0 to ${MAX_CACHE_SECONDS} seconds`);
}

function oneOf(...values: readonly string[]): (value: string) => string {
  return (value) => {
    if (values.includes(value)) return value;
    throw invalidValue(value, values.join(", "));
  };
}

/** Name of the setting's attribute. */
const attributeOf = (member: string) => member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Patches for what is configured and differs. */
function settingPatches(planned: Attributes, prior: Attributes): readonly object[] {
  const [now = {}, before = {}] = [planned, prior].map((attributes) => blocks(attributes, "settings")[0]);
  return SETTINGS.flatMap(([member, end]) => {
    const name = attributeOf(member);
    if ((now[name] ?? null) === null || isSame(now[name], before[name])) return [];
    return [{ op: "replace", path: `/${text(planned, "method_path")}/${end}`, value: String(now[name]) }];
  });
}

async function setSettings(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const patchOperations = settingPatches(planned, prior);
  await aws.call("UpdateStage", { ...aws.inputOf("UpdateStage", planned), patchOperations });
}

export const methodSettingsResource = defineResource("aws_api_gateway_method_settings", {
  service: "apigateway",
  id: "<rest_api_id>-<stage_name>-<method_path>",
  importId: "<rest_api_id>/<stage_name>/<method_path>",
  forceNew: ["method_path", "rest_api_id", "stage_name"],
  decimals: ["settings.throttling_rate_limit"],
  defaults: { "settings.throttling_burst_limit": -1, "settings.throttling_rate_limit": -1 },
  validate(config) {
    for (const settings of blocks(config, "settings")) readSeconds(String(number(settings, "cache_ttl_in_seconds", 0)));
  },
  create: async (planned, aws) => {
    await setSettings(planned, {}, aws);
    return {};
  },
  read: async (known, aws) => {
    const { methodSettings } = (await aws.call("GetStage", aws.inputOf("GetStage", known))) as unknown as StageRecord;
    const found = methodSettings[text(known, "method_path")];
    if (found === undefined) return null;
    const settings = SETTINGS.map(([member]) => [attributeOf(member), found[member] ?? ""]);
    return { settings: [Object.fromEntries(settings)] };
  },
  update: setSettings,
  delete: async (prior, aws) => {
    const patchOperations = [{ op: "remove", path: `/${text(prior, "method_path")}` }];
    try {
      await aws.call("UpdateStage", { ...aws.inputOf("UpdateStage", prior), patchOperations });
    } catch (error) {
      if (!(error instanceof AwsError) || !/no method setting for this method/.test(error.message)) throw error;
    }
  },
});
