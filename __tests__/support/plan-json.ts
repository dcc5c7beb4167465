/** Plans, as `terraform show -json` prints them, with only what a test is about. */
import { type PlanJson, parsePlan } from "../../operations/plan-file/plan-json";

type Values = Readonly<Record<string, unknown>>;

/** What a plan does to a resource; without `before` it is created, without `after` destroyed. */
export interface MadeChange {
  readonly type: string;
  readonly name?: string;
  readonly before?: Values;
  readonly after?: Values;
  readonly unknown?: Values;
  readonly sensitive?: Values;
  /** Attributes that force it to be replaced. */
  readonly replaced?: readonly string[];
  /** Order in which it is replaced; destroyed first when left out. */
  readonly actions?: readonly ("create" | "delete")[];
  /** Whether it is taken out of the state and lives on. */
  readonly isForgotten?: true;
}

/** @param parts other parts of the plan */
export function planWith(changes: readonly MadeChange[], parts: Values = {}): PlanJson {
  return parsePlan({
    terraform_version: "1.11.4",
    resource_changes: changes.map(changeIn),
    configuration: {
      root_module: {
        resources: changes.map((made) => ({
          address: addressOf(made),
          expressions: { ...made.before, ...made.after, ...made.unknown },
        })),
      },
    },
    ...parts,
  });
}

function changeIn(made: MadeChange) {
  const { type, name = "it", before, after, unknown = {}, sensitive = {}, replaced } = made;
  const change = {
    actions: actionsOf(made),
    before: before ?? null,
    after: after ?? null,
    after_unknown: unknown,
    before_sensitive: sensitive,
    after_sensitive: sensitive,
    replace_paths: replaced?.map((path) => [path]),
  };
  return { address: addressOf(made), type, name, change };
}

function actionsOf({ before, after, unknown, replaced, actions, isForgotten }: MadeChange): readonly string[] {
  if (isForgotten) return ["forget"];
  if (replaced !== undefined) return actions ?? ["delete", "create"];
  if (before === undefined) return ["create"];
  if (after === undefined) return ["delete"];
  return JSON.stringify(before) === JSON.stringify(after) && unknown === undefined ? ["no-op"] : ["update"];
}

function addressOf({ type, name = "it" }: MadeChange): string {
  return `${type}.${name}`;
}
