/**
 * Usage plans: which API keys admit callers to which stages, how fast and how often.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_usage_plan
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import type { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, blocks, isSame, optionalText, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { type ApiKeyRecord, apiKeys, requireApiKey } from "./api-key";
import { type Change, differences, type Patch, type PatchRules, patched, replacing } from "./patch";
import { stages } from "./records";
import { badRequest, conflict, missing } from "./refusals";
import { pageOfItems } from "./shared-operations";

type ApiStage = Wire<sdk.ApiStage>;

/** A usage plan as the account keeps it. */
export interface UsagePlanRecord extends Wire<sdk.UsagePlan> {
  readonly id: string;
  readonly apiStages: readonly ApiStage[];
  /** Ids of its API keys. */
  readonly keyIds: readonly string[];
}

const usagePlans = new Table<UsagePlanRecord>("apigateway/UsagePlan", ({ id }) => id);

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

function requirePlan(place: TablePlace, id: string | undefined): UsagePlanRecord {
  const plan = usagePlans.get(place, id ?? "");
  if (plan === undefined) throw missing("Invalid Usage Plan ID specified");
  return plan;
}

function describe({ keyIds: _, tags = {}, ...plan }: UsagePlanRecord, hasTags: boolean): Wire<sdk.UsagePlan> {
  return hasTags || Object.keys(tags).length > 0 ? { ...plan, tags } : plan;
}

export function createUsagePlan(context: OperationContext, input: Wire<sdk.CreateUsagePlanRequest>) {
  const { name, quota, apiStages = [], throttle, tags } = input;
  const id = context.account.randomId(6);
  for (const stage of apiStages) requireStage(context, stage, id);
  const description = input.description || undefined;
  const given = { id, name, description, apiStages, throttle, quota: quota && { offset: 0, ...quota }, tags };
  return describe(usagePlans.put(context, present({ ...given, keyIds: [] })), false);
}

/** @throws {AwsError} `NotFoundException` when the API has no such stage */
function requireStage(place: TablePlace, of: ApiStage, planId: string): void {
  if (stages.find(place, of.apiId, of.stage) === undefined) throw invalidStage(of, planId);
}

function invalidStage({ apiId, stage }: ApiStage, planId: string): AwsError {
  return missing(`Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${planId}`);
}

export function getUsagePlan(context: OperationContext, { usagePlanId }: Wire<sdk.GetUsagePlanRequest>) {
  return describe(requirePlan(context, usagePlanId), true);
}

export function getUsagePlans(context: OperationContext, input: Wire<sdk.GetUsagePlansRequest>) {
  const { keyId } = input;
  const found = usagePlans.list(context).filter(({ keyIds }) => keyId === undefined || keyIds.includes(keyId));
  const described = found.map((plan) => describe(plan, false));
  return pageOfItems(described, input);
}

/** The stage that a patch names as `<api>:<stage>`. */
function stageOf(value: string): ApiStage {
  const [, apiId, stage] = /^([^:]+):([^:]+)$/.exec(value) ?? [];
  if (apiId === undefined || stage === undefined) throw badRequest("Invalid API Stage specified");
  return { apiId, stage };
}

const isSameStage = (a: ApiStage, b: ApiStage) => a.apiId === b.apiId && a.stage === b.stage;

/** Members of a structure, one path each; the structure is removed as a whole. */
function membersOf(member: "quota" | "throttle", numbers: readonly string[]): PatchRules<UsagePlanRecord> {
  const paths = [...numbers, ...(member === "quota" ? ["period"] : [])].map((name) => {
    const set: Change<UsagePlanRecord> = (value, record) => {
      const before = { ...(member === "quota" ? { offset: 0 } : {}), ...record[member] };
      return { [member]: { ...before, [name]: numbers.includes(name) ? Number(value) : value } };
    };
    return [`/${member}/${name}`, { add: set, replace: set }] as const;
  });
  return { ...Object.fromEntries(paths), [`/${member}`]: { remove: () => ({ [member]: undefined }) } };
}

const setProduct: Change<UsagePlanRecord> = (value) => ({ productCode: value || undefined });

function rulesOf(place: TablePlace): PatchRules<UsagePlanRecord> {
  const others = (all: readonly ApiStage[], stage: ApiStage) => all.filter((other) => !isSameStage(other, stage));
  return {
    "/name": replacing("name"),
    "/description": replacing("description"),
    "/productCode": { add: setProduct, replace: setProduct, remove: () => ({ productCode: undefined }) },
    ...membersOf("quota", ["limit", "offset"]),
    ...membersOf("throttle", ["rateLimit", "burstLimit"]),
    "/apiStages": {
      add(value, { id, apiStages }) {
        const stage = stageOf(value);
        requireStage(place, stage, id);
        return { apiStages: [...others(apiStages, stage), stage] };
      },
      remove(value, { id, apiStages }) {
        const stage = stageOf(value);
        if (!apiStages.some((other) => isSameStage(other, stage))) throw invalidStage(stage, id);
        return { apiStages: others(apiStages, stage) };
      },
    },
  };
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
  const [first] = plan.apiStages;
  if (first !== undefined) {
    // Seen: aws/aws-sdk-js#3841.
    const why = `there are API Stages associated with it, including ${first.apiId}:${first.stage}`;
    throw badRequest(`Cannot delete Usage Plan ${plan.id} because ${why}`);
  }
  usagePlans.delete(context, plan);
  return {};
}

const keyOf = ({ id, name, value }: ApiKeyRecord): Wire<sdk.UsagePlanKey> =>
  present({ id, type: "API_KEY", name, value });

export function createUsagePlanKey(context: OperationContext, input: Wire<sdk.CreateUsagePlanKeyRequest>) {
  const plan = requirePlan(context, input.usagePlanId);
  if (input.keyType !== "API_KEY") throw badRequest("Invalid key type specified");
  const key = requireApiKey(context, input.keyId);
  // The wording for a key that is in the plan already is unconfirmed.
  if (plan.keyIds.includes(key.id)) throw conflict(`Usage plan ${plan.id} already has the API key ${key.id}`);
  usagePlans.put(context, { ...plan, keyIds: [...plan.keyIds, key.id] });
  return keyOf(key);
}

export function getUsagePlanKey(context: OperationContext, input: Wire<sdk.GetUsagePlanKeyRequest>) {
  const plan = requirePlan(context, input.usagePlanId);
  if (!plan.keyIds.includes(input.keyId ?? "")) {
    throw missing(`Usage Plan Key with id: ${input.keyId} not found for usage plan: ${plan.id}`);
  }
  return keyOf(requireApiKey(context, input.keyId));
}

/** The newest come first; a plan that does not exist has none (recorded). */
export function getUsagePlanKeys(context: OperationContext, input: Wire<sdk.GetUsagePlanKeysRequest>) {
  const { keyIds = [] } = usagePlans.get(context, input.usagePlanId ?? "") ?? {};
  const keys = keyIds.map((id) => requireApiKey(context, id));
  const found = keys.filter(({ name = "" }) => name.startsWith(input.nameQuery ?? "")).reverse();
  return pageOfItems(found.map(keyOf), input);
}

export function deleteUsagePlanKey(context: OperationContext, input: Wire<sdk.DeleteUsagePlanKeyRequest>) {
  const { id } = getUsagePlanKey(context, input);
  removeKey(context, requirePlan(context, input.usagePlanId), id ?? "");
  return {};
}

/** Deletes the key, in its usage plans as well. */
export function deleteApiKey(context: OperationContext, { apiKey }: Wire<sdk.DeleteApiKeyRequest>) {
  const key = requireApiKey(context, apiKey);
  for (const plan of usagePlans.list(context)) if (plan.keyIds.includes(key.id)) removeKey(context, plan, key.id);
  apiKeys.delete(context, key);
  return {};
}

function removeKey(place: TablePlace, plan: UsagePlanRecord, keyId: string): void {
  usagePlans.put(place, { ...plan, keyIds: plan.keyIds.filter((id) => id !== keyId) });
}

/** Stages are removed and added again, as the real provider does, with the limits of their methods. */
function stagePatches(planned: Attributes, prior: Attributes): readonly Patch[] {
  if (isSame(planned["api_stages"], prior["api_stages"])) return [];
  const nameOf = (stage: Attributes) => `${stage["api_id"]}:${stage["stage"]}`;
  const path = "/apiStages";
  return [
    ...blocks(prior, "api_stages").map((stage) => ({ op: "remove", path, value: nameOf(stage) }) as const),
    ...blocks(planned, "api_stages").flatMap((stage) => [
      { op: "add" as const, path, value: nameOf(stage) },
      ...blocks(stage, "throttle").flatMap((limits) =>
        Object.entries({ rateLimit: "rate_limit", burstLimit: "burst_limit" }).map(([member, name]) => ({
          op: "replace" as const,
          path: `${path}/${nameOf(stage)}/throttle/${text(limits, "path")}/${member}`,
          value: String(limits[name] ?? 0),
        })),
      ),
    ]),
  ];
}

/** Blocks with their paths and members; each is removed as a whole. */
const BLOCKS = [
  ["throttle_settings", "/throttle", { rate_limit: "rateLimit", burst_limit: "burstLimit" }],
  ["quota_settings", "/quota", { limit: "limit", offset: "offset", period: "period" }],
] as const;

async function update(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const blockPatches = BLOCKS.flatMap(([block, path, members]): readonly Patch[] => {
    if (isSame(planned[block], prior[block])) return [];
    const [settings] = blocks(planned, block);
    if (settings === undefined) return [{ op: "remove", path }];
    return Object.entries(members).map(([name, member]) => {
      return { op: "replace", path: `${path}/${member}`, value: String(settings[name] ?? 0) };
    });
  });
  const patchOperations = [
    ...differences(planned, prior, { name: "/name", description: "/description", product_code: "/productCode" }),
    ...stagePatches(planned, prior),
    ...blockPatches,
  ];
  if (patchOperations.length === 0) return;
  await aws.call("UpdateUsagePlan", { ...aws.inputOf("UpdateUsagePlan", planned), patchOperations });
}

const NO_LIMITS = { burst_limit: 0, rate_limit: 0 };

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
    ...Object.fromEntries(
      ["api_stages.throttle", "throttle_settings"].flatMap((block) =>
        Object.entries(NO_LIMITS).map(([name, limit]) => [`${block}.${name}`, limit]),
      ),
    ),
    "quota_settings.offset": 0,
  },
  decimals: ["api_stages.throttle.rate_limit", "throttle_settings.rate_limit"],
  create: async (planned, aws) => {
    // Limits of methods are a list in Terraform, and a map in AWS.
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
    api_stages: (apiStages as readonly ApiStage[]).map(({ apiId = "", stage = "", throttle = {} }) => ({
      api_id: apiId,
      stage,
      throttle: Object.entries(throttle).map(([path, { burstLimit = 0, rateLimit = 0 }]) => {
        return { path, burst_limit: burstLimit, rate_limit: rateLimit };
      }),
    })),
  }),
  update,
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
