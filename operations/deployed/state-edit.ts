/** Changes of Terraform's state after a change of AWS, so that the next plan has nothing to do. */
import { z } from "zod";
import { detachedTerraform } from "../../platform/detached-terraform";

const record = z.record(z.string(), z.unknown());
const instance = z.looseObject({ attributes: record.default({}) });
const resource = z.looseObject({ type: z.string(), name: z.string(), instances: z.array(instance).default([]) });

/** As much of a state as is changed. */
const rawState = z.looseObject({
  serial: z.number(),
  outputs: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}),
  resources: z.array(resource).default([]),
});

export type RawState = z.infer<typeof rawState>;

/**
 * Changes the state under Terraform's lock; once more when another run was faster.
 * @param folder folder of the stack, initialized
 * @throws {UserError} when the state is locked, or cannot be read or written
 */
export async function editState(folder: string, change: (state: RawState) => void): Promise<void> {
  const attempt = async () => {
    const state = rawState.parse(JSON.parse(await detachedTerraform(folder, ["state", "pull"])));
    const before = JSON.stringify(state);
    change(state);
    if (JSON.stringify(state) === before) return;
    state.serial++;
    await detachedTerraform(folder, ["state", "push", "-"], JSON.stringify(state));
  };
  await attempt().catch(attempt);
}

/** Attributes of the instances of a type, with the name of their resource. */
export function attributesOf({ resources }: RawState, type: string) {
  return resources
    .filter((one) => one.type === type)
    .flatMap(({ name, instances }) => instances.map(({ attributes }) => ({ name, found: attributes })));
}
