/**
 * A second folder of a stack, with another `cdk.tf.json`. What was synthesized is never changed itself: a process may be
 * killed at any moment, and whatever it wrote there would be part of the next deployment.
 */
import { readdirSync, rmSync } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isRunning } from "./child";

const STACK = "cdk.tf.json";
const SUFFIX = "lifted";

/**
 * Makes the copy, which shares everything else with the folder, and takes it away afterwards. It lies beside the folder,
 * so that paths within the stack are as they were.
 *
 * @param folder folder of the stack, initialized
 * @param json content of the copy's `cdk.tf.json`
 * @param body receives the copy's folder
 */
export async function withCopyOf<Result>(
  folder: string,
  json: unknown,
  body: (copy: string) => Promise<Result>,
): Promise<Result> {
  removeCopyOf(folder);
  const copy = copyOf(folder, process.pid);
  try {
    await mkdir(copy, { mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (name !== STACK) await symlink(join(folder, name), join(copy, name));
    }
    await writeFile(join(copy, STACK), JSON.stringify(json, null, 2));
    return await body(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Removes what is left of copies whose process was killed. */
export function removeCopyOf(folder: string): void {
  const beginning = `.${basename(folder)}.${SUFFIX}-`;
  for (const name of namesIn(dirname(folder)).filter((other) => other.startsWith(beginning))) {
    const pid = Number(name.slice(beginning.length));
    if (pid === process.pid || !isRunning(pid)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function copyOf(folder: string, pid: number): string {
  return join(dirname(folder), `.${basename(folder)}.${SUFFIX}-${pid}`);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
