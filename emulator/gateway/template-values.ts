/**
 * Values of mapping templates, which behave as Java's do: how they are read from JSON, printed, compared and calculated
 * with, and which methods they have. Objects are maps, so that a template reaches nothing but what was put in.
 *
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */
import { safeRegExp } from "./safe-regexp";
import { TemplateFailure } from "./template-failure";
import { readJson, WrittenNumber, writeJson } from "./template-json";

/** A value of a template; `null` is none, or JSON's `null`. */
export type TemplateValue =
  | null
  | boolean
  | number
  | WrittenNumber
  | string
  | TemplateValue[]
  | Map<string, TemplateValue>;

/** A list that a template made; unlike a list of JSON it is printed as Java prints lists. */
export class VelocityList extends Array<TemplateValue> {}

/** Longest text that a template makes, in characters: what API Gateway sends at most. */
export const MAX_TEXT = 10 * 1024 * 1024;
const MAX_DIGITS = 1000;

/** The value's text as Java writes it; `undefined` for `null`. @throws {TemplateFailure} when it is too long */
export function textOf(value: TemplateValue): string | undefined {
  if (value === null) return undefined;
  if (value instanceof WrittenNumber) return value.source;
  if (typeof value !== "object") return String(value);
  let left = MAX_TEXT;
  // A list may hold another one many times, so that the text is far longer than what it is made of.
  return javaText(value, (characters) => {
    left -= characters;
    if (left < 0) throw new TemplateFailure(`a text has more than ${MAX_TEXT} characters`);
  });
}

function javaText(value: TemplateValue, spend: (characters: number) => void): string {
  if (value instanceof VelocityList) return `[${Array.from(value, (member) => javaText(member, spend)).join(", ")}]`;
  if (Array.isArray(value)) return writeJson(value, spend);
  if (value instanceof Map) {
    spend(5);
    return `{${[...value].map(([name, member]) => `${name}=${javaText(member, spend)}`).join(", ")}}`;
  }
  const text = memberText(value);
  spend(text.length + 25);
  return text;
}

function memberText(value: TemplateValue): string {
  return textOf(value) ?? "null";
}

/** Whether a condition holds: for everything but `null` and `false`, as in Velocity 1.7. */
export function isTrue(value: TemplateValue): boolean {
  return value !== null && value !== false;
}

/**
 * Whether both values are equal: numbers however they are written, other values when their texts are; `null` equals the
 * empty text (recorded).
 */
export function isEqual(a: TemplateValue, b: TemplateValue): boolean {
  if (a === null || b === null) return (a ?? "") === (b ?? "");
  if (a === b || textOf(a) === textOf(b)) return true;
  const [first, second] = [Number(textOf(a)), Number(textOf(b))];
  return isNumber(a) && isNumber(b) && first === second && Math.abs(first) <= Number.MAX_SAFE_INTEGER;
}

/** Whether `a` is before (negative), at (0) or after (positive) `b`; `undefined` unless both are numbers. */
export function compare(a: TemplateValue, b: TemplateValue): number | undefined {
  return isNumber(a) && isNumber(b) ? Number(textOf(a)) - Number(textOf(b)) : undefined;
}

/** The result of `+`, `-`, `*`, `/` or `%`; `null` unless both are numbers, and for a division by zero. */
export function calculate(operator: string, a: TemplateValue, b: TemplateValue): TemplateValue {
  if (!isNumber(a) || !isNumber(b)) return null;
  const [left, right] = [textOf(a) ?? "", textOf(b) ?? ""];
  if (Number(right) === 0 && (operator === "/" || operator === "%")) return null;
  if (isInteger(left) && isInteger(right)) return integer(operate(operator, BigInt(left), BigInt(right)).toString());
  return decimal(Number(operate(operator, Number(left), Number(right))));
}

function operate(operator: string, a: number | bigint, b: number | bigint): number | bigint {
  // Both are of the same type, which TypeScript cannot know.
  const [x, y] = [a as number, b as number];
  if (operator === "+") return x + y;
  if (operator === "-") return x - y;
  if (operator === "*") return x * y;
  return operator === "/" ? x / y : x % y;
}

function isNumber(value: TemplateValue): value is number | WrittenNumber {
  return typeof value === "number" || value instanceof WrittenNumber;
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** The integer of these digits. @throws {TemplateFailure} when there are too many */
export function integer(digits: string): number | WrittenNumber {
  if (digits.length > MAX_DIGITS) throw new TemplateFailure(`a number has more than ${MAX_DIGITS} digits`);
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : new WrittenNumber(digits);
}

/** A decimal as Java's Double is printed: `8.0`, `1.0E7`. */
function decimal(value: number): number | WrittenNumber {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return new WrittenNumber(value.toFixed(1));
  if (Number.isFinite(value) && (size >= 1e7 || (size < 1e-3 && size > 0))) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    return new WrittenNumber(`${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`);
  }
  return value;
}

/** The member of that name or index; `null` when there is none. */
export function memberOf(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (value instanceof Map) return value.get(memberText(key)) ?? null;
  if (!Array.isArray(value) || typeof key !== "number") return null;
  return value.at(key) ?? null;
}

/** Puts a member into a map or a list; nothing happens when the value is neither, or the list has no such index. */
export function setMember(value: TemplateValue, key: TemplateValue, member: TemplateValue): void {
  if (value instanceof Map) value.set(memberText(key), member);
  else if (Array.isArray(value) && typeof key === "number" && key >= 0 && key < value.length) value[key] = member;
}

/** What `#foreach` goes through; the values of a map, nothing of what is neither a map nor a list. */
export function itemsOf(value: TemplateValue): readonly TemplateValue[] {
  if (value instanceof Map) return [...value.values()];
  return Array.isArray(value) ? value : [];
}

type Arguments = readonly TemplateValue[];
type Methods<Receiver> = Readonly<Record<string, (receiver: Receiver, given: Arguments) => TemplateValue>>;

const argument = (given: Arguments, index = 0) => memberText(given[index] ?? null);
const position = (given: Arguments, index: number, otherwise: number) => Number(given[index] ?? otherwise);

const TEXT_METHODS: Methods<string> = {
  charAt: (text, given) => text.charAt(position(given, 0, 0)),
  concat: (text, given) => limited(text + argument(given)),
  contains: (text, given) => text.includes(argument(given)),
  endsWith: (text, given) => text.endsWith(argument(given)),
  equalsIgnoreCase: (text, given) => text.toLowerCase() === argument(given).toLowerCase(),
  indexOf: (text, given) => text.indexOf(argument(given)),
  isEmpty: (text) => text === "",
  lastIndexOf: (text, given) => text.lastIndexOf(argument(given)),
  length: (text) => text.length,
  matches: (text, given) => safeRegExp(`^(?:${checked(argument(given), text)})$`).test(text),
  replace: (text, given) => replaced(text, escaped(argument(given)), literal(argument(given, 1)), "g"),
  replaceAll: (text, given) => replaced(text, checked(argument(given), text), javaReplacement(given), "g"),
  replaceFirst: (text, given) => replaced(text, checked(argument(given), text), javaReplacement(given), ""),
  split: (text, given) => splitText(text, argument(given)),
  startsWith: (text, given) => text.startsWith(argument(given)),
  substring: (text, given) => part(text, position(given, 0, 0), position(given, 1, text.length)),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
};

const MAP_METHODS: Methods<Map<string, TemplateValue>> = {
  containsKey: (map, given) => map.has(argument(given)),
  entrySet: (map) =>
    VelocityList.from(map, ([key, value]) => new Map<string, TemplateValue>(Object.entries({ key, value }))),
  get: (map, given) => memberOf(map, given[0] ?? null),
  getKey: (map) => map.get("key") ?? null,
  getValue: (map) => map.get("value") ?? null,
  isEmpty: (map) => map.size === 0,
  keySet: (map) => VelocityList.from(map.keys()),
  put(map, given) {
    const before = memberOf(map, given[0] ?? null);
    map.set(argument(given), given[1] ?? null);
    return before;
  },
  remove(map, given) {
    const before = memberOf(map, given[0] ?? null);
    map.delete(argument(given));
    return before;
  },
  size: (map) => map.size,
  values: (map) => VelocityList.from(map.values()),
};

const LIST_METHODS: Methods<TemplateValue[]> = {
  add(list, given) {
    list.push(given[0] ?? null);
    return true;
  },
  contains: (list, given) => list.some((item) => isEqual(item, given[0] ?? null)),
  get: (list, given) => memberOf(list, given[0] ?? null),
  indexOf: (list, given) => list.findIndex((item) => isEqual(item, given[0] ?? null)),
  isEmpty: (list) => list.length === 0,
  remove: (list, given) => list.splice(position(given, 0, list.length), 1)[0] ?? null,
  set(list, given) {
    const before = memberOf(list, given[0] ?? null);
    setMember(list, given[0] ?? null, given[1] ?? null);
    return before;
  },
  size: (list) => list.length,
};

const ANY_METHODS: Methods<TemplateValue> = {
  equals: (value, given) => isEqual(value, given[0] ?? null),
  toString: (value: TemplateValue) => memberText(value),
};

/** Names of all methods that any value has. */
export const METHOD_NAMES: ReadonlySet<string> = new Set(
  [TEXT_METHODS, MAP_METHODS, LIST_METHODS, ANY_METHODS].flatMap((methods) => Object.keys(methods)),
);

/** What the method gives; `null` when a value of this kind has none of that name. @throws {TemplateFailure} */
export function callMethod(value: TemplateValue, name: string, given: Arguments): TemplateValue {
  if (value === null) return null;
  const own = (methods: object) => Object.hasOwn(methods, name);
  if (own(ANY_METHODS)) return ANY_METHODS[name]?.(value, given) ?? null;
  if (typeof value === "string") return own(TEXT_METHODS) ? (TEXT_METHODS[name]?.(value, given) ?? null) : null;
  if (value instanceof Map) return own(MAP_METHODS) ? (MAP_METHODS[name]?.(value, given) ?? null) : null;
  return Array.isArray(value) && own(LIST_METHODS) ? (LIST_METHODS[name]?.(value, given) ?? null) : null;
}

/** The text itself. @throws {TemplateFailure} when it is too long to be sent */
export function limited(text: string): string {
  if (text.length > MAX_TEXT) throw new TemplateFailure(`a text has more than ${MAX_TEXT} characters`);
  return text;
}

function part(text: string, start: number, end: number): string {
  if (!(start >= 0 && start <= end && end <= text.length)) {
    throw new TemplateFailure(`substring(${start}, ${end}) is outside a text of ${text.length} characters`);
  }
  return text.slice(start, end);
}

function replaced(text: string, pattern: string, replacement: string, flags: string): string {
  if ((text.length + 1) * (replacement.length + 1) > 4 * MAX_TEXT) {
    throw new TemplateFailure("a replacement makes a text that is too long");
  }
  return limited(text.replace(safeRegExp(pattern, flags), replacement));
}

function splitText(text: string, pattern: string): VelocityList {
  const parts = text.split(safeRegExp(checked(pattern, text)));
  // Java leaves out empty texts at the end.
  while (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return VelocityList.from(parts);
}

/** Texts longer than this are searched only by patterns that do not repeat anything. */
const MAX_SEARCHED = 20_000;

function checked(pattern: string, text: string): string {
  if (text.length > MAX_SEARCHED && /[*+{]/.test(pattern)) {
    throw new TemplateFailure(
      `a pattern that repeats something is not emulated for more than ${MAX_SEARCHED} characters`,
    );
  }
  return pattern;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}/-]/g, "\\$&");
}

function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** Java's replacement text: a backslash makes the next sign a plain one. Groups are not emulated. */
function javaReplacement(given: Arguments): string {
  return literal(argument(given, 1).replace(/\\(.)/g, "$1"));
}

/** The JSON of a text as a value. @throws {TemplateFailure} when it is not JSON */
export function parseJson(text: string): TemplateValue {
  try {
    return readJson(text);
  } catch (error) {
    throw new TemplateFailure("$util.parseJson() was given a text that is not JSON", { cause: error });
  }
}
