/**
 * Canaries: a part of a stage's calls is answered by another deployment, with variables of its own, in AWS's words
 * (recorded). Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { present, type Wire } from "../../protocols/values";
import { invalidPath, readBoolean } from "./method-settings";
import type { Patch } from "./patch";
import { badRequest } from "./rules";
import type { StageRecord } from "./stage";

type Canary = Wire<sdk.CanarySettings>;
type Stage = Pick<StageRecord, "canarySettings" | "deploymentId" | "variables">;

const SOURCES: readonly string[] = ["/canarySettings/deploymentId", "/canarySettings/stageVariableOverrides"];
const TARGETS: readonly string[] = ["/deploymentId", "/variables"];

/** The canary with AWS's defaults. */
export function canaryOf(deploymentId: string, given: Canary = {}): Canary {
  const { stageVariableOverrides: own = {} } = given;
  const stageVariableOverrides = Object.keys(own).length === 0 ? undefined : own;
  return present({ percentTraffic: 0, useStageCache: false, deploymentId, ...given, stageVariableOverrides });
}

/** What a patch of the canary changes. @throws {AwsError} `BadRequestException` */
export function replacedCanary({ canarySettings, deploymentId }: Stage, path: string, value: string): Partial<Stage> {
  const canary = canaryOf(deploymentId, canarySettings);
  const [, , member, name] = path.split("/");
  const overrides = { ...canary.stageVariableOverrides, [name ?? ""]: value };
  const changes: Readonly<Record<string, () => Canary>> = {
    deploymentId: () => ({ deploymentId: value }),
    percentTraffic: () => ({ percentTraffic: percentOf(value) }),
    useStageCache: () => ({ useStageCache: readBoolean(value) }),
    stageVariableOverrides: () => ({ stageVariableOverrides: overrides }),
  };
  const isEntry = member === "stageVariableOverrides";
  if (member === undefined || !Object.hasOwn(changes, member) || isEntry === (name === undefined)) {
    throw invalidPath(path);
  }
  return { canarySettings: canaryOf(deploymentId, { ...canary, ...changes[member]?.() }) };
}

// Wording unconfirmed.
function percentOf(value: string): number {
  const percent = Number(value);
  if (value !== "" && percent >= 0 && percent <= 100) return percent;
  throw badRequest(`Invalid percentTraffic: ${value}. It must be between 0.0 and 100.0`);
}

/** What the removal of the path changes; `undefined` when it is not a part of the canary that can be removed. */
export function removedCanary({ canarySettings, deploymentId }: Stage, path: string): Partial<Stage> | undefined {
  if (path === "/canarySettings") return { canarySettings: undefined };
  const name = /^\/canarySettings\/stageVariableOverrides\/([^/]+)$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  const { [name]: _, ...stageVariableOverrides } = canarySettings?.stageVariableOverrides ?? {};
  return { canarySettings: canaryOf(deploymentId, { ...canarySettings, stageVariableOverrides }) };
}

/** What the promotion of the canary changes. @throws {AwsError} `BadRequestException` */
export function promotedCanary({ canarySettings, variables }: Stage, { path = "", from = "" }: Patch): Partial<Stage> {
  if (!TARGETS.includes(path) || !SOURCES.includes(from)) {
    throw badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [${TARGETS.join(", ")}] and valid copy:from are [${SOURCES.join(", ")}]`,
    );
  }
  if (canarySettings === undefined) throw badRequest("Promotion not available. Canary does not exist.");
  const { deploymentId, stageVariableOverrides } = canarySettings;
  if (path === "/variables") return { variables: { ...variables, ...stageVariableOverrides } };
  return present({ deploymentId }) as Partial<Stage>;
}
