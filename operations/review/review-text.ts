/** A review for a terminal: all of it, or short enough to decide on. Pure. */

import pc from "picocolors";
import { oneLine } from "../../access/visible";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { dollars } from "../../platform/prices";
import { aligned, hanging, paragraph } from "../../platform/terminal-table";
import { notCheckedLines, unsupportedLines } from "../deployed/unmanaged";
import type { Finding, Severity } from "../plan-file/finding";
import { grouped } from "./access-rows";
import type { Alert } from "./alert";
import { nameOf } from "./out-of-band";
import { deploysApi } from "./plan-context";
import type { DoneAction } from "./resource-changes";
import { resourceGroups } from "./resource-rows";
import type { Review } from "./review";

/** Lines of each part of a short review; what is more is counted. */
const MAX_LINES = 8;

/** Names in one line of a short review. */
const MAX_NAMES = 4;

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: pc.bold(pc.red("critical:")),
  warning: pc.yellow("warning:"),
  info: pc.cyan("info:"),
};

const ACTION: Readonly<Record<DoneAction, string>> = {
  destroy: pc.red("destroy"),
  replace: pc.red("replace"),
  forget: pc.yellow("forget"),
  update: pc.yellow("update"),
  create: pc.green("create"),
};

/** Begins lines below that of an action. */
const BELOW_ACTION = " ".repeat("  replace  ".length);

/** How a review is written. */
export interface ReviewStyle {
  /** Columns of the terminal, to which lines are wrapped; left out for a file or a program. */
  readonly width?: number | undefined;
  /** Whether everything is listed. Otherwise, each part has a few lines. */
  readonly isComplete?: boolean;
}

/** Alerts, gained and lost calls, resources, and costs. Ends without a line break. */
export function reviewText(review: Review, { width, isComplete = false }: ReviewStyle = {}): string {
  const alerts = review.alerts.map((alert) => alertText(alert, width));
  const parts = isComplete
    ? [
        [summaryOf(review)],
        alerts,
        accessLines(review, Number.POSITIVE_INFINITY, width),
        allNotInPlan(review, width),
        allResources(review, width),
        review.outputs.length === 0 ? [] : [hanging("Outputs that change: ", review.outputs.join(", "), width)],
        allCosts(review, width),
        [pc.dim(`Fingerprint ${review.fingerprint}`)],
      ]
    : [
        [summaryOf(review)],
        limited(alerts),
        limited(accessLines(review, MAX_NAMES, width), 1),
        notInPlanLines(review, width),
        resourceLines(review, width),
        costLines(review),
      ];
  return parts
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function alertText({ severity, message }: Alert, width?: number): string {
  const title = `${severity}:`;
  return hanging(`${title} `, withoutMarkup(withCopyable(message)), width).replace(title, SEVERITY[severity]);
}

function summaryOf({ environment, counts, hasChanges }: Review): string {
  const what = Object.entries(counts).flatMap(([action, count]) => (count > 0 ? [`${count} to ${action}`] : []));
  const changes = hasChanges ? what.join(", ") || "only outputs change" : "nothing changes";
  return pc.bold(`${environment}: ${changes}`);
}

function accessLines({ access }: Review, maxNames: number, width?: number): readonly string[] {
  const rows = grouped(access, ({ client, after, isStillLive }) => [client, after, isStillLive]).map((group) => {
    const [{ client, after, isStillLive }] = group;
    const verb = after === "yes" ? "gains" : after === "no" ? "loses" : "unknown";
    const routes = namesOf(
      group.map(({ route }) => route),
      maxNames,
    );
    return [
      client ?? "anyone, without a token",
      verb,
      isStillLive ? `${routes} (still deployed until the next deployment)` : routes,
    ];
  });
  return rows.length === 0 ? [] : ["Who can call what", ...aligned(rows, width)];
}

/** Those that are not alerts already; `drift` has the commands. */
function notInPlanLines(review: Review, width?: number): readonly string[] {
  const [live, others] = byGoingLive(review);
  const findings = others.filter(({ severity }) => severity !== "critical");
  const rows = grouped(findings, ({ address, attribute }) => [address, attribute]).map((group) => {
    const [{ address, attribute }] = group;
    return hanging(`  ${group.length} × `, nameOf(attribute, address), width);
  });
  const title = `Not in the plan. For more: ${copyable(`npx access drift ${review.environment}`)}`;
  return [...liveLines(live, width, MAX_NAMES), ...(rows.length === 0 ? [] : [title, ...limited(rows)])];
}

/** What a deployment that the plan makes sets live, and all other findings. */
function byGoingLive({
  notInPlan: { findings },
  resources,
}: Review): readonly [readonly Finding[], readonly Finding[]] {
  const isDeploying = deploysApi(resources);
  const isGoing = ({ verdict }: Finding) => isDeploying && verdict === "not-live";
  return [findings.filter(isGoing), findings.filter((one) => !isGoing(one))];
}

function liveLines(
  findings: readonly Finding[],
  width?: number,
  maxNames = Number.POSITIVE_INFINITY,
): readonly string[] {
  const routes = [...new Set(findings.map(({ route, address }) => route ?? address))];
  return routes.length === 0 ? [] : [hanging("Goes live with this plan: ", namesOf(routes, maxNames), width)];
}

/** With what undoes each, and what was not checked. */
function allNotInPlan(review: Review, width?: number): readonly string[] {
  const { notChecked } = review.notInPlan;
  const [live, others] = byGoingLive(review);
  const lines = others.flatMap(({ address, attribute, found, expected, verdict, effect, undo }) => {
    const wanted = verdict === "unmanaged-resource" ? "" : `, expected ${expected}`;
    return [
      hanging("  ", `${nameOf(attribute, address)}: ${found}${wanted}`, width),
      ...(effect === undefined ? [] : [hanging("    ", effect, width)]),
      // A command that is wrapped cannot be copied.
      ...(undo === undefined ? [] : [`    ${copyable(undo)}`]),
    ];
  });
  return [
    ...liveLines(live, width),
    ...(lines.length === 0 ? [] : ["Not in the plan: AWS differs from the Terraform state", ...lines]),
    ...[...notCheckedLines(notChecked), ...unsupportedLines(notChecked)].map((line) => paragraph(line, width)),
  ];
}

/** What is only created is counted where it is much, so that it does not hide what changes. */
function resourceLines({ resources, environment, counts }: Review, width?: number): readonly string[] {
  const isCounted = counts.create > MAX_LINES;
  const listed = resources.filter(({ action }) => !isCounted || action !== "create");
  const created = `${counted(counts.create, "resource")}. To list them: ${copyable(`npx access review ${environment}`)}`;
  const rows = grouped(listed, ({ action, type }) => [action, type]).map((group) => {
    const [{ action, type }] = group;
    const forcedBy = [...new Set(group.flatMap((one) => one.forcedBy))];
    const names = namesOf(
      group.map(({ name }) => name),
      MAX_NAMES,
    );
    return actionText(action, `${group.length} × ${type}: ${names}${because(forcedBy)}`, width);
  });
  const lines = [...limited(rows), ...(isCounted ? [actionText("create", created, width)] : [])];
  return lines.length === 0 ? [] : ["Resources", ...lines];
}

/** Each group that changes alike, and its attributes. */
function allResources({ resources }: Review, width?: number): readonly string[] {
  const lines = resourceGroups(resources).flatMap(({ resource: { action, type, forcedBy }, names, attributes }) => {
    const what = names.length === 1 ? type : `${names.length.toLocaleString("en")} × ${type}`;
    return [
      actionText(action, `${what}: ${names.join(", ")}${because(forcedBy)}`, width),
      ...attributes.map((attribute) => hanging(BELOW_ACTION, withoutMarkup(attribute), width)),
    ];
  });
  return lines.length === 0 ? [] : ["Resources", ...lines];
}

function actionText(action: DoneAction, what: string, width?: number): string {
  return hanging(`  ${action}  `.padEnd(BELOW_ACTION.length), what, width).replace(action, ACTION[action]);
}

function because(forcedBy: readonly string[]): string {
  return forcedBy.length === 0 ? "" : ` (because of ${oneLine(forcedBy.join(", "))})`;
}

function costLines({ costs: { before, after } }: Review): readonly string[] {
  return before === after ? [] : [`Monthly costs before traffic: ${dollars(before)} → ${dollars(after)}`];
}

/** Nothing where nothing costs anything. */
function allCosts({ costs }: Review, width?: number): readonly string[] {
  const { lines, traffic, unpriced, region, date, before, after } = costs;
  if (lines.length === 0 && traffic.length === 0 && unpriced.length === 0) return [];
  const mark = (differsByRegion: boolean) => (differsByRegion ? " *" : "");
  const isMarked = [...lines, ...traffic].some(({ differsByRegion }) => differsByRegion);
  const rows = lines.map((line) => [
    `${line.label}${mark(line.differsByRegion)}`,
    `${dollars(line.usdEach)} each`,
    `${line.before.toLocaleString("en")} → ${line.after.toLocaleString("en")}`,
  ]);
  const uses = traffic.map(({ label, usd, differsByRegion }) => [dollars(usd), `${label}${mark(differsByRegion)}`]);
  const prices = `List prices of ${region} as of ${date}, without free tiers${isMarked ? "; * differs by region" : ""}.`;
  return [
    "Monthly costs",
    ...aligned([...rows, ["before traffic", "", `${dollars(before)} → ${dollars(after)}`]], width),
    ...(uses.length === 0 ? [] : ["  for each:", ...aligned(uses, width)]),
    ...unpriced.map((thing) => hanging("  ", `no known price for: ${thing}`, width)),
    hanging("  ", prices, width),
  ];
}

function namesOf(names: readonly string[], max: number): string {
  const more = names.length - max;
  return oneLine(names.slice(0, max).join(", ")) + (more > 0 ? ` and ${more} more` : "");
}

/** @param titles lines before those that are counted */
function limited(lines: readonly string[], titles = 0): readonly string[] {
  const more = lines.length - titles - MAX_LINES;
  return more > 0 ? [...lines.slice(0, titles + MAX_LINES), `  … and ${counted(more, "more line")}`] : lines;
}

/** Commands of this project in the message, as they can be copied. */
function withCopyable(message: string): string {
  return message.replace(/(?<=`)npx access [^`]+(?=`)/g, (command) => copyable(command));
}

/** The text of a line of Markdown, in which names are code. */
function withoutMarkup(markdown: string): string {
  return markdown.replace(/(`+) ?(.*?) ?\1/g, "$2").replaceAll("**", "");
}
