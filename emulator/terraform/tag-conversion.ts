/** Converts tags: maps in Terraform, lists or maps in AWS. Pure. */

import { membersOf, operationOf, type ServiceModel, type Shape } from "../protocols/model";
import { type Attributes, isObject, type Value } from "./attributes";
import type { Conversion, Structure } from "./conversion";

/** Tags as a list of structures: `[{ Key, Value }]`, whatever the two members are called. */
export function toTags(model: ServiceModel, shape: Shape, tags: Attributes): readonly Structure[] {
  const [key = "Key", value = "Value"] = tagMembers(model, shape);
  return Object.entries(tags).map(([name, text]) => ({ [key]: name, [value]: text }));
}

function tagMembers(model: ServiceModel, shape: Shape): readonly string[] {
  const members = shape.type === "list" ? membersOf(model, shape.of).map(({ name }) => name) : [];
  const isValue = (name: string) => /value/i.test(name);
  return [...members.filter((name) => !isValue(name)), ...members.filter(isValue)];
}

/**
 * The input of an operation that tags a resource, removes its tags, or lists them.
 *
 * @param id what names the resource
 * @param tags tags to set, or keys of tags to remove
 */
export function tagInput(
  { model }: Conversion,
  operation: string,
  id: Value,
  tags?: Attributes | readonly string[],
): Structure {
  const members = membersOf(model, operationOf(model, operation).input);
  const tagMember = members.find(({ name }) => /^tag(s|keys)$/i.test(name));
  const idMember = members.find((member) => member !== tagMember && member.required === true)?.name ?? "";
  if (tags === undefined || tagMember === undefined) return { [idMember]: id };
  const { name, shape } = tagMember;
  return { [idMember]: id, [name]: shape.type === "map" || !isObject(tags) ? tags : toTags(model, shape, tags) };
}

/** The tags in the output of an operation that lists them. */
export function tagsOf({ model }: Conversion, operation: string, output: Structure): Attributes {
  const find = (structure: string | undefined) => membersOf(model, structure).find(({ name }) => /tag/i.test(name));
  const member = find(operationOf(model, operation).output);
  const tags = member && output[member.name];
  const inner = member?.shape.type === "structure" ? find(member.of) : undefined;
  if (inner !== undefined)
    return fromTags(model, inner.shape, ((tags as Structure)[inner.name] ?? []) as readonly Structure[]);
  if (member === undefined || tags === undefined) return {};
  if (member.shape.type === "map") return tags as Attributes;
  return fromTags(model, member.shape, tags as readonly Structure[]);
}

/** Tags as a map, of a list of structures. */
export function fromTags(model: ServiceModel, shape: Shape, tags: readonly Structure[]): Attributes {
  const [key = "Key", text = "Value"] = tagMembers(model, shape);
  return Object.fromEntries(tags.map((tag) => [tag[key], (tag[text] ?? "") as Value]));
}
