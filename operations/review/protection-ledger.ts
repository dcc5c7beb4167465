/** The ledger of what must not be destroyed, as it is deployed and as the code has it; what a plan takes out of it. Pure. */
import { LEDGER } from "../../constructs/contract/contract";
import { blocksOf } from "../../constructs/contract/stack-json";
import { jsonIn } from "../../platform/json";
import { codes } from "../../platform/markdown";
import { actionOf, type PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";
import { type Alert, warning } from "./alert";
import { type Code, isEnding, type PlanContext } from "./plan-context";

/** Addresses of resources by their names in the ledger, such as `client/billing`. */
interface Ledger {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** @param code resources of the stack, by type and name */
export function ledgerOf({ prior_state }: PlanJson, code: Code): Ledger {
  const labels: readonly string[] = Object.values(LEDGER);
  const entries = managedResources(prior_state.values).filter(
    ({ type, name }) => type === "terraform_data" && labels.includes(name),
  );
  const after = Object.entries(Object(code["terraform_data"]?.[LEDGER.protected]?.["for_each"]));
  return {
    before: new Map(entries.map(({ address, values }) => [keyOf(address) ?? "", String(values["triggers_replace"])])),
    after: new Map(after.map(([name, address]) => [name, String(address)])),
  };
}

/** The key of an instance of a resource with `for_each`. @param address such as `terraform_data.one["client/billing"]` */
export function keyOf(address: string): string | undefined {
  const key = jsonIn(/\[(".*")\]$/.exec(address)?.[1] ?? "");
  return typeof key === "string" ? key : undefined;
}

/** Whether Terraform refuses to destroy the resource. @param address its address, without the key of an instance */
export function isPrevented(code: Code, address: string): boolean {
  const [type = "", name = ""] = address.split(".");
  return blocksOf(code[type]?.[name]?.["lifecycle"]).some((lifecycle) => lifecycle["prevent_destroy"] === true);
}

/** What Terraform no longer refuses to destroy. What this plan itself destroys is reported with its consequences. */
export function liftedProtection({ plan, code, changes }: PlanContext): readonly Alert[] {
  const { before, after } = ledgerOf(plan, code);
  const ending = new Set(changes.filter(({ change }) => isEnding(actionOf(change))).map(({ address }) => address));
  const isLedgerKept = isPrevented(code, `terraform_data.${LEDGER.protected}`);
  const lifted = [...before].filter(([name, address]) => {
    const now = after.get(name);
    return !ending.has(address) && !(isLedgerKept && now !== undefined && isPrevented(code, now));
  });
  if (lifted.length === 0) return [];
  const names = codes(lifted.map(([name]) => name).toSorted());
  return [warning(`Terraform no longer refuses to destroy or replace ${names}.`)];
}
