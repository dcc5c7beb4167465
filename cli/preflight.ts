/** `npx access preflight <env>`: whether the AWS account is ready for the stack, before anything is deployed. */
import { Command } from "commander";
import pc from "picocolors";
import { oneLine } from "../access/visible";
import { preflight } from "../operations/preflight/checks";
import type { Finding } from "../operations/preflight/finding";
import { copyable } from "../platform/local-command";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, waitFor } from "../platform/terminal";
import { requireTerraform } from "../platform/terraform";
import { EXIT, runCommand } from "../platform/user-error";

/** Meaning of exit code 2. */
export const findings = "the account is not ready";

export const command = new Command("preflight")
  .description(
    "Checks the prerequisites of a deployment: the account of the credentials, the state bucket and the state, the role with which API Gateway writes logs, secret names that are already in use, and secrets and parameters of variables that do not exist. Changes nothing.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--json", "print the findings as JSON")
  .action((env: string | undefined, options: { readonly json?: true }) => runCommand(() => check(env, options)));

async function check(env: string | undefined, { json }: { readonly json?: true }): Promise<number> {
  const model = projectModel();
  const environment = findEnvironment(model, env);
  await requireTerraform();
  const findings = await waitFor("Checking the AWS account", preflight(environment, model.clients));
  if (json) printJson(findings);
  else print(describe(environment.name, findings));
  return findings.every(({ isRight }) => isRight) ? EXIT.done : EXIT.findings;
}

function describe(name: string, findings: readonly Finding[]): string {
  const wrong = findings.filter(({ isRight }) => !isRight).length;
  const verdict = wrong === 0 ? pc.green(`ready for ${name}`) : pc.red(`not ready for ${name}`);
  const lines = findings.flatMap(({ check, isRight, found, remedy }) => [
    `${isRight ? pc.green("✓") : pc.red("✗")} ${check.replace("-", " ")}: ${oneLine(found)}`,
    ...remedy.map((line) => `    ${copyable(line)}`),
  ]);
  return [...lines, "", verdict].join("\n");
}
