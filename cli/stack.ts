/** Makes a stack ready for Terraform: synthesized from the code as it is now, and initialized. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { changedEnvironment } from "./child";
import { packageFolder, projectFolder, stackFolder } from "./project";
import { requireTerraform, terraform } from "./terraform";
import { UserError } from "./user-error";

/**
 * Synthesizes all stacks where cdktf does, and initializes one.
 *
 * @param environment name of the stack
 * @returns its folder
 * @throws {UserError} with what main.ts or Terraform said when it refuses
 */
export async function prepareStack(environment: string): Promise<string> {
  await requireTerraform();
  const folder = stackFolder(environment);
  process.stderr.write(await synthesizeInto(dirname(dirname(folder))));
  await terraform(folder, ["init", "-input=false"]);
  return folder;
}

/**
 * Runs main.ts.
 *
 * @param outputFolder made when it is missing
 * @param exitCode of the error
 * @returns its warnings
 * @throws {UserError} with what main.ts said when it refuses
 */
export async function synthesizeInto(outputFolder: string, exitCode = 1): Promise<string> {
  mkdirSync(outputFolder, { recursive: true });
  const env = changedEnvironment({ CDKTF_OUTDIR: outputFolder });
  const main = join(packageFolder, "main.ts");
  try {
    const run = promisify(execFile)(process.execPath, ["--import", "tsx", main], { cwd: projectFolder, env });
    return (await run).stderr;
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { readonly stderr?: string };
    throw new UserError(`main.ts cannot be synthesized:\n${stderr.trim() || message}`, exitCode);
  }
}
