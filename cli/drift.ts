/** `npm run drift -- <env>`: what changed behind Terraform's back. */
import { Command } from "commander";
import pc from "picocolors";
import type { Environment } from "../constructs/access-model";
import { readDeployment } from "./deployment";
import { type Drift, findDrift } from "./drift-report";
import { findEnvironment, projectModel } from "./project";
import { runCommand, UserError } from "./user-error";

const DRIFTED = 2;

new Command("npm run drift --")
  .description("Compares what Terraform left with what is really there. Changes nothing.")
  .argument("[env]", "environment; needed when access.yaml has more than one")
  .option("--json", "print the findings as JSON")
  .addHelpText("after", "\nExit codes: 0 clean, 2 drift, 1 error.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 1))
  .action((env: string | undefined, options: { readonly json?: true }) => runCommand(() => drift(env, options)))
  .parse();

async function drift(env: string | undefined, { json }: { readonly json?: true }): Promise<number> {
  const { name } = environmentOf(env);
  await readDeployment(name);
  process.stderr.write(`Comparing the state of ${name} with what is really there …\n`);
  const found = await findDrift(name);
  process.stdout.write(`${json ? JSON.stringify(found, null, 2) : describe(name, found)}\n`);
  return found.length === 0 ? 0 : DRIFTED;
}

/** A wrong name is an error like any other here: 2 would say that there is drift. */
function environmentOf(env: string | undefined): Environment {
  try {
    return findEnvironment(projectModel(), env);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.message);
    throw error;
  }
}

function describe(environment: string, found: readonly Drift[]): string {
  if (found.length === 0) return `${pc.green("clean:")} ${environment} is as Terraform left it.`;
  const addresses = [...new Set(found.map(({ address }) => address))];
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const title = `${pc.yellow("drift:")} ${count(found.length, "difference")} in ${count(addresses.length, "resource")} of ${environment}.`;
  const tables = addresses.map((address) =>
    table(
      address,
      found.filter((drift) => drift.address === address),
    ),
  );
  const advice = `To put it right, deploy ${environment} again. To keep it, write it into the code.`;
  return [title, ...tables, advice].join("\n\n");
}

function table(address: string, drifts: readonly Drift[]): string {
  const rows = [
    ["attribute", "expected", "found"],
    ...drifts.map(({ attribute, expected, found }) => [attribute ?? "(the resource)", expected, found]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  return [pc.bold(address), ...lines].join("\n");
}
