/**
 * Log groups as Terraform sees them.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_log_group
 */
import { isSame, text } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { nameOf, prefixOf } from "../../terraform/unique-name";

export const logGroupResource = defineResource("aws_cloudwatch_log_group", {
  service: "logs",
  names: { arn: "logGroupArn", name: "logGroupName", tags: null, tags_all: "tags" },
  output: "logGroups",
  id: "<name>",
  importId: "<name>",
  tagging: { tag: "TagResource", untag: "UntagResource", list: "ListTagsForResource" },
  forceNew: ["log_group_class", "name", "name_prefix"],
  defaults: { retention_in_days: 0, skip_destroy: false },
  refused: ["deletion_protection_enabled"],
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  create: async (planned, aws) => {
    const group = { ...planned, name: nameOf(planned, aws.account) };
    await aws.call("CreateLogGroup", aws.inputOf("CreateLogGroup", group));
    if (planned["retention_in_days"] !== 0)
      await aws.call("PutRetentionPolicy", aws.inputOf("PutRetentionPolicy", group));
    return { name: group.name };
  },
  // The group whose name is the whole prefix comes first.
  read: async (known, aws) => {
    const found = await aws.call("DescribeLogGroups", { logGroupNamePrefix: text(known, "name") });
    const group = aws.attributesOf("DescribeLogGroups", found, known);
    if (group["name"] !== known["name"]) return null;
    return {
      ...group,
      name_prefix: prefixOf(text(group, "name")),
      skip_destroy: known["skip_destroy"] ?? false,
    };
  },
  update: async (planned, prior, aws) => {
    const set = async (name: string, put: string, remove: string) => {
      if (isSame(planned[name], prior[name])) return;
      const operation = planned[name] ? put : remove;
      await aws.call(operation, aws.inputOf(operation, planned));
    };
    await set("retention_in_days", "PutRetentionPolicy", "DeleteRetentionPolicy");
    await set("kms_key_id", "AssociateKmsKey", "DisassociateKmsKey");
  },
  delete: async (prior, aws) => {
    if (prior["skip_destroy"] === true) return;
    await aws.call("DeleteLogGroup", aws.inputOf("DeleteLogGroup", prior));
  },
});
