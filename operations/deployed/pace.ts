/** Spaces calls of AWS, so that they stay below a quota of calls a second. */
import { setTimeout as delay } from "node:timers/promises";
import type { Wait } from "../../platform/retry";

export class Pace {
  private nextAt = 0;

  /** @param wait waits for milliseconds; tests replace it */
  constructor(
    private readonly perSecond: number,
    private readonly wait: Wait = delay,
  ) {}

  /** Resolves when the next call may be made; the first one at once. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + 1000 / this.perSecond;
    if (at > now) await this.wait(at - now);
  }
}
