/** What a plan comes to, for people and programs: read from the plan, the state in it and what was synthesized. Pure. */
import { todayOf } from "../../access/access-model";
import { UserError } from "../../platform/user-error";
import type { UnmanagedResources } from "../deployed/unmanaged";
import type { PlanJson } from "../plan-file/plan-json";
import { accessAlerts } from "./access-alerts";
import { type AccessChange, accessChanges } from "./access-changes";
import { type Alert, SEVERITIES } from "./alert";
import { type Costs, costsOf } from "./costs";
import { deletions } from "./deletions";
import { endingAccess } from "./ending-access";
import { fingerprintOf } from "./fingerprint";
import { functionAlerts } from "./function-alerts";
import { issuedTokens } from "./issued-tokens";
import { lostProtection } from "./lost-protection";
import { lostState } from "./lost-state";
import { orderNotes } from "./order-notes";
import { notInPlanAlerts, outOfBandNotes } from "./out-of-band";
import { contextOf } from "./plan-context";
import { policyAlerts } from "./policy-alerts";
import { changedOutputs, type DoneAction, type ReviewedResource, reviewedResources } from "./resource-changes";
import { scopeAlerts } from "./scope-alerts";
import { sensitiveScopeAlerts } from "./sensitive-scope-alerts";
import { takenNames } from "./taken-names";
import { uncheckedAlerts } from "./unchecked-alerts";

/** What looks for alerts, in the order in which those of the same severity are shown. */
const FINDERS = [
  lostState,
  takenNames,
  accessAlerts,
  notInPlanAlerts,
  deletions,
  lostProtection,
  policyAlerts,
  functionAlerts,
  scopeAlerts,
  sensitiveScopeAlerts,
  issuedTokens,
  uncheckedAlerts,
  outOfBandNotes,
  orderNotes,
];

/** A reviewed plan. */
export interface Review {
  readonly environment: string;
  /** Hash of what the plan does: 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Whether there is anything to apply. */
  readonly hasChanges: boolean;
  /** The most severe first. */
  readonly alerts: readonly Alert[];
  readonly access: readonly AccessChange[];
  /** Numbers of resources by what is done to them. */
  readonly counts: Readonly<Record<DoneAction, number>>;
  readonly resources: readonly ReviewedResource[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  /** Addresses of resources that were changed outside Terraform and that the plan changes. */
  readonly drifted: readonly string[];
  /** How AWS differs from the Terraform state where no plan shows it, as `access drift` finds it. */
  readonly notInPlan: UnmanagedResources;
  readonly costs: Costs;
}

/**
 * Reviews a plan. What was before is what Terraform found when it planned, not its state.
 *
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 * @param notInPlan what AWS has that the plan does not show
 * @param today the day by which access is judged
 * @throws {UserError} when plan or stack cannot be parsed
 */
export function reviewOf(
  environment: string,
  plan: PlanJson,
  json: unknown,
  notInPlan?: UnmanagedResources,
  today = todayOf(process.env),
): Review {
  const context = parsed(() => contextOf(environment, plan, json, notInPlan));
  const access = accessChanges(context);
  const resources = reviewedResources(context);
  const outputs = changedOutputs(plan);
  const drifted = new Set(context.drifts.map(({ address }) => address));
  const counts = { create: 0, update: 0, replace: 0, destroy: 0, forget: 0 };
  for (const { action } of resources) counts[action] += 1;
  return {
    environment,
    fingerprint: fingerprintOf(context, access, json),
    hasChanges: resources.length > 0 || outputs.length > 0,
    alerts: sortedAlerts([...FINDERS.flatMap((find) => find(context, today)), ...endingAccess(context, today)]),
    access,
    counts,
    resources,
    outputs,
    drifted: resources.map(({ address }) => address).filter((address) => drifted.has(address)),
    notInPlan: context.notInPlan,
    costs: costsOf(plan),
  };
}

/** The most severe first, each once. */
function sortedAlerts(alerts: readonly Alert[]): readonly Alert[] {
  const distinct = new Map(alerts.map((alert) => [`${alert.severity} ${alert.message}`, alert]));
  return [...distinct.values()].toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new UserError(`the plan cannot be parsed: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
