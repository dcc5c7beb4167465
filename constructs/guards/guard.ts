/** What a guard is. */
import type { SynthesizedResource, SynthesizedStack } from "./synthesized-stack";

/** Something that must not be deployed. Both sentences are without their full stops. */
export interface Finding {
  /** What is wrong. */
  readonly wrong: string;
  /** What to do about it. */
  readonly wayOut: string;
}

/**
 * Looks at one resource. Whatever cannot be told before it is deployed counts as wrong, but for references to what a
 * permission is about: those stand for what they name.
 */
export type Guard = (resource: SynthesizedResource, stack: SynthesizedStack) => readonly Finding[];

/** Guards of each resource type. */
export type GuardTable = Readonly<Record<string, Guard>>;

/** The finding, when there is cause for it. */
export function when(isWrong: boolean, wrong: string, wayOut: string): readonly Finding[] {
  return isWrong ? [{ wrong, wayOut }] : [];
}

/** A guard that finds what any of the given ones finds. */
export function all(guards: readonly Guard[]): Guard {
  return (resource, stack) => guards.flatMap((guard) => guard(resource, stack));
}
