/** CloudWatch log groups. */
import { optionalText } from "../attributes";
import { AwsError } from "../errors";
import { defineKind } from "../provider/kind";

/** What the account keeps of a log group besides its attributes. */
export interface LogGroupState {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_log_group */
export const logGroup = defineKind("aws_cloudwatch_log_group", {
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["log_group_class", "name", "name_prefix"],
  defaults: { retention_in_days: 0, skip_destroy: false },
  refused: ["deletion_protection_enabled", "name_prefix"],
  internal: (_attributes, { account }, before): LogGroupState =>
    (before as LogGroupState | undefined) ?? { createdAt: account.now() },
  create(given, { account, accountId, region }) {
    const name = optionalText(given, "name") ?? `terraform-${account.randomId(26)}`;
    if (account.get(logGroup.type, `${region}/${name}`) !== undefined) {
      throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
    }
    return {
      id: name,
      name,
      arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
      log_group_class: given["log_group_class"] ?? "STANDARD",
      name_prefix: "",
    };
  },
});
