/** `access drift <env>`: out-of-band changes, unmanaged resources, and code that is not applied. */
import { join } from "node:path";
import { Command } from "commander";
import { secretAgesOf } from "../access/access-model";
import { driftText, reportOf } from "../operations/drift/drift-text";
import { everythingGoneLine } from "../operations/drift/everything-gone";
import { findDrift } from "../operations/drift/find-drift";
import { IGNORE_FILE, readIgnoreFile, siftNoise } from "../operations/drift/ignore-file";
import { awsName } from "../platform/local-command";
import { findEnvironment, localFolder, projectFolder, projectModel, shownPath } from "../platform/project";
import { prepareStack } from "../platform/stack";
import { print, printJson, say, step, terminalColumns } from "../platform/terminal";
import { EXIT, runCommand } from "../platform/user-error";

const HELP = `
Verdicts, for each attribute:
  out-of-band-change  AWS differs from what Terraform applied
  unmanaged-resource  a resource that Terraform does not manage was added to the
                      API, the user pool and its clients, the functions, their
                      roles and log groups, or the secrets. A kind that AWS
                      refuses to list is printed as not checked; for the most
                      important kinds, the refusal is an error
  not-applied         AWS matches the Terraform state, but the code has changed
  not-live,           the API's deployed snapshot, which serves the calls,
  still-live          differs from what Terraform applied
  rotation-due        the secret of a client is older than rotateAfterDays
  provider-noise      it is listed in ${IGNORE_FILE}, next to access.yaml

Entries of ${IGNORE_FILE} are of this form:
  - address: aws_cognito_user_pool.*
    attribute: schema
    reason: …
    expires: 2027-01-31
They are for one resource type and expire within twelve months. They are not
allowed for security attributes.`;

/** Meaning of exit code 2. */
export const findings = "there is drift";

export const command = new Command("drift")
  .description("Compares the code, Terraform's state, AWS, and the deployed snapshot of the API. Changes nothing.")
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--json", "print the findings as JSON")
  .addHelpText("after", HELP)
  .action((env: string | undefined, options: { readonly json?: true }) => runCommand(() => drift(env, options)));

async function drift(env: string | undefined, { json }: { readonly json?: true }): Promise<number> {
  const model = projectModel();
  const environment = findEnvironment(model, env);
  const { name } = environment;
  const today = new Date().toISOString().slice(0, "2026-01-31".length);
  const entries = readIgnoreFile(join(projectFolder, IGNORE_FILE), today);
  step(`Synthesizing ${name}`);
  const folder = await prepareStack(name);
  step(`Comparing ${name} with ${awsName()}`);
  const found = await findDrift(folder, secretAgesOf(model, environment));
  const sifted = siftNoise(found.findings, entries, today);
  const report = reportOf(name, shownPath(folder), sifted, found.notChecked);
  if (found.isEverythingGone) say(everythingGoneLine(name, shownPath(localFolder)));
  if (json) printJson(report);
  else print(driftText(report, terminalColumns()));
  return report.isClean ? EXIT.done : EXIT.findings;
}
