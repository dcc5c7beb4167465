/** Values that the real provider takes for buckets and their settings. */
import type { ValueRules } from "../../terraform/kind-values";
import { accountId, length, must, oneOfShape, oneOfWords } from "../../terraform/value-rule";

/** By Terraform type. @see https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service/s3 */
export const s3Rules: Readonly<Record<string, ValueRules>> = {
  aws_s3_bucket: {
    acceleration_status: oneOfShape("s3", "BucketAccelerateStatus"),
    acl: oneOfWords(
      "private",
      "public-read",
      "public-read-write",
      "authenticated-read",
      "aws-exec-read",
      "log-delivery-write",
    ),
    bucket: length(0, 63),
    request_payer: oneOfShape("s3", "Payer"),
  },
  aws_s3_bucket_ownership_controls: {
    bucket: must(
      (value) => value !== "",
      (value, { key }) => `${key} must not be empty, got ${value}`,
    ),
  },
  aws_s3_bucket_server_side_encryption_configuration: { bucket: length(1, 63), expected_bucket_owner: accountId },
  aws_s3_bucket_versioning: {
    bucket: length(1, 63),
    expected_bucket_owner: accountId,
    "versioning_configuration.status": oneOfWords("Enabled", "Suspended", "Disabled"),
  },
};
