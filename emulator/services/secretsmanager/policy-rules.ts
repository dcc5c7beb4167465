/** Whether a secret's resource policy is open to every principal. Pure. */
import { isConditional, isPublic, readPolicy } from "../../../iam/policy";
import { AwsError, UnsupportedError } from "../../errors";

/**
 * Checks what AWS checks when a policy is put on a secret.
 *
 * @param isPublicBlocked whether a policy that lets in every principal is refused
 * @throws {AwsError} `MalformedPolicyDocumentException`, or `PublicPolicyException` when public policies are blocked
 * @throws {UnsupportedError} when only a condition could keep the policy from being public
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
 */
export function checkSecretPolicy(policy: string, isPublicBlocked: boolean): void {
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
