/**
 * The Terraform face of a role, with the policies that may be written into it.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_role
 */
import {
  type Attributes,
  blocks,
  hasUnknown,
  isSame,
  optionalText,
  text,
  texts,
  type Value,
} from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { areEquivalentPolicies, normalizeJson, POLICY, VERSIONED_POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import { readAttachedArns } from "./attached-policy";

/** Inline policies in the form of Terraform's block. An empty block stands for none. */
const inlineOf = (attributes: Attributes) =>
  blocks(attributes, "inline_policy").filter((block) => optionalText(block, "name") !== undefined);

const isSamePolicy = (one: Attributes, other: Attributes | undefined) =>
  other !== undefined && !hasUnknown(other) && areEquivalentPolicies(text(one, "policy"), text(other, "policy"));

const named = (policies: readonly Attributes[], { name }: Attributes) =>
  policies.find((other) => other["name"] === name);

function areSameInlinePolicies(before: Value, now: Value): boolean {
  if (!Array.isArray(before) || !Array.isArray(now)) return false;
  const ours = blocks({ before }, "before").filter(saysSomething);
  const theirs = blocks({ now }, "now").filter(saysSomething);
  return ours.length === theirs.length && ours.every((policy) => isSamePolicy(policy, named(theirs, policy)));
}

function saysSomething({ name = null, policy = null }: Attributes): boolean {
  return [name, policy].some((value) => value !== null && value !== "");
}

async function putInline(RoleName: string, policies: readonly Attributes[], aws: Aws): Promise<void> {
  for (const { name, policy } of policies) {
    await aws.call("PutRolePolicy", { RoleName, PolicyName: name, PolicyDocument: policy });
  }
}

async function attach(RoleName: string, arns: readonly string[], aws: Aws): Promise<void> {
  for (const PolicyArn of arns) await aws.call("AttachRolePolicy", { RoleName, PolicyArn });
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

async function deleteInline(RoleName: string, names: readonly string[], aws: Aws): Promise<void> {
  for (const PolicyName of names) await aws.call("DeleteRolePolicy", { RoleName, PolicyName });
}

async function detach(RoleName: string, arns: readonly string[], aws: Aws): Promise<void> {
  for (const PolicyArn of arns) await aws.call("DetachRolePolicy", { RoleName, PolicyArn });
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
  json: { assume_role_policy: POLICY, "inline_policy.policy": VERSIONED_POLICY },
  equivalent: { inline_policy: areSameInlinePolicies },
  computedBlocks: ["inline_policy"],
  create: async (planned, aws) => {
    const name = optionalText(planned, "name") ?? uniqueName(aws.account, optionalText(planned, "name_prefix"));
    await aws.call("CreateRole", aws.inputOf("CreateRole", { ...planned, name }));
    await putInline(name, inlineOf(planned), aws);
    await attach(name, texts(planned, "managed_policy_arns"), aws);
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
    if (!areSameInlinePolicies(prior["inline_policy"] ?? null, planned["inline_policy"] ?? null)) {
      const [before, now] = [inlineOf(prior), inlineOf(planned)];
      const gone = before.filter((policy) => named(now, policy) === undefined);
      await deleteInline(
        name,
        gone.map((policy) => String(policy["name"])),
        aws,
      );
      await putInline(
        name,
        now.filter((policy) => !isSamePolicy(policy, named(before, policy))),
        aws,
      );
    }
    const [before, now] = [texts(prior, "managed_policy_arns"), texts(planned, "managed_policy_arns")];
    await detach(
      name,
      before.filter((arn) => !now.includes(arn)),
      aws,
    );
    await attach(
      name,
      now.filter((arn) => !before.includes(arn)),
      aws,
    );
  },
  /** All policies go if any of them is in state, those that others gave the role too. */
  delete: async (prior, aws) => {
    const name = String(prior["name"]);
    const isForced = prior["force_detach_policies"] === true;
    if (isForced || texts(prior, "managed_policy_arns").length > 0) {
      await detach(name, await readAttachedArns(name, aws), aws);
    }
    if (isForced || blocks(prior, "inline_policy").length > 0) {
      await deleteInline(name, await namesOfInline(name, aws), aws);
    }
    await aws.call("DeleteRole", { RoleName: name });
  },
});
