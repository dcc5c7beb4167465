/** `npm run teardown -- <env>`: destroys an environment, and says what is left of it. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { callAws } from "./aws-call";
import { findEnvironment, projectFolder, projectModel, stackFolder } from "./project";
import { prepareStack } from "./stack";
import { confirm } from "./teardown/confirmation";
import { describeReceipt, isClean } from "./teardown/receipt";
import { tearDown } from "./teardown/teardown";
import { requireTerraform, terraform } from "./terraform";
import { runCommand, UserError } from "./user-error";

const LEFT_OVER = 3;

interface TeardownOptions {
  readonly yes?: true;
  readonly json?: true;
}

new Command("npm run teardown --")
  .description(
    "Shows what dies with an environment, asks for its name, lifts its deletion protection, destroys it, and looks for what is left. Works from the state and what was synthesized last: access.yaml and the functions may be gone.",
  )
  .argument("<env>", "environment")
  .option("-y, --yes", "do not ask")
  .option("--json", "print the receipt as JSON")
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing is left, 1 error or not confirmed, 3 destroyed, but something is left over, which the receipt tells.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 1))
  .action((env: string, options: TeardownOptions) => runCommand(() => run(env, options)))
  .parse();

async function run(environment: string, { yes, json }: TeardownOptions): Promise<number> {
  if (!/^[\w-]+$/.test(environment)) throw new UserError(`"${environment}" is no name of an environment.`);
  await requireTerraform();
  const folder = await readyStack(environment);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const receipt = await tearDown({
    environment,
    folder,
    call: callAws,
    say,
    confirm: async () =>
      yes ? undefined : await confirm(environment, { input: process.stdin, output: process.stderr }),
    now: () => new Date(),
  });
  process.stdout.write(`${json ? JSON.stringify(receipt, null, 2) : describeReceipt(receipt)}\n`);
  return isClean(receipt) ? 0 : LEFT_OVER;
}

/** What was synthesized last is what is destroyed; only without it, the source is asked. */
async function readyStack(environment: string): Promise<string> {
  const folder = stackFolder(environment);
  if (existsSync(join(folder, "cdk.tf.json"))) {
    if (!existsSync(join(folder, ".terraform"))) await terraform(folder, ["init", "-input=false"]);
    return folder;
  }
  if (!existsSync(join(projectFolder, "access.yaml"))) {
    const place = relative(projectFolder, folder);
    throw new UserError(
      `there is neither ${place}/cdk.tf.json nor access.yaml, so nothing tells what ${environment} is.`,
    );
  }
  return await prepareStack(requireKnown(environment));
}

function requireKnown(environment: string): string {
  try {
    return findEnvironment(projectModel(), environment).name;
  } catch (error) {
    // 2 is not among this command's exit codes.
    if (error instanceof UserError) throw new UserError(error.message);
    throw error;
  }
}
