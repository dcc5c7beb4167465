/** Tags of resources, which AWS keeps together with those of the `provider` block: how they are written and read. */
import { type Attributes, isObject, isSame, type Value } from "./attributes";
import type { Aws } from "./aws";
import type { TagSettings } from "./planned-tags";
import type { Resource } from "./resource";
import { tagInput, tagsOf } from "./tag-conversion";

/** Sets and removes tags of the resource as they are planned. */
export async function updateTags(resource: Resource, aws: Aws, given: Attributes, prior: Attributes) {
  const { tagging } = resource;
  if (tagging === undefined || isSame(prior["tags_all"], given["tags_all"])) return;
  const [before, now] = [prior["tags_all"], given["tags_all"]].map((tags) => (isObject(tags) ? tags : {}));
  const gone = Object.keys(before ?? {}).filter((key) => !Object.hasOwn(now ?? {}, key));
  const id = given[tagging.id ?? "arn"] ?? null;
  if (gone.length > 0) await aws.call(tagging.untag, tagInput(aws.conversion, tagging.untag, id, gone));
  if (Object.keys(now ?? {}).length === 0) return;
  await aws.call(tagging.tag, tagInput(aws.conversion, tagging.tag, id, now ?? {}));
}

/**
 * The resource with its tags. Those of the resource itself are the ones that the provider's default tags do not explain.
 */
export async function withTags(
  { tagging, schema }: Resource,
  aws: Aws,
  { defaultTags, isIgnoredTag = () => false }: TagSettings,
  known: Attributes,
  found: Attributes,
): Promise<Attributes> {
  if (schema.attributes["tags_all"] === undefined) return found;
  const listed = tagging?.list && (await listTags(aws, tagging.list, found[tagging.id ?? "arn"] ?? null));
  const whole = listed ?? (isObject(found["tags_all"]) ? found["tags_all"] : {});
  const all = Object.fromEntries(Object.entries(whole).filter(([key]) => !isIgnoredTag(key)));
  const [defaults, own] = [defaultTags, known["tags"] ?? null].map((tags) => (isObject(tags) ? tags : {}));
  const tags = Object.entries(all).filter(([key, value]) => defaults?.[key] !== value || Object.hasOwn(own ?? {}, key));
  const isUnset = tags.length === 0 && !isObject(known["tags"] ?? null) && !aws.conversion.isRefresh;
  return { ...found, tags_all: all, tags: isUnset ? (known["tags"] ?? null) : Object.fromEntries(tags) };
}

async function listTags(aws: Aws, operation: string, id: Value): Promise<Attributes> {
  const conversion = aws.conversion;
  return tagsOf(conversion, operation, await aws.call(operation, tagInput(conversion, operation, id)));
}
