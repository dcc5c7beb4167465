/**
 * Files of log lines: each line a JSON array. Lines are written together after a short time, so that a call does not wait
 * for the disk; a process that is killed loses at most those of that time, and its last line may be torn.
 */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { LogEvent } from "../protocols/runtime";

/** Lines are written after that time in milliseconds, or as soon as there are so many bytes. */
const [FLUSH_MS, FLUSH_BYTES] = [200, 256 << 10];

/** A file as it is found. */
export interface FoundFile {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** The files of one folder. Once one cannot be written, none is written any more. */
export class LogFiles {
  private readonly pending = new Map<string, string[]>();
  private pendingBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private isLost = false;
  private readonly onExit = () => this.flush();

  constructor(
    private readonly folder: string,
    private readonly options: { readonly isOurs?: () => boolean; readonly onLost?: (error: Error) => void },
  ) {
    this.write(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
    });
    process.on("exit", this.onExit);
  }

  /** Files of lines. */
  list(): readonly FoundFile[] {
    if (this.isLost) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => {
        const { size, mtimeMs } = statSync(join(this.folder, name));
        return { name, bytes: size, writtenAt: mtimeMs };
      });
  }

  /** Lines of the file. What is not a whole line is left out; none when the file is gone. */
  read(name: string): LogEvent[] {
    this.flush();
    let text: string;
    try {
      text = readFileSync(join(this.folder, name), "utf8");
    } catch {
      return [];
    }
    // The next line does not continue a torn one.
    if (text !== "" && !text.endsWith("\n")) this.append(name, "\n", 1);
    return text.split("\n").flatMap(parse);
  }

  /** Adds text to the file, soon. @param bytes of the text */
  append(name: string, text: string, bytes: number): void {
    if (this.isLost) return;
    const texts = this.pending.get(name) ?? [];
    texts.push(text);
    this.pending.set(name, texts);
    this.pendingBytes += bytes;
    if (this.pendingBytes >= FLUSH_BYTES) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Replaces the content of the file. */
  replace(name: string, text: string): void {
    this.pending.delete(name);
    const file = join(this.folder, name);
    this.write(() => {
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    });
  }

  remove(name: string): void {
    this.pending.delete(name);
    this.write(() => rmSync(join(this.folder, name), { force: true }));
  }

  /** Writes what is pending; nothing is written afterwards. */
  close(): void {
    this.flush();
    this.isLost = true;
    process.off("exit", this.onExit);
  }

  /** Writes what is pending. @returns whether all lines are in their files */
  flush(): boolean {
    clearTimeout(this.timer);
    this.timer = undefined;
    const texts = [...this.pending];
    this.pending.clear();
    this.pendingBytes = 0;
    if (texts.length > 0) {
      this.write(() => {
        for (const [name, parts] of texts) appendFileSync(join(this.folder, name), parts.join(""), { mode: 0o600 });
      });
    }
    return !this.isLost;
  }

  private write(write: () => void): void {
    if (this.isLost) return;
    if (this.options.isOurs?.() === false) {
      this.isLost = true;
      return;
    }
    try {
      write();
    } catch (error) {
      this.isLost = true;
      this.options.onLost?.(error as Error);
    }
  }
}

function parse(line: string): readonly LogEvent[] {
  try {
    const [id, timestamp, ingestedAt, logStream, message] = JSON.parse(line);
    const isWhole = [id, timestamp, ingestedAt].every(Number.isFinite) && typeof message === "string";
    return isWhole ? [{ id, timestamp, ingestedAt, logStream, message }] : [];
  } catch {
    return [];
  }
}
