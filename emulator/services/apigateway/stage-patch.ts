/**
 * Patches of stages and their canaries, refused in AWS's words (recorded, but for the values of settings). Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { UnsupportedError } from "../../errors";
import { present, type Wire } from "../../protocols/values";
import { invalidPath, logsMethods, readBoolean, withoutSettings, withSetting } from "./method-settings";
import { type Change, findRules, type Patch, type PatchRules, replacing, without } from "./patch";
import type { StageRecord } from "./records";
import { badRequest } from "./refusals";

const LOG_GROUP = /^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:[^:*]+$/;
const VARIABLE_VALUE = /^[A-Za-z0-9 ._~:/?#&=,@-]+$/;
const SYMBOLS = "' ', -', '.', '_', ':', '/', '?', '&', '=', and ','";

/** @throws {AwsError} `BadRequestException` */
export function checkVariables(variables: Readonly<Record<string, string>> | undefined): void {
  for (const [name, value] of Object.entries(variables ?? {})) {
    if (!/^\w+$/.test(name)) {
      throw badRequest(`Invalid stage variable name: ${name}.  Please use names with only word characters.`);
    }
    if (VARIABLE_VALUE.test(value)) continue;
    const expected = `Please use values with alphanumeric characters and the symbols ${SYMBOLS}.`;
    throw badRequest(`Invalid stage variable value: ${value}.  ${expected}`);
  }
}

/**
 * Checks a part of the access log's settings.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for a destination that is not a log group
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_AccessLogSettings.html
 */
export function checkAccessLog(member: "destinationArn" | "format", value: string): void {
  if (value === "") throw badRequest("Access Log value must not be empty");
  if (member === "destinationArn") {
    if (LOG_GROUP.test(value)) return;
    // AWS takes a log group's ARN without its end.
    if (LOG_GROUP.test(value.replace(/:\*$/, ""))) throw badRequest("Invalid ARN specified in the request");
    const expected = "a log group, arn:aws:logs:<region>:<account>:log-group:<name>";
    throw new UnsupportedError(`access_log_settings.destination_arn ${value} is not emulated. Emulated: ${expected}.`);
  }
  if (/[\r\n]./s.test(value)) {
    throw badRequest("Access Log format must be single line, new line character is allowed only at end of the format");
  }
  if (/\$context\.(?:r|extendedR)equestId\b/.test(value)) return;
  throw badRequest("Access Log format must contain $context.requestId or $context.extendedRequestId");
}

/** Whether API Gateway logs calls of the stage: it needs a role for it. */
export function writesLogs(stage: StageRecord): boolean {
  return stage.accessLogSettings !== undefined || logsMethods(stage);
}

type Canary = Wire<sdk.CanarySettings>;

/** The canary with AWS's defaults. */
export function canaryOf(deploymentId: string, given: Canary = {}): Canary {
  const { stageVariableOverrides: own = {} } = given;
  const stageVariableOverrides = Object.keys(own).length === 0 ? undefined : own;
  return present({ percentTraffic: 0, useStageCache: false, deploymentId, ...given, stageVariableOverrides });
}

// The wording for a canary's percentage out of range is unconfirmed.
function percentOf(value: string): number {
  const percent = Number(value);
  if (value !== "" && percent >= 0 && percent <= 100) return percent;
  throw badRequest(`Invalid percentTraffic: ${value}. It must be between 0.0 and 100.0`);
}

type StageChange = Change<StageRecord>;

const setVariable: StageChange = (value, { variables }, key) => {
  checkVariables({ [key]: value });
  return { variables: { ...variables, [key]: value } };
};

const setLog = (member: "destinationArn" | "format") => {
  const set: StageChange = (value, { accessLogSettings }) => {
    checkAccessLog(member, value);
    return { accessLogSettings: { ...accessLogSettings, [member]: value } };
  };
  return { add: set, replace: set };
};

const changeCanary =
  (change: (value: string, canary: Canary, key: string) => Canary): StageChange =>
  (value, { canarySettings, deploymentId }, key) => {
    const canary = canaryOf(deploymentId, canarySettings);
    return { canarySettings: canaryOf(deploymentId, { ...canary, ...change(value, canary, key) }) };
  };

const RULES: PatchRules<StageRecord> = {
  "/cacheClusterEnabled": replacing("cacheClusterEnabled", readBoolean),
  "/cacheClusterSize": replacing("cacheClusterSize", (value) => value),
  "/deploymentId": replacing("deploymentId", (value) => value),
  "/description": replacing("description"),
  "/documentationVersion": replacing("documentationVersion"),
  "/tracingEnabled": replacing("tracingEnabled", readBoolean),
  "/variables/*": {
    add: setVariable,
    replace: setVariable,
    remove: (_value, { variables }, key) => ({ variables: without(variables, key) }),
  },
  "/accessLogSettings": { remove: () => ({ accessLogSettings: undefined }) },
  "/accessLogSettings/destinationArn": setLog("destinationArn"),
  "/accessLogSettings/format": setLog("format"),
  "/canarySettings": { remove: () => ({ canarySettings: undefined }) },
  "/canarySettings/deploymentId": { replace: changeCanary((deploymentId) => ({ deploymentId })) },
  "/canarySettings/percentTraffic": { replace: changeCanary((value) => ({ percentTraffic: percentOf(value) })) },
  "/canarySettings/useStageCache": { replace: changeCanary((value) => ({ useStageCache: readBoolean(value) })) },
  "/canarySettings/stageVariableOverrides/*": {
    replace: changeCanary((value, { stageVariableOverrides }, key) => ({
      stageVariableOverrides: { ...stageVariableOverrides, [key]: value },
    })),
    remove: changeCanary((_value, { stageVariableOverrides }, key) => ({
      stageVariableOverrides: without(stageVariableOverrides, key),
    })),
  },
};

/**
 * The stage with the patches, in order.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for client certificates
 */
export function patchStage(stage: StageRecord, patches: readonly Patch[] | undefined): StageRecord {
  let changed = stage;
  for (const patch of patches ?? []) changed = present({ ...changed, ...changeOf(changed, patch) });
  return changed;
}

function changeOf(stage: StageRecord, patch: Patch): Partial<StageRecord> {
  const { op = "replace", path = "", value = "" } = patch;
  if (op === "copy") return promotion(stage, patch);
  const [of, key] = findRules(RULES, path);
  const change = of?.[op];
  if (change !== undefined) return change(value, stage, key, patch);
  if (op === "remove") return { methodSettings: withoutSettings(stage.methodSettings, path) };
  if (path === "/clientCertificateId") {
    throw new UnsupportedError(`a patch of a stage's ${path} is not emulated: it would change a response.`);
  }
  const refused = badRequest(`Invalid ${op} operation with path: ${path}`);
  if (op !== "replace" && op !== "add") throw refused;
  if (path.startsWith("/accessLogSettings")) {
    const paths = "/accessLogSettings/destinationArn, /accessLogSettings/format";
    throw badRequest(`Invalid accessLogSettings path. Must be one of : [${paths}]`);
  }
  const methodSettings = withSetting(stage.methodSettings, path, value);
  if (methodSettings !== undefined) return { methodSettings };
  throw op === "add" && of !== undefined ? refused : invalidPath(path);
}

const SOURCES: readonly string[] = ["/canarySettings/deploymentId", "/canarySettings/stageVariableOverrides"];
const TARGETS: readonly string[] = ["/deploymentId", "/variables"];

function promotion({ canarySettings, variables }: StageRecord, { path = "", from = "" }: Patch): Partial<StageRecord> {
  if (!TARGETS.includes(path) || !SOURCES.includes(from)) {
    throw badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [${TARGETS.join(", ")}] and valid copy:from are [${SOURCES.join(", ")}]`,
    );
  }
  if (canarySettings === undefined) throw badRequest("Promotion not available. Canary does not exist.");
  const { deploymentId, stageVariableOverrides } = canarySettings;
  if (path === "/variables") return { variables: { ...variables, ...stageVariableOverrides } };
  return deploymentId === undefined ? {} : { deploymentId };
}
