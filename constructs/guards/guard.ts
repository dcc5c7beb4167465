/** What guards are made of: the resource that they look at, what they find, and what an attribute certainly is. */
import type { StackJson, StackResource } from "../contract/stack-json";
import { isUnset } from "../contract/stack-json";

/** A resource as a guard sees it. */
export interface GuardedResource extends StackResource {
  /** The reason with which its exception is declared; `undefined` without one. */
  readonly reason: string | undefined;
}

/** Something that must not be deployed. Both sentences are without their full stops. */
export interface Finding {
  readonly wrong: string;
  /** What to do about it. */
  readonly wayOut: string;
}

/**
 * Looks at one resource. A value that is known only when it is deployed counts as wrong, except for references to what
 * a permission is about: those stand for what they name.
 */
export type Guard = (resource: GuardedResource, stack: StackJson) => readonly Finding[];

/** Guards of each resource type. */
export type GuardTable = Readonly<Record<string, Guard>>;

/** The finding, when there is cause for it. */
export function when(isWrong: boolean, wrong: string, wayOut: string): readonly Finding[] {
  return isWrong ? [{ wrong, wayOut }] : [];
}

/** A guard that finds what any of the given ones finds. */
export function all(...guards: readonly Guard[]): Guard {
  return (resource, stack) => guards.flatMap((guard) => guard(resource, stack));
}

/** Whether the attribute is certainly on. Terraform takes `"true"` for `true`; an expression is neither on nor off. */
export function isOn(value: unknown): boolean {
  return value === true || value === "true";
}

/** Whether the attribute is certainly off, when leaving it out means off. */
export function isOff(value: unknown): boolean {
  return isUnset(value) || value === false || value === "false";
}

/** Whether the value is known only while Terraform runs, in whole or in part. */
export function hasExpression(value: unknown): boolean {
  return typeof value === "string" && value.includes("${");
}

/** The value as it is shown in a sentence. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(JSON.stringify(value));
}
