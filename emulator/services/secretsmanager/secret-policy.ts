/**
 * Resource policies of secrets. A policy is kept, and checked for being public; whom it lets in is not enforced, as no
 * signature is checked here.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret_policy
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { isConditional, isPublic, readPolicy } from "../../../iam/policy";
import { AwsError, UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { changeSecret, named, requireSecret, secondsOf, secrets, unlessDeleted } from "./records";

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

/**
 * Checks what AWS checks when a policy is put on a secret.
 *
 * @param isPublicBlocked whether a policy that is open to every principal is refused
 * @throws {AwsError} `MalformedPolicyDocumentException`, or `PublicPolicyException` when public policies are blocked
 * @throws {UnsupportedError} when only a condition could keep the policy from being public
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
 */
function checkSecretPolicy(policy: string, isPublicBlocked: boolean): void {
  const statements = readPolicy(policy);
  if (statements === undefined) {
    throw new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json");
  }
  const open = isPublicBlocked ? statements.filter(isPublic) : [];
  if (!open.every(isConditional)) {
    throw new AwsError(
      "PublicPolicyException",
      "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.",
    );
  }
  if (open.length === 0) return;
  throw new UnsupportedError(
    "a secret's policy for every principal under a condition is not emulated: whether it is public is AWS's to say",
  );
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
