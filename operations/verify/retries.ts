/** Which results of a verification are tried again, and what is printed meanwhile. */
import type { Check, Result } from "./check";

/**
 * Seconds for which failures of functions and backends are tried again: AWS may need some until a new function can be
 * invoked, but a defect in its code stays.
 */
const MAX_FAILURE_SECONDS = 10;

/** Time between two lines about what is tried again. */
const PROGRESS_SECONDS = 15;

type Place = Pick<Check, "route" | "caller" | "method" | "expected">;

/** What is tried again of one verification. */
export class Retries {
  private readonly pending = new Set<string>();
  private failedAt: number | undefined;
  private saidAt = Number.NEGATIVE_INFINITY;

  /**
   * @param seconds for which results that are not as expected are tried again
   * @param say receives what is waited for
   * @param now milliseconds of a clock
   */
  constructor(
    private readonly seconds: number,
    private readonly say: (text: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether the result is the last one; notes and reports those that are not. */
  isFinal(place: Place, { verdict, found }: Result): boolean {
    const { route, caller, method, expected } = place;
    const key = JSON.stringify([route, caller, method, expected]);
    // A new pool's token endpoint takes longer.
    const isFailure = verdict === "backend-error" && route !== "token";
    if (isFailure) this.failedAt ??= this.now();
    const seconds = isFailure ? Math.min(this.seconds, MAX_FAILURE_SECONDS) : this.seconds;
    const isOver = isFailure && this.now() - (this.failedAt ?? 0) >= seconds * 1000;
    if (verdict === "as-expected" || this.seconds === 0 || isOver) {
      this.pending.delete(key);
      return true;
    }
    this.pending.add(key);
    if (this.now() - this.saidAt >= PROGRESS_SECONDS * 1000) {
      this.saidAt = this.now();
      const others = this.pending.size === 1 ? "" : ` and ${this.pending.size - 1} more`;
      const what = `${route}, ${caller}: ${found}, ${verdict}`;
      this.say(`Not as expected yet: ${what}${others}. Trying again for up to ${seconds} s`);
    }
    return false;
  }
}
