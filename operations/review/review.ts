/** What a plan comes to, for people and programs: read from the plan, the state in it and what was synthesized. Pure. */
import { changedOutside } from "../plan-file/plan-drift";
import type { PlanJson } from "../plan-file/plan-json";
import { accessAlerts } from "./access-alerts";
import { type AccessChange, accessChanges } from "./access-changes";
import { type Alert, sortedAlerts } from "./alert";
import { type Costs, costsOf } from "./costs";
import { deletions } from "./deletions";
import { fingerprintOf } from "./fingerprint";
import { lostProtection } from "./lost-protection";
import { outOfBandNotes } from "./out-of-band";
import { contextOf } from "./plan-context";
import { policyAlerts } from "./policy-alerts";
import { type Counts, changedOutputs, countsOf, type ReviewedResource, reviewedResources } from "./resource-changes";
import { scopeAlerts } from "./scope-alerts";

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
  readonly counts: Counts;
  readonly resources: readonly ReviewedResource[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  /** Addresses of resources that were changed outside Terraform and that the plan changes. */
  readonly drifted: readonly string[];
  readonly costs: Costs;
}

/**
 * Reviews a plan. What was before is what Terraform found when it planned, not its state.
 *
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 * @throws {Error} when the stack cannot be parsed
 */
export function reviewOf(environment: string, plan: PlanJson, json: unknown): Review {
  const context = contextOf(environment, plan, json);
  const access = accessChanges(context);
  const resources = reviewedResources(context);
  const outputs = changedOutputs(plan);
  const touched = new Set(resources.map(({ address }) => address));
  const drifted = new Set(changedOutside(plan).map(({ address }) => address));
  return {
    environment,
    fingerprint: fingerprintOf(context, access, json),
    hasChanges: resources.length > 0 || outputs.length > 0,
    alerts: sortedAlerts(
      [accessAlerts, deletions, lostProtection, policyAlerts, scopeAlerts, outOfBandNotes].flatMap((find) =>
        find(context),
      ),
    ),
    access,
    counts: countsOf(resources),
    resources,
    outputs,
    drifted: [...drifted].filter((address) => touched.has(address)),
    costs: costsOf(plan),
  };
}
