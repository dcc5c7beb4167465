/** What somebody lets a role do besides. */
import { z } from "zod";
import { quoted } from "../../platform/shell";
import { type LeftResource, textIn, textsIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";
import { added, others, whose } from "./added-finding";
import type { AwsReads } from "./aws-reads";

const inlineBlocks = z.array(z.object({ name: z.string().nullable() }));

/** Policies that were written into a role. */
export async function inlinePolicies(
  role: LeftResource,
  policies: readonly LeftResource[],
  written: readonly string[],
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const name = textIn(role, "name");
  const own = written.includes("inline_policy") ? namesIn(role) : [];
  const known = [...own, ...whose(policies, "role", name).map((policy) => textIn(policy, "name"))];
  const found = await reads.inlinePolicies(name);
  return others(found, known).map((policy) => {
    const undo = `aws iam delete-role-policy --role-name ${quoted(name)} --policy-name ${quoted(policy)}`;
    return added(role, "inline_policy", JSON.stringify(policy), undo);
  });
}

/** Policies that were attached to a role. */
export async function attachedPolicies(
  role: LeftResource,
  attachments: readonly LeftResource[],
  written: readonly string[],
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const name = textIn(role, "name");
  const own = written.includes("managed_policy_arns") ? textsIn(role, "managed_policy_arns") : [];
  const known = [...own, ...whose(attachments, "role", name).map((one) => textIn(one, "policy_arn"))];
  const found = await reads.attachedPolicies(name);
  return others(found, known).map((arn) => {
    const undo = `aws iam detach-role-policy --role-name ${quoted(name)} --policy-arn ${quoted(arn)}`;
    return added(role, "managed_policy_arns", JSON.stringify(arn), undo);
  });
}

/** Names of the policies that the role's own blocks have. */
function namesIn({ values }: LeftResource): readonly string[] {
  return inlineBlocks.parse(values["inline_policy"] ?? []).flatMap(({ name }) => (name === null ? [] : [name]));
}
