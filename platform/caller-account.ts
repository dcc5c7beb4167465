/** The account that the credentials of the environment are for. */
import { callAws } from "./aws-call";
import type { Incoming } from "./http";
import { UserError } from "./user-error";

/** @returns 12 digits @throws {UserError} when there are no credentials, or AWS refuses them or cannot be reached */
export async function callerAccount(region: string, call: typeof callAws = callAws): Promise<string> {
  const answer = await call({
    service: "sts",
    region,
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  const account = /<Account>(\d{12})<\/Account>/.exec(answer.body)?.[1];
  if (answer.status === 200 && account !== undefined) return account;
  throw new UserError(`the credentials of the environment are refused: ${refusalIn(answer)}`);
}

/** Status and AWS's own words, which are XML or JSON. */
export function refusalIn({ status, body }: Incoming): string {
  const message = /<Message>([^<]*)<\/Message>|"[mM]essage"\s*:\s*"([^"]*)"/.exec(body);
  return `${status} ${message?.[1] ?? message?.[2] ?? ""}`.trim();
}
