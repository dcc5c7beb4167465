/**
 * What tags of buckets may be.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-buckets.html
 */
import type * as sdk from "@aws-sdk/client-s3";
import { AwsError } from "../../errors";
import type { Wire } from "../../protocols/values";

const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const invalid = (message: string, details = {}) => new AwsError("InvalidTag", message, 400, details);

/** @throws {AwsError} `InvalidTag` */
export function checkTags(tags: readonly Wire<sdk.Tag>[]): void {
  for (const { Key: TagKey = "", Value: TagValue = "" } of tags) {
    if (TagKey.toLowerCase().startsWith("aws:")) {
      throw invalid(
        'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.',
      );
    }
    if (!TEXT.test(TagKey)) throw invalid("The TagKey you have provided is invalid", { TagKey });
    if (!TEXT.test(TagValue)) throw invalid("The TagValue you have provided is invalid", { TagKey, TagValue });
  }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalid("Cannot provide multiple Tags with the same key");
  }
}
