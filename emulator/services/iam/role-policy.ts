/**
 * Policies of roles: inline policies, and attached policies that AWS manages. Managed policies of the account are not
 * emulated.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
 */
import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { optionalText } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { VERSIONED_POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import { checkRolePolicy } from "./policy-grammar";
import {
  type AttachmentRecord,
  attachedPolicies,
  encodeDocument,
  listed,
  noSuchEntity,
  type RolePolicyRecord,
  requireRole,
  rolePolicies,
} from "./records";

/** Managed policies below `service-role/`. */
const OF_SERVICE_ROLES = [
  "AmazonAPIGatewayPushToCloudWatchLogs",
  "AWSLambdaBasicExecutionRole",
  "AWSLambdaDynamoDBExecutionRole",
  "AWSLambdaENIManagementAccess",
  "AWSLambdaKinesisExecutionRole",
  "AWSLambdaMSKExecutionRole",
  "AWSLambdaRole",
  "AWSLambdaSQSQueueExecutionRole",
  "AWSLambdaVPCAccessExecutionRole",
];

/** Managed policies whose names do not begin with a service. */
const OTHERS = [
  "AdministratorAccess",
  "PowerUserAccess",
  "ReadOnlyAccess",
  "SecurityAudit",
  "job-function/ViewOnlyAccess",
];

const BEGINNING =
  /^(?:[a-z-]+\/)?(?:AWS|Amazon|Alexa|AppRunner|Auto|Cloud|DAX|EC2|Elasti|IAM|Route53|Secrets|Service|VPC)/;

/**
 * Whether AWS manages a policy of the ARN: it adds new ones every month, of which only the beginning of the name is checked.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export function isManagedPolicy(arn: string): boolean {
  const [, path = ""] = /^arn:aws:iam::aws:policy\/([\w+=,.@/-]+)$/.exec(arn) ?? [];
  const name = path.split("/").at(-1) ?? "";
  if (OF_SERVICE_ROLES.includes(name)) return path === `service-role/${name}`;
  return OTHERS.includes(path) || BEGINNING.test(path);
}

/** @throws {AwsError} `ValidationError` */
function requireArn(arn: string): void {
  if (/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./.test(arn)) return;
  throw new AwsError("ValidationError", "Invalid ARN:  Could not be parsed!");
}

export function attachRolePolicy(context: OperationContext, input: Wire<sdk.AttachRolePolicyRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PolicyArn = "" } = input;
  requireArn(PolicyArn);
  if (!isManagedPolicy(PolicyArn)) {
    throw noSuchEntity(`Policy ${PolicyArn} does not exist or is not attachable.`);
  }
  attachedPolicies.put(context, { RoleName, PolicyArn });
  return {};
}

export function detachRolePolicy(context: OperationContext, input: Wire<sdk.DetachRolePolicyRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PolicyArn = "" } = input;
  requireArn(PolicyArn);
  const attachment = attachedPolicies.get(context, `${RoleName}/${PolicyArn}`);
  if (attachment === undefined) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
  attachedPolicies.delete(context, attachment);
  return {};
}

export function listAttachedRolePolicies(context: OperationContext, input: Wire<sdk.ListAttachedRolePoliciesRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PathPrefix = "/" } = input;
  const pathOf = (arn: string) => arn.replace(/^[^/]*/, "");
  const arns = attachedPolicies.where(context, { RoleName }).map(({ PolicyArn }) => PolicyArn);
  const shown = arns.filter((arn) => pathOf(arn).startsWith(PathPrefix)).sort();
  const policies = shown.map((PolicyArn) => ({ PolicyName: PolicyArn.split("/").at(-1), PolicyArn }));
  return listed("AttachedPolicies", policies, input);
}

export function putRolePolicy(context: OperationContext, input: Wire<sdk.PutRolePolicyRequest>) {
  const { RoleName } = requireRole(context, input);
  const { PolicyName = "", PolicyDocument = "" } = input;
  checkRolePolicy(PolicyDocument);
  rolePolicies.put(context, { RoleName, PolicyName, PolicyDocument });
  return {};
}

function requirePolicy(context: OperationContext, input: Wire<sdk.GetRolePolicyRequest>): RolePolicyRecord {
  const { RoleName } = requireRole(context, input);
  const refusal = () => noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
  return rolePolicies.getOr(context, `${RoleName}:${input.PolicyName}`, refusal);
}

export function getRolePolicy(context: OperationContext, input: Wire<sdk.GetRolePolicyRequest>) {
  const { PolicyDocument, ...names } = requirePolicy(context, input);
  return { ...names, PolicyDocument: encodeDocument(PolicyDocument) };
}

export function listRolePolicies(context: OperationContext, input: Wire<sdk.ListRolePoliciesRequest>) {
  const { RoleName } = requireRole(context, input);
  const names = rolePolicies.where(context, { RoleName }).map(({ PolicyName }) => PolicyName);
  return listed("PolicyNames", names.sort(), input);
}

export function deleteRolePolicy(context: OperationContext, input: Wire<sdk.DeleteRolePolicyRequest>) {
  rolePolicies.delete(context, requirePolicy(context, input));
  return {};
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role_policy */
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

/** ARNs of all policies that are attached to the role. */
export async function readAttachedArns(roleName: string, aws: Aws): Promise<readonly string[]> {
  const { AttachedPolicies } = await aws.call("ListAttachedRolePolicies", { RoleName: roleName, MaxItems: 1000 });
  return (AttachedPolicies as readonly AttachmentRecord[]).map(({ PolicyArn }) => PolicyArn);
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role_policy_attachment */
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
