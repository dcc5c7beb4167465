/**
 * What a resource will look like after apply, derived from the flags of its schema. Pure.
 *
 * Terraform itself has already merged configuration and state into a proposal; what is left is what only a provider
 * knows: defaults, what AWS fills in, what an update may change, and what can only be had by replacement.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
import { type Attributes, isObject, isSame, isSameJson, UNKNOWN, type Value, withoutUnknown } from "./attributes";
import type { PlanTraits } from "./kind";
import { isOfOlderSdk, withEmptyAsNone } from "./older-sdk";
import type { ProviderSettings } from "./provider-settings";
import type { BlockSchema } from "./schema/block";

/** What a plan needs to know of a resource. */
export interface Plannable extends PlanTraits {
  readonly schema: BlockSchema;
}

/** A planned change. */
export interface PlannedChange {
  /** The resource afterwards; parts that only apply can tell are unknown. `null` when it is deleted. */
  readonly planned: Attributes | null;
  /** Attributes and blocks whose change demands a replacement. */
  readonly requiresReplace: readonly string[];
}

/** What Terraform asks to have planned. */
export interface WantedChange {
  /** State; `null` for a resource to be created. */
  readonly prior: Attributes | null;
  /** Terraform's merge of configuration and state; `null` for a resource to be deleted. */
  readonly proposed: Attributes | null;
  /** What the user wrote; `null` for a resource to be deleted. */
  readonly config: Attributes | null;
}

/** Plans one resource. */
export function planChange(
  kind: Plannable,
  { prior, proposed, config }: WantedChange,
  settings: Pick<ProviderSettings, "region" | "defaultTags">,
): PlannedChange {
  if (proposed === null) return { planned: null, requiresReplace: [] };
  const hidden = Object.fromEntries((kind.writeOnly ?? []).map((name) => [name, null]));
  const wanted = withKept(kind, prior, withDefaults(kind, kind.schema, { ...proposed, ...hidden }, ""));
  const meant = isOfOlderSdk(kind.schema) ? withEmptyAsNone(kind.schema, prior, wanted) : wanted;
  const whole = withProviderSettings(kind.schema, meant, config?.["region"] ?? null, settings);
  const given = { ...whole, ...kind.suppress?.(whole, prior) };
  if (prior === null) return { planned: withUnknown(kind.schema, withoutEmptyTags(given)), requiresReplace: [] };
  if (isSame(prior, given)) return { planned: prior, requiresReplace: [] };
  const requiresReplace = [
    ...replacedBy(kind, prior, given, settings.region).filter((name) => !isSame(prior[name], given[name])),
    ...(kind.forceNewWhenSet ?? []).filter((name) => isUnset(prior[name]) !== isUnset(given[name])),
  ];
  return { planned: withVolatile(kind, prior, withUnknownInBlocks(kind.schema, given)), requiresReplace };
}

function isUnset(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "";
}

/** State of 5.x of the provider has no region before it is refreshed: the resource is then in the provider's region. */
function replacedBy(kind: Plannable, prior: Attributes, given: Attributes, ofProvider: string): readonly string[] {
  const isThere = (prior["region"] ?? null) === null && given["region"] === ofProvider;
  const region = isThere || kind.schema.attributes["region"] === undefined ? [] : ["region"];
  return [...region, ...(kind.forceNew ?? [])];
}

function withDefaults(kind: Plannable, schema: BlockSchema, given: Attributes, prefix: string): Attributes {
  const attributes = Object.keys(schema.attributes).map((name): [string, Value] => [
    name,
    normalized(kind, prefix + name, given[name] ?? kind.defaults?.[prefix + name] ?? null),
  ]);
  return {
    ...Object.fromEntries(attributes),
    ...mapBlocks(schema, given, (name, inner, block) => withDefaults(kind, inner, block, `${prefix}${name}.`)),
  };
}

function normalized(kind: Plannable, path: string, value: Value): Value {
  const normalize = kind.normalized?.[path];
  return normalize !== undefined && typeof value === "string" && value !== "" ? normalize(value) : value;
}

/** What stays as it is: blocks that AWS filled in, and what says the same as before. */
function withKept(kind: Plannable, prior: Attributes | null, given: Attributes): Attributes {
  const { computedBlocks = [], keptBlocks = [], json = [], equivalent = {} } = kind;
  const isEmpty = (value: Value | undefined) => Array.isArray(value) && value.length === 0;
  const blocks = computedBlocks.filter((name) => isEmpty(given[name]));
  const kept = keptBlocks.filter((name) => isEmpty(given[name]));
  const isAsBefore = ([name, areSame]: [string, (before: Value, now: Value) => boolean]) =>
    prior !== null && areSame(prior[name] ?? null, given[name] ?? null);
  const same = Object.entries(equivalent).filter(isAsBefore);
  const texts = [...json.filter((name) => isSameJson(prior?.[name], given[name])), ...same.map(([name]) => name)];
  return {
    ...given,
    ...Object.fromEntries(blocks.map((name) => [name, prior?.[name] ?? UNKNOWN])),
    ...Object.fromEntries(kept.map((name) => [name, withoutSettings(kind, name, prior?.[name] ?? [])])),
    ...Object.fromEntries(texts.map((name) => [name, prior?.[name] ?? null])),
  };
}

/** The blocks of before with only what AWS fills in, what is nested in them and defaults. */
function withoutSettings(kind: Plannable, name: string, before: Value): Value {
  const schema = kind.schema.blocks[name]?.block;
  if (!Array.isArray(before) || schema === undefined) return before;
  return (before as readonly Value[]).map((block) => {
    if (!isObject(block)) return block;
    const computed = Object.entries(schema.attributes).flatMap(([attribute, { computed: isComputed }]) =>
      isComputed === true ? [attribute] : [],
    );
    const stays = [...computed, ...Object.keys(schema.blocks)].map((part): [string, Value] => [
      part,
      block[part] ?? null,
    ]);
    return withDefaults(kind, schema, Object.fromEntries(stays), `${name}.`);
  });
}

/**
 * The region, and the tags of provider and resource together. A region that the configuration does not name is the
 * provider's, even when the resource was made in another: it then moves, that is, it is replaced.
 */
function withProviderSettings(
  schema: BlockSchema,
  given: Attributes,
  configuredRegion: Value,
  settings: Pick<ProviderSettings, "region" | "defaultTags">,
): Attributes {
  const has = (name: string) => schema.attributes[name] !== undefined;
  return {
    ...given,
    ...(has("region") ? { region: configuredRegion ?? settings.region } : {}),
    ...(has("tags_all") ? { tags_all: allTags(given["tags"] ?? null, settings.defaultTags) } : {}),
  };
}

/** Of a resource to be created without any tags, the real provider does not say which it will have. */
function withoutEmptyTags(given: Attributes): Attributes {
  const { tags_all = null } = given;
  return isObject(tags_all) && Object.keys(tags_all).length === 0 ? { ...given, tags_all: null } : given;
}

/** Known as a whole or not at all, as the real provider has it. A tag of the resource goes before one of the provider. */
function allTags(own: Value, defaults: Value): Value {
  const isKnown = [own, defaults].every((tags) => isSame(tags, withoutUnknown(tags)));
  if (!isKnown) return UNKNOWN;
  const tags = [defaults, own].flatMap((of) => (isObject(of) ? Object.entries(of) : []));
  return Object.fromEntries(tags.filter(([, value]) => value !== null));
}

/** What AWS fills in at creation: every computed attribute that nobody gave. */
function withUnknown(schema: BlockSchema, given: Attributes): Attributes {
  return { ...fillComputed(schema, given), ...withUnknownBlocks(schema, given) };
}

function withUnknownInBlocks(schema: BlockSchema, given: Attributes): Attributes {
  return { ...given, ...withUnknownBlocks(schema, given) };
}

function withUnknownBlocks(schema: BlockSchema, given: Attributes): Attributes {
  return mapBlocks(schema, given, (_name, inner, block) => withUnknown(inner, block));
}

function fillComputed(schema: BlockSchema, given: Attributes): Attributes {
  const filled = Object.entries(schema.attributes).map(([name, { computed }]): [string, Value] => [
    name,
    given[name] ?? (computed === true ? UNKNOWN : null),
  ]);
  return Object.fromEntries(filled);
}

function withVolatile(kind: Plannable, prior: Attributes, planned: Attributes): Attributes {
  const names = [...(kind.volatile ?? []), ...(kind.unknownAfter?.(planned, prior) ?? [])];
  return { ...planned, ...Object.fromEntries(names.map((name) => [name, UNKNOWN])) };
}

/** The nested blocks, each changed by itself. */
function mapBlocks(
  schema: BlockSchema,
  given: Attributes,
  change: (name: string, schema: BlockSchema, block: Attributes) => Attributes,
): Attributes {
  const nested = Object.entries(schema.blocks).map(([name, { block }]): [string, Value] => {
    const value = given[name] ?? null;
    if (Array.isArray(value)) {
      const items = value as readonly Value[];
      return [name, items.map((item) => (isObject(item) ? change(name, block, item) : item))];
    }
    return [name, isObject(value) ? change(name, block, value) : value];
  });
  return Object.fromEntries(nested);
}
