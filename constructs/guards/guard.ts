/** What guards are made of: the resource that they look at, what they find, and what an attribute certainly is. */

import { oneLine } from "../../access/visible";
import type { StackJson, StackResource } from "../contract/stack-json";
import { type Attributes, blocksOf, isUnset } from "../contract/stack-json";

/** A resource as a guard sees it. */
export interface GuardedResource extends StackResource {
  /** The reason with which its exception is declared; `undefined` without one. */
  readonly reason: string | undefined;
  /** Whether it was made of what access.yaml states for the role of a function. */
  readonly isStated: boolean;
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

/** The finding about an attribute on whose value a decision depends, and that is not certain. */
export function uncertain(attribute: string, value: unknown, wayOut: string): readonly Finding[] {
  return when(true, `${attribute} is ${shown(value)}, which cannot be checked before deployment`, wayOut);
}

/** A guard that finds what any of the given ones finds. */
export function all(...guards: readonly Guard[]): Guard {
  return (resource, stack) => guards.flatMap((guard) => guard(resource, stack));
}

/** A table with the guards of all the given ones. */
export function merged(...tables: readonly GuardTable[]): GuardTable {
  const types = new Set(tables.flatMap(Object.keys));
  const guardsOf = (type: string) => tables.flatMap((table) => table[type] ?? []);
  return Object.fromEntries([...types].map((type) => [type, all(...guardsOf(type))]));
}

/** The function, computed once for each stack. */
export function perStack<T>(compute: (stack: StackJson) => T): (stack: StackJson) => T {
  const known = new WeakMap<StackJson, { readonly value: T }>();
  return (stack) => {
    const found = known.get(stack) ?? { value: compute(stack) };
    known.set(stack, found);
    return found.value;
  };
}

/** Values of an attribute, which may be in blocks. @param path such as `details.policy` */
export function valuesAt(attributes: Attributes, path: string): readonly unknown[] {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return isUnset(attributes[name]) ? [] : [attributes[name]];
  return blocksOf(attributes[name]).flatMap((block) => valuesAt(block, rest.join(".")));
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

/** The value as it is shown in a sentence, on one line. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${oneLine(value)}"` : String(JSON.stringify(value));
}
