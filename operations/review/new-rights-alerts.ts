/** Loud lines about what roles may do by policies that they did not have before. Pure. */

import { code, codes } from "../../platform/markdown";
import { type Action, actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, caution, warning } from "./alert";
import type { PlanFacts } from "./plan-facts";
import { isEverything, widening } from "./policy-changes";
import { shown } from "./protected-values";

const ROLE = "aws_iam_role";
const INLINE = "aws_iam_role_policy";
const ATTACHMENT = "aws_iam_role_policy_attachment";

/** Policies of AWS's that allow everything, or everything of a service. @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const SWEEPING = /\/(?:AdministratorAccess|PowerUserAccess|\w*FullAccess)(?:[-_]\w+)*$/;

const BEGINNING: readonly Action[] = ["create", "replace"];

/**
 * What a role gets. That of a role that is new itself has to be everything to be worth a line.
 * @param facts what the code says of a policy that nobody knows before it is applied
 */
export function newRightsAlerts(changes: readonly ResourceChange[], facts: PlanFacts): readonly Alert[] {
  const made = changes.filter(({ type, change }) => type === ROLE && actionOf(change) === "create");
  const names = made.map(({ change }) => change.after?.["name"]);
  return changes.filter(isNewRight).flatMap((changed) => {
    // A role whose name nobody knows yet is made by the same plan.
    const role = changed.change.after?.["role"];
    const isNew = typeof role !== "string" || names.includes(role);
    return changed.type === INLINE ? inlineAlert(changed, isNew, facts) : attachmentAlert(changed, isNew);
  });
}

/** One that only changes what it allows is compared with what it allowed. */
function isNewRight({ type, change }: ResourceChange): boolean {
  if (!BEGINNING.includes(actionOf(change))) return false;
  const isSame = (name: string) => change.before?.[name] === change.after?.[name];
  if (type === INLINE) return change.before === null || !isSame("role");
  return type === ATTACHMENT && (change.before === null || !isSame("role") || !isSame("policy_arn"));
}

function inlineAlert(
  { address, type, name, change }: ResourceChange,
  isNew: boolean,
  facts: PlanFacts,
): readonly Alert[] {
  const { after } = change;
  const role = `the role ${shown(after?.["role"] ?? facts.written(type, name)["role"])}`;
  const given = widening(undefined, after?.["policy"] ?? facts.written(type, name)["policy"]);
  if (given === undefined) return [];
  const isAll = given.actions.some(isEverything);
  if (isNew && !isAll) return [];
  if (given.actions.length === 0) return [warning(`A new policy allows more to ${role}: it cannot be told what.`)];
  const where = given.resources.length > 0 ? ` on ${codes(given.resources.map(withoutReferences))}` : "";
  const policy = facts.deleted.has(address) ? "A policy that somebody deleted comes back, and" : "A new policy";
  const line = `${policy} allows more to ${role}: ${codes(given.actions)}${where}.`;
  return [isAll ? caution(line) : warning(line)];
}

/** What a policy names before it is known, such as `arn of aws_cloudwatch_log_group.orders`. */
function withoutReferences(resource: string): string {
  return resource.replaceAll(/\$\{([\w-]+\.[\w-]+)\.(\w+)\}/g, "<$2 of $1>");
}

function attachmentAlert({ change }: ResourceChange, isNew: boolean): readonly Alert[] {
  const { policy_arn, role } = change.after ?? {};
  const isAll = SWEEPING.test(String(policy_arn));
  if (isNew && !isAll) return [];
  const policy = typeof policy_arn === "string" ? code(policy_arn) : "a policy that is made only then";
  const line = `The role ${shown(role)} gets all that a managed policy allows: ${policy}.`;
  return [isAll ? caution(line) : warning(line)];
}
