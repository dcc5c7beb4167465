/**
 * Input of AWS's APIs, read member by member. What is null counts as left out.
 *
 * Every reader throws an {@link AwsError}: `SerializationException` for a value of another type, and
 * `InvalidParameterException` for one that is missing or breaks a constraint.
 */
import { AwsError } from "../../errors";
import type { Json } from "./aws-api";

const TYPES = {
  boolean: (value: unknown) => typeof value === "boolean",
  list: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  map: (value: unknown) => isStructure(value) && Object.values(value).every((item) => typeof item === "string"),
  number: (value: unknown) => Number.isSafeInteger(value),
  string: (value: unknown) => typeof value === "string",
  structure: isStructure,
} as const;

/** What AWS says of a member that breaks a constraint. @param value the member's value; left out when it is missing */
export function constraintError(member: string, constraint: string, value?: unknown): AwsError {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  const what = value === undefined ? "Value null" : `Value '${value}'`;
  const text = `1 validation error detected: ${what} at '${name}' failed to satisfy constraint: ${constraint}`;
  return new AwsError("InvalidParameterException", text);
}

/** The member's text. @param pattern what all of it has to match; left out: any text but none */
export function requiredText(input: Json, member: string, pattern = /./s): string {
  const value = optionalText(input, member);
  if (value === undefined) throw constraintError(member, "Member must not be null");
  if (!pattern.test(value))
    throw constraintError(member, `Member must satisfy regular expression pattern: ${pattern.source}`, value);
  return value;
}

export function optionalText(input: Json, member: string): string | undefined {
  return given<string>(input, member, "string");
}

/** A whole number between two others. */
export function optionalNumber(input: Json, member: string, least: number, most: number): number | undefined {
  const value = given<number>(input, member, "number");
  if (value !== undefined && value < least) {
    throw constraintError(member, `Member must have value greater than or equal to ${least}`, value);
  }
  if (value !== undefined && value > most) {
    throw constraintError(member, `Member must have value less than or equal to ${most}`, value);
  }
  return value;
}

export function optionalBoolean(input: Json, member: string): boolean | undefined {
  return given<boolean>(input, member, "boolean");
}

/** A list of texts. */
export function optionalTexts(input: Json, member: string): readonly string[] | undefined {
  return given<readonly string[]>(input, member, "list");
}

/** Texts by key. */
export function optionalTextMap(input: Json, member: string): Readonly<Record<string, string>> | undefined {
  return given<Readonly<Record<string, string>>>(input, member, "map");
}

export function optionalStructure(input: Json, member: string): Json | undefined {
  return given<Json>(input, member, "structure");
}

/** A list of structures. */
export function optionalStructures(input: Json, member: string): readonly Json[] | undefined {
  const value = input[member] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(isStructure)) throw wrongType(member, "list of structures");
  return value;
}

/** Refuses members that would change the answer and are not played. @param played the names of those that are */
export function refuseOthers(input: Json, played: readonly string[]): void {
  const other = Object.keys(input).find((member) => !played.includes(member) && (input[member] ?? null) !== null);
  if (other !== undefined) {
    throw new AwsError("NotEmulated", `${other} is not emulated here. Emulated: ${played.join(", ")}.`, 501);
  }
}

function given<Type>(input: Json, member: string, type: keyof typeof TYPES): Type | undefined {
  const value = Object.hasOwn(input, member) ? (input[member] ?? undefined) : undefined;
  if (value === undefined) return undefined;
  if (!TYPES[type](value)) throw wrongType(member, type);
  return value as Type;
}

function wrongType(member: string, type: string): AwsError {
  return new AwsError("SerializationException", `${member} is not a ${type}`);
}

function isStructure(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
