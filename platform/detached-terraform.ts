/**
 * Terraform in a detached process group. A terminal sends each signal to all processes of its group: Terraform would
 * receive a Ctrl-C twice and stop without saving the state, or end with a closed terminal and leave its lock.
 *
 * @see https://developer.hashicorp.com/terraform/cli/commands/apply
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { restrictLocalState } from "./local-state-mode";
import { SIGNALS } from "./signals";
import { failed, quietEnvironment, runningTerraform, startPrivately } from "./terraform";
import { terraformBinary } from "./terraform-program";

const WRITES_STATE = ["apply", "destroy", "state"];

/** Starts Terraform in a session of its own. The first signal that this process receives is passed on once, as SIGINT. */
export function startTerraform(
  folder: string,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, Readable> {
  if (WRITES_STATE.includes(args[0] ?? "")) restrictLocalState(folder);
  const options = { cwd: folder, env: quietEnvironment(), stdio: "pipe", detached: true } as const;
  const child = startPrivately(() => spawn(terraformBinary(), [...args], options));
  forwardOnce(child);
  return child;
}

/**
 * Runs Terraform so to its end.
 * @param input what it reads from its standard input
 * @returns what it printed
 * @throws {UserError} with its last lines when it fails
 */
export async function detachedTerraform(folder: string, args: readonly string[], input = ""): Promise<string> {
  const child = startTerraform(folder, args);
  // Who reads nothing may be gone before it is written.
  child.stdin.on("error", () => undefined).end(input);
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once("error", reject).once("close", (exitCode, signal) => resolve(exitCode ?? String(signal)));
  });
  const code = await runningTerraform(args, ended);
  if (code === 0) return stdout();
  throw failed(args, String(code), folder, stderr());
}

function forwardOnce(child: ChildProcess): void {
  const stop = () => {
    for (const name of SIGNALS) process.off(name, tell);
  };
  let isSent = false;
  // Still listens afterwards: without a listener, the next signal would end this process before Terraform.
  const tell = () => {
    if (!isSent) child.kill("SIGINT");
    isSent = true;
  };
  for (const name of SIGNALS) process.on(name, tell);
  child.once("error", stop).once("close", stop);
}

function collected(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
