/** Rows of the table of calls: public ones first, then gains, then losses. Pure. */
import { code, codes, counted, row } from "../../platform/markdown";
import type { AccessChange, Call } from "./access-changes";

/** A row, and how many changes it stands for. */
export interface Row {
  readonly line: string;
  readonly count: number;
}

/** More changes than this that are alike share a row. */
export const MAX_ROWS = 5;

/** Names shown in a shared row. */
export const MAX_NAMES = 3;

const CALL: Readonly<Record<Call, string>> = { yes: "✓", no: "-", unknown: "?" };
const VERDICTS = ["gains", "unknown", "loses"] as const;
const PLURAL = { gains: "gain", loses: "lose", unknown: "unknown" } as const;

/** Rows of few clients come before those of many. */
export function accessRows(changes: readonly AccessChange[]): readonly Row[] {
  const alike = grouped(changes, ({ route, before, after, client }) => [route, before, after, client === null]);
  return alike
    .toSorted((a, b) => weightOf(a) - weightOf(b) || Number(a.length > MAX_ROWS) - Number(b.length > MAX_ROWS))
    .flatMap((group) => {
      const verdict = verdictOf(group[0]);
      if (group.length <= MAX_ROWS) {
        return group.map((change) => ({ line: lineOf(change, verdict, nameOf(change)), count: 1 }));
      }
      const names = named(group.map(({ client }) => client ?? ""));
      const line = lineOf(group[0], PLURAL[verdict], `${counted(group.length, "client")}: ${names}`);
      return [{ line, count: group.length }];
    });
}

/** The first names as code, and how many more there are. */
export function named(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return codes(names.slice(0, MAX_NAMES)) + (more > 0 ? ` and ${more.toLocaleString("en")} more` : "");
}

/** Groups of items with equal keys, in the order of their first items. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function weightOf([change]: readonly [AccessChange, ...unknown[]]): number {
  return 2 * VERDICTS.indexOf(verdictOf(change)) + Number(change.client !== null);
}

function lineOf({ client, route, before, after, isStillLive }: AccessChange, verdict: string, who: string): string {
  const change = client === null ? `**${verdict}**` : verdict;
  const note = isStillLive ? `${change}; still deployed until the next deployment` : change;
  return row(code(route), who, `${CALL[before]} → ${CALL[after]}`, note);
}

function nameOf({ client }: AccessChange): string {
  return client === null ? "**anyone**" : code(client);
}

function verdictOf({ before, after }: AccessChange): (typeof VERDICTS)[number] {
  if (after === "unknown" || before === "unknown") return "unknown";
  return after === "yes" ? "gains" : "loses";
}
