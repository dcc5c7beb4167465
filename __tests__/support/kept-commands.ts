/** Runs commands of a project in one process that is kept: most of what a command costs is its start. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { jsonText } from "../../platform/json";
import { requireValidOutput } from "./output-schemas";
import { type Ended, kill } from "./processes";

/** What a command did, and what it wrote to which stream, in that order. */
export interface KeptEnded extends Ended {
  readonly pieces: readonly (readonly ["stdout" | "stderr", string])[];
}

/** Program that runs commands in the current folder: those of a file or, without one, those on standard input. */
export const commandsProgram = join(__dirname, "commands-together.cjs");

export class KeptCommands {
  private readonly child: ChildProcessWithoutNullStreams;
  private waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void } | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private errors = "";

  /** @param runner program with arguments that runs the process, such as one that changes its user */
  constructor(folder: string, env: NodeJS.ProcessEnv, runner: readonly string[] = []) {
    const [program = "", ...args] = [...runner, process.execPath, commandsProgram];
    this.child = spawn(program, args, { cwd: folder, env, stdio: "pipe" });
    this.child.stderr.on("data", (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting?.resolve(line));
    // What is written to a process that has ended; `close` says so.
    this.child.stdin.on("error", () => undefined);
    this.child.once("close", () => this.waiting?.reject(new Error(`the commands' process ended: ${this.errors}`)));
  }

  /** Runs a command such as `["drift", "dev"]`, after those that run. */
  run(args: readonly string[]): Promise<KeptEnded> {
    const result = this.last.then(() => this.runNow(args));
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Runs one as {@link run}. @returns what it did, without the order in which it wrote to its streams */
  async ask(command: string, ...args: readonly string[]): Promise<Ended> {
    const { code, stdout, stderr } = await this.run([command, ...args]);
    return { code, stdout, stderr };
  }

  async end(): Promise<void> {
    await kill(this.child, "SIGKILL");
  }

  private async runNow(args: readonly string[]): Promise<KeptEnded> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      throw new Error(`the commands' process has ended: ${this.errors}`);
    }
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject };
      // Readers of lines in Node.js 24 also end one at the separators of Unicode, which are escaped.
      this.child.stdin.write(`${jsonText(args, 0)}\n`);
    });
    const ended: KeptEnded = JSON.parse(line);
    if (ended.code === 0 || ended.code === 2) requireValidOutput(args, ended.stdout);
    const [stdout, stderr] = [ended.stdout, ended.stderr].map(stripVTControlCharacters) as [string, string];
    return { ...ended, stdout, stderr };
  }
}
