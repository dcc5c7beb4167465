/** Synthesizes the project afresh, apart from `cdktf.out`. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { changedEnvironment } from "./child";
import { packageFolder, projectFolder } from "./project";
import { UserError } from "./user-error";

/** A stack as it would be deployed now. */
export interface Stack {
  /** Name of the environment. */
  readonly environment: string;
  /** Content of its `cdk.tf.json`. */
  readonly json: unknown;
}

/** Exit code of a command whose stacks cannot be synthesized. */
const FAILED = 2;

/**
 * Runs main.ts and returns its stacks, sorted by name. Leaves nothing behind.
 * @throws {UserError} with what main.ts said when it refuses
 */
export async function synthesizedStacks(): Promise<readonly Stack[]> {
  const folder = await mkdtemp(join(tmpdir(), "synthesis-"));
  try {
    await synthesize(folder);
    const environments = (await readdir(join(folder, "stacks"))).sort();
    return await Promise.all(environments.map((environment) => readStack(folder, environment)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function synthesize(folder: string): Promise<void> {
  const env = changedEnvironment({ CDKTF_OUTDIR: folder });
  try {
    const main = join(packageFolder, "main.ts");
    await promisify(execFile)(process.execPath, ["--import", "tsx", main], { cwd: projectFolder, env });
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { readonly stderr?: string };
    throw new UserError(`main.ts cannot be synthesized:\n${stderr.trim() || message}`, FAILED);
  }
}

async function readStack(folder: string, environment: string): Promise<Stack> {
  const text = await readFile(join(folder, "stacks", environment, "cdk.tf.json"), "utf8");
  return { environment, json: JSON.parse(text) };
}
