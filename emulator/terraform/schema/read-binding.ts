/**
 * Makes a Terraform schema of the text of a generated binding, `@cdktf/provider-aws/lib/<name>/index.js`.
 *
 * The bindings were made from the provider's own schema, so what they can set is what the provider takes. What can be
 * set is required unless it has a `reset…` method; what can be read but not set is computed, as is what the comments of
 * its source map say. Which are sensitive or force replacement, and defaults are stated by the resources.
 */

import {
  findMainClass,
  type Member,
  type Members,
  readMembers,
  readSettings,
  readStructMembers,
  readStructSettings,
  refuse,
  type Setting,
} from "./binding-text";
import type { AttributeSchema, BlockSchema, NestedBlockSchema, TypeSpec } from "./block";

/**
 * The schema of a resource or data source or, from the provider's binding, of the provider's configuration.
 *
 * The provider's binding does not tell what its blocks require: all of it is optional. Its `alias` is Terraform's own
 * argument and left out.
 *
 * @param source text of the binding
 * @throws {Error} naming class or function and construct, when the text has a form that is not known here
 */
export function readBinding(source: string): BlockSchema {
  const main = findMainClass(source);
  const settings = readSettings(main);
  if (!main.isProvider) return readBlock(source, settings, readMembers(source, main));
  const ownSettings = settings.filter(({ name }) => name !== "alias");
  return readBlock(source, ownSettings, undefined);
}

/** Blocks nested too deep for the bindings to say what is in them; they are left out of the schema. */
const FREE_FORM = "cdktf.anyToHclTerraform(";

/** @param members `undefined` in the provider, of which nothing can be read and nothing is required */
function readBlock(source: string, settings: readonly Setting[], members: Members | undefined): BlockSchema {
  const attributes: Record<string, AttributeSchema> = {};
  const blocks: Record<string, NestedBlockSchema> = {};
  const known = settings.filter(({ value }) => !value.startsWith(FREE_FORM));
  for (const setting of known) {
    const isRequired = members !== undefined && !memberOf(members, setting).isResettable;
    const struct = readStruct(setting);
    if (struct?.isBlock) blocks[setting.name] = readNested(source, setting, struct, members && { isRequired });
    else {
      const type = struct ? objectsType(source, setting, struct) : plainType(setting);
      const computed = members?.get(setting.name)?.isComputed ? { computed: true } : {};
      attributes[setting.name] = isRequired ? { type, required: true } : { type, optional: true, ...computed };
    }
  }
  for (const [name, member] of members ?? []) {
    if (Object.hasOwn(attributes, name) || Object.hasOwn(blocks, name)) continue;
    if (settings.some((setting) => setting.name === name)) continue;
    if (member.isSettable || member.isResettable) refuse(member.where, "it can be set, but is not synthesized");
    attributes[name] = { type: memberType(source, member), computed: true };
  }
  return { attributes: sortByName(attributes), blocks: sortByName(blocks) };
}

function memberOf(members: Members, { name, where }: Setting): Member {
  return members.get(name) ?? refuse(where, "it can be set, but has no getter");
}

interface Struct {
  /** In the functions' spelling, `iamRoleInlinePolicy`. */
  readonly name: string;
  readonly isRepeatable: boolean;
  /** False for an attribute that holds objects. */
  readonly isBlock: boolean;
}

/** The struct that a setting holds; `undefined` when it holds plain values. */
function readStruct({ value, isBlock }: Setting): Struct | undefined {
  // The mapper's second argument distinguishes a block from an attribute that may be written as one, which `isBlock` does not.
  const form = /^(?:.+ \? null : )?(?:cdktf\.listMapperHcl\((\w+)ToHclTerraform, (true|false)\)|(\w+)ToHclTerraform)\(/;
  const [, repeated, asBlock, single] = form.exec(value) ?? [];
  if (single !== undefined) return { name: single, isRepeatable: false, isBlock };
  if (repeated === undefined) return undefined;
  return { name: repeated, isRepeatable: true, isBlock: isBlock && asBlock === "true" };
}

/** @param flags `undefined` in the provider */
function readNested(
  source: string,
  { where, collection, storage }: Setting,
  { name, isRepeatable }: Struct,
  flags: { readonly isRequired: boolean } | undefined,
): NestedBlockSchema {
  const block = readBlock(source, readStructSettings(source, name), flags && readStructMembers(source, name));
  if (collection === "struct" && storage.endsWith("Timeouts") && !isRepeatable) return { nesting: "single", block };
  if (collection !== "list" && collection !== "set")
    return refuse(where, `it is a block of unknown type "${collection}"`);
  const minItems = flags?.isRequired ? { minItems: 1 } : {};
  const maxItems = isRepeatable ? {} : { maxItems: 1 };
  return { nesting: collection, ...minItems, ...maxItems, block };
}

function objectsType(source: string, { where, collection }: Setting, { name, isRepeatable }: Struct): TypeSpec {
  if (isRepeatable && (collection === "list" || collection === "set")) return [collection, objectType(source, name)];
  return refuse(where, `it is an attribute of structs of unknown type "${collection}"`);
}

function objectType(source: string, struct: string): TypeSpec {
  const members = readStructMembers(source, struct);
  if (members.size === 0) refuse(`struct ${struct}`, "it is the type of an attribute, but has no getters");
  const types = [...members].map(([name, member]): [string, TypeSpec] => [name, memberType(source, member)]);
  return ["object", sortByName(Object.fromEntries(types))];
}

const plainTypes: Readonly<Record<string, TypeSpec>> = { string: "string", number: "number", boolean: "bool" };

function plainType({ where, collection, storage, value }: Setting): TypeSpec {
  const [, plain = "", container] = /^([a-z]+)(List|Map)?$/.exec(storage) ?? [];
  const type = plainTypes[plain];
  if (type !== undefined && collection === "simple" && container === undefined) return type;
  if (type !== undefined && collection === "map" && container === "Map") return ["map", type];
  if (type !== undefined && (collection === "list" || collection === "set") && container === "List")
    return [collection, type];
  return refuse(where, `"${collection}" of "${storage}" from "${value}" is not a known type`);
}

/** What getters return, in the bindings' words. A set is read as a list, through `tolist`. */
const memberForms: readonly (readonly [form: RegExp, type: (plain: TypeSpec) => TypeSpec])[] = [
  [/^this\.get(String|Number|Boolean)Attribute\('\w+'\)$/, (plain) => plain],
  [/^this\.get(String|Number|Boolean)MapAttribute\('\w+'\)$/, (plain) => ["map", plain]],
  [/^new cdktf\.(String|Number|Boolean)Map\(this, "\w+"\)$/, (plain) => ["map", plain]],
  [/^this\.get(Number)?ListAttribute\('\w+'\)$/, (plain) => ["list", plain]],
  [/^cdktf\.Fn\.tolist\(this\.getListAttribute\('\w+'\)\)$/, (plain) => ["set", plain]],
  [
    /^cdktf\.Token\.asNumberList\(cdktf\.Fn\.tolist\(this\.get(Number)ListAttribute\('\w+'\)\)\)$/,
    (plain) => ["set", plain],
  ],
];

function memberType(source: string, { where, expression }: Member): TypeSpec {
  for (const [form, type] of memberForms) {
    const [match, word = "String"] = form.exec(expression) ?? [];
    const plain = plainTypes[word.toLowerCase()];
    if (match !== undefined && plain !== undefined) return type(plain);
  }
  const [, struct, isSet] = /^new (\w+)List\(this, "\w+", (true|false)\)$/.exec(expression) ?? [];
  if (struct !== undefined) return [isSet === "true" ? "set" : "list", objectType(source, struct)];
  return refuse(where, `"${expression}" is not a known type`);
}

function sortByName<T>(things: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(things).sort(([a], [b]) => (a < b ? -1 : 1)));
}
