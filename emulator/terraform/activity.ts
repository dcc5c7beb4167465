/** How long nothing was under way: a caller may stay connected, and never send anything again. */
export class Activity {
  private running = 0;
  private since = performance.now();

  /** Counts the work as under way until it settles. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.running += 1;
    try {
      return await work;
    } finally {
      this.running -= 1;
      this.since = performance.now();
    }
  }

  /** Milliseconds; 0 while something is under way. */
  get idleMs(): number {
    return this.running > 0 ? 0 : performance.now() - this.since;
  }
}

/**
 * Resolves when nothing was under way in any of them for that long, in milliseconds. The wait keeps no process from
 * ending: something else may have ended it.
 */
export function untilIdle(activities: readonly Activity[], idleMs: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const left = idleMs - Math.min(...activities.map((activity) => activity.idleMs));
      if (left <= 0) resolve();
      else setTimeout(check, left).unref();
    };
    check();
  });
}
