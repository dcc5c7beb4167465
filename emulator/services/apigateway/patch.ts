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
import { badRequest } from "./refusals";

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

/**
 * Text of the refusal of a patch.
 * @param rules all paths with their operations
 * @param of operations of the patch's path; `undefined` for an unknown path
 */
export type PatchText = (patch: Patch, rules: Readonly<Record<string, object>>, of: object | undefined) => string;

const plainText: PatchText = ({ path = null }, _rules, of) =>
  of === undefined
    ? `Invalid patch path ${path}`
    : `Invalid patch operation specified. Must be one of: [${Object.keys(of).join(", ")}]`;

/** Lists the paths that the operation can be done at. */
export const listingText: PatchText = ({ op, path }, rules) => {
  const paths = Object.entries(rules).flatMap(([known, of]) => (op !== undefined && op in of ? [known] : []));
  const hint = paths.length === 0 ? "Please choose supported operations" : `Must be one of: [${paths.join(", ")}]`;
  return `Invalid patch path  '${path}' specified for op '${op}'. ${hint}`;
};

/** The record as the patches leave it, one after another. @throws {AwsError} `BadRequestException` for unknown ones */
export function patched<T extends object>(
  record: T,
  patches: Patches,
  rules: PatchRules<T>,
  text: PatchText = plainText,
): T {
  let changed = record;
  for (const patch of patches ?? []) {
    const [of, key] = findRules(rules, patch.path ?? "");
    const change = of?.[patch.op ?? "replace"];
    if (change === undefined) throw badRequest(text(patch, rules, of));
    changed = present({ ...changed, ...change(patch.value ?? "", changed, key, patch) });
  }
  return changed;
}

/** Rules of a path, and what it has in place of `*`. */
export function findRules<T>(rules: PatchRules<T>, path: string): readonly [PathRules<T> | undefined, string] {
  if (Object.hasOwn(rules, path)) return [rules[path], ""];
  const slash = path.lastIndexOf("/");
  const wildcard = `${path.slice(0, slash)}/*`;
  const key = unescapeKey(path.slice(slash + 1));
  return key !== "" && Object.hasOwn(rules, wildcard) ? [rules[wildcard], key] : [undefined, ""];
}

/** A member that is replaced. @param convert left out: the text itself; an empty one removes the member */
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
  convert: (value: string) => unknown = (value) => value,
): PathRules<T> {
  const mapOf = (record: T) => (record[member] ?? {}) as Readonly<Record<string, unknown>>;
  const add: Change<T> = (value, record, key) =>
    ({ [member]: { ...mapOf(record), [key]: convert(value) } }) as Partial<T>;
  const requireEntry = (record: T, key: string) => {
    if (!Object.hasOwn(mapOf(record), key)) throw missing();
  };
  return {
    add,
    replace(value, record, key, patch) {
      requireEntry(record, key);
      return add(value, record, key, patch);
    },
    remove(_value, record, key) {
      requireEntry(record, key);
      return { [member]: without(mapOf(record), key) } as Partial<T>;
    },
  };
}

/** The map without the key; `undefined` when nothing is left. */
export function without<Entry>(map: Readonly<Record<string, Entry>> | undefined, key: string) {
  const { [key]: _, ...others } = map ?? {};
  return Object.keys(others).length === 0 ? undefined : (others as Readonly<Record<string, Entry>>);
}

/** Items of a list of texts, named by the path's key or by the patch's value. @param canBeEmpty whether an empty one is kept */
export function items<T extends object>(
  member: keyof T & string,
  by: "key" | "value",
  canBeEmpty = false,
): PathRules<T> {
  const others = (record: T, item: string) =>
    ((record[member] ?? []) as readonly string[]).filter((other) => other !== item);
  const list = (all: readonly string[]) => ({ [member]: all.length > 0 || canBeEmpty ? all : undefined }) as Partial<T>;
  const add = (record: T, item: string) => list([...others(record, item), item]);
  if (by === "value") {
    return { add: (value, record) => add(record, value), remove: (value, record) => list(others(record, value)) };
  }
  return {
    add: (_value, record, key) => add(record, key),
    remove: (_value, record, key) => list(others(record, key)),
    replace: (value, record, key) => add({ ...record, ...list(others(record, key)) }, value),
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
    const isList = Array.isArray(before ?? now) && Array.isArray(now ?? before);
    if (isList && !path.endsWith("/0")) return listPatches(path, before, now);
    if (isObject(before ?? now ?? null) && isObject(now ?? before ?? null)) return mapPatches(path, before, now);
    return [{ op: "replace" as const, path, value: textOf(Array.isArray(now) ? now[0] : now) }];
  });
}

function listPatches(path: string, before: Value, now: Value): readonly Patch[] {
  const [old = [], all = []] = [before, now].map((list) => (list ?? []) as readonly string[]);
  const patch = (op: "add" | "remove", item: string): Patch =>
    path.endsWith("/*") ? { op, path: path.replace("*", escapeKey(item)), value: "" } : { op, path, value: item };
  // Additions come first: some lists must not be empty in between.
  return [
    ...all.filter((item) => !old.includes(item)).map((item) => patch("add", item)),
    ...old.filter((item) => !all.includes(item)).map((item) => patch("remove", item)),
  ];
}

function mapPatches(path: string, before: Value, now: Value): readonly Patch[] {
  const [old = {}, all = {}] = [before, now].map((map) => (isObject(map) ? map : {}));
  const at = (key: string) => `${path}/${escapeKey(key)}`;
  return [
    ...Object.keys(old).flatMap((key): Patch[] => (Object.hasOwn(all, key) ? [] : [{ op: "remove", path: at(key) }])),
    ...Object.entries(all).flatMap(([key, value]): Patch[] => {
      if (isSame(old[key] ?? null, value)) return [];
      return [{ op: Object.hasOwn(old, key) ? "replace" : "add", path: at(key), value: textOf(value) }];
    }),
  ];
}

const escapeKey = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");
const unescapeKey = (key: string) => key.replaceAll("~1", "/").replaceAll("~0", "~");
const textOf = (value: Value | undefined) => String(value ?? "");

/** The update of a resource by patches of what differs. */
export function byPatches(operation: string, paths: Readonly<Record<string, string>>) {
  return async (planned: Attributes, prior: Attributes, aws: Aws): Promise<void> => {
    const patchOperations = differences(planned, prior, paths);
    const onlyTags = patchOperations.length === 0 && planned["tags_all"] !== undefined;
    if (!onlyTags) await aws.call(operation, { ...aws.inputOf(operation, planned), patchOperations });
  };
}
