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
import { releaseStage, webAclOf } from "../wafv2";
import { requireLoggingRole } from "./account";
import { canaryOf } from "./canary";
import { deployments, requireDeployment } from "./deployment";
import { refuseMapped } from "./mapped-domains";
import type { MethodSetting } from "./method-settings";
import { requireApi, restApis } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, conflict, notFound } from "./rules";
import { checkVariables, patchStage, writesLogs } from "./stage-patch";

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

/** Stages; what AWS WAF puts in front of one goes with it. */
class StageTable extends ApiPartTable<StageRecord> {
  override delete(place: TablePlace, stage: StageRecord): void {
    releaseStage(place, stageArn(place.region, stage));
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
  requireCanary(context, { ...input, restApiId: deployment.restApiId });
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
    canarySettings: input.canarySettings && canaryOf(deployment.id, input.canarySettings),
    documentationVersion: input.documentationVersion || undefined,
    tracingEnabled: input.tracingEnabled ?? false,
    tags: isEmpty(tags) ? undefined : tags,
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

/** Has the stage answer with the deployment, and creates it when it does not exist; or makes it the stage's canary. */
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
  const { canarySettings } = input;
  if (canarySettings !== undefined) {
    put(context, { ...existing, canarySettings: canaryOf(deploymentId, canarySettings) });
    return;
  }
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
  requireCanary(context, changed);
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
