/** JSONPath of mapping templates: names, indexes, `*` and `..`. */
import { UnsupportedError } from "../errors";
import type { TemplateValue } from "./template-values";

/** A step into a value; without a key it leads to all members, and a deep one also looks at all levels below. */
interface PathStep {
  readonly key: string | number | undefined;
  readonly isDeep: boolean;
}

const STEP =
  /(?<deep>\.\.)?(?:(?:(?<=\.\.)|\.)(?:(?<name>[\p{L}\p{N}_-]+)|\*)|\[(?:\*|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<index>-?\d{1,9}))\])/uy;

/** Steps of the path. @throws {UnsupportedError} for filters, slices, functions and what is not a path */
export function parsePath(path: string): readonly PathStep[] {
  const whole = path.startsWith("$") ? path.slice(1) : path.startsWith("[") ? path : `.${path}`;
  const steps: PathStep[] = [];
  for (let at = 0; at < whole.length && whole !== "."; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const found = STEP.exec(whole)?.groups;
    if (found === undefined) {
      throw new UnsupportedError(`the path ${path} is not emulated. Emulated: names, indexes, * and ..`);
    }
    const { name, single, double, index, deep } = found;
    const key = name ?? single ?? double ?? (index === undefined ? undefined : Number(index));
    steps.push({ key, isDeep: deep !== undefined });
  }
  return steps;
}

/**
 * The part of the value that the path leads to; `undefined` when there is none. A path with `*` or `..` always leads
 * to a list.
 */
export function valueAt(value: TemplateValue, steps: readonly PathStep[]): TemplateValue | undefined {
  let found: readonly TemplateValue[] = [value];
  for (const { key, isDeep } of steps) {
    const searched = isDeep ? found.flatMap(levelsOf) : found;
    found = searched.flatMap((each) => (key === undefined ? membersOf(each) : memberAt(each, key)));
  }
  const isList = steps.some(({ key, isDeep }) => key === undefined || isDeep);
  return isList ? [...found] : found[0];
}

function membersOf(value: TemplateValue): readonly TemplateValue[] {
  return value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
}

function memberAt(value: TemplateValue, key: string | number): readonly TemplateValue[] {
  if (value instanceof Map) return typeof key === "string" && value.has(key) ? [value.get(key) ?? null] : [];
  const member = Array.isArray(value) && typeof key === "number" ? value.at(key) : undefined;
  return member === undefined ? [] : [member];
}

function levelsOf(value: TemplateValue): readonly TemplateValue[] {
  return [value, ...membersOf(value).flatMap(levelsOf)];
}
