/** What all parts of a REST API have in common: AWS's refusals, and how Terraform composes their ids. */
import { type Attributes, text } from "../attributes";
import { AwsError, UnsupportedError } from "../errors";
import type { Kind, Place } from "../provider/kind";

/** What tells a method apart from all others. */
export const METHOD_KEY = ["http_method", "resource_id", "rest_api_id"] as const;

export const notFound = (what: string) => new AwsError("NotFoundException", `Invalid ${what} specified`, 404);
export const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);

/** Refuses a second one of what there can be only one of. @throws {AwsError} `ConflictException` */
export function refuseExisting(kind: Kind, id: string, { account, region }: Place, message: string): void {
  if (account.get(kind.type, `${region}/${id}`) !== undefined) throw conflict(message);
}

/** Refuses a value that is not played; one that is left out or not known yet passes. @throws {UnsupportedError} */
export function requireEmulated(type: string, name: string, config: Attributes, emulated: readonly string[]): void {
  const value = config[name];
  if (typeof value !== "string" || emulated.includes(value)) return;
  throw new UnsupportedError(`${type}.${name} ${value} is not emulated. Emulated: ${emulated.join(", ")}.`);
}

/** Id of a part of a method, as Terraform composes it: `agm-<api>-<resource>-<names…>`. */
export function composedId(prefix: string, given: Attributes, ...names: readonly string[]): string {
  return [prefix, ...["rest_api_id", "resource_id", ...names].map((name) => text(given, name))].join("-");
}

/** Import id of these attributes, with slashes between. */
export function slashed(...names: readonly string[]): (attributes: Attributes) => string {
  return (attributes) => names.map((name) => text(attributes, name)).join("/");
}
