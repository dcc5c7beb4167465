/** A note on the environment that is deployed before, as `after` in access.yaml says. Pure. */
import { OUTPUT } from "../../constructs/contract/contract";
import { StackJson } from "../../constructs/contract/stack-json";
import { code } from "../../platform/markdown";
import { type Alert, info } from "./alert";
import type { PlanContext } from "./plan-context";

export function orderNotes({ environment, json, changes }: PlanContext): readonly Alert[] {
  const after = new StackJson(json).output(OUTPUT.deployedAfter);
  if (typeof after !== "string" || changes.length === 0) return [];
  const order = `${code(environment)} is deployed after ${code(after)}`;
  return [info(`${order}: the workflow waits until that is deployed and verified.`)];
}
