/** Adds an entry to a map of access.yaml and leaves every other character as it is: comments, order, quotes. Pure. */
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
  const last = items.at(-1);
  const value = last?.value as { readonly range?: readonly number[] | null } | null;
  const key = last?.key as { readonly range?: readonly number[] | null } | null;
  return value?.range?.[1] ?? key?.range?.[1] ?? 0;
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
