/**
 * Versions of the account's managed policies.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { listed } from "./listing";
import { type PolicyRecord, policies, requirePolicy, type Version } from "./policy";
import { checkRolePolicy, encodeDocument } from "./policy-grammar";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_VERSIONS = 5;

function requireVersion(policy: PolicyRecord, id: string | undefined): Version {
  const version = policy.versions.find(({ VersionId }) => VersionId === id);
  if (version !== undefined) return version;
  const text = `Policy ${policy.Arn} version ${id} does not exist or is not attachable.`;
  throw new AwsError("NoSuchEntity", text, 404);
}

const summarize = ({ VersionId, CreateDate }: Version, { DefaultVersionId }: PolicyRecord) => ({
  VersionId,
  IsDefaultVersion: VersionId === DefaultVersionId,
  CreateDate,
});

export function createPolicyVersion(context: OperationContext, input: Wire<sdk.CreatePolicyVersionRequest>) {
  const policy = requirePolicy(context, input);
  const { PolicyDocument = "", SetAsDefault = false } = input;
  checkRolePolicy(PolicyDocument);
  if (policy.versions.length >= MAX_VERSIONS) {
    const why = `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`;
    throw new AwsError("LimitExceeded", why, 409);
  }
  const now = Math.floor(context.account.now() / 1000);
  const version = { VersionId: `v${policy.latest + 1}`, Document: PolicyDocument, CreateDate: now };
  const changed = policies.put(context, {
    ...policy,
    DefaultVersionId: SetAsDefault ? version.VersionId : policy.DefaultVersionId,
    UpdateDate: now,
    versions: [version, ...policy.versions],
    latest: policy.latest + 1,
  });
  return { PolicyVersion: summarize(version, changed) };
}

export function getPolicyVersion(context: OperationContext, input: Wire<sdk.GetPolicyVersionRequest>) {
  const policy = requirePolicy(context, input);
  const version = requireVersion(policy, input.VersionId);
  return { PolicyVersion: { Document: encodeDocument(version.Document), ...summarize(version, policy) } };
}

export function listPolicyVersions(context: OperationContext, input: Wire<sdk.ListPolicyVersionsRequest>) {
  const policy = requirePolicy(context, input);
  return listed(
    "Versions",
    policy.versions.map((version) => summarize(version, policy)),
    input,
  );
}

export function setDefaultPolicyVersion(context: OperationContext, input: Wire<sdk.SetDefaultPolicyVersionRequest>) {
  const policy = requirePolicy(context, input);
  policies.put(context, { ...policy, DefaultVersionId: requireVersion(policy, input.VersionId).VersionId });
  return {};
}

export function deletePolicyVersion(context: OperationContext, input: Wire<sdk.DeletePolicyVersionRequest>) {
  const policy = requirePolicy(context, input);
  const version = requireVersion(policy, input.VersionId);
  if (version.VersionId === policy.DefaultVersionId) {
    throw new AwsError("DeleteConflict", "Cannot delete the default version of a policy.", 409);
  }
  policies.put(context, { ...policy, versions: policy.versions.filter((other) => other !== version) });
  return {};
}
