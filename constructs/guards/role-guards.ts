/** Roles of functions: they may do what access.yaml states, and nothing else. */
import { type Attributes, listOf, type StackJson, type StackResource } from "../contract/stack-json";
import { certainText } from "./certainty";
import { type Finding, uncertain, valuesAt, when } from "./guard";

/** What gives roles permissions: the attribute that names the role, or the roles. */
const ROLE_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_iam_policy_attachment: "roles",
  aws_iam_role_policies_exclusive: "role_name",
  aws_iam_role_policy: "role",
  aws_iam_role_policy_attachment: "role",
  aws_iam_role_policy_attachments_exclusive: "role_name",
};

const WAY_OUT =
  "Write it into statements of the function in access.yaml, or declare it with a reason (declareException)";

const NAME_IT = "Refer to the role by its name or its resource, or declare it with a reason (declareException)";

/**
 * Refuses what gives the role of a function more than access.yaml states.
 *
 * @param statedOf the policy as it was made of access.yaml: of a role, who may assume it, and of a policy, what it allows;
 * `undefined` for all other resources
 */
export function beyondStated(
  resource: StackResource,
  stack: StackJson,
  statedOf: (resource: StackResource) => string | undefined,
): readonly Finding[] {
  const { type, attributes } = resource;
  const stated = statedOf(resource);
  if (type === "aws_iam_role") {
    if (stated === undefined) return [];
    const isMore =
      attributes["assume_role_policy"] !== stated ||
      valuesAt(attributes, "inline_policy.policy").length > 0 ||
      listOf(attributes["managed_policy_arns"]).length > 0;
    return when(isMore, "it is the role of a function, and is given more than access.yaml states", WAY_OUT);
  }
  const attribute = ROLE_ATTRIBUTES[type];
  if (attribute === undefined || (stated !== undefined && attributes["policy"] === stated)) return [];
  const functionRoles = stack.ofType("aws_iam_role").filter((role) => statedOf(role) !== undefined);
  const named = listOf(attributes[attribute]);
  const isOfFunction = functionRoles.some((role) => named.some((one) => isNamed(one, role, stack)));
  if (isOfFunction) return when(true, "it gives the role of a function more than access.yaml states", WAY_OUT);
  const unclear = functionRoles.length === 0 ? undefined : named.find((one) => !isClear(one, stack));
  return unclear === undefined ? [] : uncertain(attribute, unclear, NAME_IT);
}

/** Whether the value certainly names one role: that of a resource, whatever its name is, or that of a certain name. */
function isClear(value: unknown, stack: StackJson): boolean {
  const [, name = ""] = /^\$\{aws_iam_role\.([\w-]+)\.(?:name|id)\}$/.exec(String(value)) ?? [];
  return stack.resourceOf("aws_iam_role", name) !== undefined || certainText(value, stack) !== undefined;
}

/** Whether the value is the name of the role, or a reference to it. */
function isNamed(value: unknown, { name, attributes }: { name: string; attributes: Attributes }, stack: StackJson) {
  const own = certainText(attributes["name"], stack);
  return (
    new RegExp(`^\\$\\{aws_iam_role\\.${name}\\.\\w+\\}$`).test(String(value)) ||
    (own !== undefined && certainText(value, stack) === own)
  );
}
