/**
 * Usage plans: which API keys admit callers to which stages, how fast and how often.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_usage_plan
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, blocks, isSame, optionalText, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { type ApiKeyRecord, apiKeys, requireApiKey } from "./api-key";
import { pageOfItems } from "./pages";
import { type Patch, type PatchRules, patched, replacements, replacing } from "./patch";
import { badRequest, conflict, hasStage } from "./rules";

type ApiStage = Wire<sdk.ApiStage>;

/** A usage plan as the account keeps it. */
export interface UsagePlanRecord extends Wire<sdk.UsagePlan> {
  readonly id: string;
  readonly apiStages: readonly ApiStage[];
  /** Ids of its API keys. */
  readonly keyIds: readonly string[];
}

export const usagePlans = new Table<UsagePlanRecord>("apigateway/UsagePlan", ({ id }) => id);

/** An API key with the usage plan that lets it into a stage. */
export interface AdmittedKey {
  readonly key: ApiKeyRecord;
  readonly plan: UsagePlanRecord;
}

/** The key of this value, if it is enabled and one of its usage plans has the stage. */
export function findAdmittedKey(
  place: TablePlace,
  restApiId: string,
  stageName: string,
  value: string,
): AdmittedKey | undefined {
  const key = apiKeys.list(place).find((candidate) => candidate.value === value && candidate.enabled);
  const isOfStage = ({ apiId, stage }: ApiStage) => apiId === restApiId && stage === stageName;
  if (key === undefined) return undefined;
  const plan = usagePlans
    .list(place)
    .find(({ keyIds, apiStages }) => keyIds.includes(key.id) && apiStages.some(isOfStage));
  return plan && { key, plan };
}

/** Takes the key out of all usage plans. */
export function deleteKeyFromPlans(place: TablePlace, keyId: string): void {
  for (const plan of usagePlans.list(place)) {
    if (!plan.keyIds.includes(keyId)) continue;
    usagePlans.put(place, { ...plan, keyIds: plan.keyIds.filter((id) => id !== keyId) });
  }
}

/** Takes the stage out of all usage plans. */
export function deleteStageFromPlans(place: TablePlace, restApiId: string, stageName: string): void {
  for (const plan of usagePlans.list(place)) {
    const apiStages = plan.apiStages.filter((of) => !isSameStage(of, { apiId: restApiId, stage: stageName }));
    if (apiStages.length < plan.apiStages.length) usagePlans.put(place, { ...plan, apiStages });
  }
}

function requirePlan(place: TablePlace, id: string | undefined): UsagePlanRecord {
  const plan = usagePlans.get(place, id ?? "");
  if (plan === undefined) throw new AwsError("NotFoundException", "Invalid Usage Plan ID specified", 404);
  return plan;
}

function describe({ keyIds: _, tags = {}, ...plan }: UsagePlanRecord, hasTags: boolean): Wire<sdk.UsagePlan> {
  return hasTags || Object.keys(tags).length > 0 ? { ...plan, tags } : plan;
}

export function createUsagePlan(context: OperationContext, input: Wire<sdk.CreateUsagePlanRequest>) {
  const { quota, apiStages = [] } = input;
  const id = context.account.randomId(6);
  for (const stage of apiStages) requireStage(context, stage, id);
  const plan: UsagePlanRecord = present({
    id,
    name: input.name,
    description: input.description || undefined,
    apiStages,
    throttle: input.throttle,
    quota: quota && { offset: 0, ...quota },
    tags: input.tags,
    keyIds: [],
  });
  return describe(usagePlans.put(context, plan), false);
}

/** @throws {AwsError} `NotFoundException` when the API has no such stage */
function requireStage(place: TablePlace, { apiId, stage }: ApiStage, planId: string): void {
  if (hasStage(place, apiId, stage)) return;
  const text = `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${planId}`;
  throw new AwsError("NotFoundException", text, 404);
}

export function getUsagePlan(context: OperationContext, { usagePlanId }: Wire<sdk.GetUsagePlanRequest>) {
  return describe(requirePlan(context, usagePlanId), true);
}

export function getUsagePlans(context: OperationContext, input: Wire<sdk.GetUsagePlansRequest>) {
  const { keyId } = input;
  const found = usagePlans.list(context).filter(({ keyIds }) => keyId === undefined || keyIds.includes(keyId));
  return pageOfItems(
    found.map((plan) => describe(plan, false)),
    input,
  );
}

/** The stage that a patch names as `<api>:<stage>`. */
function stageOf(value: string): ApiStage {
  const [, apiId, stage] = /^([^:]+):([^:]+)$/.exec(value) ?? [];
  if (apiId === undefined || stage === undefined) throw badRequest("Invalid API Stage specified");
  return { apiId, stage };
}

/** Members of a structure such as `throttle`, one path each. */
function membersOf<Member extends "quota" | "throttle">(member: Member, convert: Readonly<Record<string, unknown>>) {
  const paths = Object.entries(convert).map(([name, read]) => {
    const set = (value: string, record: UsagePlanRecord) => ({
      [member]: {
        ...(member === "quota" ? { offset: 0 } : {}),
        ...record[member],
        [name]: (read as typeof Number)(value),
      },
    });
    return [`/${member}/${name}`, { add: set, replace: set }] as const;
  });
  return { ...Object.fromEntries(paths), [`/${member}`]: { remove: () => ({ [member]: undefined }) } };
}

function rulesOf(place: TablePlace): PatchRules<UsagePlanRecord> {
  const set = replacing<UsagePlanRecord>("productCode").replace;
  return {
    "/name": replacing("name"),
    "/description": replacing("description"),
    "/productCode": { ...(set && { add: set, replace: set }), remove: () => ({ productCode: undefined }) },
    ...membersOf("quota", { limit: Number, offset: Number, period: String }),
    ...membersOf("throttle", { rateLimit: Number, burstLimit: Number }),
    "/apiStages": {
      add(value, { id, apiStages }) {
        const stage = stageOf(value);
        requireStage(place, stage, id);
        return { apiStages: [...apiStages.filter((other) => !isSameStage(other, stage)), stage] };
      },
      remove: (value, { apiStages }) => ({
        apiStages: apiStages.filter((other) => !isSameStage(other, stageOf(value))),
      }),
    },
  };
}

function isSameStage(a: ApiStage, b: ApiStage): boolean {
  return a.apiId === b.apiId && a.stage === b.stage;
}

const METHOD_LIMIT = /^\/apiStages\/([^/]+)\/throttle\/(.+)\/(rateLimit|burstLimit)$/;

/** Limits of one method at a stage have a path that holds the method's own, slashes and all. */
function limitMethod(plan: UsagePlanRecord, { path = "", value = "" }: Patch): UsagePlanRecord {
  const [, stage = "", method = "", limit = ""] = METHOD_LIMIT.exec(path) ?? [];
  const apiStages = plan.apiStages.map((of) => {
    if (!isSameStage(of, stageOf(stage))) return of;
    const name = method.replaceAll("~1", "/");
    const limits = { burstLimit: 0, rateLimit: 0, ...of.throttle?.[name], [limit]: Number(value) };
    return { ...of, throttle: { ...of.throttle, [name]: limits } };
  });
  return { ...plan, apiStages };
}

export function updateUsagePlan(context: OperationContext, input: Wire<sdk.UpdateUsagePlanRequest>) {
  const rules = rulesOf(context);
  const changed = (input.patchOperations ?? []).reduce(
    (plan, patch) => (METHOD_LIMIT.test(patch.path ?? "") ? limitMethod(plan, patch) : patched(plan, [patch], rules)),
    requirePlan(context, input.usagePlanId),
  );
  return describe(usagePlans.put(context, changed), true);
}

export function deleteUsagePlan(context: OperationContext, { usagePlanId }: Wire<sdk.DeleteUsagePlanRequest>) {
  const plan = requirePlan(context, usagePlanId);
  // Wording unconfirmed; that stages stand in the way is why the real provider takes them away first.
  if (plan.apiStages.length > 0) throw badRequest(`Cannot delete usage plan ${plan.id} with API stages`);
  usagePlans.delete(context, plan);
  return {};
}

const keyOf = ({ id, name, value }: ApiKeyRecord): Wire<sdk.UsagePlanKey> =>
  present({ id, type: "API_KEY", name, value });

export function createUsagePlanKey(context: OperationContext, input: Wire<sdk.CreateUsagePlanKeyRequest>) {
  const plan = requirePlan(context, input.usagePlanId);
  if (input.keyType !== "API_KEY") throw badRequest("Invalid key type specified");
  const key = requireApiKey(context, input.keyId);
  // Wording unconfirmed.
  if (plan.keyIds.includes(key.id)) throw conflict(`Usage plan ${plan.id} already has the API key ${key.id}`);
  usagePlans.put(context, { ...plan, keyIds: [...plan.keyIds, key.id] });
  return keyOf(key);
}

export function getUsagePlanKey(context: OperationContext, input: Wire<sdk.GetUsagePlanKeyRequest>) {
  const plan = requirePlan(context, input.usagePlanId);
  if (!plan.keyIds.includes(input.keyId ?? "")) {
    const text = `Usage Plan Key with id: ${input.keyId} not found for usage plan: ${plan.id}`;
    throw new AwsError("NotFoundException", text, 404);
  }
  return keyOf(requireApiKey(context, input.keyId));
}

/** The newest come first. */
export function getUsagePlanKeys(context: OperationContext, input: Wire<sdk.GetUsagePlanKeysRequest>) {
  const keys = requirePlan(context, input.usagePlanId).keyIds.map((id) => requireApiKey(context, id));
  const found = keys.filter(({ name = "" }) => name.startsWith(input.nameQuery ?? "")).reverse();
  return pageOfItems(found.map(keyOf), input);
}

export function deleteUsagePlanKey(context: OperationContext, input: Wire<sdk.DeleteUsagePlanKeyRequest>) {
  const { id } = getUsagePlanKey(context, input);
  const plan = requirePlan(context, input.usagePlanId);
  usagePlans.put(context, { ...plan, keyIds: plan.keyIds.filter((keyId) => keyId !== id) });
  return {};
}

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
