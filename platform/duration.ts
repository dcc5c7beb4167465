/** Durations on a command line. */
import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of such as `24h`, `30m` or `0s`. @throws {InvalidArgumentError} */
export function parseDuration(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds !== undefined) return Number(count) * milliseconds;
  throw new InvalidArgumentError("Expected a duration such as 0s, 30m, 24h or 7d.");
}
