/** What a month costs, as Markdown. Pure. */

import { code, head, row } from "../../platform/markdown";
import type { Costs } from "./costs";

/** The section, or nothing where nothing costs anything. */
export function costSection(costs: Costs): readonly string[] {
  const { lines, traffic, unpriced, region, date } = costs;
  if (lines.length === 0 && traffic.length === 0 && unpriced.length === 0) return [];
  const isMarked = [...lines, ...traffic].some(({ differsByRegion }) => differsByRegion);
  const marked = isMarked ? "; \\* differs by region" : "";
  return [
    "### Costs a month",
    "",
    ...head("", "each", "before → after"),
    ...lines.map(({ label, before, after, usdEach, differsByRegion }) =>
      row(
        `${label}${mark(differsByRegion)}`,
        dollars(usdEach),
        `${before.toLocaleString("en")} → ${after.toLocaleString("en")}`,
      ),
    ),
    row("**before traffic**", "", `**${dollars(costs.before)} → ${dollars(costs.after)}**`),
    "",
    ...traffic.map(({ label, usd, differsByRegion }) => `- ${dollars(usd)} for each ${label}${mark(differsByRegion)}`),
    ...unpriced.map((thing) => `- no price is known for: ${code(thing)}`),
    "",
    `List prices of ${region} as of ${date}, without free tiers${marked}.`,
    "",
  ];
}

function mark(differsByRegion: boolean): string {
  return differsByRegion ? " \\*" : "";
}

function dollars(amount: number): string {
  return amount.toLocaleString("en-US", { style: "currency", currency: "USD" });
}
