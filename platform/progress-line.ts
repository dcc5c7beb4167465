/**
 * The last line of a terminal while something takes time: what it is, and for how long already. It is never wider than
 * the terminal, as a line that was wrapped could not be written again.
 */
import { SIGNALS } from "./signals";
import { widthOf } from "./terminal-table";

/** What takes less is not measured. */
const SHOWN_AFTER_MS = 1000;

/** Waits with less between them are one. */
const PAUSE_MS = 500;

const REDRAW_MS = 200;
const DEFAULT_COLUMNS = 80;

/** Begins the line again and deletes what it shows. */
export const CLEAR_LINE = "\r\u001b[2K";

/** Something that takes time. */
interface Work {
  readonly text: string;
  /** How far it is. */
  detail: string;
  readonly since: number;
}

/** The line of one terminal. */
export class ProgressLine {
  /** Stays on the terminal when it ends, with the time that it took. */
  private step: Work | undefined;
  /** Waits. Without a step, the first one is shown after a second. They leave no line on the terminal. */
  private readonly waits = new Set<Work & { readonly delayMs: number }>();
  /** When the first of the waits began, or the last line was ended since. */
  private quietSince = 0;
  private quietEndedAt = Number.NEGATIVE_INFINITY;
  private shown = "";
  private timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds of a clock */
  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, "write" | "columns">,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Begins a step; the one before ends. @param text one line without styles */
  begin(text: string): void {
    this.end();
    this.step = { text: `${text} …`, detail: "", since: this.now() };
    this.draw();
  }

  /** Shows what is waited for, if that takes longer than the delay. @param text one line without styles */
  async wait<Result>(text: string, work: Promise<Result>, delayMs = SHOWN_AFTER_MS): Promise<Result> {
    const wait = { text: `${text} …`, detail: "", since: this.now(), delayMs };
    if (this.waits.size === 0 && wait.since - this.quietEndedAt > PAUSE_MS) this.quietSince = wait.since;
    this.waits.add(wait);
    this.draw();
    try {
      return await work;
    } finally {
      this.waits.delete(wait);
      this.quietEndedAt = this.now();
      this.draw();
    }
  }

  /** Shows how far the step, or what is waited for, is. */
  detail(text: string): void {
    const current = this.step ?? [...this.waits][0];
    if (current === undefined || current.detail === text) return;
    current.detail = text;
    this.draw();
  }

  /** Ends the step, so that something else can be written. */
  end(): void {
    const { step } = this;
    this.step = undefined;
    this.quietSince = this.now();
    const last = step && `${step.text}${took(this.now() - step.since)}`;
    if (last !== this.shown) this.clear();
    if (last !== undefined) this.stream.write(last === this.shown ? "\n" : `${last}\n`);
    this.shown = "";
    this.keepTime();
  }

  /** Writes something else above the line, and shows the line again. */
  above(write: () => void): void {
    this.clear();
    write();
    this.draw();
  }

  private draw(): void {
    // Before anything is shown: a signal may come at once.
    this.keepTime();
    const line = this.line();
    if (line === "") this.clear();
    else if (line !== this.shown) {
      this.stream.write(`${this.shown === "" ? "" : CLEAR_LINE}${line}`);
      this.shown = line;
    }
  }

  private line(): string {
    const now = this.now();
    const [wait] = this.waits;
    const isQuiet = wait === undefined || now - this.quietSince < wait.delayMs;
    const work = this.step ?? (isQuiet ? undefined : { ...wait, since: this.quietSince });
    if (work === undefined) return "";
    const seconds = Math.floor((now - work.since) / 1000);
    const parts = [work.detail, seconds === 0 ? "" : written(seconds)].filter((part) => part !== "");
    const end = parts.length === 0 ? "" : ` ${parts.join(", ")}`;
    // The last column stays free: a terminal may wrap there.
    const columns = (this.stream.columns || DEFAULT_COLUMNS) - 1;
    return cut(cut(work.text, Math.max(1, columns - widthOf(end))) + end, columns);
  }

  private clear(): void {
    if (this.shown !== "") this.stream.write(CLEAR_LINE);
    this.shown = "";
  }

  /** The timer does not keep this process alive. */
  private keepTime(): void {
    const isBusy = this.step !== undefined || this.waits.size > 0;
    if (isBusy === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = isBusy ? setInterval(() => this.draw(), REDRAW_MS).unref() : undefined;
    const change = isBusy ? "prependListener" : "off";
    for (const name of SIGNALS) process[change](name, this.onSignal);
    process[change]("exit", this.onEnd);
    process[change]("uncaughtExceptionMonitor", this.onEnd);
  }

  private readonly onEnd = () => this.end();

  /** Is called before other listeners, some of which look whether they are the only one. */
  private readonly onSignal = (signal: NodeJS.Signals) => {
    process.off(signal, this.onSignal);
    if (process.listenerCount(signal) > 0) return;
    this.end();
    process.kill(process.pid, signal);
  };
}

/** ` 3.2 s`; empty for what is not worth a number. */
function took(milliseconds: number): string {
  if (milliseconds < SHOWN_AFTER_MS) return "";
  return ` ${milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s` : written(Math.round(milliseconds / 1000))}`;
}

function written(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The text in at most that many columns. */
function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let short = "";
  for (const character of text) {
    if (widthOf(short + character) > columns - 1) break;
    short += character;
  }
  return `${short}…`;
}
