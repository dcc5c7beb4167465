/** Processes, timed from outside. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, run, start, untilWritten } from "../__tests__/support/processes";
import type { Prepared } from "./row";

export const projectFolder = join(__dirname, "..");

/** What a process is run with. */
export interface Command {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Seconds of some work. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Seconds until a process has ended. @throws {Error} with what it printed, when it fails */
export function secondsOf({ command, cwd = projectFolder, env = cleanEnvironment() }: Command): Promise<number> {
  return seconds(async () => {
    const { code, stdout, stderr } = await run(command, cwd, env);
    if (code !== 0)
      throw new Error(`${command.join(" ")}: exit code ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  });
}

/** Both sides are processes that are run to their end. */
export function commands(ours: Command, peer: Command, end?: Prepared["end"]): Prepared {
  return { ours: () => secondsOf(ours), peer: () => secondsOf(peer), ...(end && { end }) };
}

/** Seconds until a process has written the text, after which it is stopped. */
export async function secondsUntil(text: string, { command, cwd = projectFolder, env }: Command): Promise<number> {
  const child = start(command, cwd, env);
  const taken = await seconds(() => untilWritten(child, text));
  await stop(child);
  return taken;
}

/** Megabytes (MiB) of memory that a process holds once it has written the text. Linux only. */
export async function memoryAt(text: string, { command, cwd = projectFolder, env }: Command): Promise<number> {
  const child = start(command, cwd, env);
  await untilWritten(child, text);
  const used = memoryOf(child.pid);
  await stop(child);
  return used;
}

/** MiB of memory that a process holds. Linux only. */
export function memoryOf(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

/** MiB of memory that a process of Node.js held at most. */
export async function peakMemoryOf({
  command,
  cwd = projectFolder,
  env = cleanEnvironment(),
}: Command): Promise<number> {
  const folder = scratchFolder();
  const hook = join(folder, "peak.cjs");
  const result = join(folder, "peak");
  writeFileSync(
    hook,
    `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(result)}, String(process.resourceUsage().maxRSS)))`,
  );
  const { code, stderr } = await run(command, cwd, { ...env, NODE_OPTIONS: `--require ${hook}` });
  if (code !== 0) throw new Error(`${command.join(" ")}: exit code ${code}\n${stderr.slice(-2000)}`);
  const kilobytes = Number(readFileSync(result, "utf8"));
  rmSync(folder, { recursive: true });
  return kilobytes / 1024;
}

/** A new folder; its caller removes it. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), "bench-"));
}

function stop(child: ReturnType<typeof start>): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGTERM");
  });
}
