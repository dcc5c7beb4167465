/**
 * The Terraform face of a secret.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret
 */
import { isSame, text } from "../../terraform/attributes";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { nameOf, prefixOf, uniqueName } from "../../terraform/unique-name";
import { DEFAULT_DAYS } from "./secret";

export const secretResource = defineResource("aws_secretsmanager_secret", {
  service: "secretsmanager",
  names: { id: ["SecretId", "ARN"], policy: null, replica: null, tags: null, tags_all: "Tags" },
  tagging: { tag: "TagResource", untag: "UntagResource", id: "id" },
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["name", "name_prefix"],
  defaults: { force_overwrite_replica_secret: false, recovery_window_in_days: DEFAULT_DAYS },
  computedBlocks: ["replica"],
  json: { policy: POLICY },
  refused: ["force_overwrite_replica_secret", "replica"],
  create: async (planned, aws) => {
    const named = { ...planned, name: nameOf(planned, aws.account) };
    const ClientRequestToken = uniqueName(aws.account);
    const { ARN } = await aws.call("CreateSecret", { ...aws.inputOf("CreateSecret", named), ClientRequestToken });
    if (hasPolicy(planned["policy"])) {
      await aws.call("PutResourcePolicy", { SecretId: ARN, ResourcePolicy: planned["policy"] });
    }
    return { id: String(ARN) };
  },
  read: async (known, aws) => {
    const secret = await aws.call("DescribeSecret", aws.inputOf("DescribeSecret", known));
    if (secret["DeletedDate"] !== undefined) return null;
    const { ResourcePolicy } = await aws.call("GetResourcePolicy", { SecretId: secret["ARN"] });
    return {
      ...aws.attributesOf("DescribeSecret", secret, known),
      name_prefix: prefixOf(String(secret["Name"])),
      policy: String(ResourcePolicy ?? ""),
    };
  },
  update: async (planned, prior, aws) => {
    const SecretId = text(prior, "id");
    const isChanged = (name: string) => !isSame(planned[name], prior[name]);
    if (isChanged("description") || isChanged("kms_key_id")) {
      const { description, kms_key_id } = planned;
      const input = { SecretId, ClientRequestToken: uniqueName(aws.account), Description: description ?? "" };
      await aws.call("UpdateSecret", kms_key_id ? { ...input, KmsKeyId: kms_key_id } : input);
    }
    if (!isChanged("policy")) return;
    const { policy } = planned;
    if (hasPolicy(policy)) await aws.call("PutResourcePolicy", { SecretId, ResourcePolicy: policy });
    else await aws.call("DeleteResourcePolicy", { SecretId });
  },
  delete: async ({ id, recovery_window_in_days: days }, aws) => {
    const how = days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days ?? DEFAULT_DAYS };
    await aws.call("DeleteSecret", { SecretId: id, ...how });
  },
});

function hasPolicy(policy: unknown): boolean {
  return typeof policy === "string" && policy !== "" && policy !== "{}";
}
