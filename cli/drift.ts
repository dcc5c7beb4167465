/** `access drift <env>`: out-of-band changes, and changes of the code that are not applied. */
import { join } from "node:path";
import { Command } from "commander";
import { readDeployment } from "../operations/deployed/deployment";
import { driftText, reportOf } from "../operations/drift/drift-text";
import { findDrift } from "../operations/drift/find-drift";
import { IGNORE_FILE, readIgnoreFile } from "../operations/drift/ignore-file";
import { siftNoise } from "../operations/drift/noise";
import { findEnvironment, projectFolder, projectModel, shownPath } from "../platform/project";
import { prepareStack } from "../platform/stack";
import { EXIT, runCommand } from "../platform/user-error";

const HELP = `
Told apart, for each attribute:
  changed outside        it is not as Terraform left it, or was added where Terraform does not look: policies of
                         roles, app clients and their secrets, resource servers, methods, authorizers and stages of
                         the API, who may invoke a function
  code not applied yet   it is, but the code wants something else by now
  not live, still live   what callers meet, the API's deployed snapshot, is not what Terraform left
  provider noise         it is listed in ${IGNORE_FILE}, beside access.yaml, as entries of this form:
                           - { address: aws_cognito_user_pool.*, attribute: schema, reason: …, expires: 2027-01-31 }
                         at most twelve months ahead, for one resource type, and never for what decides who gets in`;

/** Meaning of exit code 2. */
export const findings = "there is drift";

export const command = new Command("drift")
  .description(
    "Compares the code, what Terraform left, what is really there, and what the API's stage answers with. Changes nothing.",
  )
  .argument("[env]", "environment; needed when access.yaml has more than one")
  .option("--json", "print the findings as JSON")
  .addHelpText("after", HELP)
  .action((env: string | undefined, options: { readonly json?: true }) => runCommand(() => drift(env, options)));

async function drift(env: string | undefined, { json }: { readonly json?: true }): Promise<number> {
  const { name } = findEnvironment(projectModel(), env);
  const today = new Date().toISOString().slice(0, "2026-01-31".length);
  const entries = readIgnoreFile(join(projectFolder, IGNORE_FILE), today);
  process.stderr.write(`Synthesizing ${name} …\n`);
  const folder = await prepareStack(name);
  await readDeployment(name);
  process.stderr.write(`Comparing ${name} with what is really there …\n`);
  const sifted = siftNoise(await findDrift(folder), entries, today);
  const report = reportOf(name, shownPath(folder), sifted);
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : driftText(report)}\n`);
  return report.isClean ? EXIT.done : EXIT.findings;
}
