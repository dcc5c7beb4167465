/** What somebody changed by hand, as far as it makes a review say something else than what answers. Pure. */

import { code, counted } from "../../platform/markdown";
import { changedOutside } from "../plan-file/plan-drift";
import { actionOf, type PlanJson } from "../plan-file/plan-json";
import type { StateValues } from "../plan-file/state-json";
import { type Alert, note } from "./alert";

const REST_API = "aws_api_gateway_rest_api";
const FUNCTION = "aws_lambda_function";

/** What a deployment of the API holds a copy of, and what says which deployment answers. */
const IN_SNAPSHOT: readonly string[] = [
  "aws_api_gateway_authorizer",
  "aws_api_gateway_integration",
  "aws_api_gateway_method",
  "aws_api_gateway_resource",
  "aws_api_gateway_stage",
];

/** Quiet lines about what is broken until the plan is applied, and about what the table of calls cannot know. */
export function notesOnHands(environment: string, plan: PlanJson): readonly Alert[] {
  // Without the API there is nothing that could answer.
  if (plan.resource_drift.some(({ type, change }) => type === REST_API && actionOf(change) === "destroy")) return [];
  const functions = deletedFunctions(plan.resource_drift).map(({ change }) => String(change.before?.["function_name"]));
  return [
    ...functions.map((name) =>
      note(
        `The function ${code(name)} was deleted outside of the code: its routes answer 500 until it is there again.`,
      ),
    ),
    ...notesOnApi(environment, plan),
    ...notesOnCallers(plan),
  ];
}

/** A function may refuse whom the API lets in, by what its environment says. */
function notesOnCallers(plan: PlanJson): readonly Alert[] {
  const changed = new Set(
    changedOutside(plan)
      .filter(({ address, attribute }) => address.startsWith(`${FUNCTION}.`) && attribute?.startsWith("environment"))
      .map(({ address }) => address),
  );
  const names = plan.resource_drift
    .filter(({ address }) => changed.has(address))
    .map(({ change }) => String(change.before?.["function_name"]));
  return names.map((name) =>
    note(
      `The environment of the function ${code(name)} was changed outside of the code: whom it let in until now may be others than are told.`,
    ),
  );
}

function notesOnApi(environment: string, plan: PlanJson): readonly Alert[] {
  const changed = new Set(changedOutside(plan).map(({ address }) => address));
  const count = [...changed].filter((address) => IN_SNAPSHOT.includes(address.split(".")[0] ?? "")).length;
  if (count === 0) return [];
  return [
    note(
      `The API was changed outside of the code (${counted(count, "resource")}). Who could call what before is told as it is configured now, deployed or not; ${code(`npm run drift -- ${environment}`)} tells what answers.`,
    ),
  ];
}

/**
 * What was deployed, with the functions that somebody deleted as Terraform left them: who may call their routes is
 * decided by the API and by what they were told.
 */
export function withDeletedFunctions(values: StateValues, { resource_drift }: PlanJson): StateValues {
  const resources = deletedFunctions(resource_drift).map(({ address, mode, type, name, change }) => {
    return { address, mode, type, name, values: change.before ?? {}, sensitive_values: {} };
  });
  const { root_module } = values;
  return { ...values, root_module: { ...root_module, resources: [...root_module.resources, ...resources] } };
}

function deletedFunctions(drifts: PlanJson["resource_drift"]): PlanJson["resource_drift"] {
  return drifts.filter(({ type, change }) => type === FUNCTION && actionOf(change) === "destroy");
}
