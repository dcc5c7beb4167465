/**
 * Stages as a resource of Terraform's.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_stage
 */
import { type Attributes, blocks, isSame, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { differences, type Patch } from "./patch";
import { stageArn } from "./stage";
import { checkAccessLog } from "./stage-patch";

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
