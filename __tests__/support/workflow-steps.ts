/**
 * Jobs of the workflows, step by step as a runner takes them: the scripts by bash, and in the place of actions what they
 * leave behind. It knows no more than the workflows use.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Ended, run } from "./processes";
import { asText, evaluate, isTrue, type Situation } from "./workflow-expression";
import { actionOf, type Contexts, filled, type Job, jobOf, labelOf, SETUP, type Step } from "./workflow-files";

type Texts = Readonly<Record<string, string>>;

/** A machine that jobs run on, one after the other. */
export interface Machine {
  /** Where the repository is checked out. */
  readonly workspace: string;
  /** Folder for what a job has for itself. */
  readonly temporary: string;
  /** Makes the workspace what a new runner's is after the checkout and the setup. @param ref left out: what started it */
  checkOut(ref?: string): Promise<void>;
  /** Variables of every script. */
  environment(): NodeJS.ProcessEnv;
  /** What a role brings. @throws {Error} when nobody may have it */
  takeOn(role: string, region: string): Texts;
}

/** What a job did. */
export interface JobRun {
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Texts;
  /** What the scripts did, by the name of the step. */
  readonly scripts: Readonly<Record<string, Ended>>;
  /** What people read on the page of the run. */
  readonly summary: string;
}

/** Runs jobs on a machine, and keeps a record of the scripts that were run to a good end. */
export class WorkflowJobs {
  readonly done = new Set<string>();

  constructor(private readonly machine: Machine) {}

  /** @param contexts what its expressions are about, besides runner and steps */
  async run(file: string, name: string, contexts: Contexts): Promise<JobRun> {
    const job = jobOf(file, name);
    const isWanted = job.if === undefined || isTrue(evaluate(bare(job.if), { contexts, hasFailed: false }));
    if (!isWanted) return { result: "skipped", outputs: {}, scripts: {}, summary: "" };
    const running = new RunningJob(this.machine, job, contexts);
    for (const step of job.steps) {
      if (await running.take(step)) this.done.add(`${file} ${name}: ${labelOf(step)}`);
    }
    return running.end();
  }
}

class RunningJob {
  private readonly temp: string;
  private readonly steps: Record<string, { readonly outputs: Texts }> = {};
  private readonly scripts: Record<string, Ended> = {};
  private hasFailed = false;
  private summary = "";
  /** What actions leave in the environment. */
  private exported: Texts = {};

  constructor(
    private readonly machine: Machine,
    private readonly job: Job,
    private readonly contexts: Contexts,
  ) {
    this.temp = mkdtempSync(join(machine.temporary, "runner-"));
  }

  /** @returns whether it is a script that was run and ended well */
  async take(step: Step): Promise<boolean> {
    if (!this.isTurnOf(step)) return false;
    if (step.uses !== undefined) {
      await this.act(step.uses, filled(step.with, this.situation()));
      return false;
    }
    const isDone = await this.execute(step);
    if (!isDone) this.hasFailed = true;
    return isDone;
  }

  end(): JobRun {
    const outputs = texts(filled(this.job.outputs, this.situation()));
    return { result: this.hasFailed ? "failure" : "success", outputs, scripts: this.scripts, summary: this.summary };
  }

  /** Where a condition does not ask how it went, a failure before is a no. */
  private isTurnOf({ if: condition }: Step): boolean {
    if (condition === undefined) return !this.hasFailed;
    if (this.hasFailed && !condition.includes("failure()")) return false;
    return isTrue(evaluate(bare(condition), this.situation()));
  }

  private situation(): Situation {
    const own = { runner: { temp: this.temp }, steps: this.steps };
    return { contexts: { ...this.contexts, ...own }, hasFailed: this.hasFailed };
  }

  private async execute(step: Step): Promise<boolean> {
    const commands = join(this.temp, "_runner_file_commands");
    mkdirSync(commands, { recursive: true });
    const number = Object.keys(this.scripts).length;
    const [script, output, summary] = ["script.sh", "output", "summary"].map((name) =>
      join(commands, `${name}${number}`),
    );
    const files = { script: String(script), GITHUB_OUTPUT: String(output), GITHUB_STEP_SUMMARY: String(summary) };
    for (const file of Object.values(files)) writeFileSync(file, file === script ? (step.run ?? "") : "");
    const { machine, temp, exported } = this;
    const own = texts(filled({ ...this.job.env, ...step.env }, this.situation()));
    const ended = await run(
      ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", files.script],
      machine.workspace,
      { ...machine.environment(), ...exported, ...files, RUNNER_TEMP: temp, ...own },
    );
    this.scripts[labelOf(step)] = ended;
    this.summary += readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
    if (step.id !== undefined) this.steps[step.id] = { outputs: outputsIn(readFileSync(files.GITHUB_OUTPUT, "utf8")) };
    return ended.code === 0;
  }

  /** Does what the action would have done, for the scripts that come after it. */
  private async act(uses: string, given: Contexts): Promise<void> {
    const input = (name: string): string => asText(given[name] ?? null);
    const artifact = join(this.machine.temporary, "artifacts", input("name"));
    switch (actionOf(uses)) {
      case "actions/checkout":
        return await this.machine.checkOut(...(given["ref"] === undefined ? [] : [input("ref")]));
      case SETUP:
        return;
      case "aws-actions/configure-aws-credentials":
        this.exported = { ...this.exported, ...this.machine.takeOn(input("role-to-assume"), input("aws-region")) };
        return;
      case "actions/upload-artifact":
        if (!existsSync(input("path"))) throw new Error(`there is no ${input("path")} to upload`);
        mkdirSync(artifact, { recursive: true });
        return copyFileSync(input("path"), join(artifact, basename(input("path"))));
      case "actions/download-artifact":
        for (const name of readdirSync(artifact)) copyFileSync(join(artifact, name), join(input("path"), name));
        return;
      default:
        throw new Error(`nobody knows what ${uses} does`);
    }
  }
}

/** A condition may stand with or without the signs around it. */
function bare(condition: string): string {
  return condition.trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
}

function texts(given: Contexts): Texts {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, asText(value)]));
}

function outputsIn(text: string): Texts {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name === "") throw new Error(`not known as an output: ${line}`);
      return [name, value];
    }),
  );
}
