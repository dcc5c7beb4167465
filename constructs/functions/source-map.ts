/** Source maps of bundles: which positions of a bundle come from which position of a source. Pure. */

/** A source map, without the texts of the sources. @see https://tc39.es/ecma426/ */
export interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  /** Segments of each line, in base64 digits, each number as the difference to the one before. */
  readonly mappings: string;
}

/** Column, index of the source, its line and column, and index of the name; the column alone where nothing is mapped. */
type Segment = readonly number[];

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The map with the sources that have a name, and no mappings of the others.
 * @param nameOf the source's name in the map; `undefined` leaves the source out
 */
export function renameSources(map: SourceMap, nameOf: (source: string) => string | undefined): SourceMap {
  const sources: string[] = [];
  const names: string[] = [];
  const indexOf = (list: string[], text: string) => (list.includes(text) ? list.indexOf(text) : list.push(text) - 1);
  const renamed = decode(map.mappings).map((line) => {
    const segments = line.map(([column = 0, source, row = 0, at = 0, name]): Segment => {
      const shown = source === undefined ? undefined : nameOf(map.sources[source] ?? "");
      if (shown === undefined) return [column];
      const ends = name === undefined ? [] : [indexOf(names, map.names[name] ?? "")];
      return [column, indexOf(sources, shown), row, at, ...ends];
    });
    // What follows a segment without a source has none either.
    return segments.filter(({ length }, index) => length > 1 || (segments[index - 1]?.length ?? 1) > 1);
  });
  return { version: map.version, sources, names, mappings: encode(renamed) };
}

function decode(mappings: string): readonly (readonly Segment[])[] {
  const before = [0, 0, 0, 0, 0];
  return mappings.split(";").map((line) => {
    before[0] = 0;
    const segments = line.split(",").filter((segment) => segment !== "");
    return segments.map((segment) =>
      numbersIn(segment).map((difference, field) => {
        before[field] = (before[field] ?? 0) + difference;
        return before[field];
      }),
    );
  });
}

function encode(lines: readonly (readonly Segment[])[]): string {
  const before = [0, 0, 0, 0, 0];
  const textOf = (segment: Segment) =>
    segment.map((number, field) => {
      const difference = number - (before[field] ?? 0);
      before[field] = number;
      return digitsOf(difference);
    });
  return lines
    .map((line) => {
      before[0] = 0;
      return line.map((segment) => textOf(segment).join("")).join();
    })
    .join(";");
}

/** Five bits in each digit, lowest first, a sixth for "more follow"; the lowest bit of all is the sign. */
function numbersIn(segment: string): readonly number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function digitsOf(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let digits = "";
  do {
    const isLast = rest < 32;
    digits += DIGITS[(rest & 31) | (isLast ? 0 : 32)];
    rest >>>= 5;
  } while (rest > 0);
  return digits;
}
