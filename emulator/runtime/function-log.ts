/** Lambda's own records of one process of a function: takes the times and writes what the function's log should have. */
import type { DeployedFunction, InvocationResult } from "../protocols/runtime";
import {
  type Ending,
  end,
  endingOf,
  type InitPhase,
  initDone,
  initStart,
  lineOf,
  type PlatformRecord,
  start,
} from "./function-records";

/**
 * What a line is: `output` of the function; a `record` of Lambda's, which is for the log group alone; or a `notice` of
 * what ended the process, which is for people alone, because Lambda reports it to its caller only.
 */
export type LineKind = "output" | "record" | "notice";

/** Loading took too long. Lambda starts it again, and the function's own timeout then covers it. */
export const INIT_TIMED_OUT = "init timed out";

/** What became of a request. */
export type Outcome = InvocationResult | typeof INIT_TIMED_OUT;

export interface PlatformLogOptions {
  readonly fn: DeployedFunction;
  readonly logStream: string;
  /** Seconds for loading the function; `null` means that loading is part of the first request. */
  readonly initSeconds: number | null;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly onLog: (line: string, kind: LineKind) => void;
}

/** The records. It is made when the process starts. */
export class PlatformLog {
  private readonly startedAt = performance.now();
  private readonly phase: InitPhase;
  private isLoaded = false;
  /** When that began which the next report calls its duration; `undefined` between requests. */
  private since: number | undefined = this.startedAt;
  private initDuration: number | undefined;
  private mostBytes = 0;

  constructor(private readonly options: PlatformLogOptions) {
    this.phase = options.initSeconds === null ? "invoke" : "init";
    if (this.phase === "init") this.write([initStart(options.fn, options.logStream)]);
  }

  /** The process uses so much memory now. The maximum over all its requests is reported, up to what it has, as on AWS. */
  saw(memoryBytes: number): void {
    this.mostBytes = Math.max(this.mostBytes, Math.min(memoryBytes, this.options.fn.memoryMegabytes * 2 ** 20));
  }

  /** The function is loaded. */
  loaded(): void {
    this.isLoaded = true;
    if (this.phase === "invoke") return;
    this.initDuration = performance.now() - this.startedAt;
    this.since = undefined;
    this.write(initDone("init", this.initDuration, { status: "success" }));
  }

  /** The handler is about to run. */
  start(requestId: string): void {
    this.since ??= performance.now();
    this.write([start(this.options.fn, requestId)]);
  }

  /** The handler has ended, whatever its result. @returns what writes the records, once the function's output is written */
  end(): (requestId: string) => void {
    const duration = this.lap();
    return (requestId) => this.report(requestId, { status: "success" }, duration);
  }

  /** The process is gone, and all of its output is written. */
  died(requestId: string, outcome: Outcome): void {
    const { fn, onLog } = this.options;
    const ending = outcome === INIT_TIMED_OUT ? ({ status: "timeout" } as const) : endingOf(outcome, this.isLoaded);
    const measured = this.lap();
    const duration = ending.status === "timeout" ? Math.min(measured, this.limit()) : measured;
    const notice = noticeOf(outcome);
    if (notice !== undefined) onLog(notice, "notice");
    if (!this.isLoaded) this.write(initDone(this.phase, duration, ending));
    if (outcome === INIT_TIMED_OUT) return;
    if (!this.isLoaded) this.write([start(fn, requestId)]);
    this.report(requestId, ending, duration);
  }

  /** Milliseconds after which it was ended. */
  private limit(): number {
    const { fn, initSeconds } = this.options;
    return 1000 * (this.isLoaded || initSeconds === null ? fn.timeoutSeconds : initSeconds);
  }

  private report(requestId: string, ending: Ending, duration: number): void {
    const measured = {
      duration,
      ...(this.initDuration === undefined ? {} : { initDuration: this.initDuration }),
      ...(this.mostBytes === 0 ? {} : { mostMegabytes: Math.ceil(this.mostBytes / 2 ** 20) }),
    };
    this.initDuration = undefined;
    this.write(end(this.options.fn, requestId, ending, measured));
  }

  private lap(): number {
    const now = performance.now();
    const duration = now - (this.since ?? now);
    this.since = undefined;
    return duration;
  }

  private write(records: readonly PlatformRecord[]): void {
    const { fn, clock, onLog } = this.options;
    for (const record of records) {
      const line = lineOf(fn, record, clock());
      if (line !== undefined) onLog(line, "record");
    }
  }
}

/** What ended the process; `undefined` when its own output reports it. */
function noticeOf(outcome: Outcome): string | undefined {
  if (outcome === INIT_TIMED_OUT) return "Loading the function took too long and starts again, as part of the request.";
  if (outcome.kind === "answer" || outcome.trace !== undefined) return undefined;
  return `${outcome.errorMessage} ${outcome.errorType}`;
}
