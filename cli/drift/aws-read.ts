/** One read of an AWS API: an answer, nothing where there is nothing, or an error. A refusal is never taken for nothing. */
import { setTimeout as pause } from "node:timers/promises";
import { type AwsRequest, callAws } from "../aws-call";
import type { Incoming } from "../http";
import { UserError } from "../user-error";

/** Calls AWS; tests put something in between. */
export type CallAws = typeof callAws;

/** What is asked. */
export interface Read extends AwsRequest {
  /** Also the permission that it needs, such as `iam:ListRolePolicies`. */
  readonly operation: string;
}

/** How AWS says that what was asked about does not exist. */
const GONE = ["NoSuchEntity", "NotFoundException", "ResourceNotFoundException"];

/** How AWS says that it was asked too often. */
const BUSY = ["LimitExceededException", "Throttling", "ThrottlingException", "TooManyRequestsException"];

/** How often a read is repeated, and the first wait; each wait is twice as long as the one before. */
const AGAIN = 5;
const FIRST_WAIT_MS = 250;

/** Reads AWS's APIs, more slowly when AWS is busy. */
export class AwsReader {
  constructor(
    private readonly call: CallAws = callAws,
    private readonly wait: (milliseconds: number) => Promise<unknown> = pause,
  ) {}

  /**
   * @returns the answer's body; `undefined` when AWS says that there is no such thing
   * @throws {UserError} for every other refusal, naming the permission that is needed
   */
  async read({ operation, ...request }: Read): Promise<string | undefined> {
    for (let again = 0; ; again++) {
      const answer = await this.call(request);
      if (answer.status === 200) return answer.body;
      const code = codeOf(answer);
      if (GONE.includes(code)) return undefined;
      const isBusy = answer.status === 429 || answer.status >= 500 || BUSY.includes(code);
      if (!isBusy || again === AGAIN) throw refused(operation, code, answer.status);
      await this.wait(FIRST_WAIT_MS * 2 ** again);
    }
  }
}

function refused(operation: string, code: string, status: number): UserError {
  const what = `AWS refused ${operation}: ${code} (${status}). Without it, nobody can say whether something was added by hand.`;
  const isDenied = status === 403 || code.startsWith("AccessDenied");
  return new UserError(isDenied ? `${what}\nThe credentials need the permission ${operation}.` : what);
}

/** AWS's name of the refusal: in a header, in JSON or in XML. */
function codeOf({ errorType, body }: Incoming): string {
  const named = errorType ?? /"__type"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? /<Code>([^<]*)<\/Code>/.exec(body)?.[1];
  return named?.split(":")[0]?.split("#").at(-1) ?? "no reason given";
}
