/** Ids that are made of attributes, such as `<user_pool_id>/<id>`: how they are written and taken apart. Pure. */
import type { Attributes } from "../attributes";

/** The template with the attributes' values. */
export function renderId(template: string, attributes: Attributes): string {
  return template.replace(/<([^>]+)>/g, (_, name: string) => String(attributes[name] ?? ""));
}

/**
 * The attributes that an id names; the last takes what is left.
 * @returns `undefined` when the id does not have the template's form
 */
export function parseId(template: string, id: string): Attributes | undefined {
  const names = [...template.matchAll(/<([^>]+)>/g)].map(([, name = ""]) => name);
  const pattern = template
    .split(/<[^>]+>/)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .reduce((expression, text, index) => `${expression}${index === names.length ? "(.+)" : "(.+?)"}${text}`);
  const found = new RegExp(`^${pattern}$`, "s").exec(id);
  if (found === null) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ""]));
}
