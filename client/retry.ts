/**
 * When a request is sent again, and how long to wait before: exponential backoff with full jitter, or what the server
 * asks for in Retry-After.
 *
 * What may be sent again is decided by what cannot do harm:
 *
 * | request                                       | sent again after                                  |
 * | --------------------------------------------- | ------------------------------------------------- |
 * | token request; GET, HEAD, OPTIONS, PUT, DELETE | 429, any 5xx, network error                       |
 * | POST, PATCH and every other method            | 429, 503 with Retry-After: the server did not act |
 * | any method with a body that is a stream       | nothing: the stream is used up                    |
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { setTimeout } from "node:timers/promises";

/** How often to try, and where time and chance come from. */
export interface RetryPolicy {
  /** Tries in all, the first one included; an integer from 1. */
  readonly maxTries: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Resolves after so many milliseconds; may reject when the signal is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

/** What may be sent again: everything, only what the server refused without acting on it, or nothing. */
export type Repeatable = "always" | "when refused" | "never";

/** What is looked at in an answer; a `Response` is one. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body?: { cancel(): Promise<void> } | null;
}

/** Upper limit of the first wait, in milliseconds; it doubles with each further one, up to the longest. */
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;
/** Longest Retry-After to wait for. Trying sooner than asked would be no help, so a longer one ends the tries. */
const MAX_RETRY_AFTER_MS = 60_000;

const IDEMPOTENT_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Tries until an answer is final or the tries are used up.
 *
 * @param attempt sends the request; every rejection counts as a network error, but for the signal's
 * @param signal ends waiting and trying at once
 * @returns the last answer, whatever its status
 * @throws what the last attempt rejected with; the signal's reason when it was aborted
 */
export async function retry<T extends Answer>(
  attempt: () => Promise<T>,
  repeatable: Repeatable,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    const outcome = await attempt().then(
      (answer) => ({ answer, error: undefined }),
      (error: unknown) => ({ error, answer: undefined }),
    );
    if (outcome.answer === undefined) signal?.throwIfAborted();
    const delay = tried < policy.maxTries ? delayAfter(outcome.answer, tried, repeatable, policy) : undefined;
    if (delay === undefined) {
      if (outcome.answer === undefined) throw outcome.error;
      return outcome.answer;
    }
    if (outcome.answer !== undefined) discard(outcome.answer);
    signal?.throwIfAborted();
    await untilAborted(policy.wait(delay, signal), signal);
  }
}

/** What may be sent again of a call. @param method in any case; left out means GET */
export function repeatableOf({ method = "GET", body }: RequestInit): Repeatable {
  if (!isReplayable(body)) return "never";
  return IDEMPOTENT_METHODS.includes(method.toUpperCase()) ? "always" : "when refused";
}

/** Settles as the promise does, or rejects with the signal's reason as soon as it is aborted. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Releases the connection of a response that is not read. */
export function discard(answer: Answer): void {
  // A body that is already broken cannot be cancelled, and need not be.
  answer.body?.cancel().catch(() => undefined);
}

/** Waits by the machine's timers. @throws {Error} `AbortError` when the signal is aborted */
export async function waitByTimer(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal && { signal });
}

/**
 * Milliseconds since 1970 by the later of two clocks: the machine's, which may be set back, and the monotonic one,
 * which may stand still while a laptop or a Lambda environment sleeps. What expires is never kept for too long by either.
 */
export function laterClock(): number {
  return Math.max(Date.now(), performance.timeOrigin + performance.now());
}

/** Milliseconds to wait before the next try; `undefined` when there is to be none. @param answer none: network error */
function delayAfter(
  answer: Answer | undefined,
  tried: number,
  repeatable: Repeatable,
  { clock, random }: RetryPolicy,
): number | undefined {
  const asked = answer && retryAfterMs(answer.headers.get("Retry-After"), clock());
  if (!mayRepeat(answer?.status, repeatable, asked !== undefined)) return undefined;
  if (asked !== undefined && asked > MAX_RETRY_AFTER_MS) return undefined;
  const longest = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tried - 1));
  return (asked ?? 0) + random() * longest;
}

function mayRepeat(status: number | undefined, repeatable: Repeatable, saysWhen: boolean): boolean {
  if (repeatable === "never") return false;
  if (status === 429 || (status === 503 && saysWhen)) return true;
  return repeatable === "always" && (status === undefined || status >= 500);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return HTTP_DATE.test(value) ? Math.max(0, Date.parse(value) - now) : undefined;
}

/** Whether the body is the same when it is sent once more; an unknown type counts as a stream. */
function isReplayable(body: RequestInit["body"]): boolean {
  if (body === undefined || body === null || typeof body === "string") return true;
  if (body instanceof URLSearchParams || body instanceof FormData || body instanceof Blob) return true;
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}
