/** A protected stack in a plan: what its ledger has deployed, and its `cdk.tf.json`. */
import type { PlanJson } from "../../operations/plan-file/plan-json";
import { type MadeChange, planWith } from "./plan-json";

const LEDGER = "protected_unless_in_allowDestroy";

/** Addresses by name. */
type Addresses = Readonly<Record<string, string>>;

/** @param deployed entries of the ledger */
export function planOfProtected(deployed: Addresses, changes: readonly MadeChange[], label = LEDGER): PlanJson {
  const resources = Object.entries(deployed).map(([name, address]) => ({
    address: `terraform_data.${label}[${JSON.stringify(name)}]`,
    mode: "managed",
    type: "terraform_data",
    name: label,
    values: { triggers_replace: address },
  }));
  return planWith(changes, { prior_state: { values: { root_module: { resources } } } });
}

/** @param entries of the ledger; each resource has `prevent_destroy`, but for those at `unprotected` addresses */
export function protectedStack(entries: Addresses, unprotected: readonly string[] = []): unknown {
  const resource: Record<string, Record<string, object>> = {};
  const add = (address: string, attributes: object) => {
    const [type = "", name = ""] = address.split(".");
    const lifecycle = { prevent_destroy: !unprotected.includes(address) };
    resource[type] = { ...resource[type], [name]: { ...attributes, lifecycle } };
  };
  for (const address of Object.values(entries)) add(address, {});
  add(`terraform_data.${LEDGER}`, {});
  return { resource, locals: { [LEDGER]: entries } };
}
