/** Who may assume a role. */
import { isAboutAction, readPolicy, type Statement } from "../../../iam/policy";
import type { RoleRecord } from "./records";

type TrustingRole = Pick<RoleRecord, "AssumeRolePolicyDocument">;

/**
 * Whether the role's trust policy allows an AWS service to assume the role. Conditions are taken to be met.
 *
 * @param service such as `lambda.amazonaws.com`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function isTrustedBy(role: TrustingRole, service: string): boolean {
  return mayAssume(role, "AssumeRole", (kind, principal) => kind === "Service" && principal === service);
}

/**
 * Whether a caller may assume the role by the action, as far as the trust policy says. Conditions are taken to be met.
 *
 * @param action such as `AssumeRole`
 * @param isCaller whether a principal of that kind, such as `AWS`, is the caller
 */
export function mayAssume(
  { AssumeRolePolicyDocument }: TrustingRole,
  action: string,
  isCaller: (kind: string, principal: string) => boolean,
): boolean {
  const isMeant = (statement: Statement) =>
    isAboutAction(statement, `sts:${action}`) && statement.principals.some(({ type, id }) => isCaller(type, id));
  const effects = (readPolicy(AssumeRolePolicyDocument) ?? []).filter(isMeant).map(({ effect }) => effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}
