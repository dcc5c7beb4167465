/** Values that the real provider takes for buckets and their settings. */
import type { ValueRules } from "../../terraform/kind-values";
import { json, length, must, oneOf, oneOfWords } from "../../terraform/value-rule";

const ofBucket: ValueRules = { bucket: length(1, 63) };

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/s3/bucket.go */
export const s3Bucket: ValueRules = {
  bucket: length(0, 63),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/s3/bucket_ownership_controls.go */
export const s3OwnershipControls: ValueRules = {
  bucket: must(
    (value) => value !== "",
    (value, { key }) => `${key} must not be empty, got ${value}`,
  ),
  "rule.object_ownership": oneOf("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/s3/bucket_policy.go */
export const s3BucketPolicy: ValueRules = { policy: json };

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/s3/bucket_server_side_encryption_configuration.go */
export const s3Encryption: ValueRules = {
  ...ofBucket,
  "rule.apply_server_side_encryption_by_default.sse_algorithm": oneOf("AES256", "aws:fsx", "aws:kms", "aws:kms:dsse"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/s3/bucket_versioning.go */
export const s3Versioning: ValueRules = {
  ...ofBucket,
  "versioning_configuration.mfa_delete": oneOf("Enabled", "Disabled"),
  "versioning_configuration.status": oneOfWords("Enabled", "Suspended", "Disabled"),
};
