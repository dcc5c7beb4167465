/**
 * The tags that a resource will have together with those of the `provider` block. Pure.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/provider/sdkv2/tags_interceptor.go
 */
import { type Attributes, hasUnknown, isObject, isSame, UNKNOWN, type Value } from "./attributes";

/** What the `provider` block says of tags. */
export interface TagSettings {
  /** Tags of every resource that does not say otherwise; null when there are none, unknown when they are. */
  readonly defaultTags: Value;
  /** Whether tags of this key are others' business: neither planned nor seen. Left out: none is. */
  readonly isIgnoredTag?: (key: string) => boolean;
}

/**
 * Planned `tags_all`. A tag of the resource goes before one of the provider. A configuration should not set `tags_all`, but where
 * neither of the two has a tag, what is set there is planned.
 */
export function plannedTags(prior: Attributes | null, given: Attributes, settings: TagSettings): Value {
  const { defaultTags: defaults, isIgnoredTag = () => false } = settings;
  const own = given["tags"] ?? null;
  if (hasUnknown(own) || hasUnknown(defaults)) return UNKNOWN;
  const together = Object.entries({ ...tagsIn(defaults), ...tagsIn(own) });
  const all = Object.fromEntries(together.filter(([key]) => !isIgnoredTag(key)));
  const isChanged = !isSame(tagsIn(prior?.["tags"]), tagsIn(own));
  if (isChanged) return hasEmptyValue(own) ? UNKNOWN : all;
  const isPlain = Object.keys(all).length > 0 && !hasEmptyValue(all);
  if (isPlain) return all;
  const isOther = Object.keys(all).length > 0 && !isSame(tagsIn(given["tags_all"]), all);
  return isOther ? UNKNOWN : (given["tags_all"] ?? null);
}

function tagsIn(tags: Value | undefined): Attributes {
  if (!isObject(tags)) return {};
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== null));
}

function hasEmptyValue(tags: Value): boolean {
  return Object.values(tagsIn(tags)).includes("");
}
