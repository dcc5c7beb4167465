/**
 * Roles: what services and callers assume. What their policies allow is not enforced.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role
 */
import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { removeTags } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, blocks, isSame, optionalText, texts } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { normalizeJson, POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import { checkTrustPolicy } from "./policy-grammar";
import {
  attachedPolicies,
  encodeDocument,
  findRole,
  listed,
  noSuchEntity,
  type PageInput,
  type RoleInput,
  type RoleRecord,
  requireRole,
  rolePolicies,
  roles,
} from "./records";
import { isManagedPolicy, readAttachedArns } from "./role-policy";

export const UNIQUE_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Whether the principal is a role of this account that exists, or not a role of this account. */
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

/**
 * Policies of the account itself are not emulated, and policies are not enforced: any of them may be a boundary.
 * @throws {AwsError} `NoSuchEntity` when there is no such policy
 */
function boundaryOf(
  { accountId }: OperationContext,
  arn: string | undefined,
): Wire<sdk.AttachedPermissionsBoundary> | undefined {
  if (arn === undefined) return undefined;
  const isOwn = arn.startsWith(`arn:aws:iam::${accountId}:policy/`);
  if (!isOwn && !isManagedPolicy(arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
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
  const { RoleName } = role;
  if (attachedPolicies.where(context, { RoleName }).length > 0) throw refuse("detach all policies");
  if (rolePolicies.where(context, { RoleName }).length > 0) throw refuse("delete policies");
  roles.delete(context, role);
  return {};
}

type Tags = readonly Wire<sdk.Tag>[];

/** The tags with others set. @returns `undefined` for none @throws {AwsError} `InvalidInput` for a key that is given twice */
function taggedWith(before: Tags = [], added: Tags = []): Tags | undefined {
  const keys = added.map(({ Key }) => Key?.toLowerCase());
  if (new Set(keys).size !== keys.length) {
    throw new AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  const isReplaced = ({ Key }: Wire<sdk.Tag>) => keys.includes(Key?.toLowerCase());
  const tags = [...before.filter((tag) => !isReplaced(tag)), ...added];
  return tags.length === 0 ? undefined : tags;
}

function withoutTags(before: Tags = [], keys: readonly string[] = []): Tags | undefined {
  const tags = removeTags(before, keys);
  return tags.length === 0 ? undefined : tags;
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
  throw noSuchEntity(`Instance Profile ${input.InstanceProfileName} cannot be found.`);
}

async function readInline(RoleName: string, aws: Aws): Promise<readonly Attributes[]> {
  const found: Attributes[] = [];
  for (const name of await namesOfInline(RoleName, aws)) {
    const { PolicyDocument } = await aws.call("GetRolePolicy", { RoleName, PolicyName: name });
    found.push({ name, policy: normalizeJson(decodeURIComponent(String(PolicyDocument))) });
  }
  return found;
}

async function namesOfInline(RoleName: string, aws: Aws): Promise<readonly string[]> {
  const { PolicyNames } = await aws.call("ListRolePolicies", { RoleName, MaxItems: 1000 });
  return PolicyNames as readonly string[];
}

async function setAttached(operation: string, RoleName: string, arns: readonly string[], aws: Aws): Promise<void> {
  for (const PolicyArn of arns) await aws.call(operation, { RoleName, PolicyArn });
}

/** By attribute, the operation that alone changes it. */
const CHANGES = [
  ["assume_role_policy", "UpdateAssumeRolePolicy"],
  ["description", "UpdateRoleDescription"],
  ["max_session_duration", "UpdateRole"],
] as const;

export const roleResource = defineResource("aws_iam_role", {
  service: "iam",
  names: {
    name: "RoleName",
    unique_id: "RoleId",
    assume_role_policy: ["AssumeRolePolicyDocument", "PolicyDocument"],
    permissions_boundary: ["PermissionsBoundary.PermissionsBoundaryArn", "PermissionsBoundary"],
    tags: null,
    tags_all: "Tags",
  },
  output: "Role",
  id: "<name>",
  importId: "<name>",
  tagging: { tag: "TagRole", untag: "UntagRole", id: "name" },
  sendEmpty: ["description"],
  forceNew: ["name", "name_prefix", "path"],
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  defaults: { force_detach_policies: false, max_session_duration: 3600, path: "/" },
  json: { assume_role_policy: POLICY },
  computedBlocks: ["inline_policy"],
  refused: ["inline_policy"],
  create: async (planned, aws) => {
    const name = optionalText(planned, "name") ?? uniqueName(aws.account, optionalText(planned, "name_prefix"));
    await aws.call("CreateRole", aws.inputOf("CreateRole", { ...planned, name }));
    await setAttached("AttachRolePolicy", name, texts(planned, "managed_policy_arns"), aws);
    return { name };
  },
  read: async (known, aws) => {
    const found = aws.attributesOf("GetRole", await aws.call("GetRole", aws.inputOf("GetRole", known)), known);
    const name = String(found["name"]);
    return {
      ...found,
      assume_role_policy: decodeURIComponent(String(found["assume_role_policy"])),
      inline_policy: await readInline(name, aws),
      managed_policy_arns: await readAttachedArns(name, aws),
      name_prefix: prefixOf(name),
      force_detach_policies: known["force_detach_policies"] ?? false,
    };
  },
  update: async (planned, prior, aws) => {
    const name = String(prior["name"]);
    for (const [attribute, operation] of CHANGES) {
      if (isSame(planned[attribute], prior[attribute])) continue;
      const { [attribute]: value = null } = planned;
      await aws.call(operation, aws.inputOf(operation, { name, [attribute]: value ?? "" }));
    }
    if (!isSame(planned["permissions_boundary"], prior["permissions_boundary"])) {
      const isSet = optionalText(planned, "permissions_boundary") !== undefined;
      const operation = isSet ? "PutRolePermissionsBoundary" : "DeleteRolePermissionsBoundary";
      await aws.call(operation, aws.inputOf(operation, planned));
    }
    const [before, now] = [texts(prior, "managed_policy_arns"), texts(planned, "managed_policy_arns")];
    const missingIn = (others: readonly string[]) => (arn: string) => !others.includes(arn);
    await setAttached("DetachRolePolicy", name, before.filter(missingIn(now)), aws);
    await setAttached("AttachRolePolicy", name, now.filter(missingIn(before)), aws);
  },
  // As the real provider does: all policies are deleted when state has any, also those added out-of-band.
  delete: async (prior, aws) => {
    const name = String(prior["name"]);
    const isForced = prior["force_detach_policies"] === true;
    if (isForced || texts(prior, "managed_policy_arns").length > 0) {
      await setAttached("DetachRolePolicy", name, await readAttachedArns(name, aws), aws);
    }
    if (isForced || blocks(prior, "inline_policy").length > 0) {
      for (const PolicyName of await namesOfInline(name, aws)) {
        await aws.call("DeleteRolePolicy", { RoleName: name, PolicyName });
      }
    }
    await aws.call("DeleteRole", { RoleName: name });
  },
});
