/** A report as Markdown. */
import { commandCode, prose, table } from "../../platform/markdown";
import type { AccessReport } from "./report";
import { type Block, type Part, reportBlocks, type Text } from "./report-document";

/** The report. Does not end with a line break. */
export function reportMarkdown(report: AccessReport): string {
  return reportBlocks(report).flatMap(linesOf).join("\n").trimEnd();
}

function linesOf(block: Block): readonly string[] {
  if (block.kind === "heading") return [`${"#".repeat(block.level)} ${written(block.text)}`, ""];
  if (block.kind === "paragraph") return [written(block.text), ""];
  if (block.kind === "list") return [...block.items.map((item) => `- ${written(item)}`), ""];
  const rows = block.rows.map((cells) => cells.map(written));
  return [...table(block.head, rows), ""];
}

function written(text: Text): string {
  return text.map(writtenPart).join("");
}

function writtenPart(part: Part): string {
  if (typeof part === "string") return part;
  if ("code" in part) return commandCode(part.code);
  return "prose" in part ? prose(part.prose) : `**${part.alert}**`;
}
