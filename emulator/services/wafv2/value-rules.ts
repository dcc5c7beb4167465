/** Values that the real provider takes for web ACLs. */
import type { ValueRules } from "../../terraform/kind-values";
import { all, length, pattern } from "../../terraform/value-rule";

const name = all(
  length(1, 128),
  pattern(/^[0-9A-Za-z_-]+$/, "must contain only alphanumeric hyphen and underscore characters"),
);

/** By Terraform type. @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/wafv2/web_acl.go */
export const wafv2Rules: Readonly<Record<string, ValueRules>> = {
  aws_wafv2_web_acl: { description: length(1, 256), name, "visibility_config.metric_name": name },
};
