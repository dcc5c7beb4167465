/** `npx access apply <plan>`: applies exactly the plan that was reviewed, or nothing. */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { applyBundle } from "../operations/apply/apply-bundle";
import { type Bundle, unpackBundle } from "../operations/plan-file/bundle";
import { PASSPHRASE, passphraseIn } from "../operations/plan-file/encryption";
import { uninterrupted } from "../platform/interruption";
import { locatePlanFile, readPlanFile } from "../platform/private-file";
import { shownPath, userFolder } from "../platform/project";
import { print, printJson, sayMeanwhile, step, warn } from "../platform/terminal";
import { runCommand } from "../platform/user-error";

interface Options {
  readonly json?: true;
  readonly keep?: true;
}

export const command = new Command("apply")
  .description(
    "Applies exactly the plan that `npx access review` saved. Fails if another commit is checked out, if the state or the Terraform version has changed, or if the file was modified. Deletes the plan after it was applied, because a plan cannot be applied twice.",
  )
  .argument("<plan>", "file that review saved, such as dev.plan")
  .option("--json", "print what was done as JSON")
  .option("--keep", "do not delete the plan after it was applied")
  .addHelpText(
    "after",
    `
${PASSPHRASE} in the environment decrypts the plan. Where CI is set, plans of
uncommitted changes are refused. When interrupted, Terraform first completes the
operations in progress and saves the state. The last lines list what was done.`,
  )
  .action((plan: string, options: Options) => runCommand(() => apply(plan, options)));

async function apply(plan: string, { json, keep }: Options): Promise<number> {
  const file = locatePlanFile(resolve(userFolder, plan));
  const bundle = read(file);
  const { environment, fingerprint, createdAt } = bundle.manifest;
  step(`Plan ${fingerprint.slice(0, 12)} of ${environment}, made ${createdAt.slice(0, 16)}Z`);
  const done = await uninterrupted(
    (interruption) =>
      applyBundle(bundle, {
        isCi: Boolean(process.env["CI"]),
        onStep: step,
        onDone: sayMeanwhile,
        onWarning: warn,
        interruption,
      }),
    () => step("Interrupted: Terraform completes the operations in progress and saves the state"),
  );
  if (!keep) rmSync(file, { force: true });
  const { added, changed, destroyed } = done;
  const used = keep
    ? "The plan cannot be applied again."
    : `The plan cannot be applied again, and ${shownPath(file)} was deleted.`;
  const text = `${pc.green("applied")} to ${environment}: ${added} added, ${changed} changed, ${destroyed} destroyed. ${used}`;
  if (json) printJson({ environment, fingerprint, ...done });
  else print(text);
  return 0;
}

function read(file: string): Bundle {
  return unpackBundle(readPlanFile(file), passphraseIn(process.env));
}
