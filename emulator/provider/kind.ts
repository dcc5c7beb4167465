/**
 * What a resource kind is: the schema of the bindings and, beside it, only what the bindings do not say. Whoever
 * writes a kind sees attributes and an account, never the protocol.
 */
import type { Account } from "../account";
import type { Attributes, Value } from "../attributes";
import type { AwsError } from "../errors";
import type { AttributeRelations } from "./attribute-relations";
import type { ValueMistake } from "./kind-values";
import bindings from "./schema/bindings.json";
import type { AttributeSchema, Bindings, BlockSchema, NestedBlockSchema } from "./schema/block";
import type { ResourceType } from "./schema/resource-types";

/** Where an operation happens: account and region that the resource is in, and the files that Terraform sees. */
export interface Place {
  readonly account: Account;
  readonly region: string;
  /** Id of the AWS account that the `provider` block stands for, twelve digits: what ARNs name. */
  readonly accountId: string;
  /**
   * Contents of the files that a path of the configuration may mean. A provider that Terraform did not start itself
   * does not know Terraform's working directory, so a relative path may fit in more than one.
   */
  readFiles(path: string): readonly Uint8Array[];
}

/** How many there can be: resources of the kind that belong together, or elements of one resource. */
export type Limit = { readonly most: number; refusal(): AwsError } & (
  | { /** Attribute that names what they belong to. */ readonly per: string }
  | { /** A list, set or block of the resource. */ readonly elements: string }
);

/** What the bindings do not say of a kind. Names inside blocks are dotted: `token_validity_units.access_token`. */
export interface KindTraits {
  /** Attributes and blocks whose change makes Terraform replace the resource. */
  readonly forceNew?: readonly string[];
  /** Attributes that Terraform does not print. */
  readonly sensitive?: readonly string[];
  /** Attributes of the top level that are in the configuration only: neither planned nor kept in state. */
  readonly writeOnly?: readonly string[];
  /** What the real provider puts in, at plan time, for an attribute that the configuration leaves out. */
  readonly defaults?: Readonly<Record<string, Value>>;
  /** Computed attributes that any update may change. */
  readonly volatile?: readonly string[];
  /** Computed attributes that this very update may change, besides the volatile ones. */
  unknownAfter?(planned: Attributes, prior: Attributes): readonly string[];
  /** Attributes that stay as in state although the configuration says otherwise, as the real provider has it. */
  suppress?(planned: Attributes, prior: Attributes): Attributes;
  /** Blocks that AWS fills in when the configuration has none, and that stay as they are when it has none any more. */
  readonly computedBlocks?: readonly string[];
  /** Blocks that stay when the configuration has none any more, with what it may set in them as if it were left out. */
  readonly keptBlocks?: readonly string[];
  /** Further attributes that replace the resource when they are set or unset, but not when they change. */
  readonly forceNewWhenSet?: readonly string[];
  /** Attributes whose text is JSON; only what it says counts, not how it is written. */
  readonly json?: readonly string[];
  /** How the real provider rewrites texts when it plans them: keys sorted, for example. */
  readonly normalized?: Readonly<Record<string, (text: string) => string>>;
  /** Attributes and blocks whose values may say the same though they differ; state then stays as it is. */
  readonly equivalent?: Readonly<Record<string, (before: Value, now: Value) => boolean>>;
  /** Attributes and blocks that would change an answer and are not played, hence refused when they are set. */
  readonly refused?: readonly string[];
  /** Attributes that exclude or need each other at plan time. */
  readonly relations?: AttributeRelations;
  /** Numbers that need not be whole. */
  readonly decimals?: readonly string[];
  /** How many there can be. A resource is counted when it is created, elements whenever they are set. */
  readonly limits?: readonly Limit[];

  /**
   * Checks of the real provider at plan time. Parts of the configuration may be unknown.
   * @returns mistakes at their attributes
   * @throws {AwsError} for a mistake of the resource as a whole
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most kinds only throw
  validate?(config: Attributes): readonly ValueMistake[] | void;

  /**
   * Creates the resource: checks what AWS checks, and returns what AWS fills in, `id` included.
   * @param given attributes of the plan; what is not known yet is null
   * @throws {AwsError} when AWS refuses
   */
  create(given: Attributes, place: Place): Attributes | Promise<Attributes>;

  /**
   * Checks a change in place, and returns what AWS fills in anew.
   * @throws {AwsError} when AWS refuses
   */
  update?(given: Attributes, prior: Attributes, place: Place): Attributes | Promise<Attributes>;

  /** What a refresh computes from the rest of the resource and the account. */
  read?(attributes: Attributes, account: Account): Attributes;

  /**
   * What AWS keeps to itself; asked after each creation and change.
   * @param before what was kept so far; `undefined` for a new resource
   */
  internal?(attributes: Attributes, place: Place, before: unknown): unknown | Promise<unknown>;

  /** Checks a deletion and tidies up what hangs on the resource. @throws {AwsError} when AWS refuses */
  remove?(existing: Attributes, place: Place): void;

  /** What tells resources of the kind apart within a region; left out means `id`. */
  key?(attributes: Attributes): string;

  /** The id that `terraform import` takes; left out means `id`. */
  importId?(attributes: Attributes): string;
}

/** A resource kind with its whole schema. */
export interface Kind extends KindTraits {
  readonly type: ResourceType;
  readonly schema: BlockSchema;
}

/** Makes a kind of what the bindings say and what they do not. @throws {Error} when a trait names no such attribute */
export function defineKind(type: ResourceType, traits: KindTraits): Kind {
  const schema = schemaOf(type, traits);
  const { create, update, limits = [] } = traits;
  return {
    ...traits,
    type,
    schema,
    create(given, place) {
      requireRoom(type, limits, given, place.account);
      return create(given, place);
    },
    update(given, prior, place) {
      requireRoom(type, limits, given);
      return update?.(given, prior, place) ?? {};
    },
  };
}

/** The schema of the bindings with what the traits add. @throws {Error} when a trait names no such attribute */
export function schemaOf(type: ResourceType, traits: NamingTraits): BlockSchema {
  const { resources } = bindings as unknown as Bindings;
  const bound = resources[type];
  if (bound === undefined) throw new Error(`${type} is not in bindings.json: run npm run schema`);
  for (const path of pathsOf(traits)) requirePath(type, bound, path.split("."));
  return withTraits(bound, traits, "");
}

/** The schema of the bindings with the attributes that Terraform does not show. */
export function schemaOfDataSource(type: string, sensitive: readonly string[] = []): BlockSchema {
  const bound = (bindings as unknown as Bindings).dataSources[type];
  if (bound === undefined) throw new Error(`${type} is not in bindings.json: run npm run schema`);
  return withTraits(bound, { sensitive }, "");
}

/** Traits that name attributes. */
type NamingTraits = Pick<
  KindTraits,
  | "forceNew"
  | "sensitive"
  | "writeOnly"
  | "defaults"
  | "volatile"
  | "computedBlocks"
  | "forceNewWhenSet"
  | "keptBlocks"
  | "json"
  | "normalized"
  | "equivalent"
  | "refused"
  | "limits"
  | "relations"
  | "decimals"
>;

/**
 * @param account where one more resource is to be; left out for one that is there
 * @throws {AwsError} when something is one too many
 */
function requireRoom(type: string, limits: readonly Limit[], given: Attributes, account?: Account): void {
  for (const limit of limits) {
    if (countOf(type, limit, given, account) > limit.most) throw limit.refusal();
  }
}

/** How many there are then, the resource itself included. */
function countOf(type: string, limit: Limit, given: Attributes, account: Account | undefined): number {
  if ("elements" in limit) {
    const elements = given[limit.elements];
    return Array.isArray(elements) ? elements.length : 0;
  }
  if (account === undefined) return 0;
  return 1 + account.list(type).filter((other) => other[limit.per] === given[limit.per]).length;
}

/** Schema of the `provider "aws"` block. */
export const providerSchema: BlockSchema = (bindings as unknown as Bindings).provider;

/** Where the resource is kept in the account. */
export function keyOf(kind: KindTraits, attributes: Attributes): string {
  const key = kind.key?.(attributes) ?? `${attributes["id"]}`;
  return typeof attributes["region"] === "string" ? `${attributes["region"]}/${key}` : key;
}

function pathsOf(traits: NamingTraits): readonly string[] {
  const { forceNew = [], sensitive = [], writeOnly = [], defaults = {}, volatile = [], refused = [] } = traits;
  const { normalized = {}, equivalent = {} } = traits;
  const { computedBlocks = [], json = [], limits = [], relations = {}, decimals = [] } = traits;
  const { keptBlocks = [], forceNewWhenSet = [] } = traits;
  const counted = limits.map((limit) => ("elements" in limit ? limit.elements : limit.per));
  const named = [...forceNew, ...sensitive, ...writeOnly, ...Object.keys(defaults), ...volatile, ...refused];
  const rewritten = [...Object.keys(normalized), ...Object.keys(equivalent)];
  const kept = [...computedBlocks, ...keptBlocks, ...forceNewWhenSet];
  return [...named, ...kept, ...json, ...rewritten, ...counted, ...decimals, ...relatedIn(relations)];
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

function withTraits(schema: BlockSchema, traits: NamingTraits, prefix: string): BlockSchema {
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
