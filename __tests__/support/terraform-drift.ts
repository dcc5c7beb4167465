/** What the real Terraform finds changed behind its back. */
import type { AppliedStack } from "./applied-stack";

/** One attribute that is no longer what Terraform left. */
export interface Drift {
  readonly address: string;
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface Changed {
  readonly address: string;
  readonly change: { readonly before: object | null; readonly after: object | null };
}

/** What a plan that only refreshes finds; a deleted resource is told with `*` as the attribute. */
export async function driftOf(stack: AppliedStack): Promise<readonly Drift[]> {
  await stack.terraform(0, "plan", "-refresh-only", "-out=drift.tfplan");
  const shown = JSON.parse(await stack.terraform(0, "show", "-json", "drift.tfplan")) as {
    readonly resource_drift?: readonly Changed[];
  };
  return (shown.resource_drift ?? []).flatMap(({ address, change: { before, after } }): readonly Drift[] => {
    if (before === null || after === null) return [{ address, attribute: "*", before, after }];
    const now = new Map<string, unknown>(Object.entries(after));
    return Object.entries(before)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now.get(name)))
      .map(([attribute, value]) => ({ address, attribute, before: value, after: now.get(attribute) }));
  });
}
