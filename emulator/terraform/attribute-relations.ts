/**
 * Rules for several attributes together, with the words of Terraform's older SDK. An empty text counts as set, and what
 * is not known yet as neither set nor left out. Pure.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors
 */
import { type Attributes, hasUnknown, Unknown } from "./attributes";
import type { ValueMistake } from "./kind-values";

/** Attributes and blocks of the top level by name. */
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
  config: Attributes,
  { conflictsWith = {}, exactlyOneOf = [], requiredWith = {} }: AttributeRelations,
): readonly ValueMistake[] {
  const mistakes = [
    ...exactlyOneOf.flatMap((group) => exactlyOneMistakes(config, group)),
    ...Object.entries(requiredWith).flatMap(([name, others]) => requiredMistakes(config, name, others)),
    ...Object.entries(conflictsWith).flatMap(([name, others]) => conflictMistakes(config, name, others)),
  ];
  const firstOf = (step: string | number | undefined) => mistakes.find(({ steps }) => steps[0] === step);
  return mistakes.filter((mistake) => firstOf(mistake.steps[0]) === mistake);
}

function isSet(config: Attributes, name: string): boolean {
  const value = config[name] ?? null;
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

function isUnknown(config: Attributes, name: string): boolean {
  return hasUnknown(config[name] ?? null);
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
  if (!isSet(config, name) || names.every((other) => isSet(config, other))) return [];
  const detail = `"${name}": all of \`${names.join(",")}\` must be specified`;
  return [{ summary: "Missing required argument", detail, steps: [name] }];
}

/** Only the first conflict of an attribute is reported. */
function conflictMistakes(config: Attributes, name: string, others: readonly string[]): readonly ValueMistake[] {
  if (!isSet(config, name) || isUnknown(config, name)) return [];
  const other = others.find((candidate) => isSet(config, candidate) && !(config[candidate] instanceof Unknown));
  if (other === undefined) return [];
  const detail = `"${name}": conflicts with ${other}`;
  return [{ summary: "Conflicting configuration arguments", detail, steps: [name] }];
}
