/** AWS IAM: roles with their policies. */
import { AwsError } from "../../errors";
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as roles from "./role";
import * as policies from "./role-policy";

export { findRole, type RoleRecord } from "./records";
export { isTrustedBy, mayAssume } from "./trust";

/** Names that IAM checks with a text of its own, once their length is right. */
const NAMES = ["RoleName", "PolicyName"];

/** @throws {AwsError} `ValidationError` */
function requireNames(input: Readonly<Record<string, unknown>>): void {
  for (const name of NAMES) {
    const value = input[name];
    if (typeof value !== "string" || /^[\w+=,.@-]+$/.test(value)) continue;
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    const allowed = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
    throw new AwsError("ValidationError", `The specified value for ${member} is invalid. ${allowed}`);
  }
}

export const iam: ServiceDefinition = {
  name: "iam",
  model: () => loadModel("iam"),
  constraintError: "ValidationError",
  constraintStyle: { values: false },
  check: requireNames,
  operations: operationsIn("iam", roles, policies),
};

export const iamResources: readonly Resource[] = [
  roles.roleResource,
  policies.rolePolicyResource,
  policies.attachedPolicyResource,
];
