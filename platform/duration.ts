/** Durations and times on a command line. */
import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of such as `24h`, `30m` or `0s`. @throws {InvalidArgumentError} */
export function parseDuration(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds !== undefined) return Number(count) * milliseconds;
  throw new InvalidArgumentError("Expected a duration such as 0s, 30m, 24h or 7d.");
}

/** Milliseconds since 1970 of a time, or of a duration before now. @throws {InvalidArgumentError} */
export function parseTime(text: string): number {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  if (day !== undefined) {
    const time = Date.parse(text);
    // `Date.parse` takes 2026-02-31 as 3 March.
    if (!Number.isNaN(time) && new Date(Date.parse(day)).toISOString().startsWith(day)) return time;
  } else if (/^\d{1,6}[smhd]$/.test(text)) return Date.now() - parseDuration(text);
  throw new InvalidArgumentError("Expected a duration such as 30m or 2h, or a time such as 2026-01-31T12:00Z.");
}
