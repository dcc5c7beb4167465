/** Values that the real provider takes for secrets. */
import type { ValueRules } from "../../terraform/kind-values";
import { all, any, between, must, oneOfNumbers } from "../../terraform/value-rule";

/** By Terraform type. @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/secretsmanager/secret.go */
export const secretsManagerRules: Readonly<Record<string, ValueRules>> = {
  aws_secretsmanager_secret: {
    name: all(
      must(
        (value) => /^[0-9A-Za-z/_+=.@-]+$/.test(String(value)),
        (_value, { key }) => `only alphanumeric characters and /_+=.@- special characters are allowed in "${key}"`,
      ),
      must(
        (value) => Buffer.byteLength(String(value)) <= 512,
        (_value, { key }) => `"${key}" cannot be greater than 512 characters`,
      ),
    ),
    recovery_window_in_days: any(between(7, 30), oneOfNumbers(0)),
  },
};
