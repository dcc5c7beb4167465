/**
 * Who the caller is.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import type { Account } from "../../account";
import type { HttpRequest, HttpResponse } from "../http";
import { answerQueryApi, type QueryService } from "./query-api";

/** The id that AWS's documentation uses for its examples. */
const USER_ID = "AIDACKCEVSQ6C2EXAMPLE";

const serviceFor = (id: string): QueryService => ({
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  operations: {
    GetCallerIdentity: async () => ({
      Arn: `arn:aws:iam::${id}:user/embedded-aws`,
      UserId: USER_ID,
      Account: id,
    }),
  },
});

export const stsOperations: readonly string[] = Object.keys(serviceFor("").operations);

/**
 * Answers a request to `sts.amazonaws.com` or `sts.<region>.amazonaws.com`.
 * @param caller id of the account that the caller is in
 */
export function answerSts(account: Account, request: HttpRequest, caller = account.id): Promise<HttpResponse> {
  return answerQueryApi(serviceFor(caller), { account, region: "us-east-1" }, request);
}
