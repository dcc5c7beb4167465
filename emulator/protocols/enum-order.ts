/**
 * The order in which AWS lists the values of an enum in a violation: that of a hash set with 32 buckets, the value that
 * came last first in its bucket. It holds for all recorded violations but those of Lambda's runtimes.
 */

const BUCKETS = 32;

/** @param values in the order of AWS's model */
export function inPrintOrder(values: readonly string[]): readonly string[] {
  const buckets = Array.from({ length: BUCKETS }, (): string[] => []);
  for (const value of values) buckets[hashCode(value) & (BUCKETS - 1)]?.unshift(value);
  return buckets.flat();
}

/** Java's hash of a text. */
export function hashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash;
}
