/**
 * A pull request's one comment about an environment: written once, then updated in place.
 *
 * Comments and issues of the workflows are recognized by their author, a bot that no user can be, and by a hidden line at
 * their very beginning. Either alone can be forged: any user can write the line, and the bot may quote other users' text.
 */
import { z } from "zod";
import { code, MAX_GITHUB_CHARACTERS } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import type { GitHub } from "./github";

/** Author of what a workflow writes with its own token. @see https://docs.github.com/en/actions/concepts/security/github_token */
export const WORKFLOW_BOT = "github-actions[bot]";

/** What comments and issues have in common. */
export const authoredShape = z.object({
  body: z.string().nullable().default(null),
  user: z.object({ login: z.string(), type: z.string() }).nullable(),
});

/** What the hidden line of a text is about. */
export interface Mark {
  readonly kind: "machine-access-review" | "machine-access-drift";
  readonly environment: string;
}

/** The hidden line up to where it may say more. @throws {UserError} it could not be hidden */
export function markerOf({ kind, environment }: Mark): string {
  if (!/^[\w-]+$/.test(environment)) throw new UserError(`"${environment}" is not a valid environment name.`);
  return `<!-- ${kind} environment=${environment} `;
}

/** Whether the workflows wrote it, and about that. @param author login of the bot */
export function isOwn({ body, user }: z.infer<typeof authoredShape>, mark: Mark, author: string): boolean {
  return user?.type === "Bot" && user.login === author && (body ?? "").startsWith(markerOf(mark));
}

/** The fingerprint in the hidden line of a review; `undefined` when the body is not a review of the environment. */
export function fingerprintIn(body: string, environment: string): string | undefined {
  const marker = markerOf({ kind: "machine-access-review", environment });
  if (!body.startsWith(marker)) return undefined;
  return /^fingerprint=([0-9a-f]{64}) -->/.exec(body.slice(marker.length))?.[1];
}

/** @throws {UserError} when GitHub would refuse the text for its length */
export function requireShort(body: string): void {
  if (body.length <= MAX_GITHUB_CHARACTERS) return;
  throw new UserError(
    `the text has ${body.length.toLocaleString("en")} characters; GitHub allows ${MAX_GITHUB_CHARACTERS.toLocaleString("en")}. npx access review <env> --max-length ${MAX_GITHUB_CHARACTERS} cuts the least important part.`,
  );
}

const comment = authoredShape.extend({ id: z.number() });

const anything = z.unknown();

/** What was done. */
export type Written = "created" | "updated" | "unchanged";

/**
 * Writes the comment, or changes the one that is there.
 *
 * @param number of the pull request
 * @param body begins with the mark's hidden line
 * @param author login of the bot that writes
 * @throws {UserError} when it has no hidden line or is too long, or GitHub refuses
 */
export async function writeComment(
  github: GitHub,
  number: number,
  mark: Mark,
  body: string,
  author: string,
): Promise<Written> {
  if (!body.startsWith(markerOf(mark))) {
    throw new UserError(
      `the file is not a review of ${mark.environment}. Write one: npx access review ${mark.environment}`,
    );
  }
  requireShort(body);
  const own = await ownComments(github, number, mark, author);
  const last = own.at(-1);
  if (last === undefined) {
    await github.call("POST", `/issues/${number}/comments`, anything, { body: { body } });
    return "created";
  }
  if (last.body === body) return "unchanged";
  await github.call("PATCH", `/issues/comments/${last.id}`, anything, { body: { body } });
  return "updated";
}

/** The text of the comment; `undefined` when there is none. */
export async function readComment(
  github: GitHub,
  number: number,
  mark: Mark,
  author: string,
): Promise<string | undefined> {
  return (await ownComments(github, number, mark, author)).at(-1)?.body ?? undefined;
}

async function ownComments(github: GitHub, number: number, mark: Mark, author: string) {
  const comments = await github.all(`/issues/${number}/comments`, comment);
  return comments.filter((one) => isOwn(one, mark, author));
}

/**
 * Body of a comment that replaces an outdated review when the new one failed.
 * @param url of the failed run
 * @throws {UserError} when it is not a URL
 */
export function failedReview(environment: string, url: string): string {
  if (!/^https:\/\/[\w./-]+$/.test(url)) throw new UserError("--failed takes the URL of a run.");
  const marker = `${markerOf({ kind: "machine-access-review", environment })}-->`;
  return `${marker}\n## Review of ${code(environment)}\n\n**There is no review of the last commit:** [it failed](${url}).`;
}
