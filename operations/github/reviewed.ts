/** Compares the plan that is about to be deployed with the one that was reviewed in the pull request. */
import { z } from "zod";
import { UserError } from "../../platform/user-error";
import { fingerprintIn, readComment } from "./comment";
import type { GitHub } from "./github";

const pull = z.object({
  number: z.number(),
  merged_at: z.string().nullable().default(null),
  merge_commit_sha: z.string().nullable().default(null),
});

const environmentShape = z.object({ protection_rules: z.array(z.object({ type: z.string() })).default([]) });

/** What was found about a commit. */
export type Verdict =
  | { readonly kind: "same"; readonly pull: number }
  | { readonly kind: "other"; readonly pull: number; readonly reviewed: string }
  /** No review: no merged pull request, more than one, or none with a review of the environment. */
  | { readonly kind: "none"; readonly pull?: number };

/** A plan, and the commit that it was made from. */
export interface ReviewedPlan {
  readonly environment: string;
  /** The commit that is deployed, 40 hexadecimal digits. */
  readonly commit: string;
  /** Of the plan that was just made. */
  readonly fingerprint: string;
  /** Login of the bot that wrote the review. */
  readonly author: string;
}

/** Compares with the review in the pull request whose merge made the commit. @throws {UserError} when GitHub refuses */
export async function lookUpReview(github: GitHub, plan: ReviewedPlan): Promise<Verdict> {
  const { environment, commit, fingerprint, author } = plan;
  const pulls = await github.all(`/commits/${commit}/pulls`, pull);
  const [merged, ...others] = pulls.filter(
    ({ merged_at, merge_commit_sha }) => merged_at !== null && merge_commit_sha === commit,
  );
  if (merged === undefined || others.length > 0) return { kind: "none" };
  const { number } = merged;
  const body = await readComment(github, number, { kind: "machine-access-review", environment }, author);
  const reviewed = fingerprintIn(body ?? "", environment);
  if (reviewed === undefined) return { kind: "none", pull: number };
  return reviewed === fingerprint ? { kind: "same", pull: number } : { kind: "other", pull: number, reviewed };
}

/**
 * Checks the protection of the environment of that name on GitHub. A person must approve each deployment to one that is not
 * ephemeral: users who can push a branch can also write the comment that holds the review.
 *
 * @returns a warning about an ephemeral environment that any branch can deploy to
 * @throws {UserError} when one that is not ephemeral does not exist or has no required reviewers
 */
export async function checkProtection(
  github: GitHub,
  environment: string,
  isEphemeral: boolean,
): Promise<string | undefined> {
  const path = `/environments/${encodeURIComponent(environment)}`;
  const { protection_rules } = await github.call("GET", path, environmentShape, { missing: { protection_rules: [] } });
  const rules = protection_rules.map(({ type }) => type);
  if (rules.includes("required_reviewers")) return undefined;
  const on = `the environment "${environment}" on GitHub`;
  if (!isEphemeral) {
    throw new UserError(
      `${on} has no required reviewers, so this plan would be applied without approval. Add them in the repository's settings, or declare the environment ephemeral in access.yaml.`,
    );
  }
  if (rules.includes("branch_policy")) return undefined;
  return `${on} is open to every branch, so users who can push one can assume the role that applies. Limit it to the branch main in the repository's settings.`;
}

/** The verdict in a sentence. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case "same":
      return `This is the plan that was reviewed in #${verdict.pull}.`;
    case "other":
      return `This is NOT the plan that was reviewed in #${verdict.pull}, whose fingerprint was ${verdict.reviewed}: the code or AWS changed since. Read it before you approve it.`;
    case "none":
      return `This plan was NOT reviewed${verdict.pull === undefined ? "" : ` in #${verdict.pull}`}. Read it before you approve it.`;
  }
}
