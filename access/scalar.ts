/** Kinds of values in the access model that have no parts: texts, numbers, flags. */
import type { Place } from "./file";
import { nearestName } from "./nearest-name";
import { type Located, required, type Shape } from "./shape";

/** A list with at least one item. */
type Some<T> = readonly [T, ...T[]];

/**
 * Texts that match the pattern.
 *
 * @param strict what the schema says instead, where rules beyond the shape refuse more and can say why
 */
export function text(expected: string, pattern: RegExp, strict = pattern): Shape<Located> {
  return {
    ...required(expected, { type: "string", pattern: strict.source }, { text: "", at: 0 }),
    remedy: remedyOfText,
    accept(place) {
      const value = place.kind === "scalar" ? place.value : undefined;
      const isRight = typeof value === "string" && pattern.test(value) && !isTemplate(value);
      return isRight ? { text: value, at: place.at } : undefined;
    },
  };
}

/** One of the words. */
export function wordOf<T extends string>(...words: Some<T>): Shape<T> {
  return {
    ...required(words.join(", ").replace(/, ([^,]*)$/, " or $1"), { type: "string", enum: words }, words[0]),
    remedy(wrong) {
      const near = wrong?.kind === "scalar" ? nearestName(wrong.source, words) : undefined;
      return near === undefined ? "" : ` Did you mean "${near}"?`;
    },
    accept: (place) => words.find((word) => place.kind === "scalar" && word === place.value),
  };
}

/** Whole numbers from `min` to `max`; not a number where it was wrong, so that no comparison holds. */
export function whole(unit: string, min: number, max: number): Shape<number> {
  const [from, to] = [min.toLocaleString("en", GROUPING), max.toLocaleString("en", GROUPING)];
  const schema = { type: "integer", minimum: min, maximum: max };
  return {
    ...required(`a whole number of ${unit}, ${from} to ${to}`, schema, Number.NaN),
    accept: (place) => numberIn(place, (value) => Number.isInteger(value) && min <= value && value <= max),
  };
}

/** Thousands are set off where there are several of them: `1440`, but `20,000`. */
const GROUPING = { useGrouping: "min2" } as const;

/** Shares above nothing, up to all. */
export function percentage(): Shape<number> {
  const schema = { type: "number", exclusiveMinimum: 0, maximum: 100 };
  return {
    ...required("a percentage above 0, up to 100", schema, Number.NaN),
    accept: (place) => numberIn(place, (value) => 0 < value && value <= 100),
  };
}

/** One of the numbers, which are sorted. */
export function numberOf(unit: string, ...numbers: Some<number>): Shape<number> {
  const nearest = (value: number) =>
    numbers.reduce((best, other) => (Math.abs(other - value) < Math.abs(best - value) ? other : best));
  return {
    ...required(`one of these numbers of ${unit}: ${numbers.join(", ")}`, { enum: numbers }, Number.NaN),
    remedy(wrong) {
      const value = wrong === undefined ? undefined : numberIn(wrong, Number.isFinite);
      return value === undefined ? "" : ` Did you mean ${nearest(value)}?`;
    },
    accept: (place) => numberIn(place, (value) => numbers.includes(value)),
  };
}

/** `true` or `false`. */
export function flag(): Shape<boolean> {
  return {
    ...required("true or false", { type: "boolean" }, false),
    accept: (place) => (place.kind === "scalar" && typeof place.value === "boolean" ? place.value : undefined),
  };
}

function numberIn(place: Place, isRight: (value: number) => boolean): number | undefined {
  const value = place.kind === "scalar" ? place.value : undefined;
  return typeof value === "number" && isRight(value) ? value : undefined;
}

/** Terraform reads these as the beginning of an expression, wherever they stand in a text. */
function isTemplate(text: string): boolean {
  return /[$%]\{/.test(text);
}

function remedyOfText(wrong?: Place): string {
  if (wrong?.kind !== "scalar") return "";
  if (isTemplate(wrong.source)) return " Terraform would evaluate what follows ${ or %{. Leave it out.";
  const isUnquoted = wrong.source !== "" && typeof wrong.value !== "string";
  return isUnquoted ? " Put it in quotes." : "";
}
