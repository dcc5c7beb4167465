/**
 * Deployments and stages of a REST API: a deployment freezes the API, and a stage answers with what was frozen.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html
 */
import { type Attributes, blocks, optionalText as optionalValue, text, textMap } from "../../attributes";
import { deployment, type Snapshot, type StageState, stage } from "../../resources/apigateway-deployment";
import { notFound } from "../../resources/apigateway-rules";
import { methodSettings } from "../../resources/apigateway-settings";
import { byHand, changeByHand, createByHand, readAsRefreshed } from "../../resources/by-hand";
import { optionalText, refuseOthers } from "./api-input";
import { type ApiGatewayOperation, findApi, ofApi, pageOfItems } from "./apigateway-parts";
import { changesOf, patchesIn } from "./apigateway-patch";
import { type ApiPlace, epochSeconds, type Json, parseJson, present } from "./aws-api";
import { RestAnswer, type RestCall } from "./rest-api";

/** `GetDeployment`. */
export const getDeployment: ApiGatewayOperation = async (place, call) => {
  const { deployment_id } = call.parts;
  const found = ofApi(place, call, deployment.type).find(({ id }) => id === deployment_id);
  if (found === undefined) throw notFound("Deployment identifier");
  const isEmbedded = call.query["embed"] === "apisummary";
  return { ...describeDeployment(found), ...(isEmbedded ? { apiSummary: summaryOf(place, found) } : {}) };
};

/** `GetDeployments`. */
export const getDeployments: ApiGatewayOperation = async (place, call) =>
  pageOfItems(ofApi(place, call, deployment.type).map(describeDeployment), call);

/** `CreateDeployment`; with `stageName`, that stage answers with it at once, and is made when there is none. */
export const createDeployment: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const input = parseJson(call.request.body);
    refuseOthers(input, ["description", "stageName", "stageDescription"]);
    const [description, stageName] = [optionalText(input, "description"), optionalText(input, "stageName")];
    const rest_api_id = text(findApi(place, call), "id");
    const given = { rest_api_id, description: description ?? null };
    const made = await createByHand(deployment, place, given);
    const stageDescription = optionalText(input, "stageDescription");
    const about = stageDescription === undefined ? {} : { description: stageDescription };
    const existing = stages(place, call).find(({ stage_name }) => stage_name === stageName);
    const changes = { deployment_id: text(made, "id"), ...about };
    if (existing !== undefined) await changeByHand(stage, place, existing, changes);
    else if (stageName !== undefined) {
      await createByHand(stage, place, { rest_api_id, stage_name: stageName, ...changes });
    }
    return new RestAnswer(201, describeDeployment(made));
  });

/** `GetStage`. */
export const getStage: ApiGatewayOperation = async (place, call) => describeStage(place, findStageOf(place, call));

/** `GetStages`. */
export const getStages: ApiGatewayOperation = async (place, call) => {
  const { deploymentId } = call.query;
  const found = stages(place, call).filter(
    ({ deployment_id }) => deploymentId === undefined || deployment_id === deploymentId,
  );
  return { item: found.map((one) => describeStage(place, one)) };
};

/** `UpdateStage`, of the deployment that it answers with: back to an earlier one, or on to a new one. */
export const updateStage: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const before = findStageOf(place, call);
    const { deployment_id = null, description = null } = before;
    const changes = changesOf<Attributes>(
      patchesIn(parseJson(call.request.body)),
      { deployment_id, description },
      {
        "/deploymentId": { replace: (value) => ({ deployment_id: value }) },
        "/description": { replace: (value) => ({ description: value }) },
      },
    );
    return describeStage(place, await changeByHand(stage, place, before, changes));
  });

/** The stage of the path. @throws {AwsError} `NotFoundException` */
export function findStageOf(place: ApiPlace, call: RestCall): Attributes {
  const { stage_name: asked } = call.parts;
  const found = stages(place, call).find(({ stage_name }) => stage_name === asked);
  if (found === undefined) throw notFound("stage identifier");
  return found;
}

function stages(place: ApiPlace, call: RestCall): readonly Attributes[] {
  return ofApi(place, call, stage.type);
}

function describeDeployment(existing: Attributes): Json {
  return present({
    id: text(existing, "id"),
    description: optionalValue(existing, "description"),
    createdDate: epochSeconds(existing["created_date"]),
  });
}

/** Who may call each method of what was frozen, by path and method. */
function summaryOf({ account, region }: ApiPlace, existing: Attributes): Json {
  const entry = account.get(deployment.type, `${region}/${text(existing, "id")}`);
  const snapshot = entry?.internal as Snapshot;
  const paths = new Map((snapshot["aws_api_gateway_resource"] ?? []).map(({ id = null, path }) => [id, String(path)]));
  const summary: Record<string, Record<string, Json>> = {};
  for (const method of snapshot["aws_api_gateway_method"] ?? []) {
    const path = paths.get(method["resource_id"] ?? null) ?? "/";
    const authorizationType = text(method, "authorization");
    const about = { authorizationType, apiKeyRequired: method["api_key_required"] === true };
    summary[path] = { ...summary[path], [text(method, "http_method")]: about };
  }
  return summary;
}

function describeStage({ account, region }: ApiPlace, existing: Attributes): Json {
  const read = readAsRefreshed(stage, account, existing);
  const [log] = blocks(read, "access_log_settings");
  const isCached = read["cache_cluster_enabled"] === true;
  const variables = textMap(read, "variables");
  const state = account.get(stage.type, `${region}/${text(existing, "id")}`)?.internal as StageState;
  return present({
    deploymentId: text(read, "deployment_id"),
    stageName: text(read, "stage_name"),
    description: optionalValue(read, "description"),
    cacheClusterEnabled: isCached,
    cacheClusterSize: optionalValue(read, "cache_cluster_size"),
    cacheClusterStatus: isCached ? "AVAILABLE" : "NOT_AVAILABLE",
    methodSettings: settingsOf(account.list(methodSettings.type), read),
    variables: Object.keys(variables).length === 0 ? undefined : variables,
    accessLogSettings: log && { format: optionalValue(log, "format"), destinationArn: log["destination_arn"] },
    tracingEnabled: read["xray_tracing_enabled"] === true,
    webAclArn: optionalValue(read, "web_acl_arn"),
    tags: textMap(read, "tags_all"),
    createdDate: epochSeconds(state.createdDate),
    lastUpdatedDate: epochSeconds(state.lastUpdatedDate),
  });
}

/** Settings of the stage's methods by their path, for all of them by `*` and `*`. */
function settingsOf(all: readonly Attributes[], { rest_api_id, stage_name }: Attributes): Json {
  const ofStage = all.filter((one) => one["rest_api_id"] === rest_api_id && one["stage_name"] === stage_name);
  return Object.fromEntries(
    ofStage.map((one) => {
      const [settings = {}] = blocks(one, "settings");
      return [text(one, "method_path"), describeSettings(settings)];
    }),
  );
}

function describeSettings(settings: Attributes): Json {
  return {
    metricsEnabled: settings["metrics_enabled"],
    loggingLevel: settings["logging_level"],
    dataTraceEnabled: settings["data_trace_enabled"],
    throttlingBurstLimit: settings["throttling_burst_limit"],
    throttlingRateLimit: settings["throttling_rate_limit"],
    cachingEnabled: settings["caching_enabled"],
    cacheTtlInSeconds: settings["cache_ttl_in_seconds"],
    cacheDataEncrypted: settings["cache_data_encrypted"],
    requireAuthorizationForCacheControl: settings["require_authorization_for_cache_control"],
    unauthorizedCacheControlHeaderStrategy: settings["unauthorized_cache_control_header_strategy"],
  };
}
