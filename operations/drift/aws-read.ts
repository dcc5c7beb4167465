/** One read of an AWS API: an answer, nothing where there is nothing, or an error. A refusal is never taken for nothing. */
import { type AwsRequest, callAws } from "../../platform/aws-call";
import { type CallAws, codeOf, patient } from "../../platform/patient-call";
import { UserError } from "../../platform/user-error";

/** What is asked. */
export interface Read extends AwsRequest {
  /** Also the permission that it needs, such as `iam:ListRolePolicies`. */
  readonly operation: string;
}

/** How AWS says that what was asked about does not exist. */
const GONE = ["NoSuchEntity", "NotFoundException", "ResourceNotFoundException"];

/** Reads AWS's APIs, more slowly when AWS is busy. */
export class AwsReader {
  private readonly call: CallAws;

  /** @param wait waits for so many milliseconds */
  constructor(call: CallAws = callAws, wait?: (milliseconds: number) => Promise<unknown>) {
    this.call = patient(call, wait);
  }

  /**
   * @returns the answer's body; `undefined` when AWS says that there is no such thing
   * @throws {UserError} for every other refusal, naming the permission that is needed
   */
  async read({ operation, ...request }: Read): Promise<string | undefined> {
    const answer = await this.call(request);
    if (answer.status === 200) return answer.body;
    const code = codeOf(answer);
    if (GONE.includes(code)) return undefined;
    throw refused(operation, code, answer.status);
  }
}

function refused(operation: string, code: string, status: number): UserError {
  const what = `AWS refused ${operation}: ${code} (${status}). Without it, nobody can say whether something was added by hand.`;
  const isDenied = status === 403 || code.startsWith("AccessDenied");
  return new UserError(isDenied ? `${what}\nThe credentials need the permission ${operation}.` : what);
}
