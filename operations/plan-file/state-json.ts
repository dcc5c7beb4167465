/**
 * Terraform's state in its JSON format. It holds every client's secret.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#state-representation
 */
import { z } from "zod";
import { terraform } from "../../platform/terraform";

const record = z.record(z.string(), z.unknown());

const resource = z.object({
  address: z.string(),
  mode: z.enum(["managed", "data"]),
  type: z.string(),
  name: z.string(),
  values: record.default({}),
  /** Shape of the values, with `true` where one is sensitive. */
  sensitive_values: z.union([z.boolean(), record]).default({}),
});

interface Module {
  readonly resources: readonly StateResource[];
  readonly child_modules: readonly Module[];
}

const stateModule: z.ZodType<Module, unknown> = z.lazy(() =>
  z.object({ resources: z.array(resource).default([]), child_modules: z.array(stateModule).default([]) }),
);

/** Values of a state, or what a plan says of them. */
export const stateValues = z.object({
  outputs: z.record(z.string(), z.object({ value: z.unknown(), sensitive: z.boolean().default(false) })).default({}),
  root_module: stateModule.default({ resources: [], child_modules: [] }),
});

/** Values of a state. */
export type StateValues = z.infer<typeof stateValues>;

/** A resource, or what a data source read. */
export type StateResource = z.infer<typeof resource>;

const shown = z.object({ values: stateValues.optional() });
const pulled = z.object({ serial: z.number(), lineage: z.string() });

/** Which state it is: another one of the same lineage has another serial. */
export type StateVersion = z.infer<typeof pulled>;

/** What an empty state holds. */
export const NOTHING: StateValues = { outputs: {}, root_module: { resources: [], child_modules: [] } };

/** Resources that Terraform manages, those of modules included. */
export function managedResources({ root_module }: StateValues = NOTHING): readonly StateResource[] {
  return allResources(root_module).filter(({ mode }) => mode === "managed");
}

function allResources({ resources, child_modules }: Module): readonly StateResource[] {
  return [...resources, ...child_modules.flatMap(allResources)];
}

/** Reads the state. @param folder folder of the stack, initialized @throws {UserError} when Terraform refuses */
export async function readState(folder: string): Promise<StateValues> {
  return shown.parse(JSON.parse(await terraform(folder, ["show", "-json"]))).values ?? NOTHING;
}

/** Which state there is; `undefined` when there is none yet. @throws {UserError} when Terraform refuses */
export async function readStateVersion(folder: string): Promise<StateVersion | undefined> {
  const state = await terraform(folder, ["state", "pull"]);
  return state.trim() === "" ? undefined : pulled.parse(JSON.parse(state));
}
