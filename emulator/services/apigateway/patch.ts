/**
 * Patches of API Gateway's updates: what to replace, add, remove or copy, by path; and the patches that the Terraform
 * face makes of what differs. Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { AwsError } from "../../errors";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, isObject, isSame, settingOf, type Value } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { badRequest } from "./rules";

/** One patch. */
export type Patch = Wire<sdk.PatchOperation>;
export type Patches = readonly Patch[] | undefined;

/**
 * Members that a patch changes.
 * @param value empty when the patch has none
 * @param key what the path has in place of `*`, decoded
 */
export type Change<T> = (value: string, record: T, key: string, patch: Patch) => Partial<T>;

/** What can be done at one path, by operation. */
export type PathRules<T> = Readonly<Partial<Record<sdk.Op, Change<T>>>>;

/** What can be patched, by path, such as `/description`; `/requestModels/*` stands for one entry each. */
export type PatchRules<T> = Readonly<Record<string, PathRules<T>>>;

/** Paths with what can be done at each, whatever the record. */
type RulesByPath = Readonly<Record<string, object>>;

/** How a resource type words its refusals. */
export interface PatchTexts {
  unknownPath(patch: Patch, rules: RulesByPath): string;
  unknownOperation(patch: Patch, rules: RulesByPath, known: readonly string[]): string;
}

const plainTexts: PatchTexts = {
  unknownPath: ({ path = null }) => `Invalid patch path ${path}`,
  unknownOperation: (_patch, _rules, known) =>
    `Invalid patch operation specified. Must be one of: [${known.join(", ")}]`,
};

function listPaths({ op, path }: Patch, rules: RulesByPath): string {
  const paths = Object.entries(rules).flatMap(([known, of]) => (op !== undefined && op in of ? [known] : []));
  const hint = paths.length === 0 ? "Please choose supported operations" : `Must be one of: [${paths.join(", ")}]`;
  return `Invalid patch path  '${path}' specified for op '${op}'. ${hint}`;
}

/** Refusals that list the paths of the operation. */
export const listingTexts: PatchTexts = { unknownPath: listPaths, unknownOperation: listPaths };

/** The record as the patches leave it, one after another. @throws {AwsError} `BadRequestException` for unknown ones */
export function patched<T extends object>(
  record: T,
  patches: Patches,
  rules: PatchRules<T>,
  texts: PatchTexts = plainTexts,
): T {
  let changed = record;
  for (const patch of patches ?? []) {
    const [of, key] = findRules(rules, patch.path ?? "");
    const asked = patch.op ?? "replace";
    if (of === undefined) throw badRequest(texts.unknownPath(patch, rules));
    const change = of[asked];
    if (change === undefined) throw badRequest(texts.unknownOperation(patch, rules, Object.keys(of)));
    changed = present({ ...changed, ...change(patch.value ?? "", changed, key, patch) });
  }
  return changed;
}

function findRules<T>(rules: PatchRules<T>, path: string): readonly [PathRules<T> | undefined, string] {
  if (Object.hasOwn(rules, path)) return [rules[path], ""];
  const slash = path.lastIndexOf("/");
  const wildcard = `${path.slice(0, slash)}/*`;
  const key = path
    .slice(slash + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
  return key !== "" && Object.hasOwn(rules, wildcard) ? [rules[wildcard], key] : [undefined, ""];
}

/** A member that is replaced. @param convert left out: the text itself; an empty one takes the member away */
export function replacing<T extends object>(
  member: keyof T & string,
  convert: (value: string, record: T) => unknown = (value) => value || undefined,
): PathRules<T> {
  return { replace: (value, record) => ({ [member]: convert(value, record) }) as Partial<T> };
}

export const isTrue = (value: string) => value.toLowerCase() === "true";

/** Entries of a map. @param missing the refusal when there is no entry to replace or remove */
export function entries<T extends object>(
  member: keyof T & string,
  missing: () => AwsError,
  convert: (value: string, record: T, key: string) => unknown = (value) => value,
): PathRules<T> {
  const mapOf = (record: T) => (record[member] ?? {}) as Readonly<Record<string, unknown>>;
  const set: Change<T> = (value, record, key) =>
    ({ [member]: { ...mapOf(record), [key]: convert(value, record, key) } }) as Partial<T>;
  const requireEntry = (record: T, key: string) => {
    if (!Object.hasOwn(mapOf(record), key)) throw missing();
  };
  return {
    add: set,
    replace(value, record, key, patch) {
      requireEntry(record, key);
      return set(value, record, key, patch);
    },
    remove(_value, record, key) {
      requireEntry(record, key);
      const { [key]: _, ...others } = mapOf(record);
      return { [member]: Object.keys(others).length === 0 ? undefined : others } as Partial<T>;
    },
  };
}

/** Items of a list of texts, named by the path's key or by the patch's value. @param canBeEmpty whether an empty one is kept */
export function items<T extends object>(
  member: keyof T & string,
  by: "key" | "value",
  canBeEmpty = false,
): PathRules<T> {
  const listOf = (record: T) => (record[member] ?? []) as readonly string[];
  const named = (value: string, key: string) => (by === "key" ? key : value);
  const without = (record: T, item: string) => listOf(record).filter((other) => other !== item);
  const list = (all: readonly string[]) => ({ [member]: all.length > 0 || canBeEmpty ? all : undefined }) as Partial<T>;
  const added = (record: T, item: string) => list([...without(record, item), item]);
  return {
    add: (value, record, key) => added(record, named(value, key)),
    remove: (value, record, key) => list(without(record, named(value, key))),
    ...(by === "key" && {
      replace: (value: string, record: T, key: string) => added({ ...record, ...list(without(record, key)) }, value),
    }),
  };
}

/**
 * Patches for what differs, as the real provider makes them.
 *
 * @param paths path of each attribute. Entries of maps, and items of lists whose path ends in `/*`, have paths of their
 *   own; items of other lists are values of patches, but for the only item of a list, whose path ends in `/0`. Names
 *   of attributes in blocks are dotted
 */
export function differences(
  planned: Attributes,
  prior: Attributes,
  paths: Readonly<Record<string, string>>,
): readonly Patch[] {
  return Object.entries(paths).flatMap(([name, path]) => {
    const [before, now] = [settingOf(prior, name), settingOf(planned, name)];
    if (isSame(before, now)) return [];
    if (path.endsWith("/0") && Array.isArray(now)) return [{ op: "replace" as const, path, value: textOf(now[0]) }];
    if (Array.isArray(before ?? now) && Array.isArray(now ?? before)) return listPatches(path, before, now);
    if (isObject(before ?? {}) && isObject(now ?? {}) && (before ?? now) !== null) return mapPatches(path, before, now);
    return [{ op: "replace" as const, path, value: textOf(now) }];
  });
}

function listPatches(path: string, before: Value, now: Value): readonly Patch[] {
  const [old, all] = [before, now].map((list) => (list ?? []) as readonly string[]);
  const patch = (op: "add" | "remove", item: string): Patch =>
    path.endsWith("/*") ? { op, path: path.replace("*", escapeKey(item)), value: "" } : { op, path, value: item };
  // Additions come first: some lists must not be empty in between.
  return [
    ...(all ?? []).filter((item) => !old?.includes(item)).map((item) => patch("add", item)),
    ...(old ?? []).filter((item) => !all?.includes(item)).map((item) => patch("remove", item)),
  ];
}

function mapPatches(path: string, before: Value, now: Value): readonly Patch[] {
  const [old = {}, all = {}] = [before, now].map((map) => (isObject(map) ? map : {}));
  const at = (key: string) => `${path}/${escapeKey(key)}`;
  const removed = Object.keys(old).filter((key) => !Object.hasOwn(all, key));
  const set = Object.entries(all).filter(([key, value]) => !isSame(old[key] ?? null, value));
  return [
    ...removed.map((key): Patch => ({ op: "remove", path: at(key) })),
    ...set.map(([key, value]): Patch => {
      return { op: Object.hasOwn(old, key) ? "replace" : "add", path: at(key), value: textOf(value) };
    }),
  ];
}

export { differences as replacements };

function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function textOf(value: Value | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** The update of a resource by patches of what differs. */
export function byPatches(operation: string, paths: Readonly<Record<string, string>>) {
  return async (planned: Attributes, prior: Attributes, aws: Aws): Promise<void> => {
    const patchOperations = differences(planned, prior, paths);
    const onlyTags = patchOperations.length === 0 && planned["tags_all"] !== undefined;
    if (!onlyTags) await aws.call(operation, { ...aws.inputOf(operation, planned), patchOperations });
  };
}
