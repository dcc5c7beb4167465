/** What the token endpoint answered, and what it comes to. Pure. */
import { z } from "zod";
import { type FullAnswer, NO_ANSWER } from "./asking";
import type { Outcome } from "./probe";

/** What a token request came to; the token is only kept in memory. */
export interface Reply {
  readonly found: string;
  readonly token: string | undefined;
  readonly status: number;
}

export interface Judged extends Reply {
  readonly outcome: Outcome;
  /** What to do about it, where that is more than the outcome tells. */
  readonly advice?: string;
}

const granted = z.object({ access_token: z.string() });
const refused = z.object({ error: z.string().regex(/^\w{1,64}$/) });

/** @param judge what is right where there is an answer of the token endpoint's own */
export function judgeReply(answer: FullAnswer, judge: (reply: Reply) => Judged): Judged {
  const { status } = answer;
  const reply = replyIn(answer);
  if (status === 429) return { ...reply, outcome: "throttled" };
  return status >= 500 ? { ...reply, outcome: "broken" } : judge(reply);
}

/** What must be refused, and how. */
export function refusal(code: string): (reply: Reply) => Judged {
  return (reply) => {
    if (reply.token !== undefined) return { ...reply, outcome: "WRONG YES" };
    return { ...reply, outcome: reply.found === code ? "as expected" : "another no" };
  };
}

function replyIn({ status, body }: FullAnswer): Reply {
  const json = parseJson(body);
  const token = granted.safeParse(json);
  if (status === 200 && token.success) return { found: "a token", token: token.data.access_token, status };
  if (status === NO_ANSWER) return { found: "no answer in time", token: undefined, status };
  const error = refused.safeParse(json);
  return { found: error.success ? error.data.error : String(status), token: undefined, status };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
