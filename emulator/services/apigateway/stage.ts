/**
 * Stages: each answers callers with what its deployment froze.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_stage
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, blocks, isSame, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { releaseStage, webAclOf } from "../wafv2";
import { requireLoggingRole } from "./account";
import { refuseMapped } from "./base-path-mapping";
import { differences, type Patch } from "./patch";
import {
  deployments,
  requireApi,
  requireDeployment,
  requireStage,
  restApis,
  type StageRecord,
  stageArn,
  stages,
} from "./records";
import { badRequest, conflict } from "./refusals";
import { canaryOf, checkAccessLog, checkVariables, patchStage, writesLogs } from "./stage-patch";

const STAGE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
const MIN_CACHE_SIZE = "0.5";
/** Paths of patches that may have something logged. */
const LOG_PATH = /^\/accessLogSettings\/|\/logging\/(loglevel|dataTrace)$/;

function describe(context: TablePlace, record: StageRecord): Wire<sdk.Stage> {
  const { restApiId: _, accountId: __, isHostClosed: ___, cacheGeneration: ____, ...stage } = record;
  return present({ ...stage, webAclArn: webAclOf(context, stageArn(context.region, record))?.ARN });
}

/** Keeps what was changed of the stage, with what the API has set since. */
function put(context: OperationContext, stage: Omit<StageRecord, "isHostClosed" | "cacheClusterStatus">): StageRecord {
  const isCached = stage.cacheClusterEnabled === true;
  const record = {
    ...stage,
    cacheClusterStatus: isCached ? "AVAILABLE" : "NOT_AVAILABLE",
    cacheClusterSize: isCached ? (stage.cacheClusterSize ?? MIN_CACHE_SIZE) : undefined,
    lastUpdatedDate: Math.floor(context.account.now() / 1000),
    isHostClosed: restApis.get(context, stage.restApiId)?.disableExecuteApiEndpoint === true,
  } as const;
  return stages.put(context, present(record) as StageRecord);
}

const unlessEmpty = <T extends object>(map: T | undefined) =>
  map === undefined || Object.keys(map).length === 0 ? undefined : map;

export function createStage(context: OperationContext, input: Wire<sdk.CreateStageRequest>) {
  const { stageName, variables, canarySettings } = input;
  const { restApiId, id: deploymentId } = requireDeployment(context, input);
  if (stageName === undefined || !STAGE_NAME.test(stageName)) throw badRequest("Stage name only allows a-zA-Z0-9_-");
  if (stages.find(context, restApiId, stageName) !== undefined) throw conflict("Stage already exists");
  checkVariables(variables);
  requireCanary(context, { ...input, restApiId });
  const stage = put(context, {
    restApiId,
    accountId: context.accountId,
    deploymentId,
    stageName,
    description: input.description || undefined,
    cacheClusterEnabled: input.cacheClusterEnabled ?? false,
    cacheClusterSize: input.cacheClusterSize,
    methodSettings: {},
    variables: unlessEmpty(variables),
    canarySettings: canarySettings && canaryOf(deploymentId, canarySettings),
    documentationVersion: input.documentationVersion || undefined,
    tracingEnabled: input.tracingEnabled ?? false,
    tags: unlessEmpty(input.tags),
    createdDate: Math.floor(context.account.now() / 1000),
  });
  return describe(context, stage);
}

/** @throws {AwsError} `BadRequestException` when the canary's deployment does not exist */
function requireCanary(context: TablePlace, stage: Pick<Wire<sdk.CreateStageRequest>, "canarySettings" | "restApiId">) {
  const id = stage.canarySettings?.deploymentId;
  if (id === undefined || deployments.find(context, stage.restApiId, id) !== undefined) return;
  throw badRequest("Deployment id does not exist");
}

/** The stage that may get a canary. @throws {AwsError} `BadRequestException` when there is none */
export function requireCanaryStage(context: TablePlace, input: Wire<sdk.CreateDeploymentRequest>): void {
  const { canarySettings, restApiId, stageName } = input;
  if (canarySettings === undefined || stages.find(context, restApiId, stageName) !== undefined) return;
  const why = stageName
    ? `Stage ${stageName} must already be created before making a canary release deployment`
    : `Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? null}`;
  throw badRequest(`Invalid deployment content specified.${why}`);
}

/** Moves the stage to the deployment, and creates it when it does not exist; or makes it the stage's canary. */
export function deployToStage(
  context: OperationContext,
  input: Wire<sdk.CreateDeploymentRequest> & { readonly restApiId: string; readonly deploymentId: string },
): void {
  const { restApiId, stageName, deploymentId, variables, canarySettings } = input;
  const existing = stages.find(context, restApiId, stageName);
  if (existing === undefined) {
    createStage(context, { ...input, description: input.stageDescription, stageName });
    return;
  }
  checkVariables(variables);
  const changes = {
    deploymentId,
    description: input.stageDescription,
    cacheClusterEnabled: input.cacheClusterEnabled,
    cacheClusterSize: input.cacheClusterSize,
    tracingEnabled: input.tracingEnabled,
    variables: variables && { ...existing.variables, ...variables },
  };
  const isCanary = canarySettings !== undefined;
  const ofCanary = { canarySettings: canaryOf(deploymentId, canarySettings) };
  put(context, { ...existing, ...(isCanary ? ofCanary : (present(changes) as Partial<StageRecord>)) });
}

export function getStage(context: OperationContext, input: Wire<sdk.GetStageRequest>) {
  return describe(context, requireStage(context, input));
}

export function getStages(context: OperationContext, { restApiId, deploymentId }: Wire<sdk.GetStagesRequest>) {
  const all = stages.ofApi(context, requireApi(context, restApiId).id);
  const wanted = all.filter((stage) => deploymentId === undefined || stage.deploymentId === deploymentId);
  return { item: wanted.map((stage) => describe(context, stage)) };
}

export function updateStage(context: OperationContext, input: Wire<sdk.UpdateStageRequest>) {
  const stage = requireStage(context, input);
  const changed = patchStage(stage, input.patchOperations);
  if (changed.deploymentId !== stage.deploymentId) requireDeployment(context, changed);
  requireCanary(context, changed);
  const setsLogs = input.patchOperations?.some(({ op, path = "" }) => op !== "remove" && LOG_PATH.test(path));
  if (setsLogs === true && writesLogs(changed)) requireLoggingRole(context);
  return describe(context, put(context, changed));
}

/** Refused as long as a custom domain leads to the stage. */
export function deleteStage(context: OperationContext, input: Wire<sdk.DeleteStageRequest>) {
  const stage = requireStage(context, input);
  refuseMapped(context, stage.restApiId, "stage", stage.stageName);
  releaseStage(context, stageArn(context.region, stage));
  stages.delete(context, stage);
  return {};
}

/** Answers that the stage has kept are used no more. */
export function flushStageCache(context: OperationContext, input: Wire<sdk.FlushStageCacheRequest>) {
  const stage = requireStage(context, input);
  stages.put(context, { ...stage, cacheGeneration: (stage.cacheGeneration ?? 0) + 1 });
  return {};
}

/** Authorizers of user pools keep nothing. */
export function flushStageAuthorizersCache(context: OperationContext, input: Wire<sdk.FlushStageCacheRequest>) {
  requireStage(context, input);
  return {};
}

/** The provider takes the ARN of a log group as its own resource has it, and without its end. */
const withoutStar = (arn: string) => arn.replace(/:\*$/, "");

function patchesOf(planned: Attributes, prior: Attributes): readonly Patch[] {
  const isCached = planned["cache_cluster_enabled"] === true;
  const [log] = blocks(planned, "access_log_settings");
  const logPatches: readonly Patch[] =
    log === undefined
      ? [{ op: "remove", path: "/accessLogSettings" }]
      : differences(
          { ...log, destination_arn: withoutStar(text(log, "destination_arn")) },
          {},
          { destination_arn: "/accessLogSettings/destinationArn", format: "/accessLogSettings/format" },
        );
  return [
    ...differences(planned, prior, {
      cache_cluster_enabled: "/cacheClusterEnabled",
      deployment_id: "/deploymentId",
      description: "/description",
      documentation_version: "/documentationVersion",
      variables: "/variables",
      xray_tracing_enabled: "/tracingEnabled",
    }),
    ...(isCached ? differences(planned, prior, { cache_cluster_size: "/cacheClusterSize" }) : []),
    ...(isSame(planned["access_log_settings"], prior["access_log_settings"]) ? [] : logPatches),
  ];
}

async function update(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const patchOperations = patchesOf(planned, prior);
  if (patchOperations.length === 0) return;
  await aws.call("UpdateStage", { ...aws.inputOf("UpdateStage", planned), patchOperations });
}

export const stageResource = defineResource("aws_api_gateway_stage", {
  service: "apigateway",
  names: { tags_all: "tags", tags: null, xray_tracing_enabled: "tracingEnabled" },
  id: "ags-<rest_api_id>-<stage_name>",
  importId: "<rest_api_id>/<stage_name>",
  tagging: { tag: "TagResource", untag: "UntagResource" },
  forceNew: ["rest_api_id", "stage_name"],
  // Each of them would change what callers or functions get.
  refused: ["canary_settings", "client_certificate_id"],
  validate(config) {
    for (const { destination_arn = null, format = null } of blocks(config, "access_log_settings")) {
      if (typeof destination_arn === "string") checkAccessLog("destinationArn", withoutStar(destination_arn));
      if (typeof format === "string") checkAccessLog("format", format);
    }
  },
  create: async (planned, aws) => {
    await aws.call("CreateStage", aws.inputOf("CreateStage", planned));
    await update(planned, { ...planned, access_log_settings: [] }, aws);
    return {};
  },
  read: "GetStage",
  refine: (found, _output, { region, accountId }) => {
    const [restApiId, stageName] = [text(found, "rest_api_id"), text(found, "stage_name")];
    return {
      arn: stageArn(region, { restApiId, stageName }),
      execution_arn: `arn:aws:execute-api:${region}:${accountId}:${restApiId}/${stageName}`,
      invoke_url: `https://${restApiId}.execute-api.${region}.amazonaws.com/${stageName}`,
    };
  },
  update,
  delete: "DeleteStage",
});
