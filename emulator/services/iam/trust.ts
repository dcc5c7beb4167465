/** Who may assume a role. */
import { type Attributes, isObject, type Value } from "../../terraform/attributes";
import type { RoleRecord } from "./role";

/** The parts of a trust policy's statement that matter here. */
function statementsOf({
  AssumeRolePolicyDocument,
}: Pick<RoleRecord, "AssumeRolePolicyDocument">): readonly Attributes[] {
  const policy: Value = JSON.parse(AssumeRolePolicyDocument);
  return listOf(isObject(policy) ? policy["Statement"] : null).filter(isObject);
}

/**
 * Whether the role's trust policy lets a service of AWS take the role, and nothing in it forbids that. Conditions are
 * taken to be met.
 *
 * @param service such as `lambda.amazonaws.com`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function isTrustedBy(role: Pick<RoleRecord, "AssumeRolePolicyDocument">, service: string): boolean {
  const ofService = statementsOf(role).filter(({ Action, Principal }) => {
    const isNamed = isObject(Principal) && listOf(Principal["Service"]).includes(service);
    return isNamed && listOf(Action).some((action) => /^(?:sts:(?:AssumeRole|\*)|\*)$/i.test(String(action)));
  });
  return isAllowed(ofService);
}

/**
 * Whether a caller of the account may assume the role by the action, as far as the trust policy says. Conditions are
 * taken to be met.
 *
 * @param isCaller whether a principal of that kind, such as `AWS`, is the caller
 */
export function mayAssume(
  role: Pick<RoleRecord, "AssumeRolePolicyDocument">,
  action: string,
  isCaller: (kind: string, principal: string) => boolean,
): boolean {
  const pattern = new RegExp(`^(?:sts:(?:${action}|\\*)|\\*)$`, "i");
  const ofCaller = statementsOf(role).filter(({ Action, Principal }) => {
    const principals = isObject(Principal) ? Object.entries(Principal) : [["AWS", Principal ?? null] as const];
    const isNamed = principals.some(([kind, of]) => listOf(of).some((one) => isCaller(kind, String(one))));
    return isNamed && listOf(Action).some((one) => pattern.test(String(one)));
  });
  return isAllowed(ofCaller);
}

function isAllowed(statements: readonly Attributes[]): boolean {
  const effects = statements.map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

/** What policies write as one value or as a list of them. */
function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [value ?? null];
}
