/** Kinds of values in the access model. A shape reads, checks and describes one kind; here the kinds without parts. */
import type { AccessFile, Place } from "./access-file";
import { quote } from "./nearest-name";

/** A kind of value. */
export interface Shape<T> {
  /** What the value must be: completes "… must be". */
  readonly expected: string;
  /** What else to say of a value that is missing or wrong: sentences after a space, or empty. */
  readonly remedy: (wrong?: Place) => string;
  /** The same as JSON Schema, for editors. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly isRequired: boolean;
  /** Stands in for a value that was left out or, its mistake being reported, is wrong. */
  readonly fallback: T;
  /** Returns what is right of the value, after reporting what is wrong inside of it; `undefined` when nothing is. */
  readonly accept: (place: Place, subject: Subject, file: AccessFile) => T | undefined;
}

/** A shape with a sentence for people: what editors show. Settings, entries and items can have no other. */
export interface Documented<T> extends Shape<T> {
  /** What the value is for: whole sentences. */
  readonly doc: string;
}

/** What a shape reads. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

/** A thing in the file, from the inside out, such as `["scopes", 'client "billing"']`; empty for the file itself. */
export type Subject = readonly string[];

/** A text and its offset in the file. The text is empty where it was wrong. */
export interface Located {
  readonly text: string;
  readonly at: number;
}

/** Returns what is right of a value and reports what is wrong. */
export function read<T>(shape: Shape<T>, place: Place, subject: Subject, file: AccessFile): T {
  const value = shape.accept(place, subject, file);
  if (value !== undefined) return value;
  const came = describe(place);
  file.report(place.at, `${nameOf(subject)} must be ${shape.expected}, but is ${came}.${shape.remedy(place)}`);
  return shape.fallback;
}

/**
 * Texts that match the pattern.
 *
 * @param strict what the schema says instead, where rules beyond the shape refuse more and can say why
 */
export function text(expected: string, pattern: RegExp, strict = pattern): Shape<Located> {
  return {
    ...required(expected, { type: "string", pattern: strict.source }),
    remedy: remedyOfText,
    fallback: { text: "", at: 0 },
    accept(place) {
      const value = place.kind === "scalar" ? place.value : undefined;
      const isRight = typeof value === "string" && pattern.test(value) && !isTemplate(value);
      return isRight ? { text: value, at: place.at } : undefined;
    },
  };
}

/** Terraform reads these as the beginning of an expression, wherever they stand in a text. */
function isTemplate(text: string): boolean {
  return /[$%]\{/.test(text);
}

function remedyOfText(wrong?: Place): string {
  if (wrong?.kind === "scalar" && isTemplate(wrong.source)) {
    return " Terraform would evaluate what follows ${ or %{. Leave it out.";
  }
  return wrong !== undefined && isUnquoted(wrong) ? " Put it in quotes." : "";
}

/** Whole numbers from `min` to `max`. */
export function whole(unit: string, min: number, max: number): Shape<number> {
  return {
    ...required(`a whole number of ${unit}, ${min} to ${max}`, { type: "integer", minimum: min, maximum: max }),
    fallback: min,
    accept(place) {
      const value = place.kind === "scalar" ? place.value : undefined;
      return typeof value === "number" && Number.isInteger(value) && min <= value && value <= max ? value : undefined;
    },
  };
}

/** `true` or `false`. */
export function flag(): Shape<boolean> {
  return {
    ...required("true or false", { type: "boolean" }),
    fallback: false,
    accept: (place) => (place.kind === "scalar" && typeof place.value === "boolean" ? place.value : undefined),
  };
}

/** A setting that may be left out; it then has the given value. */
export function optional<T, D>(shape: Shape<T>, fallback: D): Shape<T | D> {
  const schema = fallback === undefined ? shape.schema : { ...shape.schema, default: fallback };
  return { ...shape, schema, isRequired: false, fallback };
}

/** The shape with what its value is for, which the schema says before what the value must be. */
export function documented<T>(doc: string, shape: Shape<T>): Documented<T> {
  const { default: fallback } = shape.schema;
  const leftOut = fallback === undefined ? "" : `; ${fallback} when left out`;
  return { ...shape, doc, schema: { ...shape.schema, description: `${doc} Must be ${shape.expected}${leftOut}.` } };
}

/** What shapes have in common that may not be left out. */
export function required(expected: string, schema: Readonly<Record<string, unknown>>) {
  return { expected, remedy: () => "", schema: { description: expected, ...schema }, isRequired: true } as const;
}

/** Returns `scopes of client "billing"`. */
export function nameOf(subject: Subject): string {
  return subject.length === 0 ? "the file" : subject.join(" of ");
}

function describe(place: Place): string {
  if (place.kind === "list") return place.items().length === 0 ? "empty" : "a list";
  if (place.kind === "map") return place.entries().length === 0 ? "empty" : "a map";
  if (typeof place.value === "string") return quote(place.value);
  return place.source === "" ? "empty" : place.source;
}

/** Whether a text would have come had the author quoted it. */
function isUnquoted(place: Place): boolean {
  return place.kind === "scalar" && place.source !== "" && typeof place.value !== "string";
}
