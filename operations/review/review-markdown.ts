/** A review as Markdown: a comment for a pull request that is never longer than it may be. Pure. */

import { code, codes, counted, head, MAX_GITHUB_CHARACTERS, row } from "../../platform/markdown";
import { dollars } from "../../platform/prices";
import { unsupportedLines } from "../deployed/unmanaged";
import { accessRows, named, type Row } from "./access-rows";
import type { Alert } from "./alert";
import type { Costs } from "./costs";
import { notCheckedNotes, notInPlanRows } from "./not-in-plan-rows";
import { deploysApi } from "./plan-context";
import { resourceRows } from "./resource-rows";
import type { Review } from "./review";

/** Less could not hold what every review has. */
export const MIN_CHARACTERS = 4000;

const NOT_IN_PLAN =
  "AWS differs from the Terraform state in these, and no plan shows it. A command below one undoes it, which no deployment does; `npx access drift` prints what to do about the others.";

/** Characters for the sentences that report what was cut. */
const CUT_NOTES = 600;

/** How GitHub names alerts. @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
const GITHUB: Readonly<Record<Alert["severity"], string>> = { critical: "CAUTION", warning: "WARNING", info: "NOTE" };

/** A budget of characters. */
class Budget {
  constructor(private left: number) {}

  /** @returns whether so many are left; else none are taken */
  take(characters: number): boolean {
    if (characters > this.left) return false;
    this.left -= characters;
    return true;
  }

  /** Takes texts with their line breaks, one after the other. @returns those before the first that does not fit */
  takeAll<T>(texts: readonly T[], textOf: (text: T) => string): readonly T[] {
    const end = texts.findIndex((text) => !this.take(textOf(text).length + 1));
    return end < 0 ? texts : texts.slice(0, end);
  }
}

/**
 * Alerts come first. Where it would be too long, the least important part is cut and the cut is reported: first attributes,
 * then resources, then what is not in the plan, then calls, and alerts last.
 *
 * @param maxCharacters at least {@link MIN_CHARACTERS}
 */
export function reviewMarkdown(review: Review, maxCharacters: number = MAX_GITHUB_CHARACTERS): string {
  const { environment, fingerprint, alerts, access, resources } = review;
  const marker = `<!-- machine-access-review environment=${environment} fingerprint=${fingerprint} -->`;
  const top = `${marker}\n## Review of ${code(environment)}\n`;
  const calls = accessFrame(review);
  const things = resources.length === 0 ? [] : ["### Resources", "", ...head("action", "resource", "attributes")];
  const costs = costSection(review.costs);
  const { findings } = review.notInPlan;
  const frame = findings.length === 0 ? [] : ["### Not in the plan", "", NOT_IN_PLAN, ""];
  const notes = notCheckedNotes(review.notInPlan);
  const end = unsupportedLines(review.notInPlan.notChecked).map((line) => `${line}\n`);
  const budget = new Budget(maxCharacters - CUT_NOTES);
  budget.takeAll([top, summary(review), ...calls, ...frame, ...notes, ...things, ...costs, ...end], String);
  const { shown, pairs, added, rows, plain, outputs } = fitting(review, budget);
  return [
    top,
    ...shown,
    ...cutNote(alerts.length - shown.length, "more alert"),
    `${summary(review)}\n`,
    ...[...calls, ...pairs.map(({ line }) => line), ""],
    ...cutNote(access.length - total(pairs), "more gained or lost call"),
    ...[...frame, ...added, ...(frame.length === 0 ? [] : [""])],
    ...cutNote(findings.length - added.length, "more finding"),
    ...notes,
    ...[...things, ...rows.map(({ text }) => text), ...(things.length === 0 ? [] : [""])],
    ...cutNote(resources.length - total(rows), "more resource"),
    ...cutNote(plain, "resource without its attributes", "resources without their attributes"),
    ...outputs,
    ...costs,
    ...end,
  ].join("\n");
}

/** What fits of each part, the most important first. */
function fitting({ alerts, access, notInPlan, resources, outputs }: Review, budget: Budget) {
  const shown = budget.takeAll(
    alerts.map(({ severity, message }) => `> [!${GITHUB[severity]}]\n> ${message}\n`),
    String,
  );
  const pairs = budget.takeAll(accessRows(access), ({ line }) => line);
  const added = budget.takeAll(notInPlanRows(notInPlan, deploysApi(resources)), String);
  const lines = budget.takeAll(resourceRows(resources), ({ line }) => line);
  const names = `Outputs that change: ${codes(outputs)}.\n`;
  const isNamed = budget.take(names.length);
  const rows = lines.map(({ line, full, count }) => {
    const isFull = budget.take(full.length - line.length);
    return { text: isFull ? full : line, count, isFull };
  });
  const plain = total(rows.filter(({ isFull }) => !isFull));
  const line = isNamed ? names : `${counted(outputs.length, "output")} will change.\n`;
  return { shown, pairs, added, rows, plain, outputs: outputs.length === 0 ? [] : [line] };
}

function summary({ hasChanges, counts, fingerprint, drifted, resources }: Review): string {
  const what = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count.toLocaleString("en")} to ${action}`);
  const changes = hasChanges ? `**${what.join(", ") || "Only outputs change"}.**` : "**Nothing changes.**";
  const names = resources.filter(({ address }) => drifted.includes(address)).map(({ name }) => name);
  const drift =
    drifted.length === 0
      ? ""
      : ` ${counted(drifted.length, "resource")} of these changed outside Terraform: ${named(names)}.`;
  return `${changes}${drift} Fingerprint ${code(fingerprint)}.`;
}

function accessFrame({ access }: Review): readonly string[] {
  const title = ["### Who can call what", ""];
  if (access.length === 0) return [...title, "No client gains or loses a call."];
  return [...title, ...head("route", "client", "before → after", "")];
}

/** Nothing where nothing costs anything. */
function costSection({ lines, traffic, unpriced, region, date, before, after }: Costs): readonly string[] {
  if (lines.length === 0 && traffic.length === 0 && unpriced.length === 0) return [];
  const mark = (differsByRegion: boolean) => (differsByRegion ? " \\*" : "");
  const isMarked = [...lines, ...traffic].some(({ differsByRegion }) => differsByRegion);
  return [
    "### Monthly costs",
    "",
    ...head("", "each", "before → after"),
    ...lines.map(({ label, usdEach, differsByRegion, ...count }) => {
      const change = `${count.before.toLocaleString("en")} → ${count.after.toLocaleString("en")}`;
      return row(`${label}${mark(differsByRegion)}`, dollars(usdEach), change);
    }),
    row("**before traffic**", "", `**${dollars(before)} → ${dollars(after)}**`),
    "",
    ...traffic.map(({ label, usd, differsByRegion }) => `- ${dollars(usd)} for each ${label}${mark(differsByRegion)}`),
    ...unpriced.map((thing) => `- no known price for: ${code(thing)}`),
    "",
    `List prices of ${region} as of ${date}, without free tiers${isMarked ? "; \\* differs by region" : ""}.`,
    "",
  ];
}

function total(rows: readonly Pick<Row, "count">[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function cutNote(count: number, one: string, many?: string): readonly string[] {
  return count === 0 ? [] : [`_Cut here: ${counted(count, one, many)}._`, ""];
}
