/**
 * What can be told of an attribute before anything is deployed. Terraform takes `"true"` for `true`; an expression is
 * told by nobody, so that it is neither on nor off.
 */
import type { Attributes } from "./synthesized-stack";

/** Whether the attribute is left out, so that the provider's default holds. */
export function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Whether it is certainly on. */
export function isOn(value: unknown): boolean {
  return value === true || value === "true";
}

/** Whether it is certainly off, when leaving it out means off. */
export function isOff(value: unknown): boolean {
  return isUnset(value) || value === false || value === "false";
}

/** Whether it can only be told while Terraform runs, in whole or in part. */
export function hasExpression(value: unknown): boolean {
  return typeof value === "string" && value.includes("${");
}

/** A list's items; one value counts as a list of it, none as the empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (isUnset(value)) return [];
  return Array.isArray(value) ? value : [value];
}

/** Blocks of one kind, of which Terraform takes one or several. */
export function blocksOf(value: unknown): readonly Attributes[] {
  return listOf(value).filter((block): block is Attributes => typeof block === "object" && block !== null);
}

/** The value as it is shown in a sentence. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(JSON.stringify(value));
}
