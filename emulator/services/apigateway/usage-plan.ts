/**
 * Usage plans: which API keys admit callers to which stages, how fast and how often.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type ApiKeyRecord, apiKeys, requireApiKey } from "./api-key";
import { pageOfItems } from "./pages";
import { type Patch, type PatchRules, patched, replacing } from "./patch";
import { badRequest, conflict, hasStage } from "./rules";

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

/** Takes the key out of all usage plans. */
export function deleteKeyFromPlans(place: TablePlace, keyId: string): void {
  for (const plan of usagePlans.list(place)) {
    if (!plan.keyIds.includes(keyId)) continue;
    usagePlans.put(place, { ...plan, keyIds: plan.keyIds.filter((id) => id !== keyId) });
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
function requireStage(place: TablePlace, of: ApiStage, planId: string): void {
  if (!hasStage(place, of.apiId, of.stage)) throw invalidStage(of, planId);
}

function invalidStage({ apiId, stage }: ApiStage, planId: string): AwsError {
  const text = `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${planId}`;
  return new AwsError("NotFoundException", text, 404);
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
      remove(value, { id, apiStages }) {
        const stage = stageOf(value);
        if (!apiStages.some((other) => isSameStage(other, stage))) throw invalidStage(stage, id);
        return { apiStages: apiStages.filter((other) => !isSameStage(other, stage)) };
      },
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

/** The newest come first; a plan that does not exist has none (recorded). */
export function getUsagePlanKeys(context: OperationContext, input: Wire<sdk.GetUsagePlanKeysRequest>) {
  const { keyIds = [] } = usagePlans.get(context, input.usagePlanId ?? "") ?? {};
  const keys = keyIds.map((id) => requireApiKey(context, id));
  const found = keys.filter(({ name = "" }) => name.startsWith(input.nameQuery ?? "")).reverse();
  return pageOfItems(found.map(keyOf), input);
}

export function deleteUsagePlanKey(context: OperationContext, input: Wire<sdk.DeleteUsagePlanKeyRequest>) {
  const { id } = getUsagePlanKey(context, input);
  const plan = requirePlan(context, input.usagePlanId);
  usagePlans.put(context, { ...plan, keyIds: plan.keyIds.filter((keyId) => keyId !== id) });
  return {};
}
