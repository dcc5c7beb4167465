/** What a kind of value in the access model is. A shape reads, checks and describes one kind. */
import type { AccessFile, Place } from "./file";
import { quote } from "./nearest-name";

/** A kind of value. */
export interface Shape<T> {
  /** What the value must be: completes "… must be". */
  readonly expected: string;
  /** What else to say of a value that is missing or wrong: sentences after a space, or empty. */
  readonly remedy: (wrong?: Place) => string;
  /** The same as JSON Schema, for editors. */
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  /** Stands in for a value that is wrong, its mistake being reported: what rules pass over. */
  readonly fallback: T;
  /** Stands in for a value that was left out; the fallback where that is a mistake. */
  readonly leftOut: T;
  /** Returns what is right of the value, after reporting what is wrong inside of it; `undefined` when nothing is. */
  readonly accept: (place: Place, subject: Subject, file: AccessFile) => T | undefined;
}

/** A shape with a sentence for people: what editors show. Settings, entries and items can have no other. */
export interface Documented<T> extends Shape<T> {
  /** What the value is for: whole sentences. */
  readonly doc: string;
}

/** A JSON Schema, or keywords of one. @see https://json-schema.org/draft/2020-12 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a shape reads. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

/** A thing in the file, from the inside out, such as `["scopes", 'client "billing"']`; empty for the file itself. */
export type Subject = readonly string[];

/** A text and its offset in the file. The text is empty where it was wrong. */
export interface Located {
  readonly text: string;
  readonly at: number;
}

/** A value that is no text, and its offset in the file. */
export interface At<T> {
  readonly value: T;
  readonly at: number;
}

/** Returns what is right of a value and reports what is wrong. */
export function read<T>(shape: Shape<T>, place: Place, subject: Subject, file: AccessFile): T {
  return readRight(shape, place, subject, file) ?? shape.fallback;
}

/** The same, but `undefined` in place of the shape's fallback. */
export function readRight<T>(shape: Shape<T>, place: Place, subject: Subject, file: AccessFile): T | undefined {
  const value = shape.accept(place, subject, file);
  if (value !== undefined) return value;
  const came = describe(place);
  file.report(place.at, `${nameOf(subject)} must be ${shape.expected}, but is ${came}.${shape.remedy(place)}`);
  return undefined;
}

/** A setting that may be left out; it then has the given value. */
export function optional<T, D>(shape: Shape<T>, leftOut: D): Shape<T | D> {
  const schema = leftOut === undefined ? shape.schema : { ...shape.schema, default: leftOut };
  return { ...shape, schema, isRequired: false, leftOut };
}

/** The shape's value with its place, for rules that speak of it. */
export function located<T>(shape: Shape<T>): Shape<At<T>> {
  return {
    ...shape,
    fallback: { value: shape.fallback, at: 0 },
    leftOut: { value: shape.leftOut, at: 0 },
    accept(place, subject, file) {
      const value = shape.accept(place, subject, file);
      return value === undefined ? undefined : { value, at: place.at };
    },
  };
}

/** The shape with what its value is for, which the schema says before what the value must be. */
export function documented<T>(doc: string, shape: Shape<T>): Documented<T> {
  const { default: leftOut } = shape.schema;
  const otherwise = leftOut === undefined ? "" : `; ${leftOut} when left out`;
  return { ...shape, doc, schema: { ...shape.schema, description: `${doc} Must be ${shape.expected}${otherwise}.` } };
}

/** What shapes have in common that may not be left out. */
export function required<T>(expected: string, schema: JsonSchema, fallback: T) {
  const described = { description: expected, ...schema };
  return { expected, remedy: () => "", schema: described, isRequired: true, fallback, leftOut: fallback } as const;
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
