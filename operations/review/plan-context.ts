/** A plan with what its review compares: made once, handed to whatever looks for alerts. Pure. */
import { listOf, normalizedStack } from "../../constructs/contract/stack-json";
import { type AccessMatrix, accessMatrix } from "../access-graph/access-matrix";
import { publicReasons, sensitiveScopes } from "../access-graph/synthesized-stack";
import { stackOfState } from "../deployed/stack-of-state";
import type { UnmanagedResources } from "../deployed/unmanaged";
import type { Finding } from "../plan-file/finding";
import { changedOutside, writtenIn } from "../plan-file/plan-drift";
import { type Action, actionOf, type PlanJson, type ResourceChange } from "../plan-file/plan-json";
import { managedResources, type StateResource, type StateValues } from "../plan-file/state-json";
import { isThere, type Values, valuesIn } from "./predicates";
import { type Ledger, ledgerOf } from "./protection-ledger";
import { PROTECTIONS } from "./protections";

/** What a plan starts from, does, and leads to. */
export interface PlanContext {
  readonly environment: string;
  readonly plan: PlanJson;
  /** Content of the stack's `cdk.tf.json`. */
  readonly json: unknown;
  /** Managed resources that the plan does something to. */
  readonly changes: readonly ResourceChange[];
  /** The same; what is destroyed and created again at another address is replaced. */
  readonly paired: readonly ResourceChange[];
  /** Names of the attributes that the code sets, by address. */
  readonly written: ReadonlyMap<string, readonly string[]>;
  /** What was changed outside Terraform. */
  readonly drifts: readonly Finding[];
  /** How AWS differs from the Terraform state where no plan shows it. */
  readonly notInPlan: UnmanagedResources;
  /** Resources that are deployed, as Terraform found them when it planned. */
  readonly deployed: readonly StateResource[];
  /** Resources as the code has them, by type and name; references are `${…}`. */
  readonly code: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  /** What Terraform refuses to destroy. */
  readonly ledger: Ledger;
  /** The account of the stack; `undefined` when it is unknown. */
  readonly account: string | undefined;
  readonly region: string;
  readonly before: AccessMatrix;
  readonly after: AccessMatrix;
  /** Why routes are public, by route. */
  readonly reasons: {
    readonly before: Readonly<Record<string, string>>;
    readonly after: Readonly<Record<string, string>>;
  };
  /** Sensitive scopes, with who approves gains of them. */
  readonly sensitive: {
    readonly before: ReadonlyMap<string, readonly string[]>;
    readonly after: ReadonlyMap<string, readonly string[]>;
  };
  /** Whether the deployed API exists afterwards, and with it its deployed snapshot. */
  readonly isApiKept: boolean;
}

const ACCOUNT_IN_ARN = /^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):/;

/**
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 * @throws {Error} when the stack cannot be parsed
 */
export function contextOf(
  environment: string,
  plan: PlanJson,
  json: unknown,
  notInPlan: UnmanagedResources = { findings: [], notChecked: [] },
): PlanContext {
  const { values } = plan.prior_state;
  const state = values && withDeletedFunctions(values, plan);
  const { provider, resource } = normalizedStack(json);
  const providers = provider["aws"] ?? [];
  const changes = plan.resource_changes.filter(
    ({ mode, change }) => mode === "managed" && !["nothing", "read"].includes(actionOf(change)),
  );
  const isDeploying = deploysApi(changes.map(({ type, change }) => ({ type, action: actionOf(change) })));
  // What an interrupted deployment left out of the snapshot answers only after this plan.
  const gains = notInPlan.findings.filter((one) => isDeploying && one.verdict === "not-live" && one.attribute === null);
  const live =
    state === undefined
      ? {}
      : answering(
          stackOfState(state),
          gains.map(({ address }) => address),
        );
  const accounts = providers.flatMap((one) => listOf(one["allowed_account_ids"])).map(String);
  const arns = plan.resource_changes.map(({ change }) => ACCOUNT_IN_ARN.exec(String(change.before?.["arn"]))?.[1]);
  return {
    environment,
    plan,
    json,
    changes,
    paired: pairedChanges(changes),
    written: writtenIn(plan),
    drifts: changedOutside(plan),
    notInPlan,
    deployed: managedResources(values),
    code: resource,
    ledger: ledgerOf(plan, json),
    account: accounts.length === 1 ? accounts[0] : arns.find((account) => account !== undefined),
    region: String(providers[0]?.["region"] ?? ""),
    before: accessMatrix(environment, live),
    after: accessMatrix(environment, json),
    reasons: { before: publicReasons(live), after: publicReasons(json) },
    sensitive: { before: sensitiveScopes(live), after: sensitiveScopes(json) },
    isApiKept: !changes.some(({ type, change }) => type === "aws_api_gateway_rest_api" && isEnding(actionOf(change))),
  };
}

/** Whether the resource that is there does not outlive the action. */
export function isEnding(action: Action): boolean {
  return action === "destroy" || action === "replace";
}

/** Whether a plan makes a deployment of the API, with which all its methods go live. */
export function deploysApi(planned: readonly { readonly type: string; readonly action: string }[]): boolean {
  return planned.some(
    ({ type, action }) => type === "aws_api_gateway_deployment" && ["create", "replace"].includes(action),
  );
}

/**
 * Without methods of APIs that have no stage: no call of theirs is answered.
 * @param left addresses of methods that are not deployed either
 */
function answering(live: unknown, left: readonly string[]): unknown {
  const { resource, ...others } = normalizedStack(live);
  const methods = Object.entries(resource["aws_api_gateway_method"] ?? {});
  const staged = Object.values(resource["aws_api_gateway_stage"] ?? {}).map(({ rest_api_id }) => rest_api_id);
  const answered = methods.filter(
    ([name, { rest_api_id }]) => staged.includes(rest_api_id) && !left.includes(`aws_api_gateway_method.${name}`),
  );
  return { ...others, resource: { ...resource, aws_api_gateway_method: Object.fromEntries(answered) } };
}

/**
 * The state with the functions that were deleted outside Terraform: who may call their routes is decided by the API and by
 * what the functions were configured with.
 */
function withDeletedFunctions(values: StateValues, { resource_drift }: PlanJson): StateValues {
  const { root_module } = values;
  const resources = deletedFunctions(resource_drift).map(({ address, mode, type, name, change }) => {
    return { address, mode, type, name, values: change.before ?? {}, sensitive_values: {} };
  });
  return { ...values, root_module: { ...root_module, resources: [...root_module.resources, ...resources] } };
}

export function deletedFunctions(drifts: PlanJson["resource_drift"]): PlanJson["resource_drift"] {
  return drifts.filter(({ type, change }) => type === "aws_lambda_function" && actionOf(change) === "destroy");
}

/** One change for each two that are about the same thing, as when its construct is renamed. */
function pairedChanges(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  const created = changes.filter(({ change }) => actionOf(change) === "create");
  const taken = new Set<ResourceChange>();
  const pairs = changes
    .filter(({ change }) => actionOf(change) === "destroy")
    .flatMap((gone) => {
      const key = identityOf(gone.type, gone.change.before);
      const made = created.find(
        (one) => !taken.has(one) && key !== undefined && identityOf(one.type, one.change.after) === key,
      );
      if (made === undefined) return [];
      taken.add(made).add(gone);
      const { before, before_sensitive } = gone.change;
      return [
        {
          ...made,
          change: { ...made.change, actions: ["delete" as const, "create" as const], before, before_sensitive },
        },
      ];
    });
  return [...changes.filter((one) => !taken.has(one)), ...pairs];
}

/** @returns `undefined` when it is unknown */
export function identityOf(type: string, values: unknown): string | undefined {
  const found = PROTECTIONS[type]?.identity?.map((name) => valuesIn(values)[name]);
  return found?.every(isThere) ? JSON.stringify([type, ...found]) : undefined;
}
