/** The one issue that an environment's drift has: opened when it is found, kept up to date, closed when it is gone. */
import { z } from "zod";
import type { GitHub } from "./api";
import { type DriftFindings, driftBody, driftTitle } from "./drift-body";
import { authoredShape, isOwn, type Mark, requireShort } from "./own-text";

const issue = authoredShape.extend({ number: z.number(), pull_request: z.unknown().optional() });

const created = z.object({ number: z.number() });

/** What was done to which issue. */
export interface Kept {
  readonly done: "opened" | "updated" | "unchanged" | "closed" | "nothing";
  readonly number?: number;
}

/**
 * Brings the issue to what was found.
 *
 * @param report `undefined` when there is no drift
 * @param author login of the bot that writes
 * @throws {UserError} when GitHub refuses
 */
export async function keepIssue(
  github: GitHub,
  environment: string,
  report: DriftFindings | undefined,
  author: string,
): Promise<Kept> {
  const mark: Mark = { kind: "machine-access-drift", environment };
  const open = await github.all("/issues?state=open&sort=created&direction=asc", issue);
  const own = open.filter((one) => one.pull_request === undefined && isOwn(one, mark, author));
  const [first, ...others] = own;
  // There should be none; two runs at the same time, by hand, could have opened them.
  for (const { number } of others) await close(github, number, `The same as #${first?.number}.`);
  if (report !== undefined) return await tell(github, report, first);
  if (first === undefined) return { done: "nothing" };
  await close(github, first.number, "There is no drift any more.");
  return { done: "closed", number: first.number };
}

async function tell(github: GitHub, report: DriftFindings, open: z.infer<typeof issue> | undefined): Promise<Kept> {
  const body = driftBody(report);
  requireShort(body);
  if (open === undefined) {
    const title = driftTitle(report.environment);
    const { number } = await github.call("POST", "/issues", created, { body: { title, body } });
    return { done: "opened", number };
  }
  const { number } = open;
  if (open.body === body) return { done: "unchanged", number };
  await github.call("PATCH", `/issues/${number}`, z.unknown(), { body: { body } });
  // A change of the text alone tells nobody.
  await comment(github, number, "The drift is another one now: see above.");
  return { done: "updated", number };
}

async function close(github: GitHub, number: number, why: string): Promise<void> {
  await comment(github, number, why);
  await github.call("PATCH", `/issues/${number}`, z.unknown(), {
    body: { state: "closed", state_reason: "completed" },
  });
}

async function comment(github: GitHub, number: number, body: string): Promise<void> {
  await github.call("POST", `/issues/${number}/comments`, z.unknown(), { body: { body } });
}
