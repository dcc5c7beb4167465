/**
 * What a value may be, each rule with the words of the validator that the real provider has for it.
 *
 * @see https://github.com/hashicorp/terraform-plugin-sdk/tree/v2.38.1/helper/validation
 */
import { loadModel, shapeOf } from "../protocols/model";
import type { Value } from "./attributes";
import type { ValueMistakeText, ValuePath, ValueRule } from "./kind-values";

const PARTITION = /^aws(-[a-z]+)*$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;
const ACCOUNT = /^(aws|aws-managed|third-party|\d{12}|cw.{10})$/;

/** For what the real provider does not look at, although it could. */
export const anything: ValueRule = () => [];

/** A rule of one's own: the value is in order when it passes, and otherwise the message. */
export function must(passes: (value: Value) => boolean, say: (value: Value, at: ValuePath) => string): ValueRule {
  return (value, at) => (passes(value) ? [] : [{ summary: say(value, at) }]);
}

/** A list as Go prints it, such as `["a" "b"]`. */
export function quotedList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(" ")}]`;
}

/** One of an enumeration of AWS's: of these, the real provider names only the last part of the path. */
export function oneOf(...allowed: readonly string[]): ValueRule {
  return must(
    (value) => allowed.includes(String(value)),
    (value, { name }) => `expected ${name} to be one of ${quotedList(allowed)}, got ${value}`,
  );
}

/** One of the values of an enum in AWS's model. */
export function oneOfShape(room: string, name: string): ValueRule {
  const shape = shapeOf(loadModel(room), name);
  return oneOf(...(("enum" in shape ? shape.enum : undefined) ?? []));
}

/** One of a list of the provider's own. */
export function oneOfWords(...allowed: readonly string[]): ValueRule {
  return must(
    (value) => allowed.includes(String(value)),
    (value, { key }) => `expected ${key} to be one of ${quotedList(allowed)}, got ${value}`,
  );
}

/** One of a list of the provider's own, whatever the case of its letters. */
export function oneOfWordsInAnyCase(...allowed: readonly string[]): ValueRule {
  const lower = allowed.map((word) => word.toLowerCase());
  return must(
    (value) => lower.includes(String(value).toLowerCase()),
    (value, { key }) => `expected ${key} to be one of ${quotedList(allowed)}, got ${value}`,
  );
}

export function oneOfNumbers(...allowed: readonly number[]): ValueRule {
  return must(
    (value) => allowed.includes(Number(value)),
    (value, { key }) => `expected ${key} to be one of [${allowed.join(" ")}], got ${value}`,
  );
}

/** A number of this range, bounds included. */
export function between(min: number, max: number): ValueRule {
  return must(
    (value) => Number(value) >= min && Number(value) <= max,
    (value, { key }) => `expected ${key} to be in the range (${min} - ${max}), got ${value}`,
  );
}

/** A text that is a whole number of this range, bounds included, or empty. */
export function wordBetween(min: number, max: number): ValueRule {
  const inRange = must(
    (value) => Number(value) >= min && Number(value) <= max,
    (value, { key }) => `expected ${key} to be at between (${min}) and (${max}), got ${value}`,
  );
  return (value, at) => {
    if (value === "") return [];
    if (/^[+-]?\d+$/.test(String(value))) return inRange(Number(value), at);
    const cause = `strconv.ParseInt: parsing ${JSON.stringify(String(value))}: invalid syntax`;
    return [{ summary: `${at.key}: cannot parse '${value}' as int: ${cause}` }];
  };
}

export function atLeast(min: number): ValueRule {
  return must(
    (value) => Number(value) >= min,
    (value, { key }) => `expected ${key} to be at least (${min}), got ${value}`,
  );
}

export function divisibleBy(divisor: number): ValueRule {
  return must(
    (value) => Number(value) % divisor === 0,
    (value, { key }) => `expected ${key} to be divisible by ${divisor}, got: ${value}`,
  );
}

/** Text of so many bytes, bounds included. */
export function length(min: number, max: number): ValueRule {
  return must(
    (value) => bytes(value) >= min && bytes(value) <= max,
    (value, { key }) => `expected length of ${key} to be in the range (${min} - ${max}), got ${value}`,
  );
}

/** Text of which a part matches: only `^` and `$` in the expression make it the whole. */
export function pattern(expression: RegExp, message: string): ValueRule {
  return must(
    (value) => expression.test(String(value)),
    (_value, { key }) => `invalid value for ${key} (${message})`,
  );
}

/** At most so many elements of a list or set. */
export function atMostItems(max: number): ValueRule {
  return (value, { key }) => {
    const count = Array.isArray(value) ? value.length : 0;
    if (count <= max) return [];
    const detail = `Attribute ${key} supports ${max} item maximum, but config has ${count} declared.`;
    return [{ summary: "Too many list items", detail }];
  };
}

/** At least so many elements of a list. */
export function atLeastItems(min: number): ValueRule {
  return (value, { key }) => {
    const count = Array.isArray(value) ? value.length : 0;
    if (count >= min) return [];
    const detail = `Attribute ${key} requires ${min} item minimum, but config has only ${count} declared.`;
    return [{ summary: "Not enough list items", detail }];
  };
}

/** Every one of the rules. */
export function all(...rules: readonly ValueRule[]): ValueRule {
  return (value, at) => rules.flatMap((rule) => rule(value, at));
}

/** One of the rules; if none is kept, each says so. */
export function any(...rules: readonly ValueRule[]): ValueRule {
  return (value, at) => {
    const mistakes = rules.map((rule) => rule(value, at));
    return mistakes.some(({ length: count }) => count === 0) ? [] : mistakes.flat();
  };
}

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/verify/validate.go */
export const arn: ValueRule = (value, { key }) => {
  const given = String(value);
  if (given === "") return [];
  const invalid = (why: string): ValueMistakeText => ({ summary: `"${key}" (${given}) is an invalid ARN: ${why}` });
  if (!given.startsWith("arn:")) return [invalid("arn: invalid prefix")];
  const [, partition = "", service, region = "", account = "", ...resource] = given.split(":");
  if (service === undefined || resource.length === 0) return [invalid("arn: not enough sections")];
  const mismatch = (what: string, expected: RegExp) =>
    invalid(`invalid ${what} value (expecting to match regular expression: ${expected.source})`);
  return [
    ...(partition === "" ? [invalid("missing partition value")] : []),
    ...(partition !== "" && !PARTITION.test(partition) ? [mismatch("partition", PARTITION)] : []),
    ...(region !== "" && !REGION.test(region) ? [mismatch("region", REGION)] : []),
    ...(account !== "" && !ACCOUNT.test(account) ? [mismatch("account ID", ACCOUNT)] : []),
    ...(resource.join(":") === "" ? [invalid("missing resource value")] : []),
  ];
};

export const accountId: ValueRule = must(
  (value) => /^\d{12}$/.test(String(value)),
  (value, { key }) => `"${key}" doesn't look like AWS Account ID (exactly 12 digits): ${JSON.stringify(String(value))}`,
);

export const awsRegion: ValueRule = must(
  (value) => REGION.test(String(value)),
  (value, { key }) => `"${key}" doesn't look like AWS Region: ${JSON.stringify(String(value))}`,
);

/** Any JSON, or no text at all. What follows the colon is this program's own. */
export const json: ValueRule = (value, { key }) => {
  const why = value === "" ? undefined : jsonMistake(String(value));
  return why === undefined ? [] : [{ summary: `"${key}" contains an invalid JSON: ${why}` }];
};

/** What is wrong with a text as JSON; `undefined` when nothing is. */
export function jsonMistake(given: string): string | undefined {
  try {
    JSON.parse(given);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Unexpected end/, "unexpected end") : String(error);
  }
}

function bytes(value: Value): number {
  return Buffer.byteLength(String(value));
}
