import { findingsIn } from "../../support/guarded-stack";

type Attributes = Readonly<Record<string, unknown>>;

const EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers";
const UNKNOWN = "$\x7bvar.unknown}";
const FLAGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
const BLOCKED = Object.fromEntries(FLAGS.map((flag) => [flag, true]));
const WITH_ACL = ["aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"];
const granted = (uri: string) => ({ access_control_policy: [{ grant: [{ grantee: { uri } }] }] });

describe("a bucket or object", () => {
  it.each(WITH_ACL)("may have a private ACL, and no other, as %s", (type) => {
    expect(findingsIn(type, {})).toEqual([]);
    expect(findingsIn(type, { acl: "private" })).toEqual([]);
    for (const acl of ["public-read", "public-read-write", "authenticated-read", UNKNOWN, '$\x7b"public-read"}']) {
      expect(findingsIn(type, { acl })).toEqual([expect.stringMatching(/^acl is .*, so it is public or may be/)]);
    }
  });

  it.each<[string, (uri: string) => Attributes]>([
    ["aws_s3_bucket", (uri) => ({ grant: { uri } })],
    ["aws_s3_object_copy", (uri) => ({ grant: [{ uri }] })],
    ["aws_s3_bucket_acl", granted],
    ["aws_s3_bucket_logging", (uri) => ({ target_grant: { grantee: { uri } } })],
  ])("of the type %s may not grant access to groups", (type, grantOf) => {
    expect(findingsIn(type, grantOf(EVERYONE))).toEqual([expect.stringContaining("it grants access to")]);
    expect(findingsIn(type, grantOf(UNKNOWN))).toHaveLength(1);
    expect(findingsIn(type, grantOf("http://acs.amazonaws.com/groups/s3/LogDelivery"))).toEqual([]);
  });

  it.each(["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"])(
    "has every flag of %s",
    (type) => {
      expect(findingsIn(type, BLOCKED)).toEqual([]);
      expect(findingsIn(type, {})).toHaveLength(FLAGS.length);
      expect(findingsIn(type, { ...BLOCKED, block_public_policy: false })).toEqual([
        "block_public_policy is not true, so the bucket may become public. Set block_public_policy to true.",
      ]);
    },
  );

  it("blocks public access by default, as an access point", () => {
    const configured = (block: Attributes) =>
      findingsIn("aws_s3_access_point", { public_access_block_configuration: block });

    expect([findingsIn("aws_s3_access_point", {}), configured({})]).toEqual([[], []]);
    expect(configured({ restrict_public_buckets: UNKNOWN })).toHaveLength(1);
  });
});
