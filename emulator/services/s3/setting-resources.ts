/** The Terraform faces of what is set on a bucket: there is one of each, and it goes by the bucket's name. */

import { type Attributes, blocks, text } from "../../terraform/attributes";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource, type ResourceTraits } from "../../terraform/resource";

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
export const bucketVersioning = defineResource("aws_s3_bucket_versioning", {
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
export const bucketEncryption = defineResource("aws_s3_bucket_server_side_encryption_configuration", {
  ...ofSetting("BucketEncryption"),
  names: { rule: "ServerSideEncryptionConfiguration.Rules", "rule.blocked_encryption_types": null },
  forceNew: ["bucket", "expected_bucket_owner"],
  refused: ["expected_bucket_owner"],
  refine: () => ({ expected_bucket_owner: "" }),
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_public_access_block */
export const bucketPublicAccessBlock = defineResource("aws_s3_bucket_public_access_block", {
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
export const bucketOwnershipControls = defineResource("aws_s3_bucket_ownership_controls", {
  ...ofSetting("BucketOwnershipControls"),
  names: { rule: "OwnershipControls.Rules" },
  forceNew: ["bucket"],
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/s3_bucket_policy */
export const bucketPolicy = defineResource("aws_s3_bucket_policy", {
  ...ofSetting("BucketPolicy"),
  forceNew: ["bucket"],
  json: { policy: POLICY },
});
