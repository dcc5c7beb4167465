/** Records of buckets, and what S3 refuses of every request. */
import type * as sdk from "@aws-sdk/client-s3";
import { Table } from "../../account/table";
import { AwsError } from "../../errors";
import { type Structure, violationText } from "../../protocols/constraints";
import { loadModel } from "../../protocols/model";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";

/** A bucket; names are unique among all regions. */
export interface BucketRecord {
  readonly Name: string;
  readonly Region: string;
  /** As requested; left out in the first region. */
  readonly LocationConstraint?: string | undefined;
  /** Seconds since 1970. */
  readonly CreationDate: number;
  /** By the member of the operation that sets it; `undefined` for what was deleted. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export const buckets = new Table<BucketRecord>("s3/Bucket", ({ Name }) => Name, true);

export interface BucketInput {
  readonly Bucket: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

const noSuchBucket = (BucketName: string) =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName });

/**
 * The bucket that the input names.
 * @throws {AwsError} `NoSuchBucket`, `PermanentRedirect` to another region, or that it has another owner
 */
export function requireBucket(context: OperationContext, { Bucket = "", ExpectedBucketOwner }: BucketInput) {
  const bucket = buckets.get(context, Bucket);
  if (ExpectedBucketOwner !== undefined && !/^\d{12}$/.test(ExpectedBucketOwner)) {
    const message = `The value of the expected bucket owner parameter must be an AWS Account ID... [${ExpectedBucketOwner}]`;
    throw new AwsError("InvalidBucketOwnerAWSAccountID", message);
  }
  if (bucket === undefined) throw noSuchBucket(Bucket);
  if ((ExpectedBucketOwner ?? context.accountId) !== context.accountId) {
    throw new AwsError("AccessDenied", "Access Denied", 403);
  }
  if (bucket.Region === context.region) return bucket;
  const text =
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
  const Endpoint = `${Bucket}.s3.${bucket.Region}.amazonaws.com`;
  throw new AwsError("PermanentRedirect", text, 301, { Endpoint, Bucket, Region: bucket.Region });
}

/** A payload that does not fit its shape. */
export const malformed = () =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

/** @throws {AwsError} `MalformedXML`: S3 does not say which constraint is broken */
export function requireWellFormed(operation: string, input: object): void {
  if (violationText(loadModel("s3"), operation, input as Structure) !== undefined) throw malformed();
}

const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const invalidTag = (message: string, details = {}) => new AwsError("InvalidTag", message, 400, details);

/** @throws {AwsError} `InvalidTag` @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-buckets.html */
export function checkTags(tags: readonly Wire<sdk.Tag>[]): void {
  for (const { Key: TagKey = "", Value: TagValue = "" } of tags) {
    if (TagKey.toLowerCase().startsWith("aws:")) {
      throw invalidTag(
        'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.',
      );
    }
    if (!TEXT.test(TagKey)) throw invalidTag("The TagKey you have provided is invalid", { TagKey });
    if (!TEXT.test(TagValue)) throw invalidTag("The TagValue you have provided is invalid", { TagKey, TagValue });
  }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidTag("Cannot provide multiple Tags with the same key");
  }
}
