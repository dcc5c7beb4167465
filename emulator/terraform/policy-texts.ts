/**
 * Texts of IAM policies and other JSON as the real provider plans and compares them. Pure.
 *
 * @see https://github.com/hashicorp/awspolicyequivalence
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/verify/policy.go
 */
import { canonical, isObject, isSame, type Value } from "./attributes";

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
export function normalizePolicy(text: string): string {
  return normalizeJson(text).replace(/^\{(.*?),?("Version":"2012-10-17")(,?)/s, (_, before: string, version, comma) =>
    before === "" ? `{${version}${comma}` : `{${version},${before}${comma}`,
  );
}

/**
 * Whether both policies say the same: the order of statements and lists does not count, one value is a list of one, and
 * an account is its root user.
 */
export function areEquivalentPolicies(one: Value, other: Value): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  const [policy, same] = [parse(one), parse(other)];
  if (policy === undefined || same === undefined) return false;
  return isSame(policy, same) || isSame(essenceOf(policy), essenceOf(same));
}

function parse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function essenceOf(policy: Value): Value {
  if (!isObject(policy) || policy["Statement"] === undefined) return policy;
  const statements = listOf(policy["Statement"]).map((statement) => canonical(essenceOfStatement(statement)));
  return { ...policy, Statement: [...new Set(statements)].sort() };
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
