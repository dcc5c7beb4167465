/**
 * What the AWS APIs have in common, each over its own wire protocol, so that the AWS CLI and SDKs work unchanged.
 * Signatures are not checked: whoever reaches a loopback port of this machine is trusted as far as a pretend account
 * goes.
 */
import type { Account } from "../account";
import { AwsError } from "../errors";
import { type HttpRequest, header } from "./http";

/** Where an operation happens. */
export interface ApiPlace {
  readonly account: Account;
  readonly region: string;
}

/** Input or output of an operation. */
export type Json = Readonly<Record<string, unknown>>;

/** One operation of an AWS API, from parsed JSON to JSON. @throws {AwsError} when AWS refuses */
export type ApiOperation = (place: ApiPlace, input: Json) => Promise<object>;

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
