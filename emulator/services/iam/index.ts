/** AWS IAM: roles with their policies, and managed policies. */
import { AwsError } from "../../errors";
import { loadModel } from "../../protocols/model";
import { defineService, type Operation, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as attached from "./attached-policy";
import * as policies from "./policy";
import * as versions from "./policy-version";
import * as roles from "./role";
import * as written from "./role-policy";
import { roleResource } from "./role-resource";

export { findRole, type RoleRecord } from "./role";
export { isTrustedBy, mayAssume } from "./trust";

/** Names that IAM checks with a text of its own, once their length is right. */
const NAMES = ["RoleName", "PolicyName"];

/** The operations, each after a check of the names in its input. */
function withNames<Name extends string>(
  operations: Readonly<Record<Name, Operation<never>>>,
): Readonly<Record<Name, Operation<never>>> {
  const checked = (operation: Operation<never>): Operation<never> => {
    return (context, input) => {
      requireNames(input);
      return operation(context, input);
    };
  };
  const entries = Object.entries<Operation<never>>(operations).map(([name, operation]) => [name, checked(operation)]);
  return Object.fromEntries(entries) as Readonly<Record<Name, Operation<never>>>;
}

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

export const iam: ServiceDefinition = defineService({
  name: "iam",
  model: () => loadModel("iam"),
  constraintError: "ValidationError",
  constraintStyle: { values: false },
  operations: withNames({
    AttachRolePolicy: attached.attachRolePolicy,
    CreatePolicy: policies.createPolicy,
    CreatePolicyVersion: versions.createPolicyVersion,
    CreateRole: roles.createRole,
    DeletePolicy: policies.deletePolicy,
    DeletePolicyVersion: versions.deletePolicyVersion,
    DeleteRole: roles.deleteRole,
    DeleteRolePermissionsBoundary: roles.deleteRolePermissionsBoundary,
    DeleteRolePolicy: written.deleteRolePolicy,
    DetachRolePolicy: attached.detachRolePolicy,
    GetPolicy: policies.getPolicy,
    GetPolicyVersion: versions.getPolicyVersion,
    GetRole: roles.getRole,
    GetRolePolicy: written.getRolePolicy,
    ListAttachedRolePolicies: attached.listAttachedRolePolicies,
    ListEntitiesForPolicy: attached.listEntitiesForPolicy,
    ListInstanceProfilesForRole: roles.listInstanceProfilesForRole,
    ListPolicies: policies.listPolicies,
    ListPolicyTags: policies.listPolicyTags,
    ListPolicyVersions: versions.listPolicyVersions,
    ListRolePolicies: written.listRolePolicies,
    ListRoles: roles.listRoles,
    ListRoleTags: roles.listRoleTags,
    PutRolePermissionsBoundary: roles.putRolePermissionsBoundary,
    PutRolePolicy: written.putRolePolicy,
    RemoveRoleFromInstanceProfile: roles.removeRoleFromInstanceProfile,
    SetDefaultPolicyVersion: versions.setDefaultPolicyVersion,
    TagPolicy: policies.tagPolicy,
    TagRole: roles.tagRole,
    UntagPolicy: policies.untagPolicy,
    UntagRole: roles.untagRole,
    UpdateAssumeRolePolicy: roles.updateAssumeRolePolicy,
    UpdateRole: roles.updateRole,
    UpdateRoleDescription: roles.updateRoleDescription,
  }),
});

export const iamResources: readonly Resource[] = [
  roleResource,
  written.rolePolicyResource,
  attached.attachedPolicyResource,
];
