/** What a plan does to resources, in words for people. Pure. */
import { z } from "zod";
import { type Action, actionOf, type PlanJson, type ResourceChange } from "../plan-file/plan-json";
import { type AttributeChange, attributeChanges } from "./attribute-changes";

/** What is done to one resource. */
export interface ReviewedResource {
  readonly address: string;
  /** Where the code has it, such as `identity/client-billing`; its own name when the code does not have it any more. */
  readonly name: string;
  readonly type: string;
  readonly action: DoneAction;
  /** Attributes that force it to be made anew. */
  readonly forcedBy: readonly string[];
  readonly attributes: readonly AttributeChange[];
}

/** What there is to review. */
export type DoneAction = Exclude<Action, "nothing" | "read">;

/** How many resources each thing is done to. */
export type Counts = Readonly<Record<DoneAction, number>>;

/** What cannot be undone comes first. */
const ORDER: readonly DoneAction[] = ["destroy", "replace", "forget", "update", "create"];

const metadata = z.object({ "//": z.object({ metadata: z.object({ path: z.string() }) }) });
const stack = z.object({ resource: z.record(z.string(), z.record(z.string(), z.unknown())).default({}) });

/** Managed resources that a plan does something to. */
export function doneTo({ resource_changes }: PlanJson): readonly ResourceChange[] {
  return resource_changes.filter(({ mode, change }) => mode === "managed" && isDone(actionOf(change)));
}

/**
 * What a plan does, most drastic first.
 * @param json content of the stack's `cdk.tf.json`, which knows where the code has a resource
 */
export function reviewedResources(plan: PlanJson, json: unknown): readonly ReviewedResource[] {
  const names = namesIn(json);
  const written = new Map(
    plan.configuration.root_module.resources.map(({ address, expressions }) => [address, Object.keys(expressions)]),
  );
  return doneTo(plan)
    .flatMap((changed) => {
      const action = actionOf(changed.change);
      if (!isDone(action)) return [];
      const { address, type, name, change } = changed;
      const forcedBy = [...new Set(change.replace_paths.map((path) => path.filter(isText).join(".")))];
      const attributes = attributeChanges(changed, written.get(address) ?? []);
      return [{ address, name: names.get(`${type}.${name}`) ?? name, type, action, forcedBy, attributes }];
    })
    .toSorted((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action) || (a.address < b.address ? -1 : 1));
}

/** How many of each. */
export function countsOf(resources: readonly ReviewedResource[]): Counts {
  const counts = { create: 0, update: 0, replace: 0, destroy: 0, forget: 0 };
  for (const { action } of resources) counts[action] += 1;
  return counts;
}

function isDone(action: Action): action is DoneAction {
  return action !== "nothing" && action !== "read";
}

function isText(part: string | number): part is string {
  return typeof part === "string";
}

/** The path that cdktf notes with each resource, without the stack's own name. */
function namesIn(json: unknown): ReadonlyMap<string, string> {
  const found = Object.entries(stack.parse(json).resource).flatMap(([type, byName]) =>
    Object.entries(byName).flatMap(([name, settings]) => {
      const noted = metadata.safeParse(settings);
      if (!noted.success) return [];
      return [[`${type}.${name}`, noted.data["//"].metadata.path.split("/").slice(1).join("/")] as const];
    }),
  );
  return new Map(found);
}
