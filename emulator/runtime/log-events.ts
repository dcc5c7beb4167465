/**
 * Lines of log groups: the newest, within bounds. They are on disk as well, so that they survive a restart; lines of an
 * earlier run are read when their group is first read.
 *
 * The lines of a group are in segments: files that are only appended to, and of which the oldest is deleted as a whole.
 */
import { createHash } from "node:crypto";
import type { LogDestination, LogEvent, LogGroupName } from "../protocols/runtime";
import { type FoundFile, LogFiles } from "./log-files";

/** Where lines are kept, and how many. */
export interface LogEventsOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Folder of their files, whose parent exists. Left out: they are kept in memory only. */
  readonly folder?: string;
  /** Whether the folder still belongs to this process. Left out: it always does. */
  readonly isOurs?: () => boolean;
  /** Called once when lines can no longer be written. */
  readonly onLost?: (error: Error) => void;
  /** Groups that exist at the start. Lines of others are deleted. */
  readonly groups?: readonly LogGroupName[];
  /** How long lines of the group are kept, in milliseconds; `undefined` for as long as there is room. */
  readonly retention?: (group: LogGroupName) => number | undefined;
  /** Bytes of all groups; the oldest segment of the largest group is deleted. @default 64 MiB */
  readonly maxBytes?: number;
  /** Bytes of one group. @default a quarter of `maxBytes` */
  readonly maxGroupBytes?: number;
  /** The group whose newest line is the oldest is deleted. @default 200 */
  readonly maxGroups?: number;
  /** Bytes after which a segment gets no more lines. @default 256 KiB */
  readonly segmentBytes?: number;
}

interface Segment {
  /** Name of its file. */
  readonly name: string;
  bytes: number;
  /** When its newest line was written, in milliseconds since 1970. */
  newestAt: number;
  /** Number of its newest line. */
  newest: number;
  /** `undefined` while they are in the file alone. */
  events: LogEvent[] | undefined;
}

interface Group {
  /** With which the names of its files begin. */
  readonly id: string;
  /** Oldest first. */
  readonly segments: Segment[];
  bytes: number;
}

/** The lines, whether or not their group exists. */
export class LogEvents {
  private readonly groups = new Map<string, Group>();
  /** Ids by region and name, so that each is computed once. */
  private readonly ids = new Map<string, string>();
  private readonly files: LogFiles | undefined;
  private readonly limits: Required<
    Pick<LogEventsOptions, "maxBytes" | "maxGroupBytes" | "maxGroups" | "segmentBytes">
  >;
  private last: number;
  private bytes = 0;
  private nextSegment = 1;

  constructor(private readonly options: LogEventsOptions) {
    const { clock, folder, maxBytes = 64 << 20, maxGroups = 200, segmentBytes = 256 << 10 } = options;
    this.limits = { maxBytes, maxGroups, segmentBytes, maxGroupBytes: options.maxGroupBytes ?? maxBytes / 4 };
    this.files = folder === undefined ? undefined : new LogFiles(folder, options);
    const found = this.files?.list() ?? [];
    // Numbers begin with the time, so that those of a later run are higher; the clock may have been set back.
    this.last = 1000 * (1 + Math.ceil(Math.max(clock(), ...found.map(({ writtenAt }) => writtenAt))));
    this.find(found);
  }

  /** The number of the newest line. */
  get newest(): number {
    return this.last;
  }

  /** @param timestamp of the line; left out: now */
  add(to: LogDestination, message: string, timestamp = this.options.clock()): void {
    const [ingestedAt, { logStream }] = [this.options.clock(), to];
    const group = this.groupOf(to);
    const segment = this.openSegment(group, to);
    this.last += 1;
    const event = { id: this.last, timestamp, ingestedAt, logStream, message };
    const line = lineOf(event);
    const bytes = Buffer.byteLength(line);
    segment.events.push(event);
    segment.newestAt = ingestedAt;
    segment.newest = event.id;
    segment.bytes += bytes;
    this.count(group, bytes);
    this.files?.append(segment.name, line, bytes);
    this.keepWithinBounds(group);
  }

  /** Removes the lines of the stream or, without one, of the group. */
  forget(from: LogGroupName & { readonly logStream?: string }): void {
    const group = this.groups.get(this.idOf(from));
    if (group === undefined) return;
    if (from.logStream === undefined) {
      this.forgetGroup(group);
      return;
    }
    for (const segment of group.segments) {
      const events = this.eventsOf(segment);
      const others = events.filter(({ logStream }) => logStream !== from.logStream);
      if (others.length < events.length) this.replace(group, segment, others);
    }
  }

  /**
   * Lines of the group that its retention keeps, in the order in which they were written.
   * @param after number of a line; only later ones count
   */
  of(of: LogGroupName, after = 0): readonly LogEvent[] {
    const group = this.groups.get(this.idOf(of));
    if (group === undefined) return [];
    const since = this.keptSince(of);
    return group.segments
      .filter(({ newest }) => after < newest)
      .flatMap((segment) => segment.events ?? this.read(segment))
      .filter(({ id, timestamp }) => id > after && timestamp >= since);
  }

  /** Writes what is not on disk yet. Nothing is kept on disk afterwards. */
  close(): void {
    this.files?.close();
  }

  /** Takes over the segments of earlier runs, by the names and sizes of their files alone. */
  private find(found: readonly FoundFile[]): void {
    const numberOf = (name: string) => Number(name.split(".")[1]);
    for (const { name, bytes, writtenAt } of found.toSorted((a, b) => numberOf(a.name) - numberOf(b.name))) {
      const group = this.groupWith(name.split(".")[0] ?? "");
      group.segments.push({ name, bytes, newestAt: writtenAt, newest: this.last, events: undefined });
      this.count(group, bytes);
      this.nextSegment = Math.max(this.nextSegment, numberOf(name) + 1);
    }
    const known = new Map(this.options.groups?.map((name) => [this.idOf(name), name]));
    for (const group of [...this.groups.values()]) {
      const name = known.get(group.id);
      if (name === undefined) this.forgetGroup(group);
      else this.forgetExpired(group, name);
      this.keepWithinBounds(group);
    }
  }

  private groupOf(name: LogGroupName): Group {
    return this.groupWith(this.idOf(name));
  }

  private groupWith(id: string): Group {
    const group = this.groups.get(id) ?? { id, segments: [], bytes: 0 };
    this.groups.set(id, group);
    return group;
  }

  private idOf({ region, logGroup }: LogGroupName): string {
    const key = `${region}/${logGroup}`;
    const id = this.ids.get(key) ?? createHash("sha256").update(key).digest("hex").slice(0, 32);
    this.ids.set(key, id);
    return id;
  }

  /** The segment that gets the next line. */
  private openSegment(group: Group, name: LogGroupName): Segment & { readonly events: LogEvent[] } {
    const last = group.segments.at(-1);
    if (last !== undefined && last.bytes < this.limits.segmentBytes) {
      return Object.assign(last, { events: this.eventsOf(last) });
    }
    // What is on disk is read again where it is asked for: lines would take several times their size in memory.
    if (last !== undefined && this.files?.flush() === true) last.events = undefined;
    this.forgetExpired(group, name);
    const segment = { name: `${group.id}.${this.nextSegment}.jsonl`, bytes: 0, newestAt: 0, newest: 0, events: [] };
    this.nextSegment += 1;
    group.segments.push(segment);
    // It is gone when all of its segments were too old.
    this.groups.set(group.id, group);
    return segment;
  }

  private eventsOf(segment: Segment): LogEvent[] {
    segment.events ??= this.read(segment);
    return segment.events;
  }

  private read({ name }: Segment): LogEvent[] {
    return this.files?.read(name) ?? [];
  }

  /** Time of the oldest line that the group's retention keeps. */
  private keptSince(name: LogGroupName): number {
    const retention = this.options.retention?.(name);
    return retention === undefined ? Number.NEGATIVE_INFINITY : this.options.clock() - retention;
  }

  private forgetExpired(group: Group, name: LogGroupName): void {
    const since = this.keptSince(name);
    while ((group.segments[0]?.newestAt ?? Number.POSITIVE_INFINITY) < since) this.forgetOldest(group);
  }

  private keepWithinBounds(group: Group): void {
    const { maxBytes, maxGroupBytes, maxGroups } = this.limits;
    while (group.bytes > maxGroupBytes) this.forgetOldest(group);
    while (this.bytes > maxBytes) this.forgetOldest(this.most(({ bytes }) => bytes));
    while (this.groups.size > maxGroups) {
      this.forgetGroup(this.most(({ segments }) => -(segments.at(-1)?.newestAt ?? 0)));
    }
  }

  private most(of: (group: Group) => number): Group {
    return [...this.groups.values()].reduce((most, group) => (of(group) > of(most) ? group : most));
  }

  private forgetGroup(group: Group): void {
    while (group.segments.length > 0) this.forgetOldest(group);
    this.groups.delete(group.id);
  }

  private forgetOldest(group: Group): void {
    const oldest = group.segments.shift();
    if (group.segments.length === 0) this.groups.delete(group.id);
    if (oldest === undefined) return;
    this.count(group, -oldest.bytes);
    this.files?.remove(oldest.name);
  }

  private replace(group: Group, segment: Segment, events: LogEvent[]): void {
    const text = events.map(lineOf).join("");
    const bytes = Buffer.byteLength(text);
    this.count(group, bytes - segment.bytes);
    Object.assign(segment, { events, bytes });
    this.files?.replace(segment.name, text);
  }

  private count(group: Group, bytes: number): void {
    group.bytes += bytes;
    this.bytes += bytes;
  }
}

/** The line of its file. */
function lineOf({ id, timestamp, ingestedAt, logStream, message }: LogEvent): string {
  return `${JSON.stringify([id, timestamp, ingestedAt, logStream, message])}\n`;
}
