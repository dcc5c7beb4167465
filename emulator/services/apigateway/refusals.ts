/** How API Gateway refuses, and how the embedded AWS refuses what it does not emulate. */
import { AwsError, UnsupportedError } from "../../errors";

export const missing = (message: string) => new AwsError("NotFoundException", message, 404);
export const notFound = (what: string) => missing(`Invalid ${what} specified`);
export const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);

/** AWS's refusal of more than its quota. */
export function limitExceeded(what: string): AwsError {
  return new AwsError(
    "LimitExceededException",
    `Maximum number of ${what} for this API has been reached.  Please contact AWS if you need additional ${what}.`,
    429,
  );
}

/** Refuses a value that is not emulated. @throws {UnsupportedError} */
export function requireEmulated(what: string, value: string | undefined, emulated: readonly string[]): void {
  if (value === undefined || emulated.includes(value)) return;
  throw new UnsupportedError(`${what} ${value} is not emulated. Emulated: ${emulated.join(", ")}.`);
}
