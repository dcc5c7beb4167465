/**
 * One Node process that runs one function, one request at a time: an execution environment, in Lambda's words.
 *
 * It leads a process group of its own, so that ending it ends what the function started as well. It ends by itself when
 * its parent dies, because then its socket closes.
 */
import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import type { InvocationResult } from "../protocols/runtime";
import { exitReason, killGroup, platformError, startChild } from "./function-child";
import { type FunctionCommand, traceId } from "./function-command";
import { INIT_TIMED_OUT, type Outcome, PlatformLog, type PlatformLogOptions } from "./function-log";
import {
  type FunctionMessage,
  type FunctionRequest,
  invokeLine,
  LineReader,
  MAX_LOG_LINE,
  messageReader,
} from "./function-messages";
import { TIMED_OUT } from "./function-records";

/** Milliseconds that output may keep coming after the exit, from a process that left the group. */
const OUTPUT_MILLISECONDS = 500;

export interface FunctionProcessOptions extends PlatformLogOptions {
  readonly command: FunctionCommand;
}

interface Pending {
  readonly request: FunctionRequest;
  readonly resolve: (outcome: Outcome) => void;
}

/** The process. It starts with the first request, so that its caller learns how that went. */
export class FunctionProcess {
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;

  private readonly child: ChildProcess;
  private readonly sockets: readonly Socket[];
  private readonly log: PlatformLog;
  private pending: Pending | undefined;
  /** Why the process is being ended. */
  private verdict: Outcome | undefined;
  private isReady = false;
  private isEnding = false;
  private timer: NodeJS.Timeout | undefined;
  private deadline = 0;

  /** @throws {Error} when the system refuses to start a process */
  constructor(private readonly options: FunctionProcessOptions) {
    this.child = startChild(options.command);
    this.child.on("error", (error) => this.endWith(this.failure("Runtime.InvalidEntrypoint", error.message)));
    this.child.once("exit", () => this.sweep());
    this.gone = new Promise((resolve) => {
      this.child.once("close", (code, signal) => {
        this.onClose(exitReason(code, signal));
        resolve();
      });
    });
    // There is no `stdio` when too many files are open.
    this.sockets = (this.child.stdio ?? []).slice(1).filter((stream) => stream instanceof Socket);
    this.listen();
    this.log = new PlatformLog(options);
  }

  /** Whether another request may be given to it. */
  get isUsable(): boolean {
    return !this.isEnding && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Runs the handler once. The process must be usable and without a request. */
  run(request: FunctionRequest): Promise<Outcome> {
    this.hold();
    return new Promise((resolve) => {
      this.pending = { request, resolve };
      const { initSeconds } = this.options;
      if (this.isReady) this.startHandler();
      else if (initSeconds === null) this.startClock(this.options.fn.timeoutSeconds, () => this.taskTimeout());
      else this.startClock(initSeconds, () => INIT_TIMED_OUT);
    });
  }

  /** Kills the process; a request that it has ends with `Runtime.ExitError`. */
  end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.hold();
    killGroup(this.child);
  }

  private listen(): void {
    const [output, errors, channel] = this.sockets;
    if (output === undefined || errors === undefined || channel === undefined) {
      throw new Error("A function's process has no output: too many files are open.");
    }
    // A broken socket is one of a process that is gone, which `close` reports.
    for (const socket of this.sockets) socket.setEncoding("utf8").on("error", () => undefined);
    const messages = messageReader((message) => this.onMessage(message));
    channel.on("data", (text: string) => messages.push(text)).once("close", () => this.end());
    const { onLog } = this.options;
    for (const socket of [output, errors]) {
      // A function's console writes an entry's own line ends as carriage returns.
      const lines = new LineReader(MAX_LOG_LINE, (line) => onLog(line.replace(/\r(?!$)/g, "\n"), "output"));
      socket.on("data", (text: string) => lines.push(text)).once("close", () => lines.end());
    }
  }

  private onMessage(message: FunctionMessage): void {
    this.log.saw(message.memoryBytes);
    // The last words of a process may arrive after its exit.
    if (this.pending === undefined || this.verdict !== undefined || message.type === "outOfMemory") return;
    if (message.type === "ready") {
      // What was printed while loading has arrived as well, but may not have been read.
      setImmediate(() => this.onLoaded());
    } else if (message.type === "initError") {
      if (!this.isReady) this.endWith({ kind: "error", ...message.error });
    } else if (this.isReady && message.requestId === this.pending.request.id) {
      if (message.type === "answer") this.finish({ kind: "answer", payload: message.payload ?? null }, this.log.end());
      else if (message.isFatal) this.endWith({ kind: "error", ...message.error });
      else this.finish({ kind: "error", ...message.error }, this.log.end());
    }
  }

  private onLoaded(): void {
    if (this.isReady || this.isEnding) return;
    this.log.loaded();
    this.startHandler();
  }

  private startHandler(): void {
    const { initSeconds, fn, clock } = this.options;
    const now = clock();
    if (this.isReady || initSeconds !== null) this.startClock(fn.timeoutSeconds, () => this.taskTimeout());
    this.isReady = true;
    if (this.pending === undefined) return;
    this.log.start(this.pending.request.id);
    const { request } = this.pending;
    this.sockets[2]?.write(invokeLine(request, traceId(request.id, now), this.deadline - clock()));
  }

  private startClock(seconds: number, verdict: () => Outcome): void {
    clearTimeout(this.timer);
    this.deadline = this.options.clock() + seconds * 1000;
    this.timer = setTimeout(() => this.endWith(verdict()), seconds * 1000);
  }

  private taskTimeout(): InvocationResult {
    return this.failure(TIMED_OUT, `Task timed out after ${this.options.fn.timeoutSeconds.toFixed(2)} seconds`);
  }

  private failure(errorType: string, message: string): InvocationResult {
    return platformError(errorType, this.pending?.request.id ?? "", message);
  }

  private endWith(verdict: Outcome): void {
    this.verdict ??= verdict;
    this.end();
  }

  private finish(outcome: Outcome, writeRecords: (requestId: string) => void): void {
    const { pending } = this;
    this.pending = undefined;
    clearTimeout(this.timer);
    // What was printed before the answer has arrived as well, but may not have been read.
    setImmediate(() => {
      if (pending !== undefined) writeRecords(pending.request.id);
      if (!this.isEnding) this.letGo();
      pending?.resolve(outcome);
    });
  }

  /** After the exit: ends what the function started and left behind. */
  private sweep(): void {
    this.end();
    const timer = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, OUTPUT_MILLISECONDS);
    this.child.once("close", () => clearTimeout(timer));
  }

  private onClose(reason: string): void {
    this.isEnding = true;
    if (this.pending === undefined) return;
    const outcome = this.verdict ?? this.failure("Runtime.ExitError", reason);
    this.finish(outcome, (requestId) => this.log.died(requestId, outcome));
  }

  /** Keeps the parent running as long as the process, as during a request. */
  private hold(): void {
    for (const handle of [this.child, ...this.sockets]) handle.ref();
  }

  private letGo(): void {
    for (const handle of [this.child, ...this.sockets]) handle.unref();
  }
}
