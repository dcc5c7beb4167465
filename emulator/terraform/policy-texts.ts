/**
 * Texts of IAM policies and other JSON as the real provider plans and compares them. Pure.
 *
 * @see https://github.com/hashicorp/awspolicyequivalence
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/verify/policy.go
 */
import { type Attributes, canonical, isObject, isSame, type Value } from "./attributes";

/** What is done with a text of JSON. */
export interface JsonText {
  /** The text as it is planned. */
  rewrite(text: string): string;
  /** Whether both say the same: the one of before then stays. */
  areSame(one: string, other: string): boolean;
}

/** The JSON in one line with sorted keys, as Go writes it; a text that is not JSON stays as it is. */
export function normalizeJson(text: string): string {
  const value = parse(text);
  if (value === undefined) return text;
  return canonical(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** {@link normalizeJson} with the version of a policy first, without which old parts of AWS refuse it. */
function normalizePolicy(text: string): string {
  return normalizeJson(text).replace(/^\{(.*?),?("Version":"2012-10-17")(,?)/s, (_, before: string, version, comma) =>
    before === "" ? `{${version}${comma}` : `{${version},${before}${comma}`,
  );
}

/**
 * Whether both policies say the same: the order of statements and lists does not count, one value is a list of one, an
 * account is its root user, and a document without statements is not a policy.
 */
export function areEquivalentPolicies(one: string, other: string): boolean {
  const [policy, same] = [one, other].map((text) => parse(text.trim() === "" ? "{}" : text));
  return isObject(policy) && isObject(same) && isSame(essenceOf(policy), essenceOf(same));
}

function areSameJson(one: string, other: string): boolean {
  const value = parse(one);
  return value !== undefined && isSame(value, parse(other));
}

export const JSON_TEXT: JsonText = { rewrite: normalizeJson, areSame: areSameJson };
export const POLICY: JsonText = { rewrite: normalizeJson, areSame: areEquivalentPolicies };
export const VERSIONED_POLICY: JsonText = { rewrite: normalizePolicy, areSame: areEquivalentPolicies };

function parse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function essenceOf({ Version = "", Id = "", Statement = [] }: Attributes): Value {
  const statements = listOf(Statement).map((statement) => canonical(essenceOfStatement(statement)));
  return { Version, Id, Statement: [...new Set(statements)].sort() };
}

function essenceOfStatement(statement: Value): Value {
  if (!isObject(statement)) return statement;
  const members = Object.entries(statement).map(([name, value]): [string, Value] => {
    if (/^(Not)?(Action|Resource)$/.test(name)) return [name, sorted(listOf(value))];
    if (/^(Not)?Principal$/.test(name)) return [name, eachOf(value, (of) => sorted(listOf(of).map(withoutRoot)))];
    if (name === "Condition") return [name, eachOf(value, (of) => eachOf(of, (all) => sorted(listOf(all))))];
    return [name, value];
  });
  return Object.fromEntries(members);
}

function withoutRoot(principal: Value): Value {
  return typeof principal === "string" ? principal.replace(/^arn:[^:]+:iam::(\d{12}):root$/, "$1") : principal;
}

function eachOf(value: Value, change: (inner: Value) => Value): Value {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [value ?? null];
}

function sorted(values: readonly Value[]): readonly Value[] {
  return [...values].sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
}
