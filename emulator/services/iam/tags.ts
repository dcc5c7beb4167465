/** Tags of IAM's entities. */
import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "../../errors";
import { removeTags } from "../../protocols/tags";
import type { Wire } from "../../protocols/values";

type Tags = readonly Wire<sdk.Tag>[];

/** The tags with others set. @returns `undefined` for none @throws {AwsError} `InvalidInput` for a key that is given twice */
export function taggedWith(before: Tags = [], added: Tags = []): Tags | undefined {
  const keys = added.map(({ Key }) => Key?.toLowerCase());
  if (new Set(keys).size !== keys.length) {
    throw new AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  const isReplaced = ({ Key }: Wire<sdk.Tag>) => keys.includes(Key?.toLowerCase());
  const tags = [...before.filter((tag) => !isReplaced(tag)), ...added];
  return tags.length === 0 ? undefined : tags;
}

export function withoutTags(before: Tags = [], keys: readonly string[] = []): Tags | undefined {
  const tags = removeTags(before, keys);
  return tags.length === 0 ? undefined : tags;
}
