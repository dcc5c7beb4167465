/**
 * Comments and issues that the workflows wrote, told from those of everybody else: by their author, a bot that nobody can
 * be, and by a hidden line at their very beginning. Either alone can be forged: anybody can write the line, and the bot
 * may quote what others wrote.
 */
import { z } from "zod";
import { UserError } from "../../platform/user-error";

/** Author of what a workflow writes with its own token. @see https://docs.github.com/en/actions/concepts/security/github_token */
export const WORKFLOW_BOT = "github-actions[bot]";

/** GitHub takes no longer texts. @see https://github.com/orgs/community/discussions/27190 */
export const MOST_CHARACTERS = 65_536;

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

/** The hidden line up to where it may say more. */
export function markerOf({ kind, environment }: Mark): string {
  return `<!-- ${kind} environment=${environment} `;
}

/** Whether the workflows wrote it, and about that. @param author login of the bot */
export function isOwn({ body, user }: z.infer<typeof authoredShape>, mark: Mark, author: string): boolean {
  return user?.type === "Bot" && user.login === author && (body ?? "").startsWith(markerOf(mark));
}

/** The fingerprint that the hidden line of a review tells; `undefined` when it is no review of the environment. */
export function fingerprintIn(body: string, environment: string): string | undefined {
  const marker = markerOf({ kind: "machine-access-review", environment });
  if (!body.startsWith(marker)) return undefined;
  return /^fingerprint=([0-9a-f]{64}) -->/.exec(body.slice(marker.length))?.[1];
}

/** @throws {UserError} when GitHub would refuse the text for its length */
export function requireShort(body: string): void {
  if (body.length <= MOST_CHARACTERS) return;
  throw new UserError(
    `the text has ${body.length.toLocaleString("en")} characters, and GitHub takes ${MOST_CHARACTERS.toLocaleString("en")}. npm run review -- <env> --max-length ${MOST_CHARACTERS} cuts the least important part.`,
  );
}
