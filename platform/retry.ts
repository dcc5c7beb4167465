/** Retries of everything but AWS calls, which the AWS SDK retries itself. */
import { setTimeout } from "node:timers/promises";

/** Resolves after so many milliseconds. */
export type Wait = (milliseconds: number) => Promise<unknown>;

/**
 * Repeats an attempt until its result is final.
 * @param delayAfter milliseconds until the next attempt, by the result and the number of attempts so far; `undefined`
 * when the result is final
 * @returns the last result
 * @throws what an attempt throws, which is never repeated
 */
export async function retry<Result>(
  attempt: () => Promise<Result>,
  delayAfter: (result: Result, attempts: number) => number | undefined,
  wait: Wait = setTimeout,
): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    const result = await attempt();
    const delay = delayAfter(result, attempts);
    if (delay === undefined) return result;
    await wait(delay);
  }
}
