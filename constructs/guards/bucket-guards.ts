/** Buckets and objects that an ACL, or a missing block of public access, opens. */
import { type Attributes, blocksOf, isUnset, type StackJson } from "../contract/stack-json";
import { certainText } from "./certainty";
import { all, type Finding, type Guard, type GuardTable, isOn, shown, valuesAt, when } from "./guard";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
const PRIVATE_ACLS: readonly unknown[] = [
  "private",
  "bucket-owner-read",
  "bucket-owner-full-control",
  "log-delivery-write",
];
const FLAGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

const withPrivateAcl: Guard = ({ attributes: { acl } }, stack) =>
  when(
    !isUnset(acl) && !PRIVATE_ACLS.includes(certainText(acl, stack)),
    `acl is ${shown(acl)}, so it is public or may be`,
    "Remove acl",
  );
const withBlock: Guard = ({ attributes }) => flagFindings(attributes);

export const bucketGuards: GuardTable = {
  aws_s3_bucket: all(withPrivateAcl, withoutGroups("grant")),
  aws_s3_bucket_acl: all(withPrivateAcl, withoutGroups("access_control_policy.grant.grantee")),
  aws_s3_bucket_logging: withoutGroups("target_grant.grantee"),
  aws_s3_bucket_object: withPrivateAcl,
  aws_s3_object: withPrivateAcl,
  aws_s3_object_copy: all(withPrivateAcl, withoutGroups("grant")),
  aws_s3_bucket_public_access_block: withBlock,
  aws_s3_account_public_access_block: withBlock,
  // All is blocked where the block is left out.
  aws_s3_access_point: ({ attributes }) =>
    blocksOf(attributes["public_access_block_configuration"]).flatMap(offFindings),
};

function flagFindings(attributes: Attributes): readonly Finding[] {
  return FLAGS.flatMap((flag) =>
    when(!isOn(attributes[flag]), `${flag} is not true, so the bucket may become public`, `Set ${flag} to true`),
  );
}

/** Flags that are on unless they are set. */
function offFindings(attributes: Attributes): readonly Finding[] {
  const set = Object.fromEntries(FLAGS.map((flag) => [flag, isUnset(attributes[flag]) ? true : attributes[flag]]));
  return flagFindings(set);
}

/** Refuses grants to groups, which are everyone, everyone with an AWS account, or the delivery of logs. */
function withoutGroups(path: string): Guard {
  return ({ attributes }, stack) =>
    valuesAt(attributes, `${path}.uri`).flatMap((uri) =>
      when(isGroup(uri, stack), `it grants access to ${shown(uri)}`, "Grant it to an account"),
    );
}

function isGroup(uri: unknown, stack: StackJson): boolean {
  return !isUnset(uri) && certainText(uri, stack) !== "http://acs.amazonaws.com/groups/s3/LogDelivery";
}
