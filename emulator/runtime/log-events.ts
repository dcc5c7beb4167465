/** Lines of log groups, as long as the embedded AWS runs: the newest of each group, within a bound. */
import type { LogDestination, LogEvent } from "../protocols/runtime";

/** The lines, whether or not their group exists. */
export class LogEvents {
  private readonly groups = new Map<string, LogEvent[]>();
  private last = 0;

  /**
   * @param clock milliseconds since 1970
   * @param mostOfGroup lines that are kept of a group; older ones are forgotten
   * @param mostGroups groups that are kept; the one that was begun first is forgotten
   */
  constructor(
    private readonly clock: () => number,
    private readonly mostOfGroup = 2_000,
    private readonly mostGroups = 200,
  ) {}

  /** The number of the newest line. */
  get newest(): number {
    return this.last;
  }

  /** @param timestamp of the line; left out: now */
  add({ region, logGroup, logStream }: LogDestination, message: string, timestamp = this.clock()): void {
    const key = `${region}/${logGroup}`;
    const events = this.groups.get(key) ?? [];
    this.last += 1;
    events.push({ id: this.last, timestamp, ingestedAt: this.clock(), logStream, message });
    if (events.length > this.mostOfGroup) events.shift();
    this.groups.set(key, events);
    const [first = key] = this.groups.keys();
    if (this.groups.size > this.mostGroups) this.groups.delete(first);
  }

  /** Removes the lines of the stream. */
  forget({ region, logGroup, logStream }: LogDestination): void {
    const key = `${region}/${logGroup}`;
    const others = this.groups.get(key)?.filter((event) => event.logStream !== logStream);
    if (others !== undefined) this.groups.set(key, others);
  }

  /** Lines of the group, oldest first. @param after number of a line; only later ones count */
  of({ region, logGroup }: Omit<LogDestination, "logStream">, after = 0): readonly LogEvent[] {
    return (this.groups.get(`${region}/${logGroup}`) ?? []).filter(({ id }) => id > after);
  }
}
