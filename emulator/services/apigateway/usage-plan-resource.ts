/**
 * Usage plans and their keys as resources of Terraform's.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_usage_plan
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../../protocols/values";
import { type Attributes, blocks, isSame, optionalText, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { type Patch, replacements } from "./patch";

type ApiStage = Wire<sdk.ApiStage>;

const nameOfStage = (stage: Attributes) => `${stage["api_id"]}:${stage["stage"]}`;

/** Stages are taken away and added again, as the real provider does, with the limits of their methods. */
function stagePatches(planned: Attributes, prior: Attributes): readonly Patch[] {
  if (isSame(planned["api_stages"], prior["api_stages"])) return [];
  return [
    ...blocks(prior, "api_stages").map((stage) => ({
      op: "remove" as const,
      path: "/apiStages",
      value: nameOfStage(stage),
    })),
    ...blocks(planned, "api_stages").flatMap((stage) => [
      { op: "add" as const, path: "/apiStages", value: nameOfStage(stage) },
      ...blocks(stage, "throttle").flatMap((limits) =>
        [["rateLimit", "rate_limit"] as const, ["burstLimit", "burst_limit"] as const].map(([member, name]) => ({
          op: "replace" as const,
          path: `/apiStages/${nameOfStage(stage)}/throttle/${text(limits, "path")}/${member}`,
          value: String(limits[name] ?? 0),
        })),
      ),
    ]),
  ];
}

/** Settings of a block, which is taken away as a whole. */
function blockPatches(
  planned: Attributes,
  prior: Attributes,
  block: string,
  path: string,
  members: Readonly<Record<string, string>>,
): readonly Patch[] {
  if (isSame(planned[block], prior[block])) return [];
  const [settings] = blocks(planned, block);
  if (settings === undefined) return [{ op: "remove", path }];
  return Object.entries(members).map(([name, member]) => {
    return { op: "replace", path: `${path}/${member}`, value: String(settings[name] ?? 0) };
  });
}

async function updateByPatches(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const patchOperations = [
    ...replacements(planned, prior, { name: "/name", description: "/description", product_code: "/productCode" }),
    ...stagePatches(planned, prior),
    ...blockPatches(planned, prior, "throttle_settings", "/throttle", {
      rate_limit: "rateLimit",
      burst_limit: "burstLimit",
    }),
    ...blockPatches(planned, prior, "quota_settings", "/quota", { limit: "limit", offset: "offset", period: "period" }),
  ];
  if (patchOperations.length === 0) return;
  await aws.call("UpdateUsagePlan", { ...aws.inputOf("UpdateUsagePlan", planned), patchOperations });
}

/** Stages with the limits of their methods: a list in Terraform, a map in AWS. */
function apiStagesOf(stages: readonly ApiStage[]): readonly Attributes[] {
  return stages.map(({ apiId = "", stage = "", throttle = {} }) => ({
    api_id: apiId,
    stage,
    throttle: Object.entries(throttle).map(([path, { burstLimit = 0, rateLimit = 0 }]) => {
      return { path, burst_limit: burstLimit, rate_limit: rateLimit };
    }),
  }));
}

export const usagePlanResource = defineResource("aws_api_gateway_usage_plan", {
  service: "apigateway",
  names: {
    id: ["id", "usagePlanId"],
    tags_all: "tags",
    quota_settings: "quota",
    throttle_settings: "throttle",
    api_stages: null,
  },
  tagging: { tag: "TagResource", untag: "UntagResource" },
  defaults: {
    "api_stages.throttle.burst_limit": 0,
    "api_stages.throttle.rate_limit": 0,
    "quota_settings.offset": 0,
    "throttle_settings.burst_limit": 0,
    "throttle_settings.rate_limit": 0,
  },
  decimals: ["api_stages.throttle.rate_limit", "throttle_settings.rate_limit"],
  create: async (planned, aws) => {
    const apiStages = blocks(planned, "api_stages").map((stage) => ({
      apiId: text(stage, "api_id"),
      stage: text(stage, "stage"),
      throttle: Object.fromEntries(
        blocks(stage, "throttle").map((limits) => [
          text(limits, "path"),
          { burstLimit: Number(limits["burst_limit"] ?? 0), rateLimit: Number(limits["rate_limit"] ?? 0) },
        ]),
      ),
    }));
    const input = { ...aws.inputOf("CreateUsagePlan", planned), ...(apiStages.length > 0 ? { apiStages } : {}) };
    const { id } = await aws.call("CreateUsagePlan", input);
    const value = optionalText(planned, "product_code");
    if (value !== undefined) {
      const patchOperations = [{ op: "add", path: "/productCode", value }];
      await aws.call("UpdateUsagePlan", { usagePlanId: id, patchOperations });
    }
    return { id: String(id) };
  },
  read: "GetUsagePlan",
  refine: ({ id }, { apiStages = [] }, { region }) => ({
    arn: `arn:aws:apigateway:${region}::/usageplans/${id}`,
    api_stages: apiStagesOf(apiStages as readonly ApiStage[]),
  }),
  update: updateByPatches,
  delete: async (prior, aws) => {
    const patchOperations = stagePatches({ api_stages: [] }, prior);
    if (patchOperations.length > 0) {
      await aws.call("UpdateUsagePlan", { ...aws.inputOf("UpdateUsagePlan", prior), patchOperations });
    }
    await aws.call("DeleteUsagePlan", aws.inputOf("DeleteUsagePlan", prior));
  },
});

export const usagePlanKeyResource = defineResource("aws_api_gateway_usage_plan_key", {
  service: "apigateway",
  names: { key_type: ["keyType", "type"] },
  importId: "<usage_plan_id>/<key_id>",
  forceNew: ["key_id", "key_type", "usage_plan_id"],
  create: "CreateUsagePlanKey",
  read: "GetUsagePlanKey",
  delete: "DeleteUsagePlanKey",
});
