/** Runs Terraform, or OpenTofu, and reads its JSON; its prose is only for people. */
import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import { withoutSecrets } from "./child";
import { damagedStateIn } from "./damaged-state";
import { waitFor } from "./terminal";
import { provideTerraform, terraformBinary } from "./terraform-program";
import { UserError } from "./user-error";

const run = promisify(execFile);

/** The first version with a lock file in S3 and everything that the stack uses. */
const OLDEST = [1, 10] as const;
const MAX_OUTPUT_BYTES = 256 << 20;
const SHOWN_LINES = 20;

/**
 * Makes sure that Terraform is there and new enough; where it is missing, offers to download it.
 * @returns its version, such as `1.11.4`
 * @throws {UserError} that says which version is needed and where it comes from
 */
export async function requireTerraform(): Promise<string> {
  const needed = `Terraform ${OLDEST.join(".")} or later is needed`;
  const how = (await provideTerraform()) ?? "set TERRAFORM_BINARY_NAME=tofu to use OpenTofu";
  const where = `Get it from https://developer.hashicorp.com/terraform/install, or ${how}${how.includes("\n") ? "" : "."}`;
  const version = await terraformVersion().catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const what = isMissing
      ? `the program "${terraformBinary()}" was not found`
      : `"${terraformBinary()} version" failed`;
    throw new UserError(`${needed}, and ${what}. ${where}`);
  });
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return version;
  throw new UserError(`${needed}, and "${terraformBinary()}" is ${version}. ${where}`);
}

/** Versions of programs that this process has asked, by name and search path. */
const versions = new Map<string, string>();

async function terraformVersion(): Promise<string> {
  const options = { env: quietEnvironment() };
  const program = JSON.stringify([terraformBinary(), options.env["PATH"]]);
  const known = versions.get(program);
  if (known !== undefined) return known;
  const { stdout } = await startPrivately(() => run(terraformBinary(), ["version", "-json"], options));
  const { terraform_version } = JSON.parse(stdout) as { readonly terraform_version: string };
  versions.set(program, terraform_version);
  return terraform_version;
}

/**
 * Runs Terraform in a folder.
 * @param environment variables to run in; left out means those of this process
 * @returns what it printed
 * @throws {UserError} with its last lines when it fails
 */
export async function terraform(
  folder: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const options = { cwd: folder, env: quietEnvironment(environment), maxBuffer: MAX_OUTPUT_BYTES };
  try {
    const running = startPrivately(() => run(terraformBinary(), [...args], options));
    return (await runningTerraform(args, running)).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { readonly code?: unknown; readonly stderr?: string };
    throw failed(args, String(code), folder, stderr);
  }
}

/** The result of a run, which a terminal shows while it takes long. */
export function runningTerraform<Result>(args: readonly string[], run: Promise<Result>): Promise<Result> {
  return waitFor(`Running ${basename(terraformBinary())} ${args[0]}`, run);
}

/** The error of a failed run, with the last lines of Terraform and, where they are known, what to do. */
export function failed(args: readonly string[], code: string, folder: string, stderr: string): UserError {
  const lines = stderr.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
  const damaged = damagedStateIn(folder, stderr);
  if (damaged !== undefined) return new UserError(damaged);
  const what = `${terraformBinary()} ${args[0]} ended with ${code} in ${folder}:\n${lines}`;
  const hint = HINTS.find(([printed]) => printed.test(lines))?.[1];
  if (hint !== undefined) return new UserError(`${what}\n${hint}`);
  return new UserError(hasCredentials() || !NEEDS_AWS.includes(args[0] ?? "") ? what : `${what}\n${NO_CREDENTIALS}`);
}

/** What to do about what Terraform says, for people; nothing is decided by it. */
const HINTS: readonly (readonly [printed: RegExp, hint: string])[] = [
  [
    /Error acquiring the state lock/,
    "Another process is using the state of this environment. Run the same command again after it has ended.",
  ],
  [/no space left on device|disk quota exceeded/, "The disk is full. Free some space and run the command again."],
  [/file too large/, "A file would exceed the file-size limit. Raise it (ulimit -f) and run the command again."],
  [/Reattachment process not found/, "The embedded AWS of this shell has stopped. Start it again: npx access local"],
  [
    /Backend configuration changed|Backend initialization required/,
    "The backend in the code has changed. On AWS, move the state with terraform init -migrate-state in that folder; in a shell of npx access local, exit the shell and start it again.",
  ],
];

const NEEDS_AWS = ["init", "plan", "apply", "show", "state"];

const NO_CREDENTIALS =
  "No AWS credentials were found in the environment. Without an AWS account, put npx access local before the command.";

/** Terraform looks into profiles and roles of machines as well. */
function hasCredentials(): boolean {
  return [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  ].some((name) => (process.env[name] ?? "") !== "");
}

/**
 * Environment variables that redirect Terraform to another state than the one that the stack configures. `npx cdktf`
 * honours them, so a command that ignored them would read another state than the one that was deployed.
 */
const REDIRECTS: Readonly<Record<string, string>> = {
  TF_WORKSPACE: "the state of another workspace",
  TF_DATA_DIR: "a folder other than .terraform",
};

/**
 * Variables that reach Terraform: logs, registries, plugins and credentials. All others beginning with `TF_` change
 * what is planned (`TF_CLI_ARGS_plan`, `TF_VAR_…`, `TF_AWS_DEFAULT_TAGS_…`), and are left out.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/environment-variables
 */
const PASSED =
  /^TF_(?:LOG(?:_.*)?|CLI_CONFIG_FILE|PLUGIN_CACHE_.*|REGISTRY_.*|PROVIDER_DOWNLOAD_RETRY|REATTACH_PROVIDERS|TOKEN_.*|CLOUD_.*|STATE_PERSIST_INTERVAL|ENCRYPTION)$/;

/** @throws {UserError} naming a variable by which Terraform would work on another state */
export function refuseRedirects(environment: NodeJS.ProcessEnv = process.env): void {
  for (const [name, elsewhere] of Object.entries(REDIRECTS)) {
    if ((environment[name] ?? "") === "") continue;
    throw new UserError(`${name} is set, so Terraform would use ${elsewhere}. Run: unset ${name}`);
  }
}

/**
 * Environment in which Terraform prints no colours, asks nothing, gives no advice on what to type next, takes no
 * arguments or values from variables and has none of the secrets of {@link withoutSecrets}.
 * @throws {UserError} as {@link refuseRedirects}
 */
export function quietEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  refuseRedirects(environment);
  const passed = Object.entries(withoutSecrets(environment)).filter(
    ([name]) => !name.startsWith("TF_") || PASSED.test(name),
  );
  return { ...Object.fromEntries(passed), TF_IN_AUTOMATION: "1", TF_INPUT: "0", TF_CLI_ARGS: "-no-color" };
}

/** File mode bits that a file of secrets must not have. */
const FOR_OTHERS = 0o077;

/**
 * The result of a function that starts Terraform, whose files are then for this user only: states and plans hold secrets.
 * @param start starts the process before it returns, which then has inherited the mask
 */
export function startPrivately<Result>(start: () => Result): Result {
  const before = process.umask(FOR_OTHERS);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}
