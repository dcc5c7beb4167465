/**
 * Roles: what services and callers assume. What their policies allow is not enforced.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role
 */
import type * as sdk from "@aws-sdk/client-iam";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { attachedPolicies } from "./attached-policy";
import { listed, type PageInput } from "./listing";

import { isAttachable } from "./policy";
import { checkTrustPolicy, encodeDocument } from "./policy-grammar";
import { rolePolicies } from "./role-policy";
import { taggedWith, withoutTags } from "./tags";

export const UNIQUE_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A role as the account keeps it; its trust policy is not percent-encoded. */
export interface RoleRecord extends Wire<sdk.Role> {
  readonly RoleName: string;
  readonly Arn: string;
  readonly AssumeRolePolicyDocument: string;
}

export const roles = new Table<RoleRecord>("iam/Role", ({ RoleName }) => RoleName, true);

interface RoleInput {
  readonly RoleName: string | undefined;
}

/** The role that the input names. @throws {AwsError} `NoSuchEntity` */
export function requireRole(context: TablePlace, { RoleName }: RoleInput): RoleRecord {
  const role = roles.get(context, RoleName ?? "");
  if (role !== undefined) return role;
  throw new AwsError("NoSuchEntity", `The role with name ${RoleName} cannot be found.`, 404);
}

/** The role of the ARN; `undefined` when there is none. */
export function findRole(context: TablePlace, arn: string): RoleRecord | undefined {
  return roles.list(context).find(({ Arn }) => Arn === arn);
}

/** Whether it is no role of this account, or one that exists. */
function isKnown(context: OperationContext, principal: string): boolean {
  const isOwnRole = principal.startsWith(`arn:aws:iam::${context.accountId}:role/`);
  return !isOwnRole || findRole(context, principal) !== undefined;
}

function describe(role: RoleRecord): Wire<sdk.Role> {
  return { ...role, AssumeRolePolicyDocument: encodeDocument(role.AssumeRolePolicyDocument) };
}

/** A role in a list and right after its creation: AWS leaves out when it was last used. */
function summarize(role: RoleRecord, ...left: readonly (keyof sdk.Role)[]): Wire<sdk.Role> {
  const members = Object.entries(describe(role)).filter(([name]) => !left.some((other) => other === name));
  return Object.fromEntries(members) as unknown as Wire<sdk.Role>;
}

export function createRole(context: OperationContext, input: Wire<sdk.CreateRoleRequest>) {
  const { account, accountId } = context;
  const { RoleName = "", Path = "/", AssumeRolePolicyDocument = "", Description, Tags } = input;
  checkTrustPolicy(AssumeRolePolicyDocument, (principal) => isKnown(context, principal));
  if (roles.list(context).some((role) => role.RoleName.toLowerCase() === RoleName.toLowerCase())) {
    throw new AwsError("EntityAlreadyExists", `Role with name ${RoleName} already exists.`, 409);
  }
  const role = roles.put(
    context,
    present({
      Path,
      RoleName,
      RoleId: `AROA${account.randomId(17, UNIQUE_ID_ALPHABET)}`,
      Arn: `arn:aws:iam::${accountId}:role${Path}${RoleName}`,
      CreateDate: Math.floor(account.now() / 1000),
      AssumeRolePolicyDocument,
      Description: Description || undefined,
      MaxSessionDuration: input.MaxSessionDuration ?? 3600,
      PermissionsBoundary: boundaryOf(context, input.PermissionsBoundary),
      Tags: taggedWith(undefined, Tags),
      RoleLastUsed: {},
    }),
  );
  return { Role: summarize(role, "MaxSessionDuration", "RoleLastUsed") };
}

/** @throws {AwsError} `NoSuchEntity` when there is no such policy */
function boundaryOf(
  context: OperationContext,
  arn: string | undefined,
): Wire<sdk.AttachedPermissionsBoundary> | undefined {
  if (arn === undefined) return undefined;
  if (!isAttachable(context, arn)) {
    throw new AwsError("NoSuchEntity", `Scope ARN: ${arn} does not exist or is not attachable.`, 404);
  }
  // The value that AWS answers; its model has another one.
  return { PermissionsBoundaryType: "Policy" as "PermissionsBoundaryPolicy", PermissionsBoundaryArn: arn };
}

export function getRole(context: OperationContext, input: Wire<sdk.GetRoleRequest>) {
  return { Role: describe(requireRole(context, input)) };
}

export function listRoles(context: OperationContext, input: Wire<sdk.ListRolesRequest>) {
  const found = roles.list(context).filter(({ Path }) => Path?.startsWith(input.PathPrefix ?? "/") === true);
  const sorted = [...found].sort((one, other) => (one.RoleName < other.RoleName ? -1 : 1));
  return listed(
    "Roles",
    sorted.map((role) => summarize(role, "RoleLastUsed", "Tags", "PermissionsBoundary")),
    input,
  );
}

const change = (context: OperationContext, input: RoleInput, changes: Partial<RoleRecord>) =>
  roles.put(context, present({ ...requireRole(context, input), ...changes }));

export function updateRole(context: OperationContext, input: Wire<sdk.UpdateRoleRequest>) {
  const { Description, MaxSessionDuration } = input;
  change(context, input, present({ Description, MaxSessionDuration }));
  return {};
}

export function updateRoleDescription(context: OperationContext, input: Wire<sdk.UpdateRoleDescriptionRequest>) {
  return { Role: describe(change(context, input, { Description: input.Description || undefined })) };
}

export function updateAssumeRolePolicy(context: OperationContext, input: Wire<sdk.UpdateAssumeRolePolicyRequest>) {
  const { PolicyDocument = "" } = input;
  requireRole(context, input);
  checkTrustPolicy(PolicyDocument, (principal) => isKnown(context, principal));
  change(context, input, { AssumeRolePolicyDocument: PolicyDocument });
  return {};
}

export function putRolePermissionsBoundary(
  context: OperationContext,
  input: Wire<sdk.PutRolePermissionsBoundaryRequest>,
) {
  requireRole(context, input);
  change(context, input, { PermissionsBoundary: boundaryOf(context, input.PermissionsBoundary) });
  return {};
}

export function deleteRolePermissionsBoundary(
  context: OperationContext,
  input: Wire<sdk.DeleteRolePermissionsBoundaryRequest>,
) {
  change(context, input, { PermissionsBoundary: undefined });
  return {};
}

export function deleteRole(context: OperationContext, input: Wire<sdk.DeleteRoleRequest>) {
  const role = requireRole(context, input);
  const refuse = (what: string) => new AwsError("DeleteConflict", `Cannot delete entity, must ${what} first.`, 409);
  if (attachedPolicies.list(context).some(({ RoleName }) => RoleName === role.RoleName)) {
    throw refuse("detach all policies");
  }
  if (rolePolicies.list(context).some(({ RoleName }) => RoleName === role.RoleName)) throw refuse("delete policies");
  roles.delete(context, role);
  return {};
}

export function tagRole(context: OperationContext, input: Wire<sdk.TagRoleRequest>) {
  change(context, input, { Tags: taggedWith(requireRole(context, input).Tags, input.Tags) });
  return {};
}

export function untagRole(context: OperationContext, input: Wire<sdk.UntagRoleRequest>) {
  change(context, input, { Tags: withoutTags(requireRole(context, input).Tags, input.TagKeys) });
  return {};
}

export function listRoleTags(context: OperationContext, input: Wire<sdk.ListRoleTagsRequest>) {
  return listed("Tags", requireRole(context, input).Tags ?? [], input);
}

/** Instance profiles are not emulated, so a role is in none. */
export function listInstanceProfilesForRole(context: OperationContext, input: PageInput & RoleInput) {
  requireRole(context, input);
  return listed("InstanceProfiles", [], input);
}

export function removeRoleFromInstanceProfile(
  context: OperationContext,
  input: Wire<sdk.RemoveRoleFromInstanceProfileRequest>,
) {
  requireRole(context, input);
  throw new AwsError("NoSuchEntity", `Instance Profile ${input.InstanceProfileName} cannot be found.`, 404);
}
