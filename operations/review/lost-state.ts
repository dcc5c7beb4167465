/** Whether what a plan would make is there already, made with another state: it would be made a second time. */
import { callAws } from "../../platform/aws-call";
import { code } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import { LookRefused } from "../deployed/aws-look";
import { findMainThings } from "../deployed/leftovers";
import { namesOf } from "../deployed/stack-names";
import type { PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";
import { type Alert, caution, note } from "./alert";

/**
 * Asks AWS for user pools and APIs of the stack's names, when the state is empty.
 * @param json content of the stack's `cdk.tf.json`
 */
export async function lostStateAlerts(
  environment: string,
  { prior_state }: PlanJson,
  json: unknown,
  call: typeof callAws = callAws,
): Promise<readonly Alert[]> {
  if (managedResources(prior_state.values).length > 0) return [];
  const nothing = { outputs: {}, root_module: { resources: [], child_modules: [] } };
  try {
    const live = await findMainThings(call, namesOf(json, nothing));
    if (live.length === 0) return [];
    const things = live.map(({ kind, name, detail }) => `${kind} ${code(name)} (${code(detail)})`).join(", ");
    return [
      caution(
        `The state of ${code(environment)} is empty, but things of its name live: ${things}. They would be made a second time. Their state is probably elsewhere: find it before you apply this.`,
      ),
    ];
  } catch (error) {
    if (!(error instanceof LookRefused) && !(error instanceof UserError)) throw error;
    return [note("Whether things of these names live already, made with another state, could not be asked of AWS.")];
  }
}
