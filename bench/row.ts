/** A row of the table: one piece of work, measured in turn with what it is compared with. */

/** What a row measures, once it is prepared. */
export interface Prepared {
  /** Does the work once. @returns the figure, in the row's unit */
  readonly ours: () => Promise<number>;
  /** The same for what it is compared with. */
  readonly peer?: () => Promise<number>;
  /** Where the time of the last run went. */
  readonly note?: () => string;
  /** Stops and removes what was prepared. */
  readonly end?: () => Promise<void>;
}

/** A row. */
export interface Row {
  /** What `npm run bench -- <name>` names. */
  readonly name: string;
  readonly ours: string;
  readonly peer?: string;
  readonly unit: "s" | "MiB" | "MB" | "per s";
  /** What is to be reached: of the ratio ours / peer or, without a peer, of ours. */
  readonly target?: Target;
  /**
   * How often each side is measured. Where that is more than once, a run before fills caches and is not counted.
   * Defaults to {@link DEFAULT_RUNS}.
   */
  readonly runs?: number;
  readonly prepare: () => Promise<Prepared>;
}

export const DEFAULT_RUNS = 7;

/** A bound. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** Minimum, median and maximum. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** What was measured. */
export interface Result {
  readonly row: Row;
  readonly runs: number;
  readonly ours: Spread;
  readonly peer: Spread | undefined;
  /** Ours / peer of each pair. */
  readonly ratio: Spread | undefined;
  readonly note: string | undefined;
}

/** Measures both sides in turn. */
export async function measure(row: Row, runs: number): Promise<Result> {
  const { ours, peer, note, end } = await row.prepare();
  const figures: number[] = [];
  const peers: number[] = [];
  try {
    for (let run = runs > 1 ? 0 : 1; run <= runs; run++) {
      const [own, other] = [await ours(), await peer?.()];
      if (run === 0) continue;
      figures.push(own);
      if (other !== undefined) peers.push(other);
    }
    const ratio = peer && spreadOf(figures.map((own, index) => own / (peers[index] ?? Number.NaN)));
    return { row, runs, ours: spreadOf(figures), peer: peer && spreadOf(peers), ratio, note: note?.() };
  } finally {
    await end?.();
  }
}

/** Whether the median reaches the row's target; `undefined` without one. */
export function isReached({ row: { target }, ratio, ours }: Result): boolean | undefined {
  const { median } = ratio ?? ours;
  if (target === undefined) return undefined;
  return "atMost" in target ? median <= target.atMost : median >= target.atLeast;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { least: at(0), median: at(Math.floor(sorted.length / 2)), most: at(sorted.length - 1) };
}
