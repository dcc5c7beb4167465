/** What the token endpoint or `GetClientToken` answered, and what it comes to. Pure. */
import { z } from "zod";
import { type FullAnswer, NO_ANSWER } from "../deployed/asking";
import type { Outcome } from "../deployed/probe";

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

const name = z.string().regex(/^\w{1,64}$/);
const granted = z.union([
  z.object({ access_token: z.string() }).transform((body) => body.access_token),
  z
    .object({ ClientAuthenticationResult: z.object({ AccessToken: z.string() }) })
    .transform((body) => body.ClientAuthenticationResult.AccessToken),
]);
const refused = z.union([
  z.object({ error: name }).transform(({ error }) => error),
  // Some services write a namespace before the name.
  z.object({ __type: z.string() }).transform(({ __type }, context) => {
    const read = name.safeParse(__type.split("#").at(-1));
    if (read.success) return read.data;
    context.addIssue({ code: "custom", message: "not a name" });
    return z.NEVER;
  }),
]);

/** How Cognito's API says that there are too many requests. */
const THROTTLED = "TooManyRequestsException";

/** @param judge what is right where there is an answer of the token endpoint's own */
export function judgeReply(answer: FullAnswer, judge: (reply: Reply) => Judged): Judged {
  const { status } = answer;
  const reply = replyIn(answer);
  if (status === 429 || reply.found === THROTTLED) return { ...reply, outcome: "throttled" };
  return status >= 500 ? { ...reply, outcome: "broken" } : judge(reply);
}

/**
 * What must be refused, and how.
 * @param codes the codes of the refusal, of which any is right; none means that every refusal is
 * @param advice what to do where it is granted
 */
export function refusal(codes: readonly string[], advice?: string): (reply: Reply) => Judged {
  return (reply) => {
    if (reply.token !== undefined) {
      return { ...reply, outcome: "WRONG YES", ...(advice === undefined ? {} : { advice }) };
    }
    const isRight = codes.length === 0 ? reply.status >= 400 && reply.status < 500 : codes.includes(reply.found);
    return { ...reply, outcome: isRight ? "as expected" : "another no" };
  };
}

function replyIn({ status, body }: FullAnswer): Reply {
  const json = parseJson(body);
  const token = granted.safeParse(json);
  if (status === 200 && token.success) return { found: "a token", token: token.data, status };
  if (status === NO_ANSWER) return { found: "no answer in time", token: undefined, status };
  const error = refused.safeParse(json);
  return { found: error.success ? error.data : String(status), token: undefined, status };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
