/** The capacity of an environment for a terminal. */

import { DEFAULT_LOAD, KEPT_SHARE, MEASURES } from "../../access/usage";
import { counted } from "../../platform/markdown";
import { dollars } from "../../platform/prices";
import { aligned, hanging } from "../../platform/terminal-table";
import type { Capacity, LimitUse, TokenWay } from "./capacity";

export interface CapacityStyle {
  /** Columns of the terminal; `undefined` where nothing is wrapped. */
  readonly width: number | undefined;
  readonly alarm: (text: string) => string;
  readonly heading: (text: string) => string;
}

/** More than that is not shown as a number. */
const MAX_GROWTH = 1000;

/** Names that are listed of clients without a load. */
const MAX_NAMES = 5;

const WAYS: Readonly<Record<TokenWay["clientsKeepTokens"], string>> = {
  "as-configured": "as in access.yaml",
  never: "a token for each call",
  always: "instances keep tokens",
};

export function capacityText(capacity: Capacity, { width, alarm, heading }: CapacityStyle): string {
  const { environment, region, load, tokens, tokenQuota, limits, costs } = capacity;
  const { clients, instances, callsPerSecond } = load;
  const size = [
    counted(clients, "client"),
    counted(instances, "instance"),
    `${figure(callsPerSecond)} ${callsPerSecond === 1 ? "call" : "calls"} a second`,
  ];
  const exceeded = limits.filter(({ used, max }) => used > max);
  const rows = tokens.map(({ clientsKeepTokens, cacheMinutes, requestsPerSecond, usdPerMonth }) => [
    WAYS[clientsKeepTokens] + (cacheMinutes === null ? "" : `, token cache of ${counted(cacheMinutes, "minute")}`),
    figure(requestsPerSecond),
    percent(requestsPerSecond / tokenQuota),
    dollars(usdPerMonth),
  ]);
  return [
    heading(hanging("", `${environment} in ${region}: ${size.join(", ")}`, width)),
    ...exceeded.map((use) =>
      alarm(hanging("", `EXCEEDED: ${nameOf(use)}: ${figure(use.used)} of ${figure(use.max)}`, width)),
    ),
    "",
    heading("Token requests"),
    ...aligned([["", "a second", `of ${figure(tokenQuota)}`, "a month"], ...rows], width),
    hanging("  ", restartNote(instances, tokenQuota), width),
    "",
    heading("Limits"),
    ...aligned([["", "now", "at most", "used", "breaks at"], ...limits.map(limitRow)], width),
    ...(["load", "access.yaml"] as const).flatMap((grower) => firstToBreak(limits, grower, width)),
    "",
    heading("Costs of a month"),
    ...aligned(
      [
        ...costs.lines.map(({ label, quantity, usd }) => [label, figure(quantity), dollars(usd)]),
        ["together", "", dollars(costs.usdPerMonth)],
      ],
      width,
    ),
    "",
    heading("Assumed"),
    ...assumptions(capacity).map((text) => hanging("  ", text, width)),
  ].join("\n");
}

function limitRow(use: LimitUse): readonly string[] {
  const { used, max, breaksAt } = use;
  const growth = breaksAt === null ? "-" : breaksAt < 1 ? "exceeded" : times(breaksAt);
  return [nameOf(use), figure(used), figure(max), used === 0 ? "0 %" : percent(used / max), growth];
}

function nameOf({ limit, of }: LimitUse): string {
  return MEASURES[limit].label + (of === null ? "" : `: ${of}`);
}

/** The limits are sorted: the first one that grows with this breaks first. */
function firstToBreak(limits: readonly LimitUse[], grower: "load" | "access.yaml", width?: number): readonly string[] {
  const first = limits.find(({ limit, used }) => MEASURES[limit].growsWith === grower && used > 0);
  if (first === undefined || first.breaksAt === null) return [];
  const what = grower === "load" ? "load" : "clients, scopes or routes";
  if (first.breaksAt > MAX_GROWTH)
    return [hanging("  ", `Nothing breaks below ${times(MAX_GROWTH)} the ${what}.`, width)];
  const when = first.breaksAt < 1 ? "exceeded now" : `at ${times(first.breaksAt)}`;
  return [
    hanging("  ", `Breaks first with more ${what}, ${when}: ${nameOf(first)}. ${MEASURES[first.limit].remedy}`, width),
  ];
}

function restartNote(instances: number, quota: number): string {
  const seconds = instances / quota;
  const takes = seconds <= 1 ? "within a second" : `in ${figure(Math.ceil(seconds))} seconds`;
  return `If all instances start at once, they request ${counted(instances, "token")}, which the quota permits ${takes}.`;
}

function assumptions({ assumed, costs }: Capacity): readonly string[] {
  const { clients, functionMilliseconds, logLineBytes } = assumed;
  const more = clients.length > MAX_NAMES ? ` and ${clients.length - MAX_NAMES} more` : "";
  const { instances, callsPerSecond } = DEFAULT_LOAD;
  const each = `${counted(instances, "instance")} and ${counted(callsPerSecond, "call")} a second`;
  const names = clients.slice(0, MAX_NAMES).join(", ");
  return [
    ...(clients.length === 0 ? [] : [`Each client without load in access.yaml has ${each}: ${names}${more}.`]),
    `Tokens are kept for ${KEPT_SHARE * 100} % of their validity where load has no tokenSeconds.`,
    "Each client's calls are spread evenly over the routes that it may call. Calls without a token are not counted.",
    `A function runs for ${figure(functionMilliseconds)} ms (--duration). A line of the access log has ${logLineBytes} bytes.`,
    `The load lasts all month, at list prices of ${costs.region} as of ${costs.date}, without free tiers and volume discounts. Not included are data transfer, log lines of functions, and what npx access review lists besides.`,
  ];
}

/** How often the same again fits; beyond a thousand, the number has no meaning. */
function times(growth: number): string {
  return growth > MAX_GROWTH ? `over ${figure(MAX_GROWTH)} times` : `${figure(growth)} times`;
}

/** Three digits below a hundred, whole numbers above. */
function figure(value: number): string {
  return value.toLocaleString("en", value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}

function percent(share: number): string {
  if (!Number.isFinite(share)) return "-";
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${Math.round(share * 100).toLocaleString("en")} %`;
}
