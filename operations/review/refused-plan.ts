/** What Terraform refuses to plan, because it would destroy or replace what is protected. Pure. */
import { LEDGER } from "../../constructs/contract/contract";
import { normalizedStack } from "../../constructs/contract/stack-json";
import { copyable } from "../../platform/local-command";
import { UserError } from "../../platform/user-error";
import { actionOf, type PlanJson } from "../plan-file/plan-json";
import { isEnding } from "./plan-context";
import { isPrevented, ledgerOf } from "./protection-ledger";

/** Whether an error of a plan is that refusal. @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && /Instance cannot be destroyed|prevent_destroy/.test(error.message);
}

/**
 * The refusal for users: all that would be destroyed or replaced, and how to allow it.
 *
 * @param environment name of the stack
 * @param plan made without `prevent_destroy`
 * @param json content of the stack's `cdk.tf.json`
 * @returns `undefined` when the plan destroys nothing that is protected
 */
export function refusalOf(environment: string, plan: PlanJson, json: unknown): UserError | undefined {
  const { resource: code } = normalizedStack(json);
  const ledger = ledgerOf(plan, json);
  const nameAt = new Map([...ledger.after, ...ledger.before].map(([name, address]) => [address, name]));
  const ending = plan.resource_changes.filter(({ change }) => isEnding(actionOf(change)));
  const things = ending.flatMap(({ address, name, change }) => {
    if (name === LEDGER.protected || !(nameAt.has(address) || isPrevented(code, address))) return [];
    const id = change.before?.["id"];
    const what = `${address}${typeof id === "string" ? ` (${id})` : ""}`;
    return [{ name: nameAt.get(address), what, done: actionOf(change) === "replace" ? "replaced" : "destroyed" }];
  });
  const known = new Set(things.map(({ name }) => name));
  const elsewhere = [...ledger.before].filter(([name, address]) => {
    return !known.has(name) && ledger.after.has(name) && ledger.after.get(name) !== address;
  });
  const moved = elsewhere.map(([name, address]) => ({ name, what: address, done: "at another address" }));
  const found = [...things, ...moved];
  return found.length === 0 ? undefined : new UserError(textOf(environment, found));
}

interface Thing {
  /** In `allowDestroy`; `undefined` where the code itself sets `prevent_destroy`. */
  readonly name: string | undefined;
  readonly what: string;
  readonly done: string;
}

function textOf(environment: string, things: readonly Thing[]): string {
  const names = [...new Set(things.flatMap(({ name }) => (name === undefined ? [] : [yamlOf(name)])))].toSorted();
  const lines = things.map(({ name, what, done }) => {
    return `  ${name === undefined ? "" : `${yamlOf(name)}: `}${what} would be ${done}`;
  });
  return [
    `${environment} is protected, so Terraform refuses this plan. Nothing was changed.`,
    ...lines.toSorted(),
    ...(things.some(({ name }) => name === undefined)
      ? ["Undo the change or, to allow it, remove prevent_destroy of these resources in main.ts."]
      : []),
    ...(names.length === 0
      ? []
      : [ALLOW, "  environments:", `    ${environment}: { …, allowDestroy: [${names.join(", ")}] }`]),
    ...(names.includes("pool")
      ? ["To destroy the whole environment:", `  ${copyable(`npx access teardown ${environment}`)}`]
      : []),
  ].join("\n");
}

const ALLOW =
  "Undo the change or, to allow it for one deployment, add the names to access.yaml and run the command again:";

/** The name as an item of a list in YAML. */
function yamlOf(name: string): string {
  return /^[\w./@+=-]+$/.test(name) ? name : JSON.stringify(name);
}
