/**
 * Policies that are written into a role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role_policy
 */
import type * as sdk from "@aws-sdk/client-iam";
import { Table } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { optionalText } from "../../terraform/attributes";
import { VERSIONED_POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import { listed } from "./listing";
import { checkRolePolicy, encodeDocument } from "./policy-grammar";
import { requireRole } from "./role";

interface RolePolicyRecord {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export const rolePolicies = new Table<RolePolicyRecord>(
  "iam/RolePolicy",
  ({ RoleName, PolicyName }) => `${RoleName}:${PolicyName}`,
  true,
);

export function putRolePolicy(context: OperationContext, input: Wire<sdk.PutRolePolicyRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PolicyName = "", PolicyDocument = "" } = input;
  checkRolePolicy(PolicyDocument);
  rolePolicies.put(context, { RoleName, PolicyName, PolicyDocument });
  return {};
}

function requirePolicy(context: OperationContext, input: Wire<sdk.GetRolePolicyRequest>): RolePolicyRecord {
  const { RoleName } = requireRole(context, input);
  const policy = rolePolicies.get(context, `${RoleName}:${input.PolicyName}`);
  if (policy !== undefined) return policy;
  throw new AwsError("NoSuchEntity", `The role policy with name ${input.PolicyName} cannot be found.`, 404);
}

export function getRolePolicy(context: OperationContext, input: Wire<sdk.GetRolePolicyRequest>) {
  const { PolicyDocument, ...names } = requirePolicy(context, input);
  return { ...names, PolicyDocument: encodeDocument(PolicyDocument) };
}

export function listRolePolicies(context: OperationContext, input: Wire<sdk.ListRolePoliciesRequest>) {
  const role = requireRole(context, input);
  const own = rolePolicies.list(context).filter(({ RoleName }) => RoleName === role.RoleName);
  const names = own.map(({ PolicyName }) => PolicyName).sort();
  return listed("PolicyNames", names, input);
}

export function deleteRolePolicy(context: OperationContext, input: Wire<sdk.DeleteRolePolicyRequest>) {
  rolePolicies.delete(context, requirePolicy(context, input));
  return {};
}

export const rolePolicyResource = defineResource("aws_iam_role_policy", {
  service: "iam",
  names: { role: "RoleName", name: "PolicyName", policy: "PolicyDocument" },
  id: "<role>:<name>",
  importId: "<role>:<name>",
  forceNew: ["name", "name_prefix", "role"],
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  json: { policy: VERSIONED_POLICY },
  create: async (planned, aws) => {
    const name = optionalText(planned, "name") ?? uniqueName(aws.account, optionalText(planned, "name_prefix"));
    await aws.call("PutRolePolicy", aws.inputOf("PutRolePolicy", { ...planned, name }));
    return { name };
  },
  read: "GetRolePolicy",
  refine: ({ name, policy }) => ({
    policy: decodeURIComponent(String(policy)),
    name_prefix: prefixOf(String(name)),
  }),
  update: "PutRolePolicy",
  delete: "DeleteRolePolicy",
});
