/**
 * What `UpdateStage` makes of its patches, in AWS's words (recorded, but for the values of settings). Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { UnsupportedError } from "../../errors";
import { present, type Wire } from "../../protocols/values";
import { promotedCanary, removedCanary, replacedCanary } from "./canary";
import { invalidPath, logsMethods, readBoolean, withoutSettings, withSetting } from "./method-settings";
import type { Patch } from "./patch";
import { badRequest } from "./rules";
import type { StageRecord } from "./stage";

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

/** What a new value replaces, by path. */
const REPLACED: Readonly<Record<string, (value: string) => Partial<Wire<sdk.Stage>>>> = {
  "/cacheClusterEnabled": (value) => ({ cacheClusterEnabled: readBoolean(value) }),
  "/cacheClusterSize": (value) => ({ cacheClusterSize: value as sdk.CacheClusterSize }),
  "/deploymentId": (value) => ({ deploymentId: value }),
  "/description": (value) => ({ description: value || undefined }),
  "/documentationVersion": (value) => ({ documentationVersion: value || undefined }),
  "/tracingEnabled": (value) => ({ tracingEnabled: readBoolean(value) }),
};

/**
 * The stage with the patches, in order.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for client certificates
 */
export function patchStage(stage: StageRecord, patches: readonly Patch[] | undefined): StageRecord {
  let changed = stage;
  for (const patch of patches ?? []) {
    const { op = "replace", path = "", value = "" } = patch;
    const change =
      op === "copy"
        ? promotedCanary(changed, patch)
        : op === "remove"
          ? removal(changed, path)
          : replacement(changed, op, path, value);
    changed = present({ ...changed, ...change });
  }
  return changed;
}

function removal(stage: StageRecord, path: string): Partial<StageRecord> {
  const { variables = {}, methodSettings } = stage;
  const canary = removedCanary(stage, path);
  if (canary !== undefined) return canary;
  const variable = variableOf(path);
  if (variable !== undefined) {
    const { [variable]: _, ...others } = variables;
    return { variables: Object.keys(others).length === 0 ? undefined : others };
  }
  if (path === "/accessLogSettings") return { accessLogSettings: undefined };
  return { methodSettings: withoutSettings(methodSettings, path) };
}

function replacement(stage: StageRecord, op: string, path: string, value: string): Partial<StageRecord> {
  if (path === "/clientCertificateId") {
    throw new UnsupportedError(`a patch of a stage's ${path} is not emulated: it would change an answer.`);
  }
  if (op !== "replace" && op !== "add") throw badRequest(`Invalid ${op} operation with path: ${path}`);
  if (path.startsWith("/canarySettings") && op === "replace") return replacedCanary(stage, path, value);
  if (path.startsWith("/canarySettings/")) throw badRequest(`Invalid ${op} operation with path: ${path}`);
  const variable = variableOf(path);
  if (variable !== undefined) {
    checkVariables({ [variable]: value });
    return { variables: { ...stage.variables, [variable]: value } };
  }
  if (path.startsWith("/accessLogSettings")) return { accessLogSettings: accessLog(stage, path, value) };
  const methodSettings = withSetting(stage.methodSettings, path, value);
  if (methodSettings !== undefined) return { methodSettings };
  const replaced = Object.hasOwn(REPLACED, path) ? REPLACED[path] : undefined;
  if (replaced === undefined) throw invalidPath(path);
  if (op === "add") throw badRequest(`Invalid add operation with path: ${path}`);
  return replaced(value) as Partial<StageRecord>;
}

function variableOf(path: string): string | undefined {
  return /^\/variables\/(.+)$/.exec(path)?.[1];
}

function accessLog({ accessLogSettings }: StageRecord, path: string, value: string): Wire<sdk.AccessLogSettings> {
  const member = /^\/accessLogSettings\/(destinationArn|format)$/.exec(path)?.[1];
  if (member !== "destinationArn" && member !== "format") {
    const paths = "/accessLogSettings/destinationArn, /accessLogSettings/format";
    throw badRequest(`Invalid accessLogSettings path. Must be one of : [${paths}]`);
  }
  checkAccessLog(member, value);
  return { ...accessLogSettings, [member]: value };
}
