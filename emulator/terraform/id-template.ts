/**
 * Ids that are made of attributes, such as `<user_pool_id>/<id>`: how they are written and taken apart. A part in brackets
 * is there when its attribute is set: `<function_name>[:<qualifier>]/<id>`. Pure.
 */
import type { Attributes } from "./attributes";

/** The template with the attributes' values. */
export function renderId(template: string, attributes: Attributes): string {
  const textOf = (name: string) => String(attributes[name] ?? "");
  return template
    .replace(/\[([^\]<]*)<([^>]+)>\]/g, (_, text: string, name: string) => textOf(name) && `${text}${textOf(name)}`)
    .replace(/<([^>]+)>/g, (_, name: string) => textOf(name));
}

/**
 * The attributes that an id names; the last takes what is left.
 * @returns `undefined` when the id does not have the template's form
 */
export function parseId(template: string, id: string): Attributes | undefined {
  const names = [...template.matchAll(/<([^>]+)>/g)].map(([, name = ""]) => name);
  const tokens = template.match(/\[[^\]]*\]|<[^>]+>|[^<[]+/g) ?? [];
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = tokens
    .map((token, index) => {
      // The last of several parts may be empty, as the base path of a mapping.
      if (token.startsWith("<")) return index < tokens.length - 1 ? "(.+?)" : tokens.length === 1 ? "(.+)" : "(.*)";
      const [, text] = /^\[([^<]*)</.exec(token) ?? [];
      // One that has the text twice, as an ARN, has no such part.
      const [no, separator] = [`[^${text}]`, escaped(text ?? "")];
      return text === undefined ? escaped(token) : `(?:(?<=^${no}*)${separator}(${no}+?))?`;
    })
    .join("");
  const found = new RegExp(`^${pattern}$`, "s").exec(id);
  if (found === null) return undefined;
  const entries = names.map((name, index) => [name, found[index + 1]] as const);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
