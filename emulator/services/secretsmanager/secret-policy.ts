/**
 * Resource policies of secrets. A policy is kept, and checked for being public; whom it lets in is not enforced, as no
 * signature is checked here.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret_policy
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { checkSecretPolicy } from "./policy-rules";
import { changeSecret, findSecret, named, requireSecret, secondsOf, secrets, unlessDeleted } from "./secret";

export function putResourcePolicy(context: OperationContext, input: Wire<sdk.PutResourcePolicyRequest>) {
  const { ResourcePolicy = "", BlockPublicPolicy = false } = input;
  const secret = requireSecret(context, input);
  checkSecretPolicy(ResourcePolicy, BlockPublicPolicy);
  return named(changeSecret(context, secret, { policy: ResourcePolicy }));
}

export function getResourcePolicy(context: OperationContext, input: Wire<sdk.GetResourcePolicyRequest>) {
  const secret = requireSecret(context, input);
  return present({ ...named(secret), ResourcePolicy: secret.policy });
}

export function deleteResourcePolicy(context: OperationContext, input: Wire<sdk.DeleteResourcePolicyRequest>) {
  const { policy: _, ...secret } = requireSecret(context, input);
  return named(secrets.put(context, { ...secret, LastChangedDate: secondsOf(context) }));
}

/** Whether a policy could be put with public policies blocked. Names and texts of the errors are unconfirmed. */
export function validateResourcePolicy(context: OperationContext, input: Wire<sdk.ValidateResourcePolicyRequest>) {
  const { SecretId, ResourcePolicy = "" } = input;
  if (SecretId !== undefined) findSecret(context, SecretId);
  try {
    checkSecretPolicy(ResourcePolicy, true);
    return { PolicyValidationPassed: true, ValidationErrors: [] };
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "PublicPolicyException") throw error;
    const found = { CheckName: "PublicPolicy", ErrorMessage: error.message };
    return { PolicyValidationPassed: false, ValidationErrors: [found] };
  }
}

export const secretPolicyResource = defineResource("aws_secretsmanager_secret_policy", {
  service: "secretsmanager",
  names: { id: ["SecretId", "ARN"], policy: "ResourcePolicy", secret_arn: ["SecretId", "ARN"] },
  forceNew: ["secret_arn"],
  json: { policy: POLICY },
  create: async (planned, aws) => {
    const { ARN } = await aws.call("PutResourcePolicy", aws.inputOf("PutResourcePolicy", planned));
    return { id: String(ARN) };
  },
  read: async (known, aws) => {
    const found = await unlessDeleted(() => aws.call("GetResourcePolicy", { SecretId: known["id"] }));
    if (found === null) return null;
    return { secret_arn: String(found["ARN"]), policy: String(found["ResourcePolicy"] ?? "") };
  },
  update: async (planned, _prior, aws) => {
    const BlockPublicPolicy = planned["block_public_policy"] === true;
    await aws.call("PutResourcePolicy", { ...aws.inputOf("PutResourcePolicy", planned), BlockPublicPolicy });
  },
  delete: async (prior, aws) => {
    await unlessDeleted(() => aws.call("DeleteResourcePolicy", aws.inputOf("DeleteResourcePolicy", prior)));
  },
});
