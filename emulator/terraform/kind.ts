/** What a plan needs to know of a resource beside the schema of the bindings, and the schema with what it adds. */

import type { AttributeRelations } from "./attribute-relations";
import type { Attributes, Value } from "./attributes";
import type { ValueMistake } from "./kind-values";
import type { JsonText } from "./policy-texts";
import bindings from "./schema/bindings.json";
import type { AttributeSchema, Bindings, BlockSchema, NestedBlockSchema } from "./schema/block";
import type { ResourceType } from "./schema/resource-types";

/** What only the plan needs to know. Names inside blocks are dotted: `token_validity_units.access_token`. */
export interface PlanTraits {
  /** Attributes and blocks whose change makes Terraform replace the resource; an attribute in a block by its path. */
  readonly forceNew?: readonly string[];
  /** Attributes that Terraform does not print. */
  readonly sensitive?: readonly string[];
  /** Attributes of the top level that are in the configuration only: neither planned nor kept in state. */
  readonly writeOnly?: readonly string[];
  /** What the real provider puts in, at plan time, for an attribute that the configuration leaves out. */
  readonly defaults?: Readonly<Record<string, Value>>;
  /**
   * Attributes that are planned otherwise than configured: those that stay as in state, and, as unknown, those that the
   * update may change. The state is `null` for a resource to be created.
   *
   * @param wanted the configuration with defaults, in which an empty text is not yet replaced by what is in state
   */
  suppress?(planned: Attributes, prior: Attributes | null, wanted: Attributes): Attributes;
  /** Blocks that AWS fills in when the configuration has none, and that stay as they are when it has none any more. */
  readonly computedBlocks?: readonly string[];
  /** Further attributes that replace the resource when they are set or unset, but not when they change. */
  readonly forceNewWhenSet?: readonly string[];
  /** Attributes whose text is JSON; only what it says counts, not how it is written. */
  readonly json?: Readonly<Record<string, JsonText>>;
  /** Attributes of the top level whose state is the text of the configuration, not that of the plan. */
  readonly verbatim?: readonly string[];
  /** Blocks that the bindings leave out, as they are nested too deep. */
  readonly deepBlocks?: Readonly<Record<string, NestedBlockSchema>>;
  /** Attributes and blocks that would change an answer and are not emulated, hence refused when they are set. */
  readonly refused?: readonly string[];
  /** Attributes and blocks that are stored and described, but have no effect here: what a warning says when they are set. */
  readonly kept?: Readonly<Record<string, string>>;
  /** Attributes that exclude or need each other at plan time. */
  readonly relations?: AttributeRelations;
  /** Numbers that need not be whole. */
  readonly decimals?: readonly string[];

  /** Check of the plan; what is not known yet counts as left out. @returns what is wrong, in the provider's words */
  checkPlan?(planned: Attributes): string | undefined;

  /**
   * Checks of the real provider when it validates. Parts of the configuration may be unknown.
   * @returns mistakes at their attributes
   * @throws {AwsError} for a mistake of the resource as a whole
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most kinds only throw
  validate?(config: Attributes): readonly ValueMistake[] | void;
}

/** The schema of the bindings with what the traits add. @throws {Error} when a trait names no such attribute */
export function schemaOf(type: ResourceType, traits: PlanTraits): BlockSchema {
  const { resources } = bindings as unknown as Bindings;
  const found = resources[type];
  if (found === undefined) throw new Error(`${type} is not in bindings.json: run npm run schema`);
  const bound = Object.entries(traits.deepBlocks ?? {}).reduce(
    (schema, [path, block]) => withBlock(schema, path.split("."), block),
    found,
  );
  for (const path of pathsOf(traits)) requirePath(type, bound, path.split("."));
  return withTraits(bound, traits, "");
}

/** The schema of the bindings with the attributes that Terraform does not show. */
export function schemaOfDataSource(type: string, sensitive: readonly string[] = []): BlockSchema {
  const bound = (bindings as unknown as Bindings).dataSources[type];
  if (bound === undefined) throw new Error(`${type} is not in bindings.json: run npm run schema`);
  return withTraits(bound, { sensitive }, "");
}

/** Schema of the `provider "aws"` block. */
export const providerSchema: BlockSchema = (bindings as unknown as Bindings).provider;

function withBlock(
  { attributes, blocks }: BlockSchema,
  [name = "", ...rest]: readonly string[],
  added: NestedBlockSchema,
): BlockSchema {
  if (rest.length === 0) return { attributes, blocks: { ...blocks, [name]: added } };
  const outer = blocks[name];
  if (outer === undefined) throw new Error(`there is no block "${name}"`);
  return { attributes, blocks: { ...blocks, [name]: { ...outer, block: withBlock(outer.block, rest, added) } } };
}

function pathsOf(traits: PlanTraits): readonly string[] {
  const { forceNew = [], sensitive = [], writeOnly = [], defaults = {}, refused = [] } = traits;
  const { computedBlocks = [], verbatim = [], json = {}, relations = {}, decimals = [] } = traits;
  const { forceNewWhenSet = [] } = traits;
  const named = [
    ...forceNew,
    ...sensitive,
    ...writeOnly,
    ...Object.keys(defaults),
    ...refused,
    ...Object.keys(traits.kept ?? {}),
  ];
  const kept = [...computedBlocks, ...forceNewWhenSet];
  return [...named, ...kept, ...verbatim, ...Object.keys(json), ...decimals, ...relatedIn(relations)];
}

function relatedIn({
  conflictsWith = {},
  exactlyOneOf = [],
  requiredWith = {},
}: AttributeRelations): readonly string[] {
  const byName = [conflictsWith, requiredWith].flatMap((of) => Object.entries(of).flat(2));
  return [...byName, ...exactlyOneOf.flat()];
}

function requirePath(type: string, schema: BlockSchema, [name = "", ...rest]: readonly string[]): void {
  const nested = schema.blocks[name];
  if (rest.length === 0 && (nested !== undefined || schema.attributes[name] !== undefined)) return;
  if (nested === undefined) throw new Error(`${type} has no attribute or block "${name}"`);
  requirePath(type, nested.block, rest);
}

function withTraits(schema: BlockSchema, traits: PlanTraits, prefix: string): BlockSchema {
  const attributes = Object.entries(schema.attributes).map(([name, attribute]): [string, AttributeSchema] => [
    name,
    {
      ...attribute,
      ...(traits.sensitive?.includes(prefix + name) ? { sensitive: true } : {}),
      ...(traits.writeOnly?.includes(prefix + name) ? { write_only: true } : {}),
    },
  ]);
  const blocks = Object.entries(schema.blocks).map(([name, nested]): [string, NestedBlockSchema] => [
    name,
    { ...nested, block: withTraits(nested.block, traits, `${prefix}${name}.`) },
  ]);
  return { attributes: Object.fromEntries(attributes), blocks: Object.fromEntries(blocks) };
}
