/** What a step of the demo is, and how it fails: with what was expected beside what was found. */

/** One step. */
export interface Step {
  readonly title: string;
  /** @throws {Surprise} when it is not as expected */
  run(): Promise<Seen>;
}

/** What was seen, in a few words, and lines to be shown below it. */
export type Seen = readonly [summary: string, ...details: string[]];

/** Something was not as expected. */
export class Surprise extends Error {
  override readonly name = "Surprise";

  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`);
  }
}

/** The value, if it is the one expected. @throws {Surprise} when it is another */
export function expect(expected: string, found: string): string {
  if (expected !== found) throw new Surprise(expected, found);
  return found;
}
