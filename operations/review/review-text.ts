/** A review for a terminal: short enough to decide on. `npx access review` has all of it as Markdown. Pure. */
import pc from "picocolors";
import { oneLine } from "../../access/visible";
import { aligned, counted } from "../../platform/markdown";
import type { Severity } from "../plan-file/finding";
import { grouped } from "./access-rows";
import type { DoneAction } from "./resource-changes";
import type { Review } from "./review";

/** Lines of each part; what is more is counted. */
const MAX_LINES = 8;

/** Names in one line. */
const MAX_NAMES = 4;

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: pc.bold(pc.red("critical:")),
  warning: pc.yellow("warning:"),
  info: "info:",
};

const ACTION: Readonly<Record<DoneAction, string>> = {
  destroy: pc.red("destroy"),
  replace: pc.red("replace"),
  forget: pc.yellow("forget"),
  update: pc.yellow("update"),
  create: pc.green("create"),
};

/** Alerts, gained and lost calls, resources by type, and costs. Ends without a line break. */
export function reviewText(review: Review): string {
  const alerts = review.alerts.map(
    ({ severity, message }) => `${SEVERITY[severity]} ${oneLine(withoutMarkup(message))}`,
  );
  const parts = [
    [summaryOf(review)],
    limited(alerts),
    accessLines(review),
    notInPlanLines(review),
    resourceLines(review),
    costLines(review),
  ];
  return parts
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function summaryOf({ environment, counts, hasChanges }: Review): string {
  const what = Object.entries(counts).flatMap(([action, count]) => (count > 0 ? [`${count} to ${action}`] : []));
  const changes = hasChanges ? what.join(", ") || "only outputs change" : "nothing changes";
  return pc.bold(`${environment}: ${changes}`);
}

function accessLines({ access }: Review): readonly string[] {
  const rows = grouped(access, ({ client, after }) => [client, after]).map((group) => {
    const [{ client, after }] = group;
    const verb = after === "yes" ? "gains" : after === "no" ? "loses" : "unknown";
    return [client ?? "anyone, without a token", verb, namesOf(group.map(({ route }) => route))];
  });
  return rows.length === 0 ? [] : ["Who can call what", ...limited(aligned(rows))];
}

/** Those that are not alerts already; `drift` has the commands. */
function notInPlanLines({ notInPlan, environment }: Review): readonly string[] {
  const findings = notInPlan.findings.filter(({ severity }) => severity !== "critical");
  const rows = grouped(findings, ({ address, attribute }) => [address, attribute]).map((group) => {
    const [{ address, attribute }] = group;
    return `  ${group.length} × ${oneLine(attribute === null ? address : `${attribute} of ${address}`)}`;
  });
  if (rows.length === 0) return [];
  return [`Not in the plan. For more: npx access drift ${environment}`, ...limited(rows)];
}

/** What is only created is counted where it is much, so that it does not hide what changes. */
function resourceLines({ resources, environment, counts }: Review): readonly string[] {
  const isCounted = counts.create > MAX_LINES;
  const listed = resources.filter(({ action }) => !isCounted || action !== "create");
  const created = `  ${ACTION.create}  ${counted(counts.create, "resource")}. To list them: npx access review ${environment}`;
  const rows = grouped(listed, ({ action, type }) => [action, type]).map((group) => {
    const [{ action, type }] = group;
    const forcedBy = [...new Set(group.flatMap((one) => one.forcedBy))];
    const because = forcedBy.length === 0 ? "" : ` (because of ${oneLine(forcedBy.join(", "))})`;
    return `  ${ACTION[action]}  ${group.length} × ${oneLine(type)}: ${namesOf(group.map(({ name }) => name))}${because}`;
  });
  const lines = [...limited(rows), ...(isCounted ? [created] : [])];
  return lines.length === 0 ? [] : ["Resources", ...lines];
}

function costLines({ costs: { before, after } }: Review): readonly string[] {
  if (before === after) return [];
  const dollars = (amount: number) => amount.toLocaleString("en-US", { style: "currency", currency: "USD" });
  return [`Monthly costs before traffic: ${dollars(before)} → ${dollars(after)}`];
}

function namesOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return oneLine(names.slice(0, MAX_NAMES).join(", ")) + (more > 0 ? ` and ${more} more` : "");
}

function limited(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `  … and ${counted(more, "more line")}`] : lines;
}

/** The text of a line of Markdown, in which names are code. */
function withoutMarkup(markdown: string): string {
  return markdown.replace(/(`+) ?(.*?) ?\1/g, "$2").replaceAll("**", "");
}
