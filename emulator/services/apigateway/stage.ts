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
import { requireDeployment } from "./deployment";
import { refuseMapped } from "./mapped-domains";
import type { MethodSetting } from "./method-settings";
import { differences, type Patch } from "./patch";
import { requireApi, restApis } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, conflict, notFound } from "./rules";
import { checkAccessLog, checkVariables, patchStage, writesLogs } from "./stage-patch";
import { deleteStageFromPlans } from "./usage-plan";

const STAGE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
const SMALLEST_CACHE = "0.5";
/** Paths of patches that may have something logged. */
const LOG_PATH = /^\/accessLogSettings\/|\/logging\/(loglevel|dataTrace)$/;

/** A stage as the account keeps it. */
export interface StageRecord extends Wire<Omit<sdk.Stage, "methodSettings" | "webAclArn">>, ApiPart {
  /** AWS account that the stage is in. */
  readonly accountId: string;
  readonly stageName: string;
  readonly deploymentId: string;
  /** By method path: `orders/GET`, or `*` and `*` for all methods. */
  readonly methodSettings: Readonly<Record<string, MethodSetting>>;
  /**
   * Whether the API's own host does not lead to the stage. The stage takes it from the API whenever it is changed itself.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
   */
  readonly isHostClosed: boolean;
  /** How often its cache was emptied; left out: never. */
  readonly cacheGeneration?: number;
}

/** Stages; what AWS WAF puts in front of one goes with it, and its place in usage plans. */
class StageTable extends ApiPartTable<StageRecord> {
  override delete(place: TablePlace, stage: StageRecord): void {
    releaseStage(place, stageArn(place.region, stage));
    deleteStageFromPlans(place, stage.restApiId, stage.stageName);
    super.delete(place, stage);
  }
}

export const stages = new StageTable("Stage", ({ stageName }) => stageName);

/** What names a stage in an operation's input. */
interface StageName {
  readonly restApiId: string | undefined;
  readonly stageName: string | undefined;
}

/** The stage that the input names. @throws {AwsError} `NotFoundException` */
export function requireStage(context: OperationContext, { restApiId, stageName }: StageName): StageRecord {
  const { id } = requireApi(context, restApiId);
  const found = stages.find(context, id, stageName);
  if (found === undefined) throw notFound("stage identifier");
  return found;
}

export const stageArn = (region: string, { restApiId, stageName }: StageName) =>
  `arn:aws:apigateway:${region}::/restapis/${restApiId}/stages/${stageName}`;

/** The stage of the ARN, or `undefined`. */
export function findStageByArn(place: TablePlace, arn: string | undefined): StageRecord | undefined {
  return stages.list(place).find((stage) => stageArn(place.region, stage) === arn);
}

function describe(context: TablePlace, record: StageRecord): Wire<sdk.Stage> {
  const { restApiId: _, accountId: __, isHostClosed: ___, cacheGeneration: ____, ...stage } = record;
  return present({ ...stage, webAclArn: webAclOf(context, stageArn(context.region, record))?.ARN });
}

/** Keeps what was changed of the stage; from now on it has what the API says. */
function put(context: OperationContext, stage: Omit<StageRecord, "isHostClosed" | "cacheClusterStatus">): StageRecord {
  const isCached = stage.cacheClusterEnabled === true;
  const isHostClosed = restApis.get(context, stage.restApiId)?.disableExecuteApiEndpoint === true;
  const record = {
    ...stage,
    cacheClusterStatus: isCached ? "AVAILABLE" : "NOT_AVAILABLE",
    cacheClusterSize: isCached ? (stage.cacheClusterSize ?? SMALLEST_CACHE) : undefined,
    lastUpdatedDate: Math.floor(context.account.now() / 1000),
    isHostClosed,
  } as const;
  return stages.put(context, present(record) as StageRecord);
}

export function createStage(context: OperationContext, input: Wire<sdk.CreateStageRequest>) {
  const { stageName, tags, variables, description } = input;
  const deployment = requireDeployment(context, input);
  if (stageName === undefined || !STAGE_NAME.test(stageName)) throw badRequest("Stage name only allows a-zA-Z0-9_-");
  if (stages.find(context, deployment.restApiId, stageName) !== undefined) throw conflict("Stage already exists");
  checkVariables(variables);
  const isEmpty = (map: object | undefined) => map === undefined || Object.keys(map).length === 0;
  const stage = put(context, {
    restApiId: deployment.restApiId,
    accountId: context.accountId,
    deploymentId: deployment.id,
    stageName,
    description: description || undefined,
    cacheClusterEnabled: input.cacheClusterEnabled ?? false,
    cacheClusterSize: input.cacheClusterSize,
    methodSettings: {},
    variables: isEmpty(variables) ? undefined : variables,
    documentationVersion: input.documentationVersion || undefined,
    tracingEnabled: input.tracingEnabled ?? false,
    tags: isEmpty(tags) ? undefined : tags,
    createdDate: Math.floor(context.account.now() / 1000),
  });
  return describe(context, stage);
}

/** Has the stage answer with the deployment, and creates it when it does not exist. */
export function deployToStage(
  context: OperationContext,
  input: Wire<sdk.CreateDeploymentRequest> & { readonly restApiId: string; readonly deploymentId: string },
): void {
  const { restApiId, stageName, stageDescription, deploymentId, variables } = input;
  const existing = stages.find(context, restApiId, stageName);
  if (existing === undefined) {
    createStage(context, { ...input, description: stageDescription, stageName });
    return;
  }
  checkVariables(variables);
  const changes = {
    deploymentId,
    description: stageDescription,
    cacheClusterEnabled: input.cacheClusterEnabled,
    cacheClusterSize: input.cacheClusterSize,
    tracingEnabled: input.tracingEnabled,
    variables: variables && { ...existing.variables, ...variables },
  };
  put(context, { ...existing, ...present(changes) } as StageRecord);
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
  const setsLogs = input.patchOperations?.some(({ op, path = "" }) => op !== "remove" && LOG_PATH.test(path));
  if (setsLogs === true && writesLogs(changed)) requireLoggingRole(context);
  return describe(context, put(context, changed));
}

/** Refused as long as a custom domain leads to the stage. */
export function deleteStage(context: OperationContext, input: Wire<sdk.DeleteStageRequest>) {
  const stage = requireStage(context, input);
  refuseMapped(context, stage.restApiId, "stage", stage.stageName);
  stages.delete(context, stage);
  return {};
}

/** The stage answers from no earlier answer: what it kept is gone. */
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

/** Patches for what differs of the stage. */
function patchesOf(planned: Attributes, prior: Attributes): readonly Patch[] {
  const isCached = planned["cache_cluster_enabled"] === true;
  const [log] = blocks(planned, "access_log_settings");
  const logPatches: readonly Patch[] =
    log === undefined
      ? [{ op: "remove", path: "/accessLogSettings" }]
      : differences({ ...log, destination_arn: text(log, "destination_arn").replace(/:\*$/, "") }, {}, LOG_PATHS);
  return [
    ...differences(planned, prior, STAGE_PATHS),
    ...(isCached ? differences(planned, prior, { cache_cluster_size: "/cacheClusterSize" }) : []),
    ...(isSame(planned["access_log_settings"], prior["access_log_settings"]) ? [] : logPatches),
  ];
}

const LOG_PATHS = { destination_arn: "/accessLogSettings/destinationArn", format: "/accessLogSettings/format" };
const STAGE_PATHS = {
  cache_cluster_enabled: "/cacheClusterEnabled",
  deployment_id: "/deploymentId",
  description: "/description",
  documentation_version: "/documentationVersion",
  variables: "/variables",
  xray_tracing_enabled: "/tracingEnabled",
};

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
  // Each of them would change what callers or functions see.
  refused: ["canary_settings", "client_certificate_id"],
  validate(config) {
    for (const { destination_arn = null, format = null } of blocks(config, "access_log_settings")) {
      if (typeof destination_arn === "string") checkAccessLog("destinationArn", destination_arn.replace(/:\*$/, ""));
      if (typeof format === "string") checkAccessLog("format", format);
    }
  },
  create: async (planned, aws) => {
    await aws.call("CreateStage", aws.inputOf("CreateStage", planned));
    const log = planned["access_log_settings"] ?? null;
    if (blocks(planned, "access_log_settings").length > 0) {
      await update({ ...planned, access_log_settings: log }, { ...planned, access_log_settings: [] }, aws);
    }
    return {};
  },
  read: "GetStage",
  refine: (found, _output, { region, accountId }) => {
    const [api, name] = [text(found, "rest_api_id"), text(found, "stage_name")];
    return {
      arn: stageArn(region, { restApiId: api, stageName: name }),
      execution_arn: `arn:aws:execute-api:${region}:${accountId}:${api}/${name}`,
      invoke_url: `https://${api}.execute-api.${region}.amazonaws.com/${name}`,
    };
  },
  update,
  delete: "DeleteStage",
});
