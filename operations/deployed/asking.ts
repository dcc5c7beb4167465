/** How requests are sent: so many at once, so many a second, again when AWS is busy, and none after a wrong yes. */
import { setTimeout as waitOrAbort } from "node:timers/promises";
import { openFetch } from "../../platform/http";
import { UserError } from "../../platform/user-error";
import type { Answer } from "./probe";

/** How requests are sent. */
export interface Pace {
  /** Requests at the same time. */
  readonly concurrency: number;
  /** Requests a second. */
  readonly rate: number;
  /** Seconds that an answer may take. */
  readonly timeout: number;
  /** Seconds for which a wrong answer is asked for again; 0 asks once. */
  readonly retryFor: number;
}

/** A request. */
export interface Question {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether there is something behind it, whose own 429 is an answer: whoever gets that was let in. */
  readonly isRoute?: true;
}

/** An answer with its body, which is read only by who must. */
export interface FullAnswer extends Answer {
  readonly body: string;
}

const USER_AGENT = "machine-access-verify";

/** How often a throttled request is sent again, and the first wait; each wait is twice as long as the one before. */
const THROTTLED_AGAIN = 5;
const FIRST_WAIT_MS = 250;

/** What stands for an answer that did not come in time. */
export const NO_ANSWER = 598;

/** Sends requests at a pace, through the proxy that the environment names. */
export class Asking {
  private readonly through = openFetch();
  private readonly stopping = new AbortController();
  private readonly startedAt = performance.now();
  private nextAt = 0;
  /** Resolves when others may go on; while somebody was let in who must not be, only that is asked again. */
  private others = Promise.resolve();

  constructor(
    private readonly pace: Pace,
    private readonly waitUntil: (milliseconds: number, stopping: AbortSignal) => Promise<void> = waitFor,
  ) {}

  /** Whether everything stopped. */
  get hasStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Whether wrong answers may still become right. */
  get isPatient(): boolean {
    return performance.now() - this.startedAt < this.pace.retryFor * 1000;
  }

  /** Sends nothing more, and waits for no answer. */
  stop(): void {
    this.stopping.abort();
  }

  async close(): Promise<void> {
    await this.through.close();
  }

  /** Works through the items, so many at a time, until there are none left or everything stops. */
  async each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    const waiting = items.values();
    const worker = async () => {
      for (const item of waiting) {
        await this.others;
        if (this.hasStopped) return;
        await work(item);
      }
    };
    const workers = Array.from({ length: this.pace.concurrency }, worker);
    try {
      await Promise.all(workers);
    } catch (error) {
      this.stop();
      await Promise.allSettled(workers);
      throw error;
    }
  }

  /**
   * Asks until the answer is right or patience is over. Right after a deployment, API Gateway answers as before.
   *
   * @param isGrave what must not be asked a second time too often: everybody else waits meanwhile, and each wait is twice
   * as long as the one before
   * @returns what the last answer came to; `undefined` when everything stopped meanwhile
   */
  async settle<Result>(
    ask: () => Promise<Result | undefined>,
    isRight: (result: Result) => boolean,
    isGrave: (result: Result) => boolean = () => false,
  ): Promise<Result | undefined> {
    for (;;) {
      const result = await ask();
      if (result === undefined || isRight(result) || !this.isPatient) return result;
      if (isGrave(result)) return await this.settleAlone(result, ask, isGrave);
      await this.wait(FIRST_WAIT_MS * 4);
      await this.others;
    }
  }

  private async settleAlone<Result>(
    first: Result,
    ask: () => Promise<Result | undefined>,
    isGrave: (result: Result) => boolean,
  ): Promise<Result | undefined> {
    await this.others;
    let goOn = () => {};
    this.others = new Promise((resolve) => {
      goOn = resolve;
    });
    let result: Result | undefined = first;
    for (let again = 0; result !== undefined && isGrave(result) && this.isPatient; again++) {
      await this.wait(FIRST_WAIT_MS * 4 * 2 ** again);
      result = await ask();
    }
    // Whoever finds it settles what comes next, before anybody else sends: stopping, if it is still so.
    setImmediate(goOn);
    return result;
  }

  /**
   * Sends a request, again and more slowly while AWS says that there are too many.
   * @returns `undefined` when everything stopped meanwhile
   * @throws {UserError} the host cannot be reached
   */
  async send(question: Question): Promise<FullAnswer | undefined> {
    for (let again = 0; ; again++) {
      await this.turn();
      if (this.hasStopped) return undefined;
      const answer = await this.once(question);
      if (answer === undefined || !isThrottled(question, answer) || again === THROTTLED_AGAIN) return answer;
      await this.wait(FIRST_WAIT_MS * 2 ** again);
    }
  }

  private async wait(milliseconds: number): Promise<void> {
    await this.waitUntil(milliseconds, this.stopping.signal);
  }

  private async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + 1000 / this.pace.rate;
    if (at > now) await this.wait(at - now);
  }

  private async once({ method, url, headers, body }: Question): Promise<FullAnswer | undefined> {
    const timeout = AbortSignal.timeout(this.pace.timeout * 1000);
    try {
      const response = await this.through.fetch(url, {
        method,
        headers: { "User-Agent": USER_AGENT, ...headers },
        redirect: "manual",
        signal: AbortSignal.any([this.stopping.signal, timeout]),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
    } catch (error) {
      if (this.hasStopped) return undefined;
      if (timeout.aborted) return { status: NO_ANSWER, headers: {}, body: "" };
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(`${new URL(url).host} cannot be reached: ${why}`);
    }
  }
}

/** Cognito's API says with 400 that there are too many requests; a 429 of a route is AWS's only where AWS names it. */
function isThrottled({ isRoute }: Question, { status, headers }: FullAnswer): boolean {
  const kind = headers["x-amzn-errortype"];
  if (isRoute) return status === 429 && kind !== undefined;
  return status === 429 || kind?.split(":")[0] === "TooManyRequestsException";
}

/** Over at once when everything stops. */
async function waitFor(milliseconds: number, stopping: AbortSignal): Promise<void> {
  try {
    await waitOrAbort(milliseconds, undefined, { signal: stopping });
  } catch {
    // There is nothing to wait for any more.
  }
}
