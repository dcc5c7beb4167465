/** The tag operations of a service: the same everywhere but for the names of their members. */
import type { Operation, OperationContext } from "./service";

/** Tags as AWS's APIs have them: a map, or a list of keys and values. */
type TagMap = Readonly<Record<string, string>>;
type TagList = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
export type Tags = TagMap | TagList;

/** Something that has tags. */
export interface Tagged<T extends Tags> {
  readonly tags: T;
  /** Puts others in their place. @throws {AwsError} when AWS refuses them */
  put(tags: T): void;
}

/** Names of the members of the operations' inputs and outputs. */
interface TagMembers {
  /** @default "Tags" */
  readonly tags?: string;
  /** @default "TagKeys" */
  readonly keys?: string;
}

/** The three operations of a tagged resource, to be listed under the names that AWS gives them. */
export interface TagOperations {
  readonly tag: Operation<never>;
  readonly untag: Operation<never>;
  readonly list: Operation<never>;
}

/** @param find the resource that an input names; throws `AwsError` when there is none */
export function tagOperations<Input, T extends Tags>(
  find: (context: OperationContext, input: Input) => Tagged<T>,
  { tags: tagsMember = "Tags", keys: keysMember = "TagKeys" }: TagMembers = {},
): TagOperations {
  const member = (input: Input, name: string) => (input as Readonly<Record<string, unknown>>)[name];
  return {
    tag: (context, input: Input) => {
      const { tags, put } = find(context, input);
      put(addTags(tags, (member(input, tagsMember) ?? []) as T));
    },
    untag: (context, input: Input) => {
      const { tags, put } = find(context, input);
      put(removeTags(tags, (member(input, keysMember) ?? []) as readonly string[]));
    },
    list: (context, input: Input) => ({ [tagsMember]: find(context, input).tags }),
  };
}

/** The tags with others set; those of a list that have the same key are replaced, and stand at the end. */
function addTags<T extends Tags>(before: T, added: T): T {
  if (!isList(before)) return { ...before, ...added };
  const keys = (added as TagList).map(({ Key }) => Key);
  return [...before.filter(({ Key }) => !keys.includes(Key)), ...(added as TagList)] as Tags as T;
}

/** The tags without those that have one of the keys. */
export function removeTags<T extends Tags>(before: T, keys: readonly string[]): T {
  if (isList(before)) return before.filter(({ Key = "" }) => !keys.includes(Key)) as Tags as T;
  return Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))) as T;
}

function isList(tags: Tags): tags is TagList {
  return Array.isArray(tags);
}
