/**
 * Values as Terraform knows them, and typed ways to read them. Resources are kept in Terraform's own spelling
 * everywhere, so that nothing has to be translated between what was planned and what answers callers.
 */

/** "Known after apply"; there is only one. */
export class Unknown {
  readonly kind = "unknown";
}
export const UNKNOWN = new Unknown();

/** A value of a plan, which may hold unknown parts. Lists, sets and tuples are arrays; sets are sorted. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Unknown
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A resource's attributes and blocks by their Terraform names. */
export type Attributes = { readonly [name: string]: Value };

/** Whether the value is an object or map. */
export function isObject(value: Value | undefined): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** The attribute's text. @throws {TypeError} when it is not a string */
export function text(attributes: Attributes, name: string): string {
  const value = attributes[name];
  if (typeof value !== "string") throw new TypeError(`${name} is not a string`);
  return value;
}

/** The attribute's text, or `undefined` when it is null, empty or unknown. */
export function optionalText(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The attribute's number, or the fallback when it is null. Terraform's numbers may arrive as text or bigint. */
export function number(attributes: Attributes, name: string, fallback: number): number {
  const value = attributes[name];
  return typeof value === "number" || typeof value === "bigint" || typeof value === "string" ? Number(value) : fallback;
}

/** Strings of a list or set; empty when it is null. */
export function texts(attributes: Attributes, name: string): readonly string[] {
  const value = attributes[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Strings of a map by key; empty when it is null. Other scalars are spelled as text. */
export function textMap(attributes: Attributes, name: string): Readonly<Record<string, string>> {
  const value = attributes[name];
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, `${item}`]])));
}

/** Blocks of the name, in order; empty when there is none. */
export function blocks(attributes: Attributes, name: string): readonly Attributes[] {
  const value = attributes[name];
  if (isObject(value)) return [value];
  return Array.isArray(value) ? (value as readonly Value[]).filter(isObject) : [];
}

/** The value with every unknown part as null: what is left to be filled in. */
export function withoutUnknown(value: Value): Value {
  if (value instanceof Unknown) return null;
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutUnknown(inner)]));
}

/** Value at a dotted path, through the only block of each name; null when it is left out. */
export function settingOf(config: Attributes, path: string): Value {
  return path.split(".").reduce((value: Value, name) => {
    const block = Array.isArray(value) ? (value as readonly Value[])[0] : value;
    return isObject(block) ? (block[name] ?? null) : null;
  }, config);
}

/** Whether the value or any part of it is unknown. */
export function hasUnknown(value: Value): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).some(hasUnknown);
  return value instanceof Unknown || (isObject(value) && Object.values(value).some(hasUnknown));
}

/** Whether both are the same value; an unknown is only the same as an unknown. */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}

/** Text that is equal for equal values, whatever the order of keys. */
export function canonical(value: Value): string {
  if (value instanceof Unknown) return "?";
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}
