/** Real processes for end-to-end tests: started, awaited and ended, never slept for. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { requireValidOutput } from "./output-schemas";

const project = join(__dirname, "..", "..");

/** What a process did. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the project, as somebody has it after `npm ci`, in a folder of its own. */
export function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  const names = [
    "access",
    "access.yaml",
    "cdktf.json",
    "cli",
    "client",
    "constructs",
    "iam",
    "docs",
    "emulator",
    "examples",
    "lambda",
    "operations",
    "platform",
    "main.ts",
    "package.json",
    "tsconfig.json",
  ];
  for (const name of names) cpSync(join(project, name), join(folder, name), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** The environment of this process without what would lead a child elsewhere, and with changes. */
export function cleanEnvironment(changes: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { CDKTF_OUTPUT, INIT_CWD, TF_CLI_CONFIG_FILE, TF_REATTACH_PROVIDERS, JEST_WORKER_ID, NODE_OPTIONS, ...rest } =
    process.env;
  // Tests run beside each other, so the system chooses the port.
  return { ...rest, ACCESS_LOCAL_PORT: "0", ...changes };
}

/** What loads TypeScript in a process of the project. */
export const typescriptLoader = join(project, "cli", "typescript.cjs");

/**
 * Command that runs one of the project's scripts; `cli/<command>.ts` is a command of `access`. A copy of the project has
 * its own loader, which keeps what it compiled.
 */
export function script(name: string, ...args: readonly string[]): readonly string[] {
  const [, folder, command] = /^(.*?cli)\/([\w-]+)\.ts$/.exec(name) ?? [];
  if (command !== undefined) return [process.execPath, `${folder}/access.cjs`, command, ...args];
  const loader = name === "main.ts" ? "./cli/typescript.cjs" : typescriptLoader;
  return [process.execPath, "--require", loader, name, ...args];
}

/** Command that runs cdktf, of this project and no other. */
export function cdktf(...args: readonly string[]): readonly string[] {
  return [process.execPath, "node_modules/cdktf-cli/bundle/bin/cdktf", ...args];
}

/** Runs a program to its end. What `access` prints with `--json` is checked against its JSON Schema. */
export async function run(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = cleanEnvironment(),
): Promise<Ended> {
  const result = await ended(start(command, cwd, env));
  const [, program, ...args] = command;
  if (program?.endsWith("cli/access.cjs") && (result.code === 0 || result.code === 2)) {
    requireValidOutput(args, result.stdout);
  }
  return result;
}

/** @throws {Error} with what it wrote, where it did not end with 0 */
export function requireDone(ended: Ended): Ended {
  if (ended.code === 0) return ended;
  throw new Error(`ended with ${ended.code}:\n${ended.stdout.slice(-2000)}\n${ended.stderr.slice(-2000)}`);
}

/** Starts a program. */
export function start(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = cleanEnvironment()) {
  const [program = "", ...args] = command;
  return spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Waits until the process has ended. */
export function ended(child: ReturnType<typeof start>): Promise<Ended> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout: plain(stdout()), stderr: plain(stderr()) }));
  });
}

/** Waits until the process has written the text. @throws {Error} with what it wrote when it ends before */
export function untilWritten(
  child: ReturnType<typeof start>,
  text: string,
  stream: NodeJS.ReadableStream = child.stdout,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = "";
    const endsTooEarly = () => reject(new Error(`ended before it wrote "${text}": ${written}`));
    const look = (chunk: Buffer) => {
      written += chunk.toString();
      if (!written.includes(text)) return;
      child.off("close", endsTooEarly);
      // What comes later is read as well, so that the process is not held up, and dropped.
      stream.off("data", look).resume();
      resolve(written);
    };
    stream.on("data", look);
    child.once("close", endsTooEarly);
  });
}

/** Ends the process with the signal and waits for it. */
export function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let written = "";
  stream.on("data", (chunk: Buffer) => {
    written += chunk.toString();
  });
  return () => written;
}

/** The text without colours and cursor movements. */
function plain(text: string): string {
  return stripVTControlCharacters(text);
}
