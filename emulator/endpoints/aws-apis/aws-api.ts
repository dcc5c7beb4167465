/**
 * What the AWS APIs have in common, each over its own wire protocol, so that the AWS CLI and SDKs work unchanged.
 * Signatures are not checked: whoever reaches a loopback port of this machine is trusted as far as a pretend account
 * goes.
 */
import type { Account } from "../../account";
import { AwsError, UnsupportedError } from "../../errors";
import type { FunctionRunner } from "../../runtime/invoke";
import type { LogEvents } from "../../runtime/log-events";
import { type HttpRequest, header } from "../http";

/** Where an operation happens. */
export interface ApiPlace {
  readonly account: Account;
  readonly region: string;
}

/** A place with logs. */
export interface LogsPlace extends ApiPlace {
  readonly logs: LogEvents;
}

/** A place where functions run. */
export interface LambdaPlace extends LogsPlace {
  readonly runner: Pick<FunctionRunner, "invoke">;
}

/** Input or output of an operation. */
export type Json = Readonly<Record<string, unknown>>;

/** One operation of an AWS API, from parsed JSON to JSON. @throws {AwsError} when AWS refuses */
export type ApiOperation<Place extends ApiPlace = ApiPlace> = (place: Place, input: Json) => Promise<object>;

/**
 * What a failed operation is refused with: AWS's own refusal, or an error that is not AWS's and says what is not played.
 * @throws the error itself when it is neither
 */
export function refusalOf(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof UnsupportedError) return new AwsError("NotEmulated", error.message, 501);
  throw error;
}

/** Members of an answer but for those that are `undefined`. */
export function present(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Seconds since 1970 of a time as resources keep it; `undefined` when it is none. */
export function epochSeconds(time: unknown): number | undefined {
  const milliseconds = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** Whether the request carries a signature of version 4, by whomever. */
export function isSigned(request: HttpRequest): boolean {
  return /^AWS4-HMAC-SHA256 /.test(header(request, "Authorization") ?? "");
}

/** What is said of an operation that is not played. @param asked name of the operation; empty when there is none */
export function notEmulated(asked: string, emulated: readonly string[]): string {
  return `${asked || "This request"} is not emulated. Emulated: ${emulated.join(", ")}.`;
}

/** The body's JSON object. @throws {AwsError} `SerializationException` when it is none */
export function parseJson(body: Buffer): Json {
  let input: unknown;
  try {
    input = JSON.parse(body.toString("utf8"));
  } catch {
    input = undefined;
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new AwsError("SerializationException", "the request's body is not a JSON object");
  }
  return input as Json;
}
