/**
 * Buckets, as far as Terraform's state is kept in one: private, encrypted, versioned. Their settings change no answer
 * of an API, and are kept as they are given; objects are not played.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
import { type Attributes, text } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, type KindTraits, type Place } from "../provider/kind";

const BUCKET_NAME = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket */
export const bucket = defineKind("aws_s3_bucket", {
  relations: { conflictsWith: { bucket: ["bucket_prefix"], bucket_prefix: ["bucket"] } },
  forceNew: ["bucket", "bucket_prefix", "object_lock_enabled"],
  defaults: { force_destroy: false },
  // Each has a resource of its own, or serves objects.
  refused: [
    "acceleration_status",
    "acl",
    "bucket_prefix",
    "cors_rule",
    "grant",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "object_lock_enabled",
    "policy",
    "replication_configuration",
    "request_payer",
    "server_side_encryption_configuration",
    "versioning",
    "website",
  ],
  create(given, { account, region }) {
    const name = text(given, "bucket") || `terraform-${account.randomId(26)}`;
    if (!BUCKET_NAME.test(name) || name.includes("..") || IP_ADDRESS.test(name)) {
      throw new AwsError("InvalidBucketName", "The specified bucket is not valid.");
    }
    if (account.list(bucket.type).some((other) => other["id"] === name)) {
      const why = "Your previous request to create the named bucket succeeded and you already own it.";
      throw new AwsError("BucketAlreadyOwnedByYou", why, 409);
    }
    return {
      id: name,
      bucket: name,
      arn: arnOf(name),
      bucket_domain_name: `${name}.s3.amazonaws.com`,
      bucket_region: region,
      bucket_regional_domain_name: `${name}.s3.${region}.amazonaws.com`,
      ...{ bucket_prefix: "", acceleration_status: "", policy: "", request_payer: "BucketOwner" },
      ...{ object_lock_enabled: false, hosted_zone_id: "", website_domain: "", website_endpoint: "", acl: null },
    };
  },
  remove({ id, region }, { account }) {
    // With the bucket goes all that is set on it.
    for (const { type } of settings) account.delete(type, `${region}/${id}`);
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_versioning */
export const bucketVersioning = defineKind("aws_s3_bucket_versioning", {
  ...ofBucket(["bucket", "expected_bucket_owner"]),
  refused: ["expected_bucket_owner", "mfa"],
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_server_side_encryption_configuration */
export const bucketEncryption = defineKind("aws_s3_bucket_server_side_encryption_configuration", {
  ...ofBucket(["bucket", "expected_bucket_owner"]),
  refused: ["expected_bucket_owner"],
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_public_access_block */
export const bucketPublicAccessBlock = defineKind("aws_s3_bucket_public_access_block", {
  ...ofBucket(["bucket"]),
  defaults: {
    block_public_acls: false,
    block_public_policy: false,
    ignore_public_acls: false,
    restrict_public_buckets: false,
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_ownership_controls */
export const bucketOwnershipControls = defineKind("aws_s3_bucket_ownership_controls", {
  ...ofBucket(["bucket"]),
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_policy */
export const bucketPolicy = defineKind("aws_s3_bucket_policy", { ...ofBucket(["bucket"]), json: ["policy"] });

const settings = [bucketVersioning, bucketEncryption, bucketPublicAccessBlock, bucketOwnershipControls, bucketPolicy];

function arnOf(name: string): string {
  return `arn:aws:s3:::${name}`;
}

/** What all settings of a bucket have in common: there is one of each, and it goes by the bucket's name. */
function ofBucket(forceNew: readonly string[]): Pick<KindTraits, "forceNew" | "create"> {
  return {
    forceNew,
    create(given: Attributes, { account, region }: Place) {
      const name = text(given, "bucket");
      if (account.get(bucket.type, `${region}/${name}`) !== undefined) return { id: name };
      throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
    },
  };
}
