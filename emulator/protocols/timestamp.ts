/** Times as they are written on the wire. In the process a time is a number: seconds since 1970, with a fraction. */
import { serializationError } from "./codec";
import type { TimestampFormat } from "./model";

/** @throws {RangeError} when the number is not a time */
export function writeTimestamp(seconds: number, format: TimestampFormat): string | number {
  const time = new Date(seconds * 1000);
  if (format === "epoch-seconds") return seconds;
  return format === "http-date" ? time.toUTCString() : time.toISOString().replace(".000Z", "Z");
}

/** @throws {AwsError} `SerializationException` for what is not a time */
export function readTimestamp(value: unknown): number {
  const number = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  const milliseconds = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw serializationError(`Invalid timestamp: ${String(value)}`);
  return milliseconds / 1000;
}
