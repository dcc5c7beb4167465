/** A pull request's one comment about an environment: written once, and brought up to date in its place. */
import { z } from "zod";
import { UserError } from "../../platform/user-error";
import type { GitHub } from "./api";
import { authoredShape, isOwn, type Mark, markerOf, requireShort } from "./own-text";

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
      `the file is no review of ${mark.environment}. Write one: npm run -s review -- ${mark.environment}`,
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
