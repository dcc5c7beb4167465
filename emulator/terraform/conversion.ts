/**
 * What converting a resource's Terraform attributes to inputs of AWS's operations, and outputs to attributes, has in
 * common. Names and types come from the schema and from AWS's model; a resource states only the names that do not
 * correspond. Pure.
 */

import { type MemberShape, membersOf, type ServiceModel, type Shape } from "../protocols/model";
import { isObject, type Value } from "./attributes";
import type { BlockSchema } from "./schema/block";

/**
 * AWS's members by Terraform attribute, where their names do not correspond. Names inside blocks are dotted on both
 * sides: `password_policy` is `Policies.PasswordPolicy`. Several members are for shapes that spell it differently; the
 * first that the shape has is used. `null`: the attribute has no member.
 */
export type MemberNames = Readonly<Record<string, string | readonly string[] | null>>;

/** What both directions need to know. */
export interface Conversion {
  readonly model: ServiceModel;
  readonly names: MemberNames;
  /** Whether state has empty values in place of null, as SDK v2 has them. */
  readonly hasEmptyValues: boolean;
  /** Whether a block that AWS answers without any members is there, as in `Allow: {}`. */
  readonly keepsEmptyBlocks: boolean;
  /** Whether nothing was planned, so that an absent collection is empty even where it is known as null. */
  readonly isRefresh: boolean;
}

/** An input or output of an operation, or a part of one. */
export type Structure = Readonly<Record<string, unknown>>;

/** Where a value is in a structure, and its shape. */
export interface Place {
  readonly path: readonly string[];
  readonly shape: Shape;
  /** Name of the shape. */
  readonly of: string;
}

/** The member that corresponds to an attribute; `undefined` when the structure has none. */
export function findPlace(
  { model, names }: Conversion,
  structure: string,
  name: string,
  path: string,
): Place | undefined {
  const stated = names[path];
  if (stated === null) return undefined;
  if (stated !== undefined) {
    const candidates = [stated].flat().map((candidate) => candidate.split("."));
    return candidates.flatMap((candidate) => placeAt(model, structure, candidate) ?? [])[0];
  }
  const member = byPlainName(membersOf(model, structure)).get(plainName(name));
  return member && { path: [member.name], shape: member.shape, of: member.of };
}

/** Members of structures by their plain names, which are looked up for each attribute of each resource. */
const plainNames = new WeakMap<readonly MemberShape[], ReadonlyMap<string, MemberShape>>();

/** Of several members of a plain name, the first one counts. */
function byPlainName(members: readonly MemberShape[]): ReadonlyMap<string, MemberShape> {
  const known = plainNames.get(members);
  if (known !== undefined) return known;
  const found = new Map(members.toReversed().map((member) => [plainName(member.name), member]));
  plainNames.set(members, found);
  return found;
}

function placeAt(model: ServiceModel, structure: string, path: readonly string[]): Place | undefined {
  let found: MemberShape | undefined;
  for (const name of path) {
    found = membersOf(model, found?.of ?? structure).find((member) => member.name === name);
    if (found === undefined) return undefined;
  }
  return found && { path, shape: found.shape, of: found.of };
}

function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}

/** Whether the value is `""` or an empty collection. */
export function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === "" || (isObject(value) && Object.keys(value).length === 0);
}

/** Whether the attribute holds the tags of the resource alone: AWS knows them together with the provider's, `tags_all`. */
export function isOwnTags({ attributes }: BlockSchema, name: string): boolean {
  return name === "tags" && attributes["tags_all"] !== undefined;
}
