/**
 * Plans in Terraform's JSON format.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
import { z } from "zod";
import { terraform } from "../../platform/terraform";
import { stateValues } from "./state-json";

const record = z.record(z.string(), z.unknown());

/** Shape of a value, with `true` where something holds; `false` where it holds nowhere. */
const marks = z.union([z.boolean(), record]);

const change = z.object({
  actions: z.array(z.enum(["no-op", "create", "read", "update", "delete", "forget"])),
  before: record.nullable().default(null),
  after: record.nullable().default(null),
  after_unknown: marks.default(false),
  before_sensitive: marks.default(false),
  after_sensitive: marks.default(false),
  /** Set where the plan takes over what exists. */
  importing: z.object({ id: z.string() }).exactOptional(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
});

const resourceChange = z.object({
  address: z.string(),
  mode: z.enum(["managed", "data"]).default("managed"),
  type: z.string(),
  name: z.string(),
  change,
  /** Why Terraform chose that action, such as `replace_because_tainted`; missing when the change itself says so. */
  action_reason: z.string().optional(),
});

const plan = z.object({
  terraform_version: z.string(),
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
  prior_state: z.object({ values: stateValues.optional() }).default({}),
  configuration: z.object({
    root_module: z.object({
      resources: z.array(z.object({ address: z.string(), expressions: record.default({}) })).default([]),
    }),
  }),
});

/** A plan, as far as it is looked at. */
export type PlanJson = z.infer<typeof plan>;

/** What a plan does to a resource, or what happened to it. */
export type ResourceChange = z.infer<typeof resourceChange>;

/** What is done to a resource, in one word. */
export type Action = "create" | "update" | "replace" | "destroy" | "forget" | "read" | "nothing";

/** Parses what `terraform show -json` prints of a plan. @throws {z.ZodError} when it is none */
export function parsePlan(json: unknown): PlanJson {
  return plan.parse(json);
}

/** What a change comes to. */
export function actionOf({ actions }: ResourceChange["change"]): Action {
  if (actions.includes("delete")) return actions.includes("create") ? "replace" : "destroy";
  const [action = "no-op"] = actions;
  return action === "no-op" || action === "delete" ? "nothing" : action;
}

/**
 * Makes a plan of a stack.
 *
 * @param folder folder of the stack, initialized
 * @param file where the plan is saved; it holds secrets
 * @param args more arguments, such as `-refresh-only`
 * @param run what runs Terraform while it holds the lock of the state
 * @throws {UserError} when Terraform refuses
 */
export async function makePlan(
  folder: string,
  file: string,
  args: readonly string[] = [],
  run: (folder: string, args: readonly string[]) => Promise<string> = terraform,
): Promise<PlanJson> {
  await run(folder, ["plan", "-input=false", `-out=${file}`, ...args]);
  return parsePlan(JSON.parse(await terraform(folder, ["show", "-json", file])));
}
