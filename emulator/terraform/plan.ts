/**
 * What a resource will look like after apply, derived from the flags of its schema. Pure.
 *
 * Terraform itself has already merged configuration and state into a proposal; what is left is what only a provider
 * knows: defaults, what AWS fills in, what an update may change, and what can only be had by replacement.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
import { type Attributes, isObject, isSame, UNKNOWN, Unknown, type Value } from "./attributes";
import type { PlanTraits } from "./kind";
import { isEquivalent, LegacyDiff } from "./legacy-diff";
import { isOfLegacyTypeSystem } from "./legacy-type-system";
import { plannedTags, type TagSettings } from "./planned-tags";
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

/** Settings of the `provider` block that count in a plan. */
type PlanSettings = Pick<ProviderSettings, "region"> & TagSettings;

/** Plans one resource. */
export function planChange(
  kind: Plannable,
  { prior, proposed, config }: WantedChange,
  settings: PlanSettings,
): PlannedChange {
  if (proposed === null) return { planned: null, requiresReplace: [] };
  const hidden = Object.fromEntries((kind.writeOnly ?? []).map((name) => [name, null]));
  const wanted = withKept(kind, prior, withDefaults(kind, kind.schema, { ...proposed, ...hidden }, ""));
  const isOlder = isOfLegacyTypeSystem(kind.schema);
  const compared = isOlder
    ? new LegacyDiff(kind.json ?? {}, nestedIn(kind.computedBlocks ?? [])).planned(kind.schema, prior, wanted)
    : wanted;
  const whole = withProviderSettings(kind.schema, prior, compared, config?.["region"] ?? null, settings);
  const given = { ...whole, ...kind.suppress?.(whole, prior, wanted) };
  if (prior === null) return { planned: withUnknown(kind.schema, given), requiresReplace: [] };
  const isUnchanged = isOlder ? isEquivalent(kind.schema, prior, given) : isSame(prior, given);
  if (isUnchanged) return { planned: prior, requiresReplace: [] };
  const requiresReplace = [
    ...replacedBy(kind, prior, given, settings.region).flatMap((path) => {
      const [name = ""] = path.split(".");
      return isSame(valuesAt(prior, path), valuesAt(given, path)) ? [] : [name];
    }),
    ...(kind.forceNewWhenSet ?? []).filter((name) => isUnset(prior[name]) !== isUnset(given[name])),
  ];
  return { planned: isOlder ? given : withUnknownInBlocks(kind.schema, given), requiresReplace };
}

/** The attribute; of one in blocks all of them that are set. */
function valuesAt(attributes: Attributes, path: string): Value {
  const [name = "", ...rest] = path.split(".");
  const value = attributes[name] ?? null;
  if (rest.length === 0) return value;
  const items = (Array.isArray(value) ? value : [value]) as readonly Value[];
  return items
    .map((item) => (isObject(item) ? valuesAt(item, rest.join(".")) : null))
    .filter((inner) => inner !== null);
}

/** Paths in blocks: those of the top level are filled in before. */
const nestedIn = (paths: readonly string[]) => paths.filter((path) => path.includes("."));

function isUnset(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "" || value instanceof Unknown;
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
    given[name] ?? kind.defaults?.[prefix + name] ?? null,
  ]);
  return {
    ...Object.fromEntries(attributes),
    ...mapBlocks(schema, given, (name, inner, block) => withDefaults(kind, inner, block, `${prefix}${name}.`)),
  };
}

/** Blocks that AWS filled in stay as they are. */
function withKept(kind: Plannable, prior: Attributes | null, given: Attributes): Attributes {
  const isEmpty = (value: Value | undefined) => Array.isArray(value) && value.length === 0;
  const blocks = (kind.computedBlocks ?? []).filter((name) => isEmpty(given[name]));
  return { ...given, ...Object.fromEntries(blocks.map((name) => [name, prior?.[name] ?? UNKNOWN])) };
}

/**
 * The region, and the tags of provider and resource together. A region that the configuration does not name is the
 * provider's, even when the resource was made in another: it then moves, that is, it is replaced.
 */
function withProviderSettings(
  schema: BlockSchema,
  prior: Attributes | null,
  given: Attributes,
  configuredRegion: Value,
  settings: PlanSettings,
): Attributes {
  const has = (name: string) => schema.attributes[name] !== undefined;
  return {
    ...given,
    ...(has("region") ? { region: configuredRegion ?? settings.region } : {}),
    ...(has("tags_all") ? { tags_all: plannedTags(prior, given, settings) } : {}),
  };
}

/** What AWS fills in at creation: every computed attribute that the configuration leaves out. */
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
