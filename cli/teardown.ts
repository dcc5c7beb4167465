/** `npx access teardown <env>`: destroys an environment, and lists what is left of it. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { describeReceipt, isClean, receiptText } from "../operations/teardown/receipt";
import { type Target, tearDown } from "../operations/teardown/teardown";
import { aws } from "../platform/aws";
import { confirmByName } from "../platform/confirm";
import { accountName } from "../platform/local-command";
import { removeStateBackups } from "../platform/local-state-mode";
import { writeWhole } from "../platform/private-file";
import { findEnvironment, projectFolder, projectModel, projectName, shownPath, stackFolder } from "../platform/project";
import { initializeStack, prepareStack } from "../platform/stack";
import { removeCopyOf } from "../platform/stack-copy";
import { describeSystemError } from "../platform/system-error";
import { print, printJson, say, step, terminalColumns } from "../platform/terminal";
import { requireTerraform } from "../platform/terraform";
import { EXIT, runCommand, UserError } from "../platform/user-error";

interface TeardownOptions {
  readonly yes?: true;
  readonly json?: true;
}

/** Meaning of exit code 2. */
export const findings = "resources remain, or could not be checked";

export const command = new Command("teardown")
  .description(
    "Lists the resources of an environment, asks for its name, lifts its deletion protection, destroys it, and lists the remaining resources. Uses the state and the last synthesized stack; does not need access.yaml or the functions.",
  )
  .argument("<env>", "environment")
  .option("-y, --yes", "destroy without confirmation")
  .option("--json", "print the receipt as JSON")
  .addHelpText("after", "\nThe receipt is also written to <env>.teardown.md in the project's folder.")
  .action((env: string, options: TeardownOptions) => runCommand(() => run(env, options)));

async function run(environment: string, { yes, json }: TeardownOptions): Promise<number> {
  if (!/^[\w-]+$/.test(environment)) throw new UserError(`"${environment}" is not a valid environment name.`);
  await requireTerraform();
  const folder = await readyStack(environment);
  removeCopyOf(folder);
  const receipt = await tearDown({
    environment,
    project: projectName(),
    folder,
    clients: (region) => aws(region),
    say,
    step,
    confirm: async (target) => {
      if (!yes) await confirmByName(environment, describeTarget(target));
    },
    now: () => new Date(),
  });
  removeStateBackups(folder);
  const text = describeReceipt(receipt);
  const width = terminalColumns();
  keep(environment, text, receipt.destroyed + receipt.gone.length > 0);
  if (json) printJson(receipt);
  else print(width === undefined ? text : receiptText(receipt, width));
  return isClean(receipt) ? EXIT.done : EXIT.findings;
}

function describeTarget({ project, region, account }: Target): string {
  return `${project}, ${region}, ${accountName(account)}`;
}

/**
 * Writes the receipt to the project's folder; a failure is only reported.
 * @param isNew whether something was destroyed; otherwise it is appended to an earlier receipt
 */
function keep(environment: string, text: string, isNew: boolean): void {
  const file = join(projectFolder, `${environment}.teardown.md`);
  try {
    const before = existsSync(file) && !isNew ? `${readFileSync(file, "utf8").trimEnd()}\n\n` : "";
    writeWhole(file, `${before}${text}\n`);
    say(`The receipt is in ${shownPath(file)}.`);
  } catch (error) {
    say(`The receipt was not written: ${describeSystemError(error) ?? String(error)}`);
  }
}

/** The stack that was synthesized last; without one, it is synthesized. */
async function readyStack(environment: string): Promise<string> {
  const folder = stackFolder(environment);
  if (existsSync(join(folder, "cdk.tf.json"))) {
    await initializeStack(folder);
    return folder;
  }
  if (!existsSync(join(projectFolder, "access.yaml"))) {
    const place = relative(projectFolder, folder);
    throw new UserError(
      `${projectName()} has neither ${place}/cdk.tf.json nor access.yaml, so ${environment} is unknown.`,
    );
  }
  return await prepareStack(findEnvironment(projectModel(), environment).name);
}
