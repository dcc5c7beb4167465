/** The processes of one function as it is deployed: those with a request, and those that wait for the next. */
import { availableParallelism } from "node:os";
import type { DeployedFunction, InvocationResult } from "../protocols/runtime";
import { exitReason, platformError } from "./function-child";
import { DeploymentPackageError } from "./function-code";
import { type FunctionNetwork, functionCommand, logStreamName } from "./function-command";
import { INIT_TIMED_OUT, type LineKind } from "./function-log";
import type { FunctionRequest } from "./function-messages";
import { FunctionProcess } from "./function-process";

export interface FunctionPoolOptions {
  /** Processes at a time; more requests than that wait. */
  readonly maxProcesses: number;
  /** Seconds for loading the function's code. */
  readonly initSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How processes reach the embedded AWS; asked for each of them. */
  readonly network: () => FunctionNetwork | undefined;
  /** Folder from which packages of Lambda's runtime are resolved. */
  readonly packagesFolder: string | undefined;
  readonly onLog: (line: string, logStream: string, kind: LineKind) => void;
}

/**
 * Requests that are answered within that time in milliseconds are run by as many processes as the machine has processors,
 * however many wait: more would only take turns. As soon as none was answered for that long, one more process is used.
 */
const SHORT_MS = 10;
const PROCESSORS = Math.max(2, availableParallelism());

export class FunctionPool {
  private readonly processes = new Set<FunctionProcess>();
  private readonly idle: FunctionProcess[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly whenDrained: (() => void)[] = [];
  private running = 0;
  private answeredAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private isRetired = false;
  private isKilled = false;

  /** @param folder the unpacked code */
  constructor(
    private readonly fn: DeployedFunction,
    private readonly folder: Promise<string>,
    private readonly options: FunctionPoolOptions,
  ) {}

  async invoke(request: FunctionRequest): Promise<InvocationResult> {
    await this.enter();
    const startedAt = performance.now();
    try {
      return await this.run(request, await this.folder, this.options.initSeconds);
    } catch (error) {
      if (!(error instanceof DeploymentPackageError)) throw error;
      return { kind: "error", errorType: "InvalidZipFileException", errorMessage: error.message };
    } finally {
      this.leave(startedAt);
    }
  }

  /** Takes no more requests; settles when those that it has are answered and all processes are gone. */
  async retire(): Promise<void> {
    this.isRetired = true;
    for (const process of this.idle.splice(0)) process.end();
    if (this.running > 0) await new Promise<void>((resolve) => this.whenDrained.push(resolve));
    await Promise.all([...this.processes].map(({ gone }) => gone));
  }

  /** Ends all processes, whatever they are doing, and starts no more. */
  kill(): void {
    this.isKilled = true;
    for (const process of this.processes) process.end();
  }

  private async enter(): Promise<void> {
    const { maxProcesses } = this.options;
    if (this.running < Math.min(maxProcesses, PROCESSORS)) this.running += 1;
    else await new Promise<void>((resolve) => this.wait(resolve));
  }

  private wait(resolve: () => void): void {
    this.waiting.push(resolve);
    this.timer ??= setTimeout(() => this.useOneMore(), SHORT_MS);
  }

  private useOneMore(): void {
    this.timer = undefined;
    const isStalled = performance.now() - this.answeredAt >= SHORT_MS;
    if (isStalled && this.running < this.options.maxProcesses) {
      const next = this.waiting.shift();
      if (next !== undefined) this.running += 1;
      next?.();
    }
    if (this.waiting.length > 0) this.timer = setTimeout(() => this.useOneMore(), SHORT_MS);
  }

  private leave(startedAt: number): void {
    this.answeredAt = performance.now();
    const isNeeded = this.running <= PROCESSORS || this.answeredAt - startedAt >= SHORT_MS;
    const next = isNeeded ? this.waiting.shift() : undefined;
    if (next !== undefined) {
      next();
      return;
    }
    this.running -= 1;
    if (this.running === 0) for (const resolve of this.whenDrained.splice(0)) resolve();
  }

  private async run(request: FunctionRequest, folder: string, initSeconds: number | null): Promise<InvocationResult> {
    if (this.isKilled) return platformError("Runtime.ExitError", request.id, exitReason(null, "SIGKILL"));
    const process = this.takeIdle() ?? this.start(request, folder, initSeconds);
    if (!(process instanceof FunctionProcess)) return process;
    const outcome = await process.run(request);
    this.putBack(process);
    return outcome === INIT_TIMED_OUT ? this.run(request, folder, null) : outcome;
  }

  private takeIdle(): FunctionProcess | undefined {
    let process = this.idle.pop();
    while (process !== undefined && !process.isUsable) process = this.idle.pop();
    return process;
  }

  private putBack(process: FunctionProcess): void {
    if (!process.isUsable) return;
    if (this.isRetired) process.end();
    else this.idle.push(process);
  }

  /** @returns the process, or the error when the system refuses to start it */
  private start(
    request: FunctionRequest,
    folder: string,
    initSeconds: number | null,
  ): FunctionProcess | InvocationResult {
    const logStream = logStreamName(this.fn, this.options.clock(), request.id);
    const { network, packagesFolder } = this.options;
    const command = functionCommand(this.fn, folder, logStream, network(), packagesFolder);
    const onLog = (line: string, kind: LineKind): void => this.options.onLog(line, logStream, kind);
    try {
      const { fn, options } = this;
      const process = new FunctionProcess({ fn, command, logStream, initSeconds, clock: options.clock, onLog });
      this.processes.add(process);
      void process.gone.then(() => this.processes.delete(process));
      return process;
    } catch (error) {
      return platformError("Runtime.InvalidEntrypoint", request.id, String(error));
    }
  }
}
