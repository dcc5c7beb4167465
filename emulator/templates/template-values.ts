/**
 * Values of mapping templates, which behave as Java's do: how they are read from JSON, printed, compared and calculated
 * with, and which methods they have. Objects are maps, so that a template reaches nothing but what was put in.
 *
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */

/** API Gateway would fail: callers receive a 500 and no reason, the message is for the execution log. */
export class TemplateFailure extends Error {
  override readonly name: string = "TemplateFailure";
}

/** The body is not JSON, or nested too deep, and the template reads it as JSON. */
export class BodyNotJson extends TemplateFailure {}

/** A number that JavaScript would write in another way than its source, such as `1.0` or one of twenty digits. */
export class WrittenNumber {
  constructor(readonly source: string) {}
}

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

/** Levels of lists and objects within each other. */
const MAX_DEPTH = 500;
/** A text, with the colon that makes a name of it, or a number. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?\d[\d.eE+-]*/g;

/**
 * The JSON of a text as a value: numbers keep their digits, and members their order. That API Gateway counts with more
 * digits of a number than JavaScript is unconfirmed.
 * @throws {SyntaxError} when the text is not JSON. @throws {RangeError} when it is nested deeper than MAX_DEPTH levels
 */
export function readJson(text: string): TemplateValue {
  // First, because JSON.parse takes more than a second for a million levels.
  requireShallow(text);
  JSON.parse(text);
  // In an object, names begin with an underscore: none of them is an index, and the only member of a number has no name.
  const marked = text.replace(TOKEN, (token, quoted: string | undefined, colon: string | undefined) => {
    if (colon !== undefined) return `"_${token.slice(1)}`;
    if (quoted !== undefined) return token;
    return String(Number(token)) === token ? token : `{"":"${token}"}`;
  });
  return JSON.parse(marked, (_name, value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Map) return value;
    if (value instanceof WrittenNumber) return value;
    const members = Object.entries(value);
    const [name, source] = members[0] ?? [];
    return name === "" ? new WrittenNumber(String(source)) : new Map(members.map(([key, of]) => [key.slice(1), of]));
  }) as TemplateValue;
}

/** @throws {RangeError} when the JSON is nested deeper than MAX_DEPTH levels */
function requireShallow(text: string): void {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') isText = !isText;
    else if (isText) index += character === "\\" ? 1 : 0;
    else if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > MAX_DEPTH) throw new RangeError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
  }
}

/** The value as compact JSON. */
export function writeJson(value: TemplateValue): string {
  if (value instanceof WrittenNumber) return value.source;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  return `{${[...value].map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(",")}}`;
}

/** The value's text as Java writes it; `undefined` for `null`. */
export function textOf(value: TemplateValue): string | undefined {
  if (value === null) return undefined;
  if (value instanceof WrittenNumber) return value.source;
  if (value instanceof VelocityList) return `[${Array.from(value, memberText).join(", ")}]`;
  if (Array.isArray(value)) return writeJson(value);
  if (!(value instanceof Map)) return String(value);
  return `{${[...value].map(([name, member]) => `${name}=${memberText(member)}`).join(", ")}}`;
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

/** Whether `a` is before (negative), at (0) or after (positive) `b`; not a number unless both are numbers. */
export function compare(a: TemplateValue, b: TemplateValue): number {
  return isNumber(a) && isNumber(b) ? Number(textOf(a)) - Number(textOf(b)) : Number.NaN;
}

/** The result of `+`, `-`, `*`, `/` or `%`; `null` unless both are numbers, and for a division by zero. */
export function calculate(operator: string, a: TemplateValue, b: TemplateValue): TemplateValue {
  if (!isNumber(a) || !isNumber(b)) return null;
  const [left, right] = [textOf(a) ?? "", textOf(b) ?? ""];
  if (Number(right) === 0 && (operator === "/" || operator === "%")) return null;
  const areIntegers = [left, right].every((text) => /^-?\d+$/.test(text));
  if (areIntegers) return integer(String(operate(operator, BigInt(left), BigInt(right))));
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

export function integer(digits: string): number | WrittenNumber {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : new WrittenNumber(digits);
}

/** A decimal as Java's Double is printed: `8.0`, `1.0E7`. */
export function decimal(value: number): WrittenNumber {
  const size = Math.abs(value);
  if (size < 1e7 && (size >= 1e-3 || size === 0)) {
    return new WrittenNumber(Number.isInteger(value) ? value.toFixed(1) : String(value));
  }
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return new WrittenNumber(`${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`);
}

/** The member of that name or index; `null` when there is none. */
export function memberOf(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (value instanceof Map) return value.get(memberText(key)) ?? null;
  return Array.isArray(value) && typeof key === "number" ? (value.at(key) ?? null) : null;
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

type Methods<Receiver> = Readonly<Record<string, (receiver: Receiver, ...given: TemplateValue[]) => TemplateValue>>;

/** Of texts; patterns are texts without signs of a meaning of their own, as {@link literalPattern} makes them. */
const TEXT_METHODS: Methods<string> = {
  concat: (text, other = null) => text + memberText(other),
  contains: (text, part = null) => text.includes(memberText(part)),
  endsWith: (text, part = null) => text.endsWith(memberText(part)),
  equalsIgnoreCase: (text, other = null) => text.toLowerCase() === memberText(other).toLowerCase(),
  indexOf: (text, part = null) => text.indexOf(memberText(part)),
  isEmpty: (text) => text === "",
  lastIndexOf: (text, part = null) => text.lastIndexOf(memberText(part)),
  length: (text) => text.length,
  replace: (text, part = null, other = null) => text.replaceAll(memberText(part), () => memberText(other)),
  replaceAll: (text, part = null, other = null) => text.replaceAll(memberText(part), () => replacement(other)),
  replaceFirst: (text, part = null, other = null) => text.replace(memberText(part), () => replacement(other)),
  // Java leaves out empty texts at the end.
  split: (text, pattern = null) =>
    VelocityList.from(text.split(memberText(pattern)).filter((_, at, all) => at === 0 || all.slice(at).some(Boolean))),
  startsWith: (text, part = null) => text.startsWith(memberText(part)),
  substring(text, from = 0, to = text.length) {
    const [start, end] = [Number(from), Number(to)];
    if (start >= 0 && start <= end && end <= text.length) return text.slice(start, end);
    throw new TemplateFailure(`substring(${start}, ${end}) is outside a text of ${text.length} characters`);
  },
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
};

const MAP_METHODS: Methods<Map<string, TemplateValue>> = {
  containsKey: (map, key = null) => map.has(memberText(key)),
  entrySet: (map) =>
    VelocityList.from(map, ([key, value]) => new Map<string, TemplateValue>(Object.entries({ key, value }))),
  get: (map, key = null) => memberOf(map, key),
  getKey: (map) => map.get("key") ?? null,
  getValue: (map) => map.get("value") ?? null,
  isEmpty: (map) => map.size === 0,
  keySet: (map) => VelocityList.from(map.keys()),
  put(map, key = null, value = null) {
    const before = memberOf(map, key);
    map.set(memberText(key), value);
    return before;
  },
  size: (map) => map.size,
  values: (map) => VelocityList.from(map.values()),
};

const LIST_METHODS: Methods<TemplateValue[]> = {
  add(list, item = null) {
    list.push(item);
    return true;
  },
  contains: (list, item = null) => list.some((other) => isEqual(other, item)),
  get: (list, index = null) => memberOf(list, index),
  isEmpty: (list) => list.length === 0,
  size: (list) => list.length,
};

const ANY_METHODS: Methods<TemplateValue> = {
  equals: (value, other = null) => isEqual(value, other),
  toString: (value: TemplateValue) => memberText(value),
};

/** Names of all methods that any value has. */
export const METHOD_NAMES: ReadonlySet<string> = new Set(
  [TEXT_METHODS, MAP_METHODS, LIST_METHODS, ANY_METHODS].flatMap((methods) => Object.keys(methods)),
);

/** Methods whose first argument is a regular expression. */
export const PATTERN_METHODS: readonly string[] = ["replaceAll", "replaceFirst", "split"];

/** What the method returns; `null` when a value of this kind has none of that name. @throws {TemplateFailure} */
export function callMethod(value: TemplateValue, name: string, given: readonly TemplateValue[]): TemplateValue {
  if (value === null) return null;
  const own = value instanceof Map ? MAP_METHODS : Array.isArray(value) ? LIST_METHODS : {};
  const methods = { ...(typeof value === "string" ? TEXT_METHODS : own), ...ANY_METHODS } as Methods<TemplateValue>;
  return (Object.hasOwn(methods, name) ? methods[name]?.(value, ...given) : null) ?? null;
}

/** The text that the regular expression finds; `undefined` when it is more than a text. */
export function literalPattern(pattern: string): string | undefined {
  if (/\\[a-zA-Z0-9]/.test(pattern) || /[\^$.|?*+()[\]{}]/.test(pattern.replace(/\\./g, ""))) return undefined;
  return pattern.replace(/\\(.)/g, "$1");
}

/** Java's replacement text: a backslash makes the next sign a plain one. Groups are not emulated. */
function replacement(value: TemplateValue): string {
  return memberText(value).replace(/\\(.)/g, "$1");
}
