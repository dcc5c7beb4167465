/** Roles and their policies. They are kept and checked for existence; what a policy allows is not enforced. */
import { type Attributes, isObject, optionalText, text, type Value } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, keyOf } from "../provider/kind";
import { isManagedPolicy } from "./managed-policies";
import { checkRolePolicy, checkTrustPolicy } from "./role-policy-rules";

const UNIQUE_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const noSuchRole = (name: string) => new AwsError("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role */
export const role = defineKind("aws_iam_role", {
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["name", "name_prefix", "path"],
  defaults: { force_detach_policies: false, max_session_duration: 3600, path: "/" },
  refused: ["name_prefix", "inline_policy"],
  json: ["assume_role_policy"],
  create(given, { account, accountId }) {
    const name = optionalText(given, "name") ?? `terraform-${account.randomId(26)}`;
    checkTrustPolicy(text(given, "assume_role_policy"));
    if (account.get(role.type, name) !== undefined) {
      throw new AwsError("EntityAlreadyExists", `Role with name ${name} already exists.`, 409);
    }
    return {
      id: name,
      name,
      arn: `arn:aws:iam::${accountId}:role${text(given, "path")}${name}`,
      create_date: account.timestamp(),
      managed_policy_arns: given["managed_policy_arns"] ?? [],
      name_prefix: "",
      unique_id: `AROA${account.randomId(17, UNIQUE_ID_ALPHABET)}`,
    };
  },
  update(given) {
    checkTrustPolicy(text(given, "assume_role_policy"));
    return {};
  },
  /** The provider reads all policies of a role when it refreshes, those that others gave it too, and takes them off. */
  remove({ name }, { account }) {
    for (const kind of [rolePolicyAttachment, rolePolicy]) {
      const policies = account.list(kind.type).filter((policy) => policy["role"] === name);
      for (const policy of policies) account.delete(kind.type, keyOf(kind, policy));
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role_policy */
export const rolePolicy = defineKind("aws_iam_role_policy", {
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["name", "name_prefix", "role"],
  refused: ["name_prefix"],
  json: ["policy"],
  create(given, { account }) {
    const roleName = text(given, "role");
    if (account.get(role.type, roleName) === undefined) throw noSuchRole(roleName);
    checkRolePolicy(text(given, "policy"));
    const name = optionalText(given, "name") ?? `terraform-${account.randomId(26)}`;
    return { id: `${roleName}:${name}`, name, name_prefix: "" };
  },
  update(given) {
    checkRolePolicy(text(given, "policy"));
    return {};
  },
});

/**
 * A policy of AWS's own on a role. Policies of the account's own are no kind here, so there is none to attach.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role_policy_attachment
 */
export const rolePolicyAttachment = defineKind("aws_iam_role_policy_attachment", {
  forceNew: ["policy_arn", "role"],
  key: attachmentName,
  importId: attachmentName,
  create(given, { account }) {
    const [roleName, arn] = [text(given, "role"), text(given, "policy_arn")];
    if (account.get(role.type, roleName) === undefined) throw noSuchRole(roleName);
    if (!isManagedPolicy(arn)) {
      throw new AwsError("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`, 404);
    }
    return { id: attachmentName(given) };
  },
});

/** What tells attachments apart: attaching twice is attaching once. */
function attachmentName(attributes: Attributes): string {
  return `${text(attributes, "role")}/${text(attributes, "policy_arn")}`;
}

/**
 * Whether the role's trust policy lets a service of AWS take the role, and nothing in it forbids that. Conditions are
 * taken to be met.
 *
 * @param service such as `lambda.amazonaws.com`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function isTrustedBy(existing: Attributes, service: string): boolean {
  const policy: Value = JSON.parse(text(existing, "assume_role_policy"));
  const ofService = listOf(isObject(policy) ? policy["Statement"] : null)
    .filter(isObject)
    .filter(({ Action, Principal }) => {
      const isNamed = isObject(Principal) && listOf(Principal["Service"]).includes(service);
      return isNamed && listOf(Action).some((action) => /^(?:sts:(?:AssumeRole|\*)|\*)$/i.test(String(action)));
    });
  const effects = ofService.map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

/** What policies write as one value or as a list of them. */
function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [value ?? null];
}
