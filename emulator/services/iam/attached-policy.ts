/**
 * Managed policies on a role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role_policy_attachment
 */
import type * as sdk from "@aws-sdk/client-iam";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { listed } from "./listing";
import { isAttachable, requireArn } from "./policy";
import { requireRole } from "./role";

/** A policy that is attached to a role. */
interface AttachmentRecord {
  readonly RoleName: string;
  readonly PolicyArn: string;
}

export const attachedPolicies = new Table<AttachmentRecord>(
  "iam/AttachedRolePolicy",
  ({ RoleName, PolicyArn }) => `${RoleName}/${PolicyArn}`,
  true,
);

export function attachRolePolicy(context: OperationContext, input: Wire<sdk.AttachRolePolicyRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PolicyArn = "" } = input;
  requireArn(PolicyArn);
  if (!isAttachable(context, PolicyArn)) {
    throw new AwsError("NoSuchEntity", `Policy ${PolicyArn} does not exist or is not attachable.`, 404);
  }
  attachedPolicies.put(context, { RoleName, PolicyArn });
  return {};
}

export function detachRolePolicy(context: OperationContext, input: Wire<sdk.DetachRolePolicyRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PolicyArn = "" } = input;
  requireArn(PolicyArn);
  const attachment = attachedPolicies.get(context, `${RoleName}/${PolicyArn}`);
  if (attachment === undefined) throw new AwsError("NoSuchEntity", `Policy ${PolicyArn} was not found.`, 404);
  attachedPolicies.delete(context, attachment);
  return {};
}

const arnsOf = (context: TablePlace, roleName: string) =>
  attachedPolicies.list(context).flatMap(({ RoleName, PolicyArn }) => (RoleName === roleName ? [PolicyArn] : []));

export function listAttachedRolePolicies(context: OperationContext, input: Wire<sdk.ListAttachedRolePoliciesRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PathPrefix = "/" } = input;
  const pathOf = (arn: string) => arn.replace(/^[^/]*/, "");
  const arns = arnsOf(context, RoleName).filter((arn) => pathOf(arn).startsWith(PathPrefix));
  const policies = arns.sort().map((PolicyArn) => ({ PolicyName: PolicyArn.split("/").at(-1), PolicyArn }));
  return listed("AttachedPolicies", policies, input);
}

/** Users and groups are not emulated, so only roles have policies. */
export function listEntitiesForPolicy(context: OperationContext, input: Wire<sdk.ListEntitiesForPolicyRequest>) {
  const { PolicyArn = "", EntityFilter = "Role", PathPrefix = "/" } = input;
  requireArn(PolicyArn);
  if (!isAttachable(context, PolicyArn)) throw new AwsError("NoSuchEntity", `Policy ${PolicyArn} was not found.`, 404);
  const names = attachedPolicies.list(context).filter((attachment) => attachment.PolicyArn === PolicyArn);
  const roles = names
    .map((attachment) => requireRole(context, attachment))
    .filter(({ Path }) => EntityFilter === "Role" && Path?.startsWith(PathPrefix) === true)
    .map(({ RoleName, RoleId }) => ({ RoleName, RoleId }));
  return { PolicyGroups: [], PolicyUsers: [], ...listed("PolicyRoles", roles, input) };
}

/** ARNs of all policies that are attached to the role. */
export async function readAttachedArns(roleName: string, aws: Aws): Promise<readonly string[]> {
  const { AttachedPolicies } = await aws.call("ListAttachedRolePolicies", { RoleName: roleName, MaxItems: 1000 });
  return (AttachedPolicies as readonly AttachmentRecord[]).map(({ PolicyArn }) => PolicyArn);
}

export const attachedPolicyResource = defineResource("aws_iam_role_policy_attachment", {
  service: "iam",
  names: { role: "RoleName" },
  id: "<role>/<policy_arn>",
  importId: "<role>/<policy_arn>",
  forceNew: ["policy_arn", "role"],
  create: "AttachRolePolicy",
  read: async ({ role, policy_arn }, aws) =>
    (await readAttachedArns(String(role), aws)).some((arn) => arn === policy_arn) ? {} : null,
  delete: "DetachRolePolicy",
});
