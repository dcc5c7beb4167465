/** Kinds of settings as zod schemas, with the words that messages and the JSON Schema have for them. */
import { z } from "zod";
import { listed, nearestName, suggestion } from "./nearest-name";

/** A wrong value and, where it is a scalar, how it is written. */
interface Wrong {
  readonly value: unknown;
  readonly source: string;
}

/** Words for a kind of setting. */
interface Words {
  /** What a value must be: completes "… must be". */
  readonly expected: string;
  /** What else to print for a wrong value, or for a missing one: sentences after a space. */
  readonly remedy?: (wrong?: Wrong) => string;
  /** Name of an entry of a map or an item of a list, such as `client`. */
  readonly noun?: string;
  /** Name of the key of an entry, such as `identifier`, and what it must be. */
  readonly key?: { readonly noun: string; readonly expected: string };
  /** Name of the value of an entry where that is not a map of settings, such as `description`. */
  readonly value?: string;
}

/** Keys of a map. */
interface KeyPattern {
  readonly expected: string;
  readonly pattern: RegExp;
  /** What the JSON Schema has instead, where rules refuse more and can report why. */
  readonly strict?: RegExp;
}

/** How many there may be, by AWS's default quotas or by what they allow. */
interface Quota {
  readonly max: number;
  /** Name of the setting by which items are counted that are maps. */
  readonly by?: string;
  /** What is counted, such as `clients`. */
  readonly noun: string;
  /** What has them in AWS, such as `a user pool`; left out where the limit is not AWS's. */
  readonly of?: string;
  /** What to do when there are more. */
  readonly remedy: string;
}

/** What a check adds to an issue whose message is more than that a value must be something else. */
export interface IssueParams {
  /** The message after the name of the setting. */
  readonly message?: string;
  /** Keys at the last of which the mistake is. */
  readonly keys?: readonly PropertyKey[];
  /** The mistake is of the setting that has this one. */
  readonly isOwners?: boolean;
  /** The mistake is of the key. */
  readonly isKeys?: boolean;
}

/** Names among which a misspelt one is looked for. */
const MAX_UNKNOWN = 100;

const WORDS = z.registry<Words>();

/** Runs a check whatever is wrong inside of the map or list. */
const OF_MAPS = { when: ({ value }: z.core.ParsePayload) => Object(value) === value && !Array.isArray(value) };
const OF_LISTS = { when: ({ value }: z.core.ParsePayload) => Array.isArray(value) };

/** The schema without what makes it optional. */
export function required(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodExactOptional || schema instanceof z.ZodDefault ? required(schema.unwrap()) : schema;
}

export function wordsOf(schema: z.core.$ZodType): Words {
  return WORDS.get(required(schema)) ?? { expected: "" };
}

/** The setting with what editors show for it: what it is for, what it must be, and what it is when left out. */
export function doc<S extends z.ZodType>(purpose: string, schema: S): S {
  const otherwise = schema instanceof z.ZodDefault ? `. Defaults to ${schema.def.defaultValue}` : "";
  return schema.describe(`${purpose} Must be ${wordsOf(schema).expected}${otherwise}.`);
}

/** @param strict what the JSON Schema has instead, where rules refuse more and can report why */
export function text(expected: string, pattern: RegExp, strict = pattern, remedy = remedyOfText): z.ZodString {
  const schema = z
    .string()
    .regex(pattern)
    .refine((value) => !isTemplate(value));
  return schema.meta({ pattern: strict.source }).register(WORDS, { expected, remedy });
}

/** Whether the text is a day of the calendar, such as `2027-03-31`. */
export function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Days of the calendar. YAML 1.2 has no dates of its own, so that they need no quotes. */
export function date(): z.ZodString {
  const schema = z.string().refine(isDate);
  return schema.meta({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }).register(WORDS, { expected: "a date such as 2027-03-31" });
}

export function wordOf<const T extends readonly string[]>(...words: T) {
  const expected = words.join(", ").replace(/, ([^,]*)$/, " or $1");
  return z.enum(words).register(WORDS, { expected, remedy: (wrong) => suggestion(wrong?.source ?? "", words) });
}

export function whole(unit: string, min: number, max: number): z.ZodInt {
  const expected = `a whole number of ${unit}, ${digits(min)} to ${digits(max)}`;
  return z.int().min(min).max(max).register(WORDS, { expected });
}

/** Thousands are set off where there are several: `1440`, but `20,000`. `toLocaleString` would take 20 ms to load. */
function digits(count: number): string {
  return count < 10_000 ? String(count) : String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Shares above 0, up to 100. */
export function percentage(): z.ZodNumber {
  return z.number().gt(0).lte(100).register(WORDS, { expected: "a percentage above 0, up to 100" });
}

/** Numbers above 0, with decimals. */
export function positive(unit: string, max: number): z.ZodNumber {
  return z
    .number()
    .gt(0)
    .lte(max)
    .register(WORDS, { expected: `a number of ${unit} above 0, up to ${digits(max)}` });
}

/** One of the numbers, which are sorted. */
export function numberOf(unit: string, numbers: readonly number[]) {
  const closer = (value: number) => (best: number, other: number) =>
    Math.abs(other - value) < Math.abs(best - value) ? other : best;
  return z.literal(numbers).register(WORDS, {
    expected: `one of these numbers of ${unit}: ${numbers.join(", ")}`,
    remedy: (wrong) =>
      Number.isFinite(wrong?.value) ? ` Did you mean ${numbers.reduce(closer(Number(wrong?.value)))}?` : "",
  });
}

export function flag(): z.ZodBoolean {
  return z.boolean().register(WORDS, { expected: "true or false" });
}

/** `true`, `false`, or a map. */
export function flagOr<S extends z.ZodObject | z.ZodRecord>(schema: S) {
  const union = z.union([z.boolean(), schema]);
  WORDS.add(union, { expected: `true, false or ${wordsOf(schema).expected}` });
  return union;
}

/** A text, or a map of settings. @param strict as for {@link text} */
export function textOr<S extends z.ZodObject>(expected: string, pattern: RegExp, schema: S, strict = pattern) {
  const union = z.union([text(expected, pattern, strict), schema]);
  WORDS.add(union, { expected: `${expected} or ${wordsOf(schema).expected}`, remedy: remedyOfText });
  return union;
}

/** Maps with these settings and no others. */
export function settings<const T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape).register(WORDS, { expected: `a map of settings (${listed(Object.keys(shape))})` });
}

/**
 * Lists with at least one item.
 *
 * @param reason why there must be one, or what else to do: a sentence
 */
export function listOf<S extends z.ZodType>(noun: string, item: S, reason: string, quota?: Quota) {
  const schema = z.array(item).min(1);
  const expected = `a list with at least one ${noun}`;
  return (quota === undefined ? schema : schema.superRefine(atMost(quota), OF_LISTS)).register(WORDS, {
    expected,
    noun,
    remedy: () => ` ${reason}`,
  });
}

/** Maps with at least one entry, under names that the author chooses. */
export function mapOf<V extends z.ZodType>(
  words: { readonly noun: string; readonly key: string; readonly value?: string },
  key: KeyPattern,
  value: V,
  quota?: Quota,
) {
  const { expected, pattern, strict = pattern } = key;
  const names = z.string().meta({ description: expected, pattern: strict.source });
  const map = z.record(names, value).superRefine((entries, context) => {
    const keys = Object.keys(entries);
    const wrong = keys.filter((name) => !pattern.test(name) || isTemplate(name));
    if (keys.length === 0) context.addIssue({ code: "custom" });
    for (const name of wrong) context.addIssue({ code: "custom", path: [name], params: { isKeys: true } });
    if (quota !== undefined) atMost(quota)(entries, context);
  }, OF_MAPS);
  return map.meta({ minProperties: 1, ...(quota && { maxProperties: quota.max }) }).register(WORDS, {
    ...words,
    expected: `a map with at least one ${words.noun}`,
    key: { noun: words.key, expected },
  });
}

/** The mistake is at the first one too many. Repeats count once, wrong items not at all. */
function atMost({ max, by = "", noun, of, remedy }: Quota) {
  return (value: object, context: z.RefinementCtx) => {
    const firsts = new Map<unknown, PropertyKey>();
    for (const [key, item] of Object.entries(value)) {
      const counted = Array.isArray(value) ? (Object(item)[by] ?? item) : key;
      if (typeof counted === "string" && counted !== "" && !firsts.has(counted)) firsts.set(counted, key);
    }
    if (firsts.size <= max) return;
    const [count, quota] = [firsts.size, max].map((one) => one.toLocaleString("en"));
    const limit = of === undefined ? `at most ${quota} are possible` : `AWS's default quota is ${quota} ${of}`;
    const message = `has ${count} ${noun}, but ${limit}. ${remedy}`;
    context.addIssue({ code: "custom", params: { message, isOwners: true, keys: [[...firsts.values()][max]] } });
  };
}

/** A map of settings that is being checked. */
export interface Given {
  /** Whether the setting is there, right or wrong; a misspelt one is, and a flag that is false is not. */
  readonly has: (name: string) => boolean;
  /** The setting's value; `undefined` when it is not there, or wrong. */
  readonly right: (name: string) => unknown;
  readonly miss: (name: string) => void;
  /** Adds a mistake at the key of the last of these settings; without any, at the map. */
  readonly refuse: (message: string, ...keys: readonly string[]) => void;
}

/** The map of settings with a rule on which of them go together, and the same as keywords of JSON Schema. */
export function together<S extends z.ZodObject>(schema: S, keywords: object, check: (given: Given) => void): S {
  const checked = schema.superRefine((map, { issues, addIssue }) => {
    const unknown = issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
    const meant = meantBy(unknown, Object.keys(schema.shape));
    const wrong = issues.flatMap(({ path = [] }) => (path.length === 1 ? path : []));
    check({
      has: (name) => meant.has(name) || wrong.includes(name) || (Object.hasOwn(map, name) && map[name] !== false),
      right: (name) => (Object.hasOwn(map, name) && !wrong.includes(name) ? map[name] : undefined),
      miss: (name) => addIssue({ code: "custom", path: [name] }),
      refuse: (message, ...keys) => addIssue({ code: "custom", params: { message, keys } }),
    });
  }, OF_MAPS);
  return checked.meta({ ...keywords });
}

/** Maps of settings that have one of the two, but not both. `why` completes "…, but". */
export function exactlyOne<S extends z.ZodObject>(schema: S, one: string, other: string, why: string): S {
  const keywords = { oneOf: [{ required: [one] }, { required: [other] }] };
  return together(schema, keywords, ({ has, right, refuse }) => {
    if (!has(one) && !has(other)) {
      const musts = [one, other].map((name) => `${name} must be ${wordsOf(schema.shape[name] as z.ZodType).expected}`);
      refuse(`needs ${one} or ${other}: ${musts.join("; ")}.`);
    }
    const areRight = right(one) !== undefined && right(other) !== undefined;
    if (areRight) refuse(`has both ${one} and ${other}, but ${why}. Remove one of them.`, one, other);
  });
}

/** Names of settings that misspelt ones seem to mean: those are not reported as missing too. */
export function meantBy(unknown: readonly string[], names: readonly string[]): ReadonlySet<string | undefined> {
  return new Set(unknown.slice(0, MAX_UNKNOWN).map((name) => nearestName(name, names)));
}

/** Terraform reads these as the beginning of an expression, wherever they stand in a text. */
export const TEMPLATE_START = /([$%])\{/g;

function isTemplate(value: string): boolean {
  return value.search(TEMPLATE_START) >= 0;
}

/** What to print for a wrong text. */
export function remedyOfText(wrong?: Wrong): string {
  if (wrong === undefined || wrong.source === "") return "";
  if (isTemplate(wrong.source)) return " Terraform evaluates the text after ${ or %{. Remove it.";
  return typeof wrong.value === "string" ? "" : " Put it in quotes.";
}
