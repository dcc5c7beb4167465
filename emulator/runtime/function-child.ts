/** The operating system's side of a function's process: how it is started and ended, and how Lambda words its end. */
import { type ChildProcess, spawn } from "node:child_process";
import type { InvocationResult } from "../protocols/runtime";
import type { FunctionCommand } from "./function-command";

/** Go's names of signals, which is what Lambda is written in. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};

/**
 * Starts the process, as the leader of a group. Beside output and errors it has a socket for messages, file descriptor 3.
 * @throws {Error} when the system refuses; some refusals come as the event `error` instead
 */
export function startChild(command: FunctionCommand): ChildProcess {
  const child = spawn(process.execPath, command.arguments, {
    cwd: command.folder,
    env: command.environment,
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  // A process that is gone is reported by its end.
  child.stdin?.on("error", () => undefined).end(command.input);
  return child;
}

/** Kills the process and what it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // The group is empty, or the system has no groups.
  }
}

/** Message of a `Runtime.ExitError`. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal}`;
  if (code === 0 || code === null) return "Runtime exited without providing a reason";
  return `Runtime exited with error: exit status ${code}`;
}

/** An error that Lambda itself reports of a function. */
export function platformError(errorType: string, requestId: string, message: string): InvocationResult {
  return { kind: "error", errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` };
}
