/** The receipt of a teardown: what was destroyed, and what is left. */
import pc from "picocolors";
import { oneLine, visible } from "../../access/visible";
import { accountName } from "../../platform/local-command";
import { code, counted, prose } from "../../platform/markdown";
import { aligned, hanging } from "../../platform/terminal-table";
import type { Leftover, Leftovers } from "../deployed/leftovers";
import type { Counted } from "./inventory";

/** The receipt, as `--json` prints it. */
export interface Receipt extends Leftovers, Counted {
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
  /** Terraform's addresses of resources that were in the state, but deleted before. */
  readonly gone: readonly string[];
}

/** Whether nothing is left, and everything was checked. */
export function isClean({ leftovers, notChecked }: Leftovers): boolean {
  return leftovers.length === 0 && notChecked.length === 0;
}

/** The receipt as Markdown. */
export function describeReceipt(receipt: Receipt): string {
  const { environment, project, region, account, startedAt, finishedAt } = receipt;
  const { counts, clients, gone, leftovers, notChecked } = receipt;
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", title, "", ...lines]);
  return [
    `# Teardown of ${environment} (${region})`,
    "",
    `Project ${prose(project)}, ${accountName(account)}. ${startedAt} to ${finishedAt}. ${describeDone(receipt)}`,
    ...section(
      "## Destroyed",
      Object.entries(counts).map(([type, count]) => `- ${count} × ${code(type)}`),
    ),
    ...section(
      "## Client ids that no longer exist",
      clients.map(({ name, id, note }) => `- ${prose(name)}: ${code(id)}${note === "" ? "" : `, ${prose(note)}`}`),
    ),
    ...section(
      "## Deleted before, outside Terraform",
      gone.map((address) => `- ${code(address)}`),
    ),
    ...section(
      "## Remaining resources",
      leftovers.length === 0 ? ["Nothing was found."] : leftovers.flatMap(describeLeftover),
    ),
    ...section(
      "## Not checked",
      notChecked.map((line) => `- ${prose(line)}`),
    ),
  ].join("\n");
}

/** The receipt as text for a terminal. @param width columns of the terminal */
export function receiptText(receipt: Receipt, width?: number): string {
  const { environment, project, region, account, startedAt, finishedAt } = receipt;
  const { counts, clients, gone, leftovers, notChecked } = receipt;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", pc.bold(title), ...lines];
  const kinds = Object.entries(counts).map(([type, count]) => [String(count), type]);
  return [
    pc.bold(`Teardown of ${oneLine(environment)}: ${describeDone(receipt)}`),
    oneLine(`Project ${project}, ${region}, ${accountName(account)}, ${startedAt} to ${finishedAt}`),
    ...section("Destroyed", aligned(kinds, width)),
    ...section(
      "Client ids that no longer exist",
      aligned(
        clients.map(({ name, id, note }) => [name, id, note]),
        width,
      ),
    ),
    ...section(
      "Deleted before, outside Terraform",
      aligned(
        gone.map((address) => [address]),
        width,
      ),
    ),
    ...section(
      "Remaining resources",
      leftovers.length === 0 ? ["  Nothing was found."] : leftovers.flatMap((one) => leftoverLines(one, width)),
    ),
    ...section(
      "Not checked",
      notChecked.map((line) => hanging("  ", line, width)),
    ),
  ].join("\n");
}

/** Commands are not wrapped, so that they can be copied. */
function leftoverLines({ kind, name, detail, remove, restore }: Leftover, width?: number): readonly string[] {
  const what = hanging("  ", [`${kind} ${name}`, detail].filter(Boolean).join(": "), width);
  if (restore === undefined) return [what, `    ${visible(remove)}`];
  const ways = ["    To restore it:", `      ${visible(restore)}`, "    To delete it without recovery:"];
  return [what, ...ways, `      ${visible(remove)}`];
}

function describeDone({ destroyed, gone }: Receipt): string {
  if (destroyed > 0) return `${counted(destroyed, "resource was", "resources were")} destroyed.`;
  return gone.length > 0
    ? "There was nothing to destroy: everything was deleted before."
    : "There was nothing to destroy.";
}

function describeLeftover({ kind, name, detail, remove, restore }: Leftover): readonly string[] {
  const what = `- ${kind} ${code(name)}${detail === "" ? "" : `: ${detail.split("; ").map(prose).join("; ")}`}`;
  // After an empty line, it is a block of code.
  const commands = (lines: readonly string[]) => lines.map((line) => `      ${visible(line)}`);
  if (restore === undefined) return [what, "", ...commands([remove])];
  const removal = ["", "  To delete it without recovery:", "", ...commands([remove])];
  return [what, "", "  To restore it:", "", ...commands([restore]), ...removal];
}
