/**
 * Settings of a stage's methods: for all of them, or for one in place of those for all. They are a part of the stage,
 * and only `UpdateStage` changes them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_settings
 */
import { AwsError } from "../../errors";
import { type Attributes, blocks, isSame, number, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import type { MethodSetting, StageRecord } from "./records";
import { badRequest } from "./refusals";

/** Path of the settings of every method without settings of its own. */
const ALL_METHODS = "*/*";
/** The end of a setting's path: a method that is made for ANY has settings for each verb by itself. */
const METHOD_PATH = /^(?:\*\/\*|[^*]+\/(?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT))$/;
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
  ["throttlingBurstLimit", "throttling/burstLimit", numberThat("an integer", Number.isInteger)],
  ["throttlingRateLimit", "throttling/rateLimit", numberThat("a number", Number.isFinite)],
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
  const [member, end, read] = SETTINGS.find(([, known]) => path.endsWith(`/${known}`)) ?? [];
  if (member === undefined || end === undefined) return undefined;
  const key = path.slice(1, -end.length - 1);
  if (!METHOD_PATH.test(key)) throw invalidPath(path);
  const before = settings[key] ?? settings[ALL_METHODS] ?? DEFAULTS;
  return { ...settings, [key]: { ...before, [member]: read?.(value) } };
}

/** The settings without those of the path. @throws {AwsError} `BadRequestException` when there are none */
export function withoutSettings(settings: StageRecord["methodSettings"], path: string): StageRecord["methodSettings"] {
  const { [path.slice(1)]: removed, ...others } = settings;
  if (removed !== undefined) return others;
  // The space at the end is AWS's (recorded).
  throw badRequest(`Cannot remove method setting ${path.slice(1)} because there is no method setting for this method `);
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
  const isJoined = (end: string) => end === "throttling/rateLimit" || end === "caching/ttlInSeconds";
  const paths = SETTINGS.map(([, end]) => `${isJoined(end) ? separator : ", "}${method}/${end}`);
  return paths.join("").slice(2);
}

function invalidValue(value: string, expected: string): AwsError {
  return badRequest(`Invalid value '${value}' for a method setting, expected ${expected}`);
}

/** @throws {AwsError} `BadRequestException` */
export function readBoolean(value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw invalidValue(value, "true or false");
}

function numberThat(expected: string, isValid: (number: number) => boolean): (value: string) => number {
  return (value) => {
    if (value !== "" && isValid(Number(value))) return Number(value);
    throw invalidValue(value, expected);
  };
}

function readSeconds(value: string): number {
  const isValid = (seconds: number) => Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_CACHE_SECONDS;
  return numberThat(`0 to ${MAX_CACHE_SECONDS} seconds`, isValid)(value);
}

function oneOf(...values: readonly string[]): (value: string) => string {
  return (value) => {
    if (values.includes(value)) return value;
    throw invalidValue(value, values.join(", "));
  };
}

/** Each setting with the name of its attribute. */
const ATTRIBUTES = SETTINGS.map(([member, end]) => {
  return { member, end, name: member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) };
});

/** Sets what is configured and differs. */
async function setSettings(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const [now = {}, before = {}] = [planned, prior].map((attributes) => blocks(attributes, "settings")[0]);
  const patchOperations = ATTRIBUTES.flatMap(({ end, name }) => {
    if ((now[name] ?? null) === null || isSame(now[name], before[name])) return [];
    return [{ op: "replace", path: `/${text(planned, "method_path")}/${end}`, value: String(now[name]) }];
  });
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
    return { settings: [Object.fromEntries(ATTRIBUTES.map(({ member, name }) => [name, found[member] ?? ""]))] };
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
