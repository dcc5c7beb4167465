/** How far back what AWS returned says what happened, and why not farther. */
import { AwsError } from "../../platform/aws";

/** One of the sources of a report. */
export interface Source {
  /** `not-available`: AWS returned nothing, or refused. */
  readonly status: "read" | "not-available";
  /** From when on everything is known, in ISO 8601; `null` when nothing is. */
  readonly completeSince: string | null;
  /** Why nothing is known, or not all of the time that was asked for; `null` otherwise. A sentence. */
  readonly reason: string | null;
}

/** What was read, and how far back. */
export interface Reading<Found> {
  readonly found: Found;
  readonly source: Source;
}

export function notAvailable(reason: string): Source {
  return { status: "not-available", completeSince: null, reason };
}

/** @param since milliseconds since 1970 */
export function readSince(since: number, reason: string | null = null): Source {
  return { status: "read", completeSince: new Date(since).toISOString(), reason };
}

/** What there is in place of a reading that AWS refuses. @throws when AWS could not be reached, or anything else fails */
export async function unlessRefused<Found>(
  reading: Promise<Reading<Found>>,
  otherwise: Found,
): Promise<Reading<Found>> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof AwsError) || error.status === undefined) throw error;
    return { found: otherwise, source: notAvailable(error.message) };
  }
}
