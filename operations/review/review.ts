/** What a plan comes to, for people and programs: read from the plan, the state in it and what was synthesized. Pure. */
import { accessMatrix } from "../access-graph/access-matrix";
import { publicReasons } from "../access-graph/synthesized-stack";
import { stackOfState } from "../deployed/stack-of-state";
import { changedOutside } from "../plan-file/plan-drift";
import { type Action, actionOf, type PlanJson } from "../plan-file/plan-json";
import { accessAlerts } from "./access-alerts";
import { type AccessChange, accessChanges } from "./access-changes";
import { type Alert, sortedAlerts } from "./alert";
import { notesOnHands, withDeletedFunctions } from "./changed-by-hand";
import { type Costs, costsOf } from "./costs";
import { deadIds, dyingIds } from "./dying-ids";
import { changedOutputs, fingerprintOf } from "./fingerprint";
import { lostProtection } from "./lost-protection";
import { planFacts } from "./plan-facts";
import { type Counts, countsOf, doneTo, type ReviewedResource, reviewedResources } from "./resource-changes";
import { scopeAlerts } from "./scope-alerts";
import { unwatchedAlerts } from "./unwatched-alerts";

const REST_API = "aws_api_gateway_rest_api";

/** A reviewed plan. */
export interface Review {
  readonly environment: string;
  /** The same for plans that come to the same: see fingerprint.ts. */
  readonly fingerprint: string;
  /** Whether there is anything to apply. */
  readonly hasChanges: boolean;
  /** What must not be overlooked, the worst first. */
  readonly alerts: readonly Alert[];
  readonly access: readonly AccessChange[];
  readonly counts: Counts;
  readonly resources: readonly ReviewedResource[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  /** Addresses of resources that somebody changed behind Terraform's back, and that the plan touches. */
  readonly drifted: readonly string[];
  readonly costs: Costs;
}

/**
 * Reviews a plan. What was before is what Terraform found when it planned, not what it remembered.
 *
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 * @throws {Error} the stack cannot be understood
 */
export function reviewOf(environment: string, plan: PlanJson, json: unknown): Review {
  const { values } = plan.prior_state;
  const deployed = values === undefined ? {} : stackOfState(withDeletedFunctions(values, plan));
  const before = accessMatrix(environment, deployed);
  const after = accessMatrix(environment, json);
  const changes = doneTo(plan);
  const isApiKept = !changes.some(({ type, change }) => type === REST_API && isEnding(actionOf(change)));
  const access = accessChanges(before, after, isApiKept);
  const resources = reviewedResources(plan, json);
  const outputs = changedOutputs(plan);
  const facts = planFacts(plan, json, before.routes);
  const alerts = [
    ...accessAlerts(before, after, publicReasons(deployed), json, isApiKept),
    ...dyingIds(changes),
    ...deadIds(plan.resource_drift, changes),
    ...lostProtection(changes, after, facts),
    ...scopeAlerts(changes, facts.stack, environment),
    ...unwatchedAlerts(changes),
    ...notesOnHands(environment, plan),
  ];
  const touched = new Set(resources.map(({ address }) => address));
  return {
    environment,
    fingerprint: fingerprintOf(environment, access, plan, json),
    hasChanges: resources.length > 0 || outputs.length > 0,
    alerts: sortedAlerts(alerts),
    access,
    counts: countsOf(resources),
    resources,
    outputs,
    drifted: [...new Set(changedOutside(plan).map(({ address }) => address))].filter((address) => touched.has(address)),
    costs: costsOf(plan),
  };
}

function isEnding(action: Action): boolean {
  return action === "destroy" || action === "replace";
}
