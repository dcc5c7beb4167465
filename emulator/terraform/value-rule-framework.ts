/**
 * Rules in the words of Terraform's plugin framework: a summary, and a detail that names the attribute's path.
 *
 * @see https://github.com/hashicorp/terraform-plugin-framework-validators/tree/v0.19.0
 */
import type { Value } from "./attributes";
import type { ValueRule } from "./kind-values";
import { quotedList } from "./value-rule";

interface Expectation {
  readonly summary: string;
  /** Message about the attribute: `value must be between 3 and 15`. */
  readonly says: string;
  passes(value: Value): boolean;
  /** What there was instead; left out means the value itself. */
  got?(value: Value): string;
}

function expecting({ summary, says, passes, got = String }: Expectation): ValueRule {
  return (value, { path }) =>
    passes(value) ? [] : [{ summary, detail: `Attribute ${path} ${says}, got: ${got(value)}` }];
}

export function mustBeOneOf(...allowed: readonly string[]): ValueRule {
  return expecting({
    summary: "Invalid Attribute Value Match",
    says: `value must be one of: ${quotedList(allowed)}`,
    passes: (value) => allowed.includes(String(value)),
    got: (value) => JSON.stringify(String(value)),
  });
}

/** A value of one of the provider's own enumerations, or an empty text for none. */
export function mustBeOfEnum(...allowed: readonly string[]): ValueRule {
  const all = [...allowed, ""];
  return (value, { path }) => {
    if (all.includes(String(value))) return [];
    const [why, valid] = ["The provided value does not match any valid values.", `Valid Values: [${all.join(" ")}]`];
    return [
      { summary: "Invalid String Enum Value", detail: `${why}\n\nPath: ${path}\nGiven Value: ${value}\n${valid}` },
    ];
  };
}

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/framework/types/arn.go */
export const mustBeArn: ValueRule = (value, { path }) => {
  if (/^arn:([^:]*:){4}/.test(String(value))) return [];
  const detail = `The provided value cannot be parsed as an ARN.\n\nPath: ${path}\nValue: ${value}`;
  return [{ summary: "Invalid ARN Value", detail }];
};

/** A number of this range, bounds included. */
export function mustBeBetween(min: number, max: number): ValueRule {
  return expecting({
    summary: "Invalid Attribute Value",
    says: `value must be between ${min} and ${max}`,
    passes: (value) => Number(value) >= min && Number(value) <= max,
  });
}

/** Text of so many bytes, bounds included. */
export function mustHaveLength(min: number, max: number): ValueRule {
  const count = (value: Value) => Buffer.byteLength(String(value));
  return expecting({
    summary: "Invalid Attribute Value Length",
    says: `string length must be between ${min} and ${max}`,
    passes: (value) => count(value) >= min && count(value) <= max,
    got: (value) => `${count(value)}`,
  });
}

/** Text of so many characters, bounds included. */
export function mustHaveCharacters(min: number, max: number): ValueRule {
  const count = (value: Value) => [...String(value)].length;
  return expecting({
    summary: "Invalid Attribute Value Length",
    says: `UTF-8 character count must be between ${min} and ${max}`,
    passes: (value) => count(value) >= min && count(value) <= max,
    got: (value) => `${count(value)}`,
  });
}

/** Text of which a part matches. */
export function mustMatch(expression: RegExp, says: string): ValueRule {
  return expecting({
    summary: "Invalid Attribute Value Match",
    says,
    passes: (value) => expression.test(String(value)),
  });
}

/** At most so many elements. */
export function mustHaveAtMost(what: "list" | "set", max: number): ValueRule {
  const count = (value: Value) => (Array.isArray(value) ? value.length : 0);
  return expecting({
    summary: "Invalid Attribute Value",
    says: `${what} must contain at most ${max} elements`,
    passes: (value) => count(value) <= max,
    got: (value) => `${count(value)}`,
  });
}
