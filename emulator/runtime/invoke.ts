/**
 * Runs Lambda functions as the managed Node.js runtimes do: the deployed zip in a Node process of its own, which is
 * kept for the next invocation of the same code and configuration.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
import { createHash } from "node:crypto";
import type { DeployedFunction, InvocationDetails, InvocationResult } from "../protocols/runtime";
import { CodeFolders } from "./function-code";
import type { FunctionNetwork } from "./function-command";
import type { LineKind } from "./function-log";
import { FunctionPool } from "./function-pool";

export type { DeployedFunction, InvocationDetails, InvocationResult } from "../protocols/runtime";

/** Settings of a {@link FunctionRunner}. */
export interface FunctionRunnerOptions {
  /** Receives what functions print and what Lambda itself logs, line by line; left out, lines are dropped. */
  readonly onLog?: (functionName: string, logGroup: string, line: string, of: LogSource) => void;
  /** Receives the event of each invocation, as the function gets it. Left out: nothing does. */
  readonly onEvent?: (fn: DeployedFunction, requestId: string, eventJson: string, event: unknown) => void;
  /** Milliseconds since 1970; left out means the clock of the machine. */
  readonly clock?: () => number;
  /**
   * Processes of one function at a time; further invocations wait.
   * @default 10
   */
  readonly maxProcesses?: number;
  /**
   * Seconds for loading a function's code, not counted as part of its timeout. When they are over, loading starts once
   * more, and the function's timeout then covers loading and handler together.
   * @default 10
   */
  readonly initSeconds?: number;
  /** How functions reach the embedded AWS; asked for each process. Left out: they do not. */
  readonly network?: () => FunctionNetwork | undefined;
  /** Folder of the project, from which packages of Lambda's runtime are resolved; left out means that of this package. */
  readonly packagesFolder?: string;
  /** Folder in which code is unpacked; left out means the system's for temporary files. */
  readonly folder?: string;
}

/** Where a line comes from. */
export interface LogSource {
  /** Region that the function is in. */
  readonly region: string;
  /** Log stream of the process. */
  readonly logStream: string;
  /** What it is, and so for whom. */
  readonly kind: LineKind;
}

/** The version that is changed by deployments. */
const LATEST = "$LATEST";

interface RunningFunction {
  /** ARN with the version. */
  readonly key: string;
  readonly configuration: string;
  readonly codeSha256: string;
  readonly pool: FunctionPool;
}

/**
 * The processes of all functions. They end with `close`, when this process ends in whatever way, and when the function's
 * code or configuration is no longer that of the newest invocation; folders are removed by `close` at the latest.
 */
export class FunctionRunner {
  private readonly functions = new Map<string, RunningFunction>();
  /** Code in place of what was deployed, by the function's name. */
  private readonly replacements = new Map<string, Pick<DeployedFunction, "zip" | "codeSha256">>();
  /** All pools with processes, those of outdated functions as well. */
  private readonly pools = new Set<FunctionPool>();
  private readonly endings = new Set<Promise<void>>();
  private readonly folders: CodeFolders;
  private isClosed = false;

  constructor(private readonly options: FunctionRunnerOptions = {}) {
    this.folders = new CodeFolders(options.folder);
  }

  /**
   * Runs one invocation; never rejects for anything the function does.
   *
   * @param event JSON value; its size is for the caller to check
   * @param requestId a UUID
   * @throws {Error} after `close`, and when no folder can be made for the code
   */
  async invoke(
    fn: DeployedFunction,
    event: unknown,
    requestId: string,
    { qualifier, eventJson = JSON.stringify(event) ?? "null", ...details }: InvocationDetails = {},
  ): Promise<InvocationResult> {
    if (this.isClosed) throw new Error(`${fn.name} was invoked on a FunctionRunner that is closed.`);
    this.options.onEvent?.(fn, requestId, eventJson, event);
    const arn = qualifier === undefined ? fn.arn : `${fn.arn}:${qualifier}`;
    const replacement = fn.version === LATEST ? this.replacements.get(fn.name) : undefined;
    return this.poolOf({ ...fn, ...replacement }).invoke({ id: requestId, eventJson, arn, ...details });
  }

  /**
   * Runs other code than what is deployed, from the next invocation on: for all functions of that name, except their
   * published versions, which never change.
   * @param zip deployment package; `undefined` runs what is deployed again
   */
  replaceCode(name: string, zip: Uint8Array | undefined): void {
    if (zip === undefined) this.replacements.delete(name);
    else this.replacements.set(name, { zip, codeSha256: createHash("sha256").update(zip).digest("base64") });
  }

  /** Ends every process and removes every folder it made; invocations under way end with `Runtime.ExitError`. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const pool of this.pools) pool.kill();
    for (const running of this.functions.values()) this.end(running);
    await Promise.all(this.endings);
  }

  /** The pool of exactly this code and configuration; whatever ran the function before is ended. */
  private poolOf(fn: DeployedFunction): FunctionPool {
    const configuration = JSON.stringify({ ...fn, zip: undefined });
    const key = `${fn.arn}:${fn.version}`;
    const current = this.functions.get(key);
    if (current?.configuration === configuration) return current.pool;
    if (current !== undefined) this.end(current);
    const folder = this.folders.hold(fn.codeSha256, fn.zip);
    const running = { key, configuration, codeSha256: fn.codeSha256, pool: this.newPool(fn, folder) };
    this.functions.set(key, running);
    this.pools.add(running.pool);
    // The next invocation tries again; this one gets the error.
    folder.catch(() => this.end(running));
    return running.pool;
  }

  private newPool(fn: DeployedFunction, folder: Promise<string>): FunctionPool {
    const { onLog, clock = Date.now, maxProcesses = 10, initSeconds = 10, network = () => undefined } = this.options;
    const { packagesFolder } = this.options;
    const { region } = fn;
    return new FunctionPool(fn, folder, {
      maxProcesses,
      initSeconds,
      clock,
      network,
      packagesFolder,
      onLog: (line, logStream, kind) => onLog?.(fn.name, fn.logGroup, line, { region, logStream, kind }),
    });
  }

  private end({ key, pool, codeSha256, configuration }: RunningFunction): void {
    if (this.functions.get(key)?.configuration !== configuration) return;
    this.functions.delete(key);
    const ending = pool.retire().then(async () => {
      await this.folders.release(codeSha256);
      this.pools.delete(pool);
      this.endings.delete(ending);
    });
    this.endings.add(ending);
    // A folder that cannot be removed is reported by `close`.
    ending.catch(() => undefined);
  }
}
