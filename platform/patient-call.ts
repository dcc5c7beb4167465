/** Calls of AWS that are made again, more slowly each time, when AWS says that it is busy. */
import { setTimeout as pause } from "node:timers/promises";
import type { callAws } from "./aws-call";
import type { Incoming } from "./http";

/** Calls AWS; tests put something in between. */
export type CallAws = typeof callAws;

/** How AWS says that it was asked too often. A quota that is used up is another thing: it does not help to ask again. */
const BUSY = ["Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"];

/** How often a call is repeated, and the first wait; each wait is twice as long as the one before. */
const AGAIN = 5;
const FIRST_WAIT_MS = 250;

/**
 * The same calls with more patience. What is called must not mind being called twice: an answer may have been lost.
 * @param wait waits for so many milliseconds
 */
export function patient(call: CallAws, wait: (milliseconds: number) => Promise<unknown> = pause): CallAws {
  return async (request) => {
    for (let again = 0; ; again++) {
      const answer = await call(request);
      if (!isBusy(answer) || again === AGAIN) return answer;
      await wait(FIRST_WAIT_MS * 2 ** again);
    }
  };
}

function isBusy(answer: Incoming): boolean {
  return answer.status === 429 || answer.status >= 500 || BUSY.includes(codeOf(answer));
}

/** AWS's name of a refusal: in a header, in JSON or in XML. */
export function codeOf({ errorType, body }: Pick<Incoming, "errorType" | "body">): string {
  const named = errorType ?? /"__type"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? /<Code>([^<]*)<\/Code>/.exec(body)?.[1];
  return named?.split(":")[0]?.split("#").at(-1) ?? "no reason given";
}
