/** Synthesizes the project afresh, apart from `cdktf.out`. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { synthesizeInto } from "./stack";
import { withTemporaryFolder } from "./temporary-folder";

/** A stack as it would be deployed now. */
export interface Stack {
  /** Name of the environment. */
  readonly environment: string;
  /** Content of its `cdk.tf.json`. */
  readonly json: unknown;
}

/**
 * Runs main.ts and returns its stacks, sorted by name. Leaves nothing behind.
 * @throws {UserError} with the output of main.ts when it fails
 */
export async function synthesizedStacks(): Promise<readonly Stack[]> {
  return await withTemporaryFolder(async (temporary) => {
    // Local states are beside the output folder.
    const folder = join(temporary, "cdktf.out");
    await synthesizeInto(folder);
    const environments = (await readdir(join(folder, "stacks"))).sort();
    return await Promise.all(environments.map((environment) => readStack(folder, environment)));
  });
}

async function readStack(folder: string, environment: string): Promise<Stack> {
  const text = await readFile(join(folder, "stacks", environment, "cdk.tf.json"), "utf8");
  return { environment, json: JSON.parse(text) };
}
