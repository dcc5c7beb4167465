/** What stands in the files of .github, as far as jobs are run in tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { fillIn, type Situation, type Value } from "./workflow-expression";

const scalars = z.record(z.string(), z.union([z.string(), z.boolean(), z.number()]));
const ignored = z.unknown().optional();
// Strict: a setting that the tests do not follow, such as continue-on-error, fails until they do.
const stepShape = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.literal("bash").optional(),
  env: scalars.default({}),
  with: scalars.default({}),
});
const jobShape = z.strictObject({
  if: z.string().optional(),
  needs: z.string().optional(),
  env: scalars.default({}),
  outputs: scalars.default({}),
  strategy: z.strictObject({ "fail-fast": z.boolean(), matrix: scalars }).optional(),
  uses: z.string().optional(),
  with: scalars.default({}),
  secrets: scalars.default({}),
  steps: z.array(stepShape).default([]),
  // What only GitHub keeps to.
  ...{
    "runs-on": ignored,
    "timeout-minutes": ignored,
    permissions: ignored,
    concurrency: ignored,
    environment: ignored,
  },
});
const workflowShape = z.strictObject({
  ...{ name: ignored, on: ignored, permissions: ignored, concurrency: ignored },
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }),
  jobs: z.record(z.string(), jobShape),
});
const actionShape = z.object({ runs: z.object({ steps: z.array(stepShape) }) });

/** A job as it is written. */
export type Job = z.infer<typeof jobShape>;

/** A step as it is written. */
export type Step = z.infer<typeof stepShape>;

/** What expressions are about, by name. */
export type Contexts = Situation["contexts"];

const github = join(__dirname, "..", "..", ".github");

/** The action of this repository. */
export const SETUP = "./.github/actions/setup";

/** Name of a step as it is told here: its own, its id, or its script. */
export function labelOf({ name, id, run: script, uses = "" }: Step): string {
  return name ?? id ?? script ?? uses;
}

function read<Shape extends z.ZodType>(shape: Shape, ...path: readonly string[]): z.infer<Shape> {
  return shape.parse(parse(readFileSync(join(github, ...path), "utf8")));
}

/** @throws {Error} when there is no such job */
export function jobOf(file: string, name: string): Job {
  const job = read(workflowShape, "workflows", file).jobs[name];
  if (job === undefined) throw new Error(`${file} has no job ${name}`);
  return job;
}

/** Every script that there is, as `<file> <job>: <step>`, and every action. */
export function everything(): { readonly scripts: readonly string[]; readonly actions: readonly string[] } {
  const jobs = readdirSync(join(github, "workflows")).flatMap((file) =>
    Object.entries(read(workflowShape, "workflows", file).jobs).map(
      ([name, { steps }]) => [`${file} ${name}`, steps] as const,
    ),
  );
  const setup = ["setup", read(actionShape, "actions", "setup", "action.yml").runs.steps] as const;
  const all = [...jobs, setup].flatMap(([job, steps]) => steps.map((step) => ({ job, step })));
  return {
    scripts: all.filter(({ step }) => step.run !== undefined).map(({ job, step }) => `${job}: ${labelOf(step)}`),
    actions: [...new Set(all.flatMap(({ step: { uses } }) => (uses === undefined ? [] : [actionOf(uses)])))],
  };
}

/** The inputs that a job gives to the workflow that it calls. */
export function inputsOf(file: string, name: string, contexts: Contexts): Contexts {
  return filled(jobOf(file, name).with, { contexts, hasFailed: false });
}

/** The rows of a job's matrix, each as its context `matrix`. */
export function matrixOf(file: string, name: string, contexts: Contexts): readonly Contexts[] {
  const [[key, expression] = ["", ""], ...others] = Object.entries(jobOf(file, name).strategy?.matrix ?? {});
  const values = fillIn(String(expression), { contexts, hasFailed: false });
  if (others.length > 0 || !Array.isArray(values)) throw new Error(`the matrix of ${file} ${name} is another one`);
  return values.map((value: Value) => ({ [key]: value }));
}

/** Name of an action without its version. */
export function actionOf(uses: string): string {
  return uses.replace(/@.*/, "");
}

/** Settings with the values of their expressions. */
export function filled(given: z.infer<typeof scalars>, situation: Situation): Contexts {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? fillIn(value, situation) : value]),
  );
}
