/** Adds, changes and removes entries of access.yaml and leaves every other character as it is: comments, order, quotes. Pure. */
import { isMap, isScalar, parseDocument, stringify, type YAMLMap } from "yaml";

/** Cannot be added. The message says why. */
export class NewEntryError extends Error {
  override readonly name = "NewEntryError";
}

/**
 * @param text the file
 * @param path keys of the map, such as `["clients"]`; the last one is added when it is missing
 * @param key of the new entry
 * @param value written in flow style, such as `{ scopes: [orders/read] }`
 * @returns the text with the entry after the map's last one
 * @throws {NewEntryError} when the map has the key, or is an alias
 */
export function withEntry(text: string, path: readonly string[], key: string, value: unknown): string {
  const document = parseDocument(text);
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (node == null || (isScalar(node) && node.value === null)) return withMap(text, path, key, value);
  if (!isMap(node)) throw new NewEntryError(`${path.join(".")} is not a map. Add the entry with an editor.`);
  if (node.has(key)) throw new NewEntryError(`the file already has ${[...path, key].join(" › ")}.`);
  return node.flow === true ? inFlow(text, node, key, value) : inBlock(text, node, key, value);
}

/** Whether the file has an entry at the path. */
export function hasEntry(text: string, path: readonly string[]): boolean {
  return parseDocument(text).hasIn(path);
}

/**
 * @param path keys of a map and of its entry
 * @param value scalar, or written in flow style; `undefined` removes the entry
 * @returns the text with another value of the entry, with the entry, or without it and the comment behind it
 * @throws {NewEntryError} when a map on the way is an alias or missing
 */
export function withValue(text: string, path: readonly string[], value: unknown): string {
  const [key = "", above] = [path.at(-1), path.slice(0, -1)];
  const map = parseDocument(text).getIn(above, true);
  if (!isMap(map)) throw new NewEntryError(`${above.join(".")} is not a map. Change it with an editor.`);
  const index = map.items.findIndex((item) => isScalar(item.key) && item.key.value === key);
  if (index < 0) return value === undefined ? text : withEntry(text, above, key, value);
  if (value === undefined)
    return map.flow === true ? withoutInFlow(text, map, index) : withoutInBlock(text, map, index);
  const [start, end] = rangeOf(map.items[index]?.value);
  return `${text.slice(0, start)}${flow(value)}${text.slice(end)}`;
}

/** Keys of the map at the path; `undefined` where there is none. */
export function keysOf(text: string, path: readonly string[]): readonly string[] | undefined {
  const map = parseDocument(text).getIn(path, true);
  return isMap(map) ? map.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : undefined;
}

function withoutInFlow(text: string, { items, range }: YAMLMap, index: number): string {
  const [before, after] = [items[index - 1], items[index + 1]];
  if (before !== undefined) return text.slice(0, endOfPair(before)) + text.slice(endOfPair(items[index]));
  if (after !== undefined) return text.slice(0, rangeOf(items[index]?.key)[0]) + text.slice(rangeOf(after.key)[0]);
  const [start = 0, end = 0] = range ?? [];
  return `${text.slice(0, start)}{}${text.slice(end)}`;
}

function withoutInBlock(text: string, { items }: YAMLMap, index: number): string {
  const start = text.lastIndexOf("\n", rangeOf(items[index]?.key)[0] - 1) + 1;
  const last = endOfPair(items[index]);
  const lineEnd = text.indexOf("\n", text[last - 1] === "\n" ? last - 1 : last);
  return text.slice(0, start) + (lineEnd < 0 ? "" : text.slice(lineEnd + 1));
}

/** The map is missing, or empty: it becomes an entry of the map above it. */
function withMap(text: string, path: readonly string[], key: string, value: unknown): string {
  const [name, above] = [path.at(-1), path.slice(0, -1)];
  if (name === undefined) return `${text}${entry(key, value)}\n`;
  const document = parseDocument(text);
  const parent = above.length === 0 ? document.contents : document.getIn(above);
  if (isMap(parent) && parent.has(name)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === name);
    const [, end] = (isScalar(pair?.key) && pair.key.range) || [0, 0];
    const colon = text.indexOf(":", end) + 1;
    return `${text.slice(0, colon)} { ${entry(key, value)} }${text.slice(colon)}`;
  }
  return withEntry(text, above, name, { [key]: value });
}

function inBlock(text: string, map: YAMLMap, key: string, value: unknown): string {
  const first = map.items[0]?.key;
  const begin = (isScalar(first) && first.range?.[0]) || 0;
  const indent = " ".repeat(begin - (text.lastIndexOf("\n", begin - 1) + 1));
  // What ends the line of the last value, such as a comment, stays there.
  const last = endOf(map);
  const lineEnd = text.indexOf("\n", text[last - 1] === "\n" ? last - 1 : last);
  const line = `${indent}${entry(key, value, true)}\n`;
  if (lineEnd < 0) return `${text}\n${line}`;
  return `${text.slice(0, lineEnd + 1)}${line}${text.slice(lineEnd + 1)}`;
}

function inFlow(text: string, map: YAMLMap, key: string, value: unknown): string {
  const [start = 0, end = 0] = map.range ?? [];
  if (map.items.length === 0) return `${text.slice(0, start)}{ ${entry(key, value)} }${text.slice(end)}`;
  const last = endOf(map);
  const first = map.items.at(-1)?.key;
  const begin = (isScalar(first) && first.range?.[0]) || 0;
  const lineStart = text.lastIndexOf("\n", begin - 1) + 1;
  // A map over several lines gets another line.
  const isOnOwnLine = lineStart > start && text.slice(lineStart, begin).trim() === "";
  const space = isOnOwnLine ? `\n${text.slice(lineStart, begin)}` : " ";
  return `${text.slice(0, last)},${space}${entry(key, value)}${text.slice(last)}`;
}

/** Where the map's last value ends. */
function endOf({ items }: YAMLMap): number {
  return endOfPair(items.at(-1));
}

function endOfPair(pair: YAMLMap["items"][number] | undefined): number {
  return rangeOf(pair?.value)[1] || rangeOf(pair?.key)[1];
}

/** Offsets of a node in the text; zeros for none. */
function rangeOf(node: unknown): readonly [start: number, end: number] {
  const { range } = (node ?? {}) as { readonly range?: readonly number[] | null };
  return [range?.[0] ?? 0, range?.[1] ?? 0];
}

/** @param isBlock whether it stands in a block, where braces need no quotes */
function entry(key: string, value: unknown, isBlock = false): string {
  const name = isBlock ? stringify({ [key]: 0 }, { lineWidth: 0 }).slice(0, -": 0\n".length) : flow(key);
  return `${name}: ${flow(value)}`;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => entry(name, inner))
      .join(", ")} }`;
  }
  return stringify([value], { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 })
    .trim()
    .slice(1, -1);
}
