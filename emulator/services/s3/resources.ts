/**
 * The Terraform resources of a bucket and of its settings. The bucket reads settings that have a resource of their own, and
 * does not set them.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket
 */
import type * as sdk from "@aws-sdk/client-s3";
import { AwsError } from "../../errors";
import type { Structure } from "../../protocols/constraints";
import type { Wire } from "../../protocols/values";
import { type Attributes, blocks, isObject, isSame, optionalText, text, type Value } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource, type Resource, type ResourceTraits } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";

/** Blocks that have a resource of their own, or serve objects. */
const BLOCKS = [
  "cors_rule",
  "grant",
  "lifecycle_rule",
  "logging",
  "object_lock_configuration",
  "replication_configuration",
  "server_side_encryption_configuration",
  "versioning",
  "website",
];

/**
 * Hosted zones of the website endpoints, by region.
 * @see https://docs.aws.amazon.com/general/latest/gr/s3.html
 */
const HOSTED_ZONES: Readonly<Record<string, string>> = {
  "ap-northeast-1": "Z2M4EHUR26P7ZW",
  "ap-south-1": "Z11RGJOFQNVJUP",
  "ap-southeast-1": "Z3O0J2DXBE1FTB",
  "ap-southeast-2": "Z1WCIGYICN2BYD",
  "ca-central-1": "Z1QDHH18159H29",
  "eu-central-1": "Z21DNDUVLTQW6Q",
  "eu-north-1": "Z3BAZG2TWCNX0D",
  "eu-west-1": "Z1BKCTXD74EZPE",
  "eu-west-2": "Z3GKZC51ZF0DB4",
  "eu-west-3": "Z3R1K369G5AVDG",
  "sa-east-1": "Z7KQH4QJS55SO",
  "us-east-1": "Z3AQBSTGFJSTF",
  "us-east-2": "Z2O1EMRO9K5GLX",
  "us-west-1": "Z2F56UZL2M1ACD",
  "us-west-2": "Z3BJ6K6RIION7M",
};

/** The answer of an operation; `undefined` when the bucket does not have the setting. */
async function find(aws: Aws, operation: string, Bucket: string): Promise<Structure | undefined> {
  try {
    return await aws.call(operation, { Bucket });
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) return undefined;
    throw error;
  }
}

async function readTags(aws: Aws, name: string): Promise<Attributes> {
  const { TagSet = [] } = (await find(aws, "GetBucketTagging", name)) ?? {};
  return Object.fromEntries((TagSet as readonly Wire<sdk.Tag>[]).map(({ Key, Value = "" }) => [Key, Value]));
}

async function writeTags(aws: Aws, Bucket: string, tags: Value | undefined): Promise<void> {
  const TagSet = Object.entries(isObject(tags) ? tags : {}).map(([Key, Value]) => ({ Key, Value }));
  if (TagSet.length === 0) await aws.call("DeleteBucketTagging", { Bucket });
  else await aws.call("PutBucketTagging", { Bucket, Tagging: { TagSet } });
}

async function readGrants(aws: Aws, Bucket: string): Promise<readonly Attributes[]> {
  const { Grants = [] } = await aws.call("GetBucketAcl", { Bucket });
  return (Grants as readonly Wire<sdk.Grant>[]).map(({ Grantee, Permission = "" }) => ({
    id: Grantee?.ID ?? "",
    type: Grantee?.Type ?? "",
    permissions: [Permission],
    uri: "",
  }));
}

const bucketResource = defineResource("aws_s3_bucket", {
  service: "s3",
  names: {
    id: null,
    region: null,
    tags: null,
    tags_all: null,
    "server_side_encryption_configuration.rule": "Rules",
  },
  id: "<bucket>",
  importId: "<bucket>",
  forceNew: ["bucket", "bucket_prefix", "object_lock_enabled"],
  relations: { conflictsWith: { bucket: ["bucket_prefix"], bucket_prefix: ["bucket"] } },
  defaults: { force_destroy: false },
  computedBlocks: BLOCKS,
  json: { policy: POLICY },
  refused: [...BLOCKS, "acceleration_status", "acl", "object_lock_enabled", "policy", "request_payer"],
  create: async (planned, aws) => {
    const bucket = optionalText(planned, "bucket") ?? uniqueName(aws.account, optionalText(planned, "bucket_prefix"));
    const isFirst = aws.region === "us-east-1";
    // There, AWS takes a second creation by the owner for the first.
    if (isFirst && (await find(aws, "HeadBucket", bucket)) !== undefined) {
      throw new AwsError("BucketAlreadyExists", "bucket already exists", 409);
    }
    const location = isFirst ? {} : { CreateBucketConfiguration: { LocationConstraint: aws.region } };
    await aws.call("CreateBucket", { Bucket: bucket, ...location });
    if (optionalTags(planned)) await writeTags(aws, bucket, planned["tags_all"]);
    return { bucket };
  },
  read: async (known, aws) => {
    const bucket = String(known["bucket"]);
    const { BucketRegion: region = "" } = await aws.call("HeadBucket", { Bucket: bucket });
    const encryption = await aws.call("GetBucketEncryption", { Bucket: bucket });
    const versioning = await aws.call("GetBucketVersioning", { Bucket: bucket });
    const payment = await aws.call("GetBucketRequestPayment", { Bucket: bucket });
    const policy = await find(aws, "GetBucketPolicy", bucket);
    return {
      ...Object.fromEntries(BLOCKS.map((name) => [name, []])),
      ...aws.attributesOf("GetBucketEncryption", encryption, {}),
      versioning: [{ enabled: versioning["Status"] === "Enabled", mfa_delete: false }],
      grant: await readGrants(aws, bucket),
      bucket,
      arn: `arn:aws:s3:::${bucket}`,
      bucket_domain_name: `${bucket}.s3.amazonaws.com`,
      bucket_prefix: prefixOf(bucket),
      bucket_region: String(region),
      bucket_regional_domain_name: `${bucket}.s3.${region}.amazonaws.com`,
      policy: String(policy?.["Policy"] ?? ""),
      request_payer: String(payment["Payer"]),
      tags_all: await readTags(aws, bucket),
      force_destroy: known["force_destroy"] ?? false,
      object_lock_enabled: false,
      hosted_zone_id: HOSTED_ZONES[String(region)] ?? "",
      ...{ acceleration_status: "", acl: null, website_domain: null, website_endpoint: null },
    };
  },
  update: async (planned, prior, aws) => {
    if (isSame(planned["tags_all"], prior["tags_all"])) return;
    await writeTags(aws, String(prior["bucket"]), planned["tags_all"]);
  },
  delete: async (prior, aws) => {
    await aws.call("DeleteBucket", { Bucket: prior["bucket"] });
  },
});

function optionalTags({ tags_all = null }: Attributes): boolean {
  return isObject(tags_all) && Object.keys(tags_all).length > 0;
}

/** The lifecycle of a setting, by the second part of its operations' names. */
const ofSetting = (name: string) => ({
  service: "s3",
  id: "<bucket>",
  importId: "<bucket>",
  create: `Put${name}`,
  read: `Get${name}`,
  update: `Put${name}`,
  delete: `Delete${name}`,
});

const statusOf = (attributes: Attributes) =>
  blocks(attributes, "versioning_configuration").map((block) => text(block, "status"))[0] ?? "";

const putVersioning: Extract<ResourceTraits["create"], (...of: never) => unknown> = async (planned, aws) => {
  const Status = statusOf(planned);
  // A bucket that was never versioned has no status; AWS takes none for it.
  if (Status !== "Disabled") {
    const Bucket = planned["bucket"];
    await aws.call("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status } });
  }
  return {};
};

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_versioning */
const bucketVersioning = defineResource("aws_s3_bucket_versioning", {
  ...ofSetting("BucketVersioning"),
  forceNew: ["bucket", "expected_bucket_owner"],
  refused: ["expected_bucket_owner", "mfa"],
  create: putVersioning,
  read: async ({ bucket = null }, aws) => {
    const { Status = "Disabled", MFADelete = "" } = await aws.call("GetBucketVersioning", { Bucket: bucket });
    const configuration = { status: String(Status), mfa_delete: String(MFADelete) };
    return { expected_bucket_owner: "", versioning_configuration: [configuration] };
  },
  update: async (planned, _prior, aws) => {
    await putVersioning(planned, aws);
  },
  delete: async (prior, aws) => {
    if (statusOf(prior) === "Disabled") return;
    const VersioningConfiguration = { Status: "Suspended" };
    await aws.call("PutBucketVersioning", { Bucket: prior["bucket"], VersioningConfiguration });
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_server_side_encryption_configuration */
const bucketEncryption = defineResource("aws_s3_bucket_server_side_encryption_configuration", {
  ...ofSetting("BucketEncryption"),
  names: { rule: "ServerSideEncryptionConfiguration.Rules", "rule.blocked_encryption_types": null },
  forceNew: ["bucket", "expected_bucket_owner"],
  refused: ["expected_bucket_owner"],
  refine: () => ({ expected_bucket_owner: "" }),
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_public_access_block */
const bucketPublicAccessBlock = defineResource("aws_s3_bucket_public_access_block", {
  ...ofSetting("PublicAccessBlock"),
  names: {
    block_public_acls: "PublicAccessBlockConfiguration.BlockPublicAcls",
    block_public_policy: "PublicAccessBlockConfiguration.BlockPublicPolicy",
    ignore_public_acls: "PublicAccessBlockConfiguration.IgnorePublicAcls",
    restrict_public_buckets: "PublicAccessBlockConfiguration.RestrictPublicBuckets",
  },
  forceNew: ["bucket"],
  defaults: {
    block_public_acls: false,
    block_public_policy: false,
    ignore_public_acls: false,
    restrict_public_buckets: false,
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_ownership_controls */
const bucketOwnershipControls = defineResource("aws_s3_bucket_ownership_controls", {
  ...ofSetting("BucketOwnershipControls"),
  names: { rule: "OwnershipControls.Rules" },
  forceNew: ["bucket"],
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_policy */
const bucketPolicy = defineResource("aws_s3_bucket_policy", {
  ...ofSetting("BucketPolicy"),
  forceNew: ["bucket"],
  json: { policy: POLICY },
});

export const s3Resources: readonly Resource[] = [
  bucketResource,
  bucketEncryption,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock,
  bucketVersioning,
];
