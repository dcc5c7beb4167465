/** What a teardown did and what it left, to be kept. */
import type { Inventory } from "./inventory";
import type { Looked } from "./leftovers";

/** The receipt, as `--json` prints it. */
export interface Receipt extends Looked {
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
  readonly counts: Inventory["counts"];
  readonly clients: Inventory["clients"];
}

/** Whether nothing is left, as far as AWS let it be seen. */
export function isClean({ leftovers, notLookedAt }: Looked): boolean {
  return leftovers.length === 0 && notLookedAt.length === 0;
}

/** The receipt as Markdown. */
export function describeReceipt(receipt: Receipt): string {
  const { environment, project, region, account, startedAt, finishedAt, destroyed } = receipt;
  const { counts, clients, leftovers, notLookedAt } = receipt;
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", title, "", ...lines]);
  const done = destroyed === 0 ? "There was nothing to destroy." : `${destroyed} resources were destroyed.`;
  return [
    `# Teardown of ${environment} (${region})`,
    "",
    `Project ${project}, account ${account}. ${startedAt} to ${finishedAt}. ${done}`,
    ...section(
      "## Destroyed",
      Object.entries(counts).map(([type, count]) => `- ${count} × \`${type}\``),
    ),
    ...section(
      "## Client ids that died",
      clients.map(({ name, id }) => `- ${name}: \`${id}\``),
    ),
    ...section("## Left over", leftovers.length === 0 ? ["Nothing was found."] : leftovers.flatMap(describeLeftover)),
    ...section(
      "## Not looked at",
      notLookedAt.map((line) => `- ${line}`),
    ),
  ].join("\n");
}

function describeLeftover({ kind, name, detail, remove }: Looked["leftovers"][number]): readonly string[] {
  const what = `- ${kind} \`${name}\`${detail === "" ? "" : `: ${detail}`}`;
  return remove === null ? [what] : [what, `      ${remove}`];
}
