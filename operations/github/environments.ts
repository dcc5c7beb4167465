/** The environments that workflows may plan and deploy. Pure. */
import type { AccessModel, Environment } from "../../access/access-model";

/** What a workflow needs to know of an environment. */
export interface WorkflowEnvironment {
  readonly name: string;
  readonly region: string;
  /** Whether it may be called by everybody's token: its functions harm nobody. */
  readonly ephemeral: boolean;
  /** Name of the repository's variable with the ARN of the role that plans. */
  readonly planRole: string;
}

/** Those whose state is not on one machine, and so is there when the next job starts. */
export function workflowEnvironments({ environments }: AccessModel): readonly WorkflowEnvironment[] {
  return environments.filter(({ backend }) => backend.kind !== "local").map(workflowEnvironment);
}

/** Those that no workflow can plan, since their state would be gone with the runner. */
export function localEnvironments({ environments }: AccessModel): readonly string[] {
  return environments.filter(({ backend }) => backend.kind === "local").map(({ name }) => name);
}

function workflowEnvironment({ name, region, isEphemeral }: Environment): WorkflowEnvironment {
  // Names of variables have letters, digits and underscores.
  const planRole = `AWS_PLAN_ROLE_${name.toUpperCase().replaceAll("-", "_")}`;
  return { name, region, ephemeral: isEphemeral, planRole };
}
