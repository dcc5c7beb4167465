/** What a teardown did and what it left, to be kept. */

import type { Looked } from "../deployed/leftovers";
import type { Counted } from "./inventory";

/** The receipt, as `--json` prints it. */
export interface Receipt extends Looked, Counted {
  readonly environment: string;
  /** The project's folder, as seen from the package. */
  readonly project: string;
  readonly region: string;
  readonly account: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Whether protection had to be lifted. */
  readonly isProtectionLifted: boolean;
  /** How many resources were destroyed; 0 when there was nothing. */
  readonly destroyed: number;
  /** Terraform's addresses of what the state had, and somebody had deleted before. */
  readonly gone: readonly string[];
}

/** Whether nothing is left, as far as AWS let it be seen. */
export function isClean({ leftovers, notLookedAt }: Looked): boolean {
  return leftovers.length === 0 && notLookedAt.length === 0;
}

/** The receipt as Markdown. */
export function describeReceipt(receipt: Receipt): string {
  const { environment, project, region, account, startedAt, finishedAt } = receipt;
  const { counts, clients, gone, leftovers, notLookedAt } = receipt;
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", title, "", ...lines]);
  return [
    `# Teardown of ${environment} (${region})`,
    "",
    `Project ${project}, account ${account}. ${startedAt} to ${finishedAt}. ${describeDone(receipt)}`,
    ...section(
      "## Destroyed",
      Object.entries(counts).map(([type, count]) => `- ${count} × \`${type}\``),
    ),
    ...section(
      "## Client ids that died",
      clients.map(({ name, id, note }) => `- ${name}: \`${id}\`${note === "" ? "" : `, ${note}`}`),
    ),
    ...section(
      "## Gone before, by somebody's hand",
      gone.map((address) => `- \`${address}\``),
    ),
    ...section("## Left over", leftovers.length === 0 ? ["Nothing was found."] : leftovers.flatMap(describeLeftover)),
    ...section(
      "## Not looked at",
      notLookedAt.map((line) => `- ${line}`),
    ),
  ].join("\n");
}

function describeDone({ destroyed, gone }: Receipt): string {
  if (destroyed > 0) return `${destroyed} resources were destroyed.`;
  return gone.length > 0 ? "There was nothing to destroy: all of it was gone." : "There was nothing to destroy.";
}

function describeLeftover({ kind, name, detail, remove }: Looked["leftovers"][number]): readonly string[] {
  const what = `- ${kind} \`${name}\`${detail === "" ? "" : `: ${detail}`}`;
  return remove === null ? [what] : [what, `      ${remove}`];
}
