/** Who gains and loses which call, as rows of a table: what must not be missed comes first. Pure. */

import { code, codes, counted, row } from "../../platform/markdown";
import type { AccessChange, Call } from "./access-changes";

/** A row, and how many gained or lost calls it tells. */
export interface AccessRow {
  readonly line: string;
  readonly count: number;
}

/** More clients than this of one route share a row. */
const MOST_ROWS = 5;

/** So many of them are named there. */
const NAMED = 3;

/** What a call was and will be. */
const CALL: Readonly<Record<Call, string>> = { yes: "✓", no: "–", unknown: "?" };

const VERDICTS = ["gains", "unknown", "loses"] as const;

/** First anybody, then who gains, then who loses; and what is of few before what is of many, so that bulk hides nobody. */
export function accessRows(changes: readonly AccessChange[]): readonly AccessRow[] {
  const groups = new Map<string, AccessChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.route, change.before, change.after, change.client === null]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()].toSorted(byWeight).flatMap(rowsOf);
}

function byWeight(a: readonly AccessChange[], b: readonly AccessChange[]): number {
  const weight = ([change]: readonly AccessChange[]) =>
    change === undefined ? 0 : 2 * VERDICTS.indexOf(verdictOf(change)) + Number(change.client !== null);
  return weight(a) - weight(b) || Number(a.length > MOST_ROWS) - Number(b.length > MOST_ROWS);
}

function rowsOf(group: readonly AccessChange[]): readonly AccessRow[] {
  const [first] = group;
  if (first === undefined) return [];
  if (group.length <= MOST_ROWS) {
    return group.map((change) => ({ line: lineOf(change, whoIs(change), verdictOf(change)), count: 1 }));
  }
  const named = codes(group.slice(0, NAMED).map(({ client }) => client ?? ""));
  const who = `${counted(group.length, "client")}: ${named} and ${(group.length - NAMED).toLocaleString("en")} more`;
  const verdict = verdictOf(first);
  return [{ line: lineOf(first, who, PLURAL[verdict]), count: group.length }];
}

const PLURAL = { gains: "gain", loses: "lose", unknown: "unknown" } as const;

function lineOf({ client, route, before, after, isStillLive }: AccessChange, who: string, verdict: string): string {
  const change = client === null ? `**${verdict}**` : verdict;
  const note = isStillLive ? `${change}; still deployed until the next deployment` : change;
  return row(code(route), who, `${CALL[before]} → ${CALL[after]}`, note);
}

function whoIs({ client }: AccessChange): string {
  return client === null ? "**anybody**" : code(client);
}

function verdictOf({ before, after }: AccessChange): (typeof VERDICTS)[number] {
  if (after === "unknown" || before === "unknown") return "unknown";
  return after === "yes" ? "gains" : "loses";
}
