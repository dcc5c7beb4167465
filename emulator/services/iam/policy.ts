/**
 * Managed policies: those of the account with all their versions, and AWS's own as far as their names are known.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html
 */
import type * as sdk from "@aws-sdk/client-iam";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { attachedPolicies } from "./attached-policy";
import { listed } from "./listing";
import { isManagedPolicy } from "./managed-policies";
import { checkRolePolicy } from "./policy-grammar";
import { roles, UNIQUE_ID_ALPHABET } from "./role";
import { taggedWith, withoutTags } from "./tags";

/** One version of a policy's document. */
export interface Version {
  readonly VersionId: string;
  readonly Document: string;
  readonly CreateDate: number;
}

/** A policy of the account, with the number of its latest version. */
export interface PolicyRecord extends Wire<sdk.Policy> {
  readonly Arn: string;
  readonly versions: readonly Version[];
  readonly latest: number;
}

export const policies = new Table<PolicyRecord>("iam/Policy", ({ Arn }) => Arn, true);

/** @throws {AwsError} `ValidationError` */
export function requireArn(arn: string): void {
  if (/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./.test(arn)) return;
  throw new AwsError("ValidationError", "Invalid ARN:  Could not be parsed!");
}

/** Whether there is such a policy, of the account or of AWS. */
export function isAttachable(context: TablePlace, arn: string): boolean {
  return policies.get(context, arn) !== undefined || isManagedPolicy(arn);
}

interface PolicyInput {
  readonly PolicyArn: string | undefined;
}

/** @throws {AwsError} `NoSuchEntity` */
export function requirePolicy(context: TablePlace, { PolicyArn = "" }: PolicyInput): PolicyRecord {
  requireArn(PolicyArn);
  const policy = policies.get(context, PolicyArn);
  if (policy !== undefined) return policy;
  throw new AwsError("NoSuchEntity", `Policy ${PolicyArn} was not found.`, 404);
}

function describe(context: TablePlace, { versions: _, latest: __, ...policy }: PolicyRecord): Wire<sdk.Policy> {
  const boundaries = roles.list(context).map((role) => role.PermissionsBoundary?.PermissionsBoundaryArn);
  return {
    ...policy,
    AttachmentCount: attachedPolicies.list(context).filter(({ PolicyArn }) => PolicyArn === policy.Arn).length,
    PermissionsBoundaryUsageCount: boundaries.filter((arn) => arn === policy.Arn).length,
  };
}

export function createPolicy(context: OperationContext, input: Wire<sdk.CreatePolicyRequest>) {
  const { account, accountId } = context;
  const { PolicyName, Path = "/", PolicyDocument = "", Description, Tags } = input;
  checkRolePolicy(PolicyDocument);
  const Arn = `arn:aws:iam::${accountId}:policy${Path}${PolicyName}`;
  if (policies.list(context).some((policy) => policy.PolicyName === PolicyName)) {
    const text = `A policy called ${PolicyName} already exists. Duplicate names are not allowed.`;
    throw new AwsError("EntityAlreadyExists", text, 409);
  }
  const now = Math.floor(account.now() / 1000);
  const policy = present({
    PolicyName,
    PolicyId: `ANPA${account.randomId(17, UNIQUE_ID_ALPHABET)}`,
    Arn,
    Path,
    DefaultVersionId: "v1",
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    Description,
    CreateDate: now,
    UpdateDate: now,
    Tags: taggedWith(undefined, Tags),
  });
  const versions = [{ VersionId: "v1", Document: PolicyDocument, CreateDate: now }];
  const { Description: _, ...created } = describe(context, policies.put(context, { ...policy, versions, latest: 1 }));
  return { Policy: created };
}

export function getPolicy(context: OperationContext, input: Wire<sdk.GetPolicyRequest>) {
  return { Policy: describe(context, requirePolicy(context, input)) };
}

/** Policies of the account; those of AWS are not listed. */
export function listPolicies(context: OperationContext, input: Wire<sdk.ListPoliciesRequest>) {
  const { Scope = "All", OnlyAttached = false, PathPrefix = "/" } = input;
  const found = policies
    .list(context)
    .map((policy) => describe(context, policy))
    .filter(({ Path, AttachmentCount = 0 }) => Path?.startsWith(PathPrefix) && (!OnlyAttached || AttachmentCount > 0))
    .map(({ Description: _, Tags: __, ...policy }) => policy);
  return listed("Policies", Scope === "AWS" ? [] : found, input);
}

export function deletePolicy(context: OperationContext, input: Wire<sdk.DeletePolicyRequest>) {
  const policy = requirePolicy(context, input);
  const { AttachmentCount = 0, PermissionsBoundaryUsageCount = 0 } = describe(context, policy);
  if (AttachmentCount + PermissionsBoundaryUsageCount > 0) {
    throw new AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409);
  }
  if (policy.versions.length > 1) {
    const why =
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
    throw new AwsError("DeleteConflict", why, 409);
  }
  policies.delete(context, policy);
  return {};
}

const retag = (context: OperationContext, policy: PolicyRecord, Tags: PolicyRecord["Tags"]) => {
  policies.put(context, present({ ...policy, Tags }));
  return {};
};

export function tagPolicy(context: OperationContext, input: Wire<sdk.TagPolicyRequest>) {
  const policy = requirePolicy(context, input);
  return retag(context, policy, taggedWith(policy.Tags, input.Tags));
}

export function untagPolicy(context: OperationContext, input: Wire<sdk.UntagPolicyRequest>) {
  const policy = requirePolicy(context, input);
  return retag(context, policy, withoutTags(policy.Tags, input.TagKeys));
}

export function listPolicyTags(context: OperationContext, input: Wire<sdk.ListPolicyTagsRequest>) {
  return listed("Tags", requirePolicy(context, input).Tags ?? [], input);
}
