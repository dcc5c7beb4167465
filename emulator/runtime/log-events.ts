/** Lines of log groups, as long as the embedded AWS runs: the newest of each group, within a bound. */
import type { LogDestination, LogEvent } from "../protocols/runtime";

interface Group {
  readonly events: LogEvent[];
  bytes: number;
}

/** The lines, whether or not their group exists. */
export class LogEvents {
  private readonly groups = new Map<string, Group>();
  private last = 0;
  private bytes = 0;

  /**
   * @param clock milliseconds since 1970
   * @param mostOfGroup lines that are kept of a group; older ones are forgotten
   * @param mostGroups groups that are kept; the one that was begun first is forgotten
   * @param mostBytes bytes that are kept of all groups; the oldest lines of the largest group are forgotten
   */
  constructor(
    private readonly clock: () => number,
    private readonly mostOfGroup = 2_000,
    private readonly mostGroups = 200,
    private readonly mostBytes = 64 << 20,
  ) {}

  /** The number of the newest line. */
  get newest(): number {
    return this.last;
  }

  /** @param timestamp of the line; left out: now */
  add({ region, logGroup, logStream }: LogDestination, message: string, timestamp = this.clock()): void {
    const key = `${region}/${logGroup}`;
    const group = this.groups.get(key) ?? { events: [], bytes: 0 };
    this.groups.set(key, group);
    this.last += 1;
    group.events.push({ id: this.last, timestamp, ingestedAt: this.clock(), logStream, message });
    this.count(group, bytesOf(message));
    if (group.events.length > this.mostOfGroup) this.forgetOldest(group);
    const [first = key] = this.groups.keys();
    if (this.groups.size > this.mostGroups) this.replace(first, []);
    while (this.bytes > this.mostBytes) this.forgetOldest(this.largest());
  }

  /** Removes the lines of the stream. */
  forget({ region, logGroup, logStream }: LogDestination): void {
    const key = `${region}/${logGroup}`;
    const others = this.groups.get(key)?.events.filter((event) => event.logStream !== logStream);
    if (others !== undefined) this.replace(key, others);
  }

  /** Lines of the group, oldest first. @param after number of a line; only later ones count */
  of({ region, logGroup }: Omit<LogDestination, "logStream">, after = 0): readonly LogEvent[] {
    return (this.groups.get(`${region}/${logGroup}`)?.events ?? []).filter(({ id }) => id > after);
  }

  private replace(key: string, events: LogEvent[]): void {
    const bytes = events.reduce((sum, { message }) => sum + bytesOf(message), 0);
    this.bytes += bytes - (this.groups.get(key)?.bytes ?? 0);
    if (events.length === 0) this.groups.delete(key);
    else this.groups.set(key, { events, bytes });
  }

  private forgetOldest(group: Group): void {
    const oldest = group.events.shift();
    if (oldest !== undefined) this.count(group, -bytesOf(oldest.message));
  }

  private count(group: Group, bytes: number): void {
    group.bytes += bytes;
    this.bytes += bytes;
  }

  private largest(): Group {
    return [...this.groups.values()].reduce((largest, group) => (group.bytes > largest.bytes ? group : largest));
  }
}

/** What CloudWatch counts: the text in UTF-8, and 26 bytes for each event. */
function bytesOf(message: string): number {
  return Buffer.byteLength(message) + 26;
}
