/** What bounds the rights of functions and their roles, by type. Pure. */

import { codes } from "../../platform/markdown";
import { caution } from "./alert";
import { added, isOther, type Loss, type Protections, shown, type Values } from "./protected-values";

const role = ({ name }: Values) => `The role ${shown(name)}`;
const fn = ({ function_name }: Values) => `The function ${shown(function_name)}`;

const ROLE_LOSSES: readonly Loss[] = [
  (before, after) => {
    const name = "permissions_boundary";
    if (!isOther(before, after, name)) return undefined;
    const now = after[name];
    return typeof now === "string" && now !== ""
      ? `${role(before)} gets another permissions boundary: ${shown(now)}, before ${shown(before[name])}.`
      : `${role(before)} loses its permissions boundary ${shown(before[name])}: its policies alone say what it may do.`;
  },
  (before, after) => {
    const more = added(before, after, "managed_policy_arns");
    return more.length > 0 ? `${role(before)} gets all that these policies allow: ${codes(more)}.` : undefined;
  },
];

/** Of who may do what within AWS, besides policies that are compared by what they allow. */
export const RIGHTS_PROTECTIONS: Protections = {
  aws_iam_role: { called: role, attributes: ["permissions_boundary"], losses: ROLE_LOSSES },
  aws_lambda_function: {
    called: fn,
    attributes: ["role"],
    losses: [
      (before, after) =>
        isOther(before, after, "role")
          ? `${fn(before)} runs as another role: ${shown(after["role"])}, before ${shown(before["role"])}.`
          : undefined,
    ],
  },
  aws_lambda_function_url: {
    called: ({ function_name }) => `The URL of the function ${shown(function_name)}`,
    attributes: ["authorization_type"],
    losses: [
      (before, after) =>
        before["authorization_type"] !== "NONE" && after["authorization_type"] === "NONE"
          ? caution(
              `Anybody will be able to call the function ${shown(before["function_name"])} by its own URL, past API Gateway.`,
            )
          : undefined,
    ],
  },
};
