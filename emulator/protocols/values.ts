/** Types of in-process values, from the types of AWS's SDK: inputs, outputs and what the account keeps. */

/**
 * A structure of AWS's SDK as operations see it: read-only, times as seconds since 1970, and optional members that may
 * be `undefined`.
 *
 * @example Wire<UserPoolType>
 */
export type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? Uint8Array
    : T extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : T extends object
        ? { readonly [Member in keyof T]: Wire<T[Member]> }
        : T;

/** The structure without the members that are `undefined`. */
export function present<T extends object>(structure: T): T {
  return Object.fromEntries(Object.entries(structure).filter(([, value]) => value !== undefined)) as T;
}
