/** Changes to a resource's configuration, one at a time and in pairs, derived from its schema. Pure and repeatable. */
import { type Attributes, isObject, UNKNOWN, Unknown, type Value } from "../../../emulator/terraform/attributes";
import type { BlockSchema, NestedBlockSchema, TypeSpec } from "../../../emulator/terraform/schema/block";

/** A changed configuration. */
export interface Mutation {
  /** Attribute or block that is changed, with dots and without indices; of a pair both, joined by `+`. */
  readonly path: string;
  /** What was done, such as `left-out`. */
  readonly name: string;
  readonly config: Attributes;
}

interface Change {
  readonly path: readonly string[];
  readonly name: string;
  readonly value: Value;
}

const MAX_DEPTH = 2;
const MAX_BLOCK_SIZE = 200;
const LONG = "x".repeat(300);
const many = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);

/** Every single change of the configuration. */
export function singleMutations(schema: BlockSchema, config: Attributes): readonly Mutation[] {
  return changesOf(schema, config, []).map((change) => mutate(schema, config, [change]));
}

/** At most so many of the changes, chosen by the seed, in their order. */
export function chosen(mutations: readonly Mutation[], count: number, seed: number): readonly Mutation[] {
  const kept = new Set(shuffle(mutations, seed).slice(0, count));
  return mutations.filter((mutation) => kept.has(mutation));
}

function shuffle(mutations: readonly Mutation[], seed: number): readonly Mutation[] {
  const random = randomNumbers(seed);
  const drawn = mutations.map((mutation) => ({ mutation, rank: random() }));
  return drawn.toSorted((a, b) => a.rank - b.rank).map(({ mutation }) => mutation);
}

/**
 * A change of each attribute and block, chosen by the seed, at least one of each name, and all that are to be kept.
 * @param isKept whether a change is in every sample
 */
export function sampled(
  mutations: readonly Mutation[],
  seed: number,
  isKept: (mutation: Mutation) => boolean,
): readonly Mutation[] {
  const counts = new Map<string, number>();
  const shuffled = shuffle(mutations, seed);
  const chosen = shuffled.filter((mutation) => {
    const keys = [`path ${mutation.path}`, `name ${mutation.name}`];
    const [ofPath = 0, ofName = 0] = keys.map((key) => counts.get(key) ?? 0);
    if (!isKept(mutation) && ofPath >= 1 && ofName >= 1) return false;
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return true;
  });
  const kept = new Set(chosen);
  return mutations.filter((mutation) => kept.has(mutation));
}

/** So many pairs of changes of different attributes, chosen by the seed. */
export function pairedMutations(
  schema: BlockSchema,
  config: Attributes,
  count: number,
  seed: number,
): readonly Mutation[] {
  const changes = changesOf(schema, config, []).filter(({ path, name }) => path.length === 1 && PLAIN.has(name));
  if (changes.length < 2) return [];
  const random = randomNumbers(seed);
  const choose = () => changes[Math.floor(random() * changes.length)] as Change;
  const pairs = Array.from({ length: count }, () => [choose(), choose()] as const);
  return pairs.filter(([a, b]) => a.path[0] !== b.path[0]).map((pair) => mutate(schema, config, pair));
}

/** Changes that are likely to be in order by themselves, so that a pair of them shows what they are together. */
const PLAIN = new Set([
  "left-out",
  "word",
  "arn",
  "one",
  "true",
  "false",
  "one-element",
  "one-entry",
  "added",
  "unknown",
]);

/** Linear congruential numbers from 0 to 1: the same for the same seed on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function mutate(schema: BlockSchema, config: Attributes, changes: readonly Change[]): Mutation {
  return {
    path: changes.map(({ path }) => path.join(".")).join("+"),
    name: changes.map(({ name }) => name).join("+"),
    config: changes.reduce((changed, { path, value }) => withValue(schema, changed, path, value), config),
  };
}

/** The configuration with another value at the path, in the first block of each block on the way. */
function withValue(
  schema: BlockSchema,
  config: Attributes,
  [name = "", ...rest]: readonly string[],
  value: Value,
): Attributes {
  const nested = schema.blocks[name];
  if (nested === undefined || rest.length === 0) return { ...config, [name]: value };
  const [first, ...others] = blocksOf(nested, config[name] ?? null);
  const inner = withValue(nested.block, first ?? smallest(nested.block), rest, value);
  return { ...config, [name]: nested.nesting === "single" ? inner : [inner, ...others] };
}

function blocksOf({ nesting }: NestedBlockSchema, value: Value): readonly Attributes[] {
  if (nesting === "single") return isObject(value) ? [value] : [];
  return Array.isArray(value) ? (value as readonly Value[]).filter(isObject) : [];
}

function changesOf(schema: BlockSchema, config: Attributes, path: readonly string[]): readonly Change[] {
  const attributes = Object.entries(schema.attributes).flatMap(([name, { type, optional, required }]) => {
    if (path.length === 0 && name === "id") return [];
    const values = optional || required ? valuesOf(type) : { "set-although-computed": plainValue(type) };
    const leftOut = isSet(config[name]) && !required ? { "left-out": null } : {};
    return Object.entries({ ...leftOut, ...values }).map(([mutation, value]) => ({
      path: [...path, name],
      name: mutation,
      value,
    }));
  });
  const blocks = Object.entries(schema.blocks).flatMap(([name, nested]) =>
    changesOfBlock(nested, config[name] ?? null, [...path, name]),
  );
  return [...attributes, ...blocks];
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function changesOfBlock(nested: NestedBlockSchema, value: Value, path: readonly string[]): readonly Change[] {
  if (path.at(-1) === "timeouts" || path.length > MAX_DEPTH || isLarge(nested.block)) return [];
  const present = blocksOf(nested, value);
  const wrap = (...items: readonly Attributes[]): Value => (nested.nesting === "single" ? (items[0] ?? null) : items);
  const base = present[0] ?? smallest(nested.block);
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = nested;
  const own: readonly Change[] = [
    ...(present.length > 0 && minItems === 0 ? [{ path, name: "left-out", value: wrap() }] : []),
    ...(present.length === 0 ? [{ path, name: "added", value: wrap(base) }] : []),
    ...(nested.nesting !== "single" && maxItems > 1
      ? [{ path, name: "two-blocks", value: wrap(base, numbered(nested.block, base)) }]
      : []),
  ];
  return [...own, ...changesOf(nested.block, base, path)];
}

/** Whether the block holds so much, such as the rules of a firewall, that its changes would take longer than all others. */
function isLarge(schema: BlockSchema): boolean {
  return sizeOf(schema, MAX_BLOCK_SIZE) > MAX_BLOCK_SIZE;
}

/** How many attributes and blocks there are, as far as the limit. */
function sizeOf({ attributes, blocks }: BlockSchema, limit: number): number {
  let size = Object.keys(attributes).length;
  for (const { block } of Object.values(blocks)) {
    if (size > limit) return size;
    size += 1 + sizeOf(block, limit - size);
  }
  return size;
}

/** A block with what is required and nothing else. */
function smallest(schema: BlockSchema): Attributes {
  const attributes = Object.entries(schema.attributes).flatMap(([name, { type, required }]) =>
    required ? [[name, plainValue(type)] as const] : [],
  );
  const blocks = Object.entries(schema.blocks).flatMap(([name, { minItems = 0, nesting, block }]) =>
    minItems > 0 ? [[name, nesting === "single" ? smallest(block) : [smallest(block)]] as const] : [],
  );
  return Object.fromEntries([...attributes, ...blocks]);
}

/** The block, different from the first in its texts. */
function numbered(schema: BlockSchema, block: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(block).map(([name, value]) => [
      name,
      schema.attributes[name]?.type === "string" && typeof value === "string" ? `${value}2` : value,
    ]),
  );
}

function plainValue(type: TypeSpec): Value {
  if (type === "number") return 1;
  if (type === "bool") return true;
  if (typeof type === "string") return "word";
  if (type[0] === "map") return { word: plainValue(type[1]) };
  if (type[0] === "object") return mapTypes(type[1]);
  return [plainValue(type[1])];
}

function mapTypes(types: Readonly<Record<string, TypeSpec>>): Attributes {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, plainValue(type)]));
}

const ARN = "arn:aws:iam::123456789012:role/other";

/** Values of a type by the name of the change; whether they are in order, the providers decide. */
function valuesOf(type: TypeSpec): Readonly<Record<string, Value>> {
  const unknown = { unknown: UNKNOWN };
  if (type === "string") {
    const long = { long: LONG };
    return { empty: "", word: "word", "wrong-enum": "not valid!", arn: ARN, json: '{"a":1}', ...long, ...unknown };
  }
  if (type === "number") {
    return { negative: -1, zero: 0, one: 1, sixty: 60, "too-large": 1_000_000, fraction: 1.5, ...unknown };
  }
  if (type === "bool") return { true: true, false: false, ...unknown };
  if (typeof type === "string") return unknown;
  if (type[0] === "map") {
    const entry = { "one-entry": { word: plainValue(type[1]) }, "unknown-entry": { word: UNKNOWN } };
    return { empty: {}, ...entry, ...unknown };
  }
  if (type[0] === "object" || typeof type[1] !== "string") return { empty: [], ...unknown };
  const texts = type[1] === "string" ? { "wrong-element": ["not valid!"], "empty-element": [""], arns: [ARN] } : {};
  const tooMany = type[1] === "string" ? { "too-many": many(101), "six-arns": many(6).map((name) => ARN + name) } : {};
  const one = { "one-element": [plainValue(type[1])], "unknown-element": [UNKNOWN] };
  return { empty: [], ...one, ...texts, ...tooMany, ...unknown };
}

/** Why Terraform itself would refuse the configuration by the schema, and so never ask the provider; else `undefined`. */
export function refusedByTerraform(schema: BlockSchema, config: Attributes): string | undefined {
  for (const [name, { required }] of Object.entries(schema.attributes)) {
    if (required && (config[name] ?? null) === null) return `${name} is required`;
  }
  for (const [name, nested] of Object.entries(schema.blocks)) {
    const value = config[name] ?? null;
    if (value instanceof Unknown) continue;
    const present = blocksOf(nested, value);
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = nested;
    if (nested.nesting !== "single" && (present.length < minItems || present.length > maxItems))
      return `${name}: count`;
    const inner = present.map((block) => refusedByTerraform(nested.block, block)).find((why) => why !== undefined);
    if (inner !== undefined) return `${name}.${inner}`;
  }
  return undefined;
}
