/** JSONPath of mapping templates: names, indexes, `*` and `..`. */
import { UnsupportedError } from "../errors";
import type { TemplateValue } from "./template-values";

/** A step into a value; `*` stands for all members, and a deep one also looks at all levels below. */
interface PathStep {
  readonly key: string | number | "*";
  readonly isAll: boolean;
  readonly isDeep: boolean;
}

const STEP =
  /(?<deep>\.\.)?(?:(?:(?<=\.\.)|\.)(?:(?<name>[\p{L}\p{N}_-]+)|(?<all>\*))|\[(?:(?<every>\*)|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<index>-?\d{1,9}))\])/uy;

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
    const { name, single, double, index } = found;
    const key = name ?? single ?? double ?? (index === undefined ? "*" : Number(index));
    steps.push({
      key,
      isAll: found["all"] !== undefined || found["every"] !== undefined,
      isDeep: found["deep"] !== undefined,
    });
  }
  return steps;
}

/**
 * The part of the value that the path leads to; `undefined` when there is none. A path with `*` or `..` always leads
 * to a list.
 * @param onVisit is called for each value that `..` looks at, and may throw
 */
export function valueAt(
  value: TemplateValue,
  steps: readonly PathStep[],
  onVisit: () => void = () => undefined,
): TemplateValue | undefined {
  let found: readonly TemplateValue[] = [value];
  for (const step of steps) {
    const searched = step.isDeep ? found.flatMap((each) => levelsOf(each, onVisit)) : found;
    found = searched.flatMap((each) => membersAt(each, step));
  }
  const isList = steps.some(({ isAll, isDeep }) => isAll || isDeep);
  return isList ? [...found] : found[0];
}

function membersAt(value: TemplateValue, { key, isAll }: PathStep): readonly TemplateValue[] {
  if (isAll) return value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  if (value instanceof Map) return typeof key === "string" && value.has(key) ? [value.get(key) ?? null] : [];
  if (!Array.isArray(value) || typeof key === "string") return [];
  const member = value.at(key);
  return member === undefined ? [] : [member];
}

function levelsOf(value: TemplateValue, onVisit: () => void): readonly TemplateValue[] {
  onVisit();
  const members = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  return [value, ...members.flatMap((member) => levelsOf(member, onVisit))];
}
