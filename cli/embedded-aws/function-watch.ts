/**
 * Rebuilds a function when a file changes that it is made of, and has the embedded AWS run it from the next call on.
 * Neither Terraform nor the account learns of it: what the next plan compares with is what was deployed.
 *
 * Files are looked at in an interval: that notices files that are replaced, deleted or made, in folders of every kind,
 * and has no limit of the system's.
 */
import { statSync } from "node:fs";
import { join, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AccessModelError, readAccessModel, TEAM_FOLDER, teamFilesIn } from "../../access/access-model";
import {
  type BundleAttempt,
  type FunctionSource,
  functionSources,
  stopBundling,
  tryBundle,
} from "../../constructs/functions/function-rebuild";

/** Time between two looks at the files. */
const INTERVAL_MS = 100;

/** Programs write files in several steps, and several files at once: time without a change, and the longest wait for it. */
const SETTLE_MS = 30;
const MAX_SETTLE_MS = 300;

/** How far the times of files may be behind the clock. */
const CLOCK_MS = 20;

/** How many functions a line names. */
const MAX_NAMES = 5;

export interface FunctionWatchOptions {
  /** Folder of access.yaml and of `lambda/`. */
  readonly folder: string;
  /** Runs functions of that name with this zip, or with what is deployed. */
  readonly replaceCode: (functionName: string, zip: Uint8Array | undefined) => void;
  /** Called with one line for each event. */
  readonly onLine: (line: string) => void;
}

/** A function of access.yaml. */
interface WatchedFunction extends FunctionSource {
  /** Files and folders whose change makes it necessary to rebuild it. */
  files: readonly string[];
  isOutdated: boolean;
  /** SHA-256 of the last zip. */
  sha256?: string;
  /** Why it does not compile at the moment. */
  error?: string | undefined;
}

/** The functions that access.yaml names, built from their files. */
export class FunctionWatch {
  private readonly functions = new Map<string, WatchedFunction>();
  /** State of each file at the last look. */
  private readonly stamps = new Map<string, string>();
  private readonly ending = new AbortController();
  private readonly modelFile: string;
  private readonly running: Promise<void>;
  /** Whether access.yaml has changed, or could not be read. */
  private isModelOutdated = true;

  /** Settles when all functions are built for the first time. */
  readonly ready: Promise<void>;

  constructor(private readonly options: FunctionWatchOptions) {
    this.modelFile = join(options.folder, "access.yaml");
    this.look();
    this.ready = this.start();
    this.running = this.ready.then(() => this.watch());
  }

  /** Ends watching, and the processes that it started. */
  async close(): Promise<void> {
    this.ending.abort();
    await this.running.catch(() => undefined);
    await stopBundling();
  }

  private async start(): Promise<void> {
    await this.build(() => undefined);
    const count = this.functions.size || "no";
    const functions = count === 1 ? "1 function" : `${count} functions`;
    this.options.onLine(
      this.isModelOutdated
        ? "access.yaml has mistakes; functions are watched when it has none"
        : `${functions} in lambda/; a saved change runs with the next call, without a deployment`,
    );
  }

  private async watch(): Promise<void> {
    while (await this.wait(INTERVAL_MS)) {
      if (!this.look()) continue;
      for (let waited = 0; waited < MAX_SETTLE_MS; waited += SETTLE_MS) {
        if (!(await this.wait(SETTLE_MS)) || !this.look()) break;
      }
      if (this.ending.signal.aborted) return;
      // Such as a folder that cannot be read at the moment.
      await this.build(this.options.onLine).catch((error: unknown) => this.options.onLine(String(error)));
    }
  }

  /** @returns whether it goes on afterwards */
  private async wait(milliseconds: number): Promise<boolean> {
    await delay(milliseconds, undefined, { ref: false, signal: this.ending.signal }).catch(() => undefined);
    return !this.ending.signal.aborted;
  }

  /** Marks what has changed since the last look. @returns whether something has */
  private look(): boolean {
    const now = new Map<string, string>();
    const hasChanged = (file: string) => {
      const stamp = now.get(file) ?? stampOf(file);
      now.set(file, stamp);
      return this.stamps.get(file) !== stamp;
    };
    const { folder } = this.options;
    const isModelChanged = [this.modelFile, ...teamPaths(folder), join(folder, "lambda")].filter(hasChanged).length > 0;
    const changed = [...this.functions.values()].filter(({ files }) => files.filter(hasChanged).length > 0);
    for (const fn of changed) fn.isOutdated = true;
    for (const [file, stamp] of now) this.stamps.set(file, stamp);
    this.isModelOutdated ||= isModelChanged;
    return isModelChanged || changed.length > 0;
  }

  private async build(onRebuilt: (line: string) => void): Promise<void> {
    this.readModel();
    const started = performance.now();
    const outdated = [...this.functions].filter(([, { isOutdated }]) => isOutdated);
    const attempts = await Promise.all(
      outdated.map(async ([name, fn]) => {
        fn.isOutdated = false;
        return { name, fn, startedAt: Date.now(), attempt: await tryBundle(fn.entry) };
      }),
    );
    const failed = new Map<string, string[]>();
    const rebuilt: string[] = [];
    const fixed: string[] = [];
    for (const { name, fn, startedAt, attempt } of attempts) {
      this.keepFiles(fn, attempt, startedAt);
      const error = attempt.bundle === undefined ? this.shown(attempt.error.message) : undefined;
      if (error !== undefined && error !== fn.error) failed.set(error, [...(failed.get(error) ?? []), name]);
      if (attempt.bundle !== undefined) {
        const { zip, sha256 } = attempt.bundle;
        for (const functionName of fn.functionNames) this.options.replaceCode(functionName, zip);
        if (fn.error !== undefined) fixed.push(name);
        else if (sha256 !== fn.sha256) rebuilt.push(name);
        fn.sha256 = sha256;
      }
      fn.error = error;
    }
    const milliseconds = Math.round(performance.now() - started);
    for (const [error, names] of failed) {
      const kept = names.length === 1 ? "keeps its last code" : "keep their last code";
      for (const line of `${error}\n${listed(names)} ${kept}`.split("\n")) this.options.onLine(line);
    }
    if (fixed.length > 0) this.options.onLine(`rebuilt ${listed(fixed)} in ${milliseconds} ms: compiles again`);
    if (rebuilt.length > 0) onRebuilt(`rebuilt ${listed(rebuilt)} in ${milliseconds} ms`);
  }

  /** A file that is new in the function may have changed since it was read: then the function is built once more. */
  private keepFiles(fn: WatchedFunction, { files }: BundleAttempt, startedAt: number): void {
    fn.files = files;
    for (const file of files.filter((one) => !this.stamps.has(one))) {
      this.stamps.set(file, stampOf(file));
      if (modifiedAt(file) >= startedAt - CLOCK_MS) this.stamps.delete(file);
    }
  }

  /** Takes the functions from access.yaml. While it has mistakes, they stay as they are. */
  private readModel(): void {
    if (!this.isModelOutdated) return;
    const wanted = this.functionsOfModel();
    this.isModelOutdated = wanted === undefined;
    if (wanted === undefined) return;
    for (const [name, { functionNames }] of this.functions) {
      const kept = wanted.get(name)?.functionNames ?? [];
      for (const one of functionNames) if (!kept.includes(one)) this.options.replaceCode(one, undefined);
      if (kept.length === 0) this.functions.delete(name);
    }
    for (const [name, source] of wanted) {
      const known = this.functions.get(name) ?? { ...source, files: [], isOutdated: true };
      const isSame = String(known.functionNames) === String(source.functionNames);
      this.functions.set(name, isSame ? known : { ...known, ...source, isOutdated: true });
    }
  }

  private functionsOfModel(): ReadonlyMap<string, FunctionSource> | undefined {
    try {
      return functionSources(readAccessModel(this.modelFile), join(this.options.folder, "lambda"));
    } catch (error) {
      if (!(error instanceof AccessModelError)) throw error;
      return undefined;
    }
  }

  /** The error with names of files as seen from the project. */
  private shown(message: string): string {
    const { folder } = this.options;
    return message.replaceAll(`${folder}${sep}`, "");
  }
}

function listed(names: readonly string[]): string {
  const others = names.length - MAX_NAMES;
  return others > 0 ? `${names.slice(0, MAX_NAMES).join(", ")} and ${others} more` : names.join(", ");
}

/** What changes whenever the file does; of a folder, whenever a file in it is made, renamed or deleted. */
function stampOf(file: string): string {
  const { mtimeNs, ino, size } = stateOf(file) ?? {};
  return `${mtimeNs} ${ino} ${size}`;
}

/** Milliseconds since 1970. */
function modifiedAt(file: string): number {
  return Number(stateOf(file)?.mtimeMs ?? 0);
}

/** `undefined` for what is not there, or cannot be looked at. */
function stateOf(file: string) {
  try {
    return statSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}

/** The folder of the teams' files, and those; what is refused there is reported when the model is read. */
function teamPaths(folder: string): readonly string[] {
  try {
    return [TEAM_FOLDER, ...teamFilesIn(folder)].map((name) => join(folder, name));
  } catch {
    return [join(folder, TEAM_FOLDER)];
  }
}
