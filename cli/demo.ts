/** `access demo`: the whole life of the stack on an embedded AWS of its own, which is removed afterwards. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { findEnvironment, localFolder, projectModel } from "../platform/project";
import { print, terminalColumns, waitFor } from "../platform/terminal";
import { paragraph } from "../platform/terminal-table";
import { requireTerraform } from "../platform/terraform";
import { terraformBinary } from "../platform/terraform-program";
import { runCommand, UserError } from "../platform/user-error";
import { chooseFixture } from "./demo-fixture";
import { Demo, type Step, StepFailure } from "./demo-steps";
import { nextStepsText, stepText } from "./demo-text";
import { openLocalAws } from "./embedded-aws/local-aws";
import { useEnvironment } from "./embedded-aws/running-aws";

const INTERRUPTED = 130;
const LOG_LINES = 10;

/** What functions have written so far; shown when a step fails. */
const functionLog: string[] = [];

export const command = new Command("demo")
  .description(
    "Deploys the stack of access.yaml to an embedded AWS, gets a token, calls the API with and without it, changes the client outside Terraform, finds the drift, repairs it and destroys everything. Needs no AWS account.",
  )
  .argument("[env]", "environment (default: the first in access.yaml)")
  .option("-y, --yes", "download Terraform without confirmation if it is not found")
  .action((env: string | undefined) => runCommand(() => demo(env)));

async function demo(env: string | undefined): Promise<number> {
  const started = performance.now();
  const version = await requireTerraform();
  const model = projectModel();
  const fixture = chooseFixture(model, findEnvironment(model, env ?? model.environments[0]?.name));
  mkdirSync(localFolder, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(localFolder, "demo-"));
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const local = await openLocalAws(folder, { onFunctionLog: (name, line) => functionLog.push(`${name}: ${line}`) });
    if (local.emulator === undefined) throw new Error(`${folder} is not new`);
    useEnvironment(local.environment);
    const used = `An embedded AWS and ${terraformBinary()} ${version}; no AWS account is used.`;
    print(`${paragraph(used, terminalColumns())}\n`);
    try {
      await runSteps(new Demo(fixture, local.emulator, interrupted.signal).steps, interrupted.signal);
    } finally {
      await local.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (interrupted.signal.aborted)
    throw new UserError("interrupted. All started processes and resources were removed.", INTERRUPTED);
  const proved = paragraph(`Proved in ${seconds(started)}: ${PROVED}`, terminalColumns());
  print(`\n${proved.replace("Proved", pc.green)}`);
  print(`\n${nextStepsText(fixture.environment.name, terminalColumns())}`);
  return 0;
}

const PROVED =
  "the stack deploys and a second plan is empty; the API responds 401 without a token and 200 with it; after a change outside Terraform the client gets no token, drift reports the change and a deployment reverts it; destroy removes every resource.";

async function runSteps(steps: readonly Step[], signal: AbortSignal): Promise<void> {
  const width = Math.max(...steps.map(({ title }) => title.length));
  for (const [index, { title, run }] of steps.entries()) {
    if (signal.aborted) return;
    const started = performance.now();
    const number = String(index + 1).padStart(2);
    const line = `${number}  ${title.padEnd(width)}`;
    const observation = await waitFor(`   ${line} `, run(), 0).catch((error: unknown) => fail(line, error, signal));
    if (observation === undefined || signal.aborted) return;
    print(stepText({ number, title, width, took: seconds(started), observation }, terminalColumns()));
  }
}

function fail(line: string, error: unknown, signal: AbortSignal): undefined {
  if (signal.aborted) return undefined;
  print(`${pc.red("✗")}  ${line}`);
  if (!(error instanceof StepFailure)) throw error;
  const logged = functionLog.slice(-LOG_LINES).map((entry) => `\n  logged:   ${entry}`);
  throw new UserError(
    `step ${line.trim()}\n  expected: ${error.expected}\n  found:    ${error.found}${logged.join("")}`,
  );
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
