/**
 * Rules for several attributes together, with the words of the legacy type system (SDK v2). What is empty counts as set, and what
 * is not known yet as neither set nor left out. Pure.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors
 */
import { type Attributes, hasUnknown, isObject, settingOf, Unknown, type Value } from "./attributes";
import type { ValueMistake } from "./kind-values";
import type { BlockSchema } from "./schema/block";

/** Attributes and blocks by name; those of a block that there is once are dotted: `password_policy.minimum_length`. */
export interface AttributeRelations {
  /** By attribute, those that it cannot be set with. Each direction is written, as the SDK reports each by itself. */
  readonly conflictsWith?: Readonly<Record<string, readonly string[]>>;
  /** Groups of which exactly one has to be set. */
  readonly exactlyOneOf?: readonly (readonly string[])[];
  /** By attribute, those that have to be set with it. */
  readonly requiredWith?: Readonly<Record<string, readonly string[]>>;
}

/**
 * All mistakes of a configuration; an attribute that is not the only one of its group reports it for itself. The SDK
 * looks no further at an attribute that has a mistake.
 */
export function relationMistakes(
  schema: BlockSchema,
  given: Attributes,
  { conflictsWith = {}, exactlyOneOf = [], requiredWith = {} }: AttributeRelations,
): readonly ValueMistake[] {
  const config = withoutNoBlocks(schema, given);
  const mistakes = [
    ...exactlyOneOf.flatMap((group) => exactlyOneMistakes(config, group)),
    ...Object.entries(requiredWith).flatMap(([name, others]) => requiredMistakes(config, name, others)),
    ...Object.entries(conflictsWith).flatMap(([name, others]) => conflictMistakes(config, name, others)),
  ];
  const firstAt = (place: string) => mistakes.find(({ steps }) => steps.join(".") === place);
  return mistakes.filter((mistake) => firstAt(mistake.steps.join(".")) === mistake);
}

/** Without the lists of blocks that are empty: there is then no such block. */
function withoutNoBlocks({ blocks }: BlockSchema, config: Attributes): Attributes {
  const entries = Object.entries(config).flatMap(([name, value]): [string, Value][] => {
    const nested = blocks[name]?.block;
    if (nested === undefined || !Array.isArray(value)) return [[name, value]];
    const items = (value as readonly Value[]).map((item) => (isObject(item) ? withoutNoBlocks(nested, item) : item));
    return items.length === 0 ? [] : [[name, items]];
  });
  return Object.fromEntries(entries);
}

function isSet(config: Attributes, name: string): boolean {
  return settingOf(config, name) !== null;
}

function isUnknown(config: Attributes, name: string): boolean {
  return hasUnknown(settingOf(config, name));
}

/** Steps to the attribute, through the only block of each name. */
function stepsTo(path: string): readonly (string | number)[] {
  return path.split(".").flatMap((name, index) => (index === 0 ? [name] : [0, name]));
}

function exactlyOneMistakes(config: Attributes, group: readonly string[]): readonly ValueMistake[] {
  const names = group.toSorted();
  const all = `\`${names.join(",")}\``;
  const given = names.filter((name) => isSet(config, name) && !isUnknown(config, name));
  const isOpen = names.some((name) => isUnknown(config, name));
  if (given.length === 1 || (given.length === 0 && isOpen)) return [];
  const detail =
    given.length === 0
      ? `one of ${all} must be specified`
      : `only one of ${all} can be specified, but \`${given.join(",")}\` were specified.`;
  const summary = "Invalid combination of arguments";
  return group.map((name) => ({ summary, detail: `"${name}": ${detail}`, steps: [name] }));
}

function requiredMistakes(config: Attributes, name: string, others: readonly string[]): readonly ValueMistake[] {
  const names = [...new Set([name, ...others])].toSorted();
  const [top = "", ...inner] = name.split(".");
  // The SDK does not look into a block of which a part is not known yet.
  if (inner.length > 0 && isUnknown(config, top)) return [];
  if (!isSet(config, name) || names.every((other) => isSet(config, other))) return [];
  const all = names.map((one) => stepsTo(one).join(".")).join(",");
  const steps = stepsTo(name);
  return [
    {
      summary: "Missing required argument",
      detail: `"${steps.join(".")}": all of \`${all}\` must be specified`,
      steps,
    },
  ];
}

/** Only the first conflict of an attribute is reported. */
function conflictMistakes(config: Attributes, name: string, others: readonly string[]): readonly ValueMistake[] {
  if (!isSet(config, name) || isUnknown(config, name)) return [];
  const other = others.find(
    (candidate) => isSet(config, candidate) && !(settingOf(config, candidate) instanceof Unknown),
  );
  if (other === undefined) return [];
  const steps = stepsTo(name);
  const detail = `"${steps.join(".")}": conflicts with ${stepsTo(other).join(".")}`;
  return [{ summary: "Conflicting configuration arguments", detail, steps }];
}
