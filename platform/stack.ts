/** Makes a stack ready for Terraform: synthesized from the code as it is now, and initialized. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { promisify } from "node:util";
import { todayOf } from "../access/access-model";
import { StackJson } from "../constructs/contract/stack-json";
import { requireCredentials } from "./aws";
import { changedEnvironment, withoutSecrets } from "./child";
import { packageFolder, projectFolder, stackFolder } from "./project";
import { removeCopyOf } from "./stack-copy";
import { describePrintedError } from "./system-error";
import { sayMeanwhile, waitFor } from "./terminal";
import { requireTerraform, terraform } from "./terraform";
import { UserError } from "./user-error";

/**
 * Synthesizes all stacks where cdktf does, and initializes one.
 *
 * @param environment name of the stack
 * @returns its folder
 * @throws {UserError} with the output of main.ts or Terraform when it fails
 */
export async function prepareStack(environment: string): Promise<string> {
  await requireTerraform();
  const folder = stackFolder(environment);
  removeCopyOf(folder);
  sayMeanwhile(await synthesizeInto(dirname(dirname(folder))));
  await initializeStack(folder);
  return folder;
}

/** Arguments of the provider by which Terraform has credentials that the AWS SDK does not find. */
const OWN_CREDENTIALS = [
  "access_key",
  "profile",
  "shared_config_files",
  "shared_credentials_files",
  "assume_role_with_web_identity",
];

/**
 * Initializes a stack. Without credentials, Terraform would say so late and among other errors.
 * @throws {UserError} when there are no credentials, or Terraform fails
 */
export async function initializeStack(folder: string): Promise<void> {
  const isEmulated = (process.env["TF_REATTACH_PROVIDERS"] ?? "") !== "";
  const stack = new StackJson(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")));
  const hasOwn = stack.providers("aws").some((provider) => OWN_CREDENTIALS.some((name) => name in provider));
  if (!isEmulated && !hasOwn && stack.backend?.[0] !== "cloud") await requireCredentials();
  await terraform(folder, ["init", "-input=false"]);
}

/**
 * Runs main.ts.
 *
 * @param outputFolder made when it is missing
 * @param project folder of access.yaml
 * @returns its warnings
 * @throws {UserError} with the output of main.ts when it fails
 */
export function synthesizeInto(outputFolder: string, project = projectFolder): Promise<string> {
  return runApp("main.ts", outputFolder, [], project);
}

/**
 * Runs a CDKTF app of this package on the project.
 *
 * @param app its file
 * @param outputFolder made when it is missing
 * @param args its arguments
 * @param project folder of access.yaml
 * @returns its warnings
 * @throws {UserError} with the app's output when it fails
 */
export async function runApp(
  app: string,
  outputFolder: string,
  args: readonly string[],
  project = projectFolder,
): Promise<string> {
  // A mistake in the environment is not one of the app.
  todayOf(process.env);
  mkdirSync(outputFolder, { recursive: true });
  const env = withoutSecrets(changedEnvironment({ CDKTF_OUTDIR: outputFolder }));
  const command = ["--require", join(packageFolder, "cli", "typescript.cjs"), join(packageFolder, app), ...args];
  try {
    const run = promisify(execFile)(process.execPath, command, { cwd: project, env });
    return (await waitFor("Synthesizing", run)).stderr;
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { readonly stderr?: string };
    const text = describePrintedError(stderr) ?? (stderr.trim() || message);
    throw new UserError(headed(app, text.replaceAll(`${project}${sep}`, "")));
  }
}

/** Lines with a place of their own, such as `access.yaml:11:48: …`, are not about the app. */
function headed(app: string, text: string): string {
  const isPlaced = text.split("\n").every((line) => /^\S+:\d+:\d+: /.test(line));
  return isPlaced ? `the project cannot be synthesized:\n${text}` : `${app} cannot be synthesized:\n${text}`;
}
