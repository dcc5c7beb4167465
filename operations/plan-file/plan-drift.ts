/**
 * Drift in a plan: out-of-band changes, and code that is not applied. A normal plan has both; a refresh-only plan has only
 * the first.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */

import { type Difference, differencesOf, isEmpty, type Values, withKnown } from "./differences";
import type { Finding } from "./finding";
import { actionOf, type PlanJson, type ResourceChange } from "./plan-json";
import { withTokenWay } from "./token-findings";

/**
 * Attributes that AWS computes or a resource of its own sets, though they are empty at first. Those that may hold
 * unmanaged resources (policies, domains, web ACLs) are listed at AWS, where the stack's own can be distinguished from others.
 */
const ONLY_READ = [
  "domain",
  "custom_domain",
  "inline_policy",
  "last_modified",
  "last_modified_date",
  "managed_policy_arns",
  "policy",
  "web_acl_arn",
  "scope_identifiers",
];

/**
 * The findings of a plan, without consequences of others: a deployment that is replaced because a method was changed
 * out of band is the method's finding, and a value that is not known yet is that of its source.
 */
export function driftOfPlan(plan: PlanJson): readonly Finding[] {
  const changes = managedIn(plan);
  const drifts = new Map(plan.resource_drift.map((drift) => [drift.address, drift]));
  const found = [
    ...changedOutside(plan),
    ...changes.flatMap((change) => pendingOf(change, drifts.get(change.address))),
  ];
  return found.length > 0 ? found : unexplained(plan, changes);
}

/** Out-of-band changes. Attributes that AWS computes change by themselves, and are left out. */
export function changedOutside(plan: PlanJson): readonly Finding[] {
  const planned = new Map(managedIn(plan).map((change) => [change.address, change]));
  const written = writtenIn(plan);
  return plan.resource_drift.flatMap((drift) =>
    outsideOf(drift, planned.get(drift.address), written.get(drift.address) ?? []),
  );
}

function managedIn({ resource_changes }: PlanJson): readonly ResourceChange[] {
  return resource_changes.filter(({ mode }) => mode === "managed");
}

/** Names of the attributes that the code sets, by address. */
export function writtenIn({ configuration }: PlanJson): ReadonlyMap<string, readonly string[]> {
  return new Map(
    configuration.root_module.resources.map(({ address, expressions }) => [address, Object.keys(expressions)]),
  );
}

/** Out-of-band changes of attributes that the code sets, or that the plan would put back. */
function outsideOf(
  drift: ResourceChange,
  planned: ResourceChange | undefined,
  written: readonly string[],
): readonly Finding[] {
  const { before, after, before_sensitive, after_sensitive } = drift.change;
  const at = { address: drift.address, verdict: "out-of-band-change", severity: "warning" } as const;
  if (before === null || after === null) {
    return [{ ...at, attribute: null, expected: before ? "exists" : "nothing", found: after ? "exists" : "gone" }];
  }
  const putBack = new Set(planned === undefined ? [] : wantedOf(planned).map(({ attribute }) => topOf(attribute)));
  return differencesOf(before, after, [before_sensitive, after_sensitive])
    .filter(({ attribute }) => {
      const name = topOf(attribute);
      return putBack.has(name) || isOurs(written, name, before[name]);
    })
    .map((difference) => withTokenWay({ ...at, ...difference }, before, after));
}

/** Attributes that the code sets, and those that were empty: all others are AWS's to change. */
function isOurs(written: readonly string[], name: string, before: unknown): boolean {
  return written.includes(name) || (!ONLY_READ.includes(name) && isEmpty(before));
}

/** Code that is not applied. */
function pendingOf(change: ResourceChange, drift: ResourceChange | undefined): readonly Finding[] {
  const at = { address: change.address, verdict: "not-applied", severity: "warning" } as const;
  const action = actionOf(change.change);
  if (action === "create") {
    return drift === undefined ? [{ ...at, attribute: null, expected: "exists", found: "nothing" }] : [];
  }
  if (action === "destroy" || action === "forget") {
    return [{ ...at, attribute: null, expected: "nothing", found: "exists" }];
  }
  if (change.action_reason === "replace_because_tainted") {
    return [{ ...at, attribute: null, expected: "created", found: "created in part (tainted)" }];
  }
  const left = drift?.change.before ?? null;
  const differences = wantedOf(change).filter(({ attribute }) => left === null || !isAsLeft(change, left, attribute));
  return differences.map((difference) => ({ ...at, ...difference }));
}

/** Attributes that the plan would change to something that is known. */
function wantedOf({ change }: ResourceChange): readonly Difference[] {
  const { before, after, before_sensitive, after_sensitive } = change;
  if (before === null || after === null) return [];
  return differencesOf(known(change, before), before, [before_sensitive, after_sensitive]);
}

/** Whether the code has the value that Terraform left, so that the difference is an out-of-band change. */
function isAsLeft({ change }: ResourceChange, left: Values, attribute: string): boolean {
  const marks = [change.before_sensitive, change.after_sensitive];
  const differences = differencesOf(known(change, left), left, marks);
  return !differences.some((one) => `${one.attribute}.`.startsWith(`${attribute}.`) || isBelow(attribute, one));
}

function isBelow(attribute: string, { attribute: other }: Difference): boolean {
  return attribute.startsWith(`${other}.`);
}

/** The planned values, with those that are not known yet taken from the current ones. */
function known({ after, after_unknown }: ResourceChange["change"], there: Values): Values {
  return withKnown(after ?? {}, after_unknown, there) as Values;
}

/** Changes of which the plan shows no cause: they are not passed over. */
function unexplained(plan: PlanJson, changes: readonly ResourceChange[]): readonly Finding[] {
  const at = { attribute: null, expected: "as the code says", verdict: "not-applied", severity: "warning" } as const;
  const resources = changes
    .filter(({ change }) => !["nothing", "read"].includes(actionOf(change)))
    .map(({ address, change }) => ({ ...at, address, found: `to be ${actionOf(change)}d` }));
  const outputs = Object.entries(plan.output_changes)
    .filter(([, { actions }]) => actions.join() !== "no-op")
    .map(([name]) => ({ ...at, address: `output.${name}`, found: "another value" }));
  return [...resources, ...outputs];
}

function topOf(attribute: string): string {
  return attribute.split(".")[0] ?? attribute;
}
