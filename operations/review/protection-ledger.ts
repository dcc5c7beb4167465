/** The ledger of what must not be destroyed, as it is deployed and as the code has it. Pure. */
import { LEDGER } from "../../constructs/contract/contract";
import { blocksOf, type NormalizedStack, normalizedStack } from "../../constructs/contract/stack-json";
import type { PlanJson } from "../plan-file/plan-json";
import { keyOf } from "../plan-file/resource-name";
import { managedResources } from "../plan-file/state-json";

/** Addresses of resources by their names in the ledger, such as `client/billing`. */
export interface Ledger {
  readonly before: ReadonlyMap<string, string>;
  /** Those that Terraform refuses to destroy with this code. */
  readonly after: ReadonlyMap<string, string>;
}

/** @param json content of the stack's `cdk.tf.json` */
export function ledgerOf({ prior_state }: PlanJson, json: unknown): Ledger {
  const labels: readonly string[] = Object.values(LEDGER);
  const entries = managedResources(prior_state.values).filter(
    ({ type, name }) => type === "terraform_data" && labels.includes(name),
  );
  const { locals, resource } = normalizedStack(json);
  const isKept = isPrevented(resource, `terraform_data.${LEDGER.protected}`);
  const [{ [LEDGER.protected]: written } = {}] = blocksOf(locals);
  const after = Object.entries(isKept ? Object(written) : {}).map(
    ([name, address]) => [name, String(address)] as const,
  );
  return {
    before: new Map(entries.map(({ address, values }) => [keyOf(address) ?? "", String(values["triggers_replace"])])),
    after: new Map(after.filter(([, address]) => isPrevented(resource, address))),
  };
}

/** The entries of `allowDestroy` in the code. @param json content of the stack's `cdk.tf.json` */
export function allowedIn(json: unknown): readonly string[] {
  const moved = blocksOf(normalizedStack(json)["moved"]).map(({ to }) => String(to));
  return moved.filter((to) => to.startsWith(`terraform_data.${LEDGER.lifted}[`)).flatMap((to) => keyOf(to) ?? []);
}

/** Whether Terraform refuses to destroy the resource. @param address its address, without the key of an instance */
export function isPrevented(code: NormalizedStack["resource"], address: string): boolean {
  const [type = "", name = ""] = address.split(".");
  return blocksOf(code[type]?.[name]?.["lifecycle"]).some((lifecycle) => lifecycle["prevent_destroy"] === true);
}
