/** HTTP client with limits on rate and concurrency, retries of throttled requests, and a stop for all of them. */
import { setTimeout as delay } from "node:timers/promises";
import { openFetch } from "../../platform/http";
import { UserError } from "../../platform/user-error";
import { Pace } from "./pace";
import { verifyHeaders } from "./verify-requests";

export interface ClientLimits {
  /** Requests at the same time. */
  readonly concurrency: number;
  /** Requests per second. */
  readonly rate: number;
  /** Seconds until a request times out. */
  readonly timeout: number;
  /** Seconds after the client was made for which unexpected responses are retried; 0 means no retries. */
  readonly retryFor: number;
  /** Stops the client when it is aborted. */
  readonly interruption?: AbortSignal;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it is a route of the API: a 429 that does not come from API Gateway is then a response of the backend. */
  readonly isRoute?: true;
}

export interface HttpResponse {
  /** HTTP status, or {@link TIMED_OUT}. */
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Status of a request that timed out. */
export const TIMED_OUT = 598;

/** What is not too much for an API in use. */
export const DEFAULT_LIMITS = { concurrency: 8, rate: 50, timeout: 30 } as const;

/** Retries of a throttled request, with exponential backoff. */
const MAX_THROTTLED_RETRIES = 5;
const THROTTLED_BACKOFF_MS = 250;
const UNEXPECTED_BACKOFF_MS = 1000;

/** Sends requests through the proxy of the environment. It must be closed. */
export class RateLimitedClient {
  private readonly transport = openFetch();
  private readonly stopping = new AbortController();
  private readonly signal: AbortSignal;
  private readonly startedAt = performance.now();
  private readonly pace: Pace;
  /** Pending while a critical response is retried: no other request is sent meanwhile. */
  private others = Promise.resolve();

  /** @param wait waits for milliseconds, or until the signal aborts; tests replace it */
  constructor(
    private readonly limits: ClientLimits,
    private readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void> = waitUnlessAborted,
  ) {
    this.signal = AbortSignal.any([this.stopping.signal, ...(limits.interruption ? [limits.interruption] : [])]);
    this.pace = new Pace(limits.rate, (milliseconds) => this.wait(milliseconds, this.signal));
  }

  get isStopped(): boolean {
    return this.signal.aborted;
  }

  /** Sends nothing more, and drops the requests that are under way. */
  stop(): void {
    this.stopping.abort();
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  /** Works through the items at the client's concurrency, until none is left or the client is stopped. */
  async forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    const waiting = items.values();
    const worker = async () => {
      for (const item of waiting) {
        await this.others;
        if (this.isStopped) return;
        await work(item);
      }
    };
    const workers = Array.from({ length: this.limits.concurrency }, worker);
    try {
      await Promise.all(workers);
    } catch (error) {
      this.stop();
      await Promise.allSettled(workers);
      throw error;
    }
  }

  /**
   * Retries until the result is as expected or `retryFor` is over: after a deployment, API Gateway still serves the
   * previous one for some seconds.
   *
   * @param isCritical results that are retried with exponential backoff while every other request waits
   * @returns the last result; `undefined` when the client was stopped
   */
  async retry<Result>(
    attempt: () => Promise<Result | undefined>,
    isExpected: (result: Result) => boolean,
    isCritical: (result: Result) => boolean = () => false,
  ): Promise<Result | undefined> {
    for (;;) {
      const result = await attempt();
      if (result === undefined || isExpected(result) || !this.mayRetry()) return result;
      if (isCritical(result)) return await this.retryAlone(result, attempt, isCritical);
      await this.wait(UNEXPECTED_BACKOFF_MS, this.signal);
      await this.others;
    }
  }

  /** Sends a request. @returns `undefined` when the client was stopped @throws {UserError} the host cannot be reached */
  async send(request: HttpRequest): Promise<HttpResponse | undefined> {
    for (let retries = 0; ; retries++) {
      await this.pace.turn();
      if (this.isStopped) return undefined;
      const response = await this.sendOnce(request);
      if (response === undefined || !isThrottled(request, response) || retries === MAX_THROTTLED_RETRIES)
        return response;
      await this.wait(THROTTLED_BACKOFF_MS * 2 ** retries, this.signal);
    }
  }

  private mayRetry(): boolean {
    return performance.now() - this.startedAt < this.limits.retryFor * 1000;
  }

  private async retryAlone<Result>(
    first: Result,
    attempt: () => Promise<Result | undefined>,
    isCritical: (result: Result) => boolean,
  ): Promise<Result | undefined> {
    await this.others;
    let release = () => {};
    this.others = new Promise((resolve) => {
      release = resolve;
    });
    let result: Result | undefined = first;
    for (let retries = 0; result !== undefined && isCritical(result) && this.mayRetry(); retries++) {
      await this.wait(UNEXPECTED_BACKOFF_MS * 2 ** retries, this.signal);
      result = await attempt();
    }
    // The caller may stop the client because of the result before any other request is sent.
    setImmediate(release);
    return result;
  }

  private async sendOnce({ method, url, headers, body }: HttpRequest): Promise<HttpResponse | undefined> {
    const timeout = AbortSignal.timeout(this.limits.timeout * 1000);
    try {
      const response = await this.transport.fetch(url, {
        method,
        headers: { ...verifyHeaders(), ...headers },
        redirect: "manual",
        signal: AbortSignal.any([this.signal, timeout]),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
    } catch (error) {
      if (this.isStopped) return undefined;
      if (timeout.aborted) return { status: TIMED_OUT, headers: {}, body: "" };
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(`${new URL(url).host} cannot be reached: ${reason}`);
    }
  }
}

/** Cognito's API throttles with status 400; a 429 of a route comes from AWS only where AWS names it. */
function isThrottled({ isRoute }: HttpRequest, { status, headers }: HttpResponse): boolean {
  const kind = headers["x-amzn-errortype"];
  if (isRoute) return status === 429 && kind !== undefined;
  return status === 429 || kind?.split(":")[0] === "TooManyRequestsException";
}

async function waitUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
