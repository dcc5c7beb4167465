/** Which pull requests had a preview and are closed. The label is the record: it goes when the preview is gone. */
import { z } from "zod";
import type { GitHub } from "./api";

/** Label of pull requests that have, or shall have, a preview environment. */
export const PREVIEW_LABEL = "preview";

const issue = z.object({ number: z.number(), pull_request: z.unknown().optional() });

/** Their numbers, the oldest first. @throws {UserError} when GitHub refuses */
export async function closedPreviews(github: GitHub): Promise<readonly number[]> {
  const found = await github.all(`/issues?labels=${PREVIEW_LABEL}&state=closed`, issue);
  const numbers = found.filter(({ pull_request }) => pull_request !== undefined).map(({ number }) => number);
  return numbers.toSorted((a, b) => a - b);
}

/** Takes the label off; nothing happens when it is off already. */
export async function endPreview(github: GitHub, number: number): Promise<void> {
  await github.call("DELETE", `/issues/${number}/labels/${PREVIEW_LABEL}`, z.unknown(), { missing: null });
}
