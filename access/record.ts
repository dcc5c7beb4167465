/** Kinds of values in the access model that are maps of settings: which there are, and which go together. */
import type { AccessFile, Entry } from "./file";
import { advice, listed, nearestName, quote } from "./nearest-name";
import { flag } from "./scalar";
import { type Documented, type JsonSchema, nameOf, readRight, required, type Shape, type Subject } from "./shape";

/** A rule on which settings a map has together. */
export interface Together {
  /** The same as keywords of JSON Schema. */
  readonly schema: JsonSchema;
  readonly check: (given: Given) => void;
}

/** A map of settings that has been read. */
export interface Given {
  /** The setting's value; `undefined` when it is not there, or wrong. */
  readonly rightOf: (name: string) => unknown;
  /** Whether the setting is there, right or wrong; a misspelt one is, and a flag that is false is not. */
  readonly has: (name: string) => boolean;
  /** Reports that the setting is missing. */
  readonly miss: (name: string) => void;
  /** Reports something at the key of the last of the settings or, without any, at the map. The map is named before it. */
  readonly refuse: (message: string, ...names: readonly string[]) => void;
  /** What the setting must be. */
  readonly expected: (name: string) => string;
}

/** Maps with the given settings and no others, of which some go together only as the rules say. */
export function settings<T extends object>(
  shapes: { readonly [K in keyof T]: Documented<T[K]> },
  ...together: readonly Together[]
): Shape<T> {
  const names = Object.keys(shapes) as (keyof T & string)[];
  const collect = (get: (name: keyof T & string) => unknown) =>
    Object.fromEntries(names.map((name) => [name, get(name)]));
  const schema = {
    properties: collect((name) => shapes[name].schema),
    required: names.filter((name) => shapes[name].isRequired),
    additionalProperties: false,
    ...Object.assign({}, ...together.map((rule) => rule.schema)),
  };
  const fallback = collect((name) => shapes[name].fallback) as T;
  return {
    ...required(`a map of settings (${listed(names)})`, { type: "object", ...schema }, fallback),
    accept(place, subject, file) {
      if (place.kind !== "map") return undefined;
      const entries = new Map(place.entries().map((entry) => [entry.key, entry]));
      const meant = refuseUnknown([...entries.values()], names, subject, file);
      const right = new Map<string, unknown>();
      const values = collect((name) => {
        const entry = entries.get(name);
        if (entry === undefined) return shapes[name].leftOut;
        const value = readRight(shapes[name], entry.value, [name, ...subject], file);
        right.set(name, value);
        return value ?? shapes[name].fallback;
      });
      const given = givenBy({ shapes, entries, meant, right, at: place.at, subject, file });
      for (const name of names) if (shapes[name].isRequired && !given.has(name)) given.miss(name);
      for (const rule of together) rule.check(given);
      return values as T;
    },
  };
}

/** Settings of which there must be one, but not both. `why` says that: completes "…, but". */
export function exactlyOne(one: string, other: string, why: string): Together {
  return {
    schema: { oneOf: [{ required: [one] }, { required: [other] }] },
    check({ has, rightOf, expected, refuse }) {
      if (!has(one) && !has(other)) {
        const musts = [one, other].map((name) => `${name} must be ${expected(name)}`);
        refuse(`needs ${one} or ${other}: ${musts.join("; ")}.`);
      }
      const areRight = [one, other].every((name) => rightOf(name) !== undefined);
      if (areRight) refuse(`has both ${one} and ${other}, but ${why}. Remove one of them.`, one, other);
    },
  };
}

/** `true`, `false`, or what the shape takes. */
export function flagOr<T>(shape: Shape<T>): Shape<boolean | T> {
  const alternatives = [flag().schema, shape.schema].map(({ description: _, ...schema }) => schema);
  return {
    ...required<boolean | T>(`true, false or ${shape.expected}`, { anyOf: alternatives }, false),
    accept: (place, ...how) => (place.kind === "scalar" ? flag().accept(place, ...how) : shape.accept(place, ...how)),
  };
}

/** A map while it is read. */
interface Reading {
  readonly shapes: Readonly<Record<string, Shape<unknown>>>;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Names of settings that misspelt ones seem to mean. */
  readonly meant: ReadonlySet<string | undefined>;
  /** Values that were right, and `undefined` for those that were wrong. */
  readonly right: ReadonlyMap<string, unknown>;
  readonly at: number;
  readonly subject: Subject;
  readonly file: AccessFile;
}

function givenBy({ shapes, entries, meant, right, at, subject, file }: Reading): Given {
  const refuse = (message: string, ...names: readonly string[]) => {
    const ofKeys = names.flatMap((name) => entries.get(name)?.at ?? []);
    file.report(ofKeys.length === 0 ? at : Math.max(...ofKeys), `${nameOf(subject)} ${message}`);
  };
  const expected = (name: string) => shapes[name]?.expected ?? "";
  return {
    rightOf: (name) => right.get(name),
    has: (name) => meant.has(name) || (right.has(name) && right.get(name) !== false),
    miss: (name) => refuse(`needs ${name}: ${expected(name)}.${shapes[name]?.remedy() ?? ""}`),
    refuse,
    expected,
  };
}

/** Returns the names of settings that the unknown ones seem to mean: those are not reported as missing too. */
function refuseUnknown(entries: readonly Entry[], names: readonly string[], subject: Subject, file: AccessFile) {
  const unknown = entries.filter(({ key }) => !names.includes(key));
  for (const { key, at } of unknown) {
    file.report(at, `${nameOf(subject)} has no setting ${quote(key)}.${advice(key, names, "Its settings")}`);
  }
  return new Set(unknown.map(({ key }) => nearestName(key, names)));
}
