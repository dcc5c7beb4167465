/** The `provider "aws"` block: its region and tags, and which account it may be used with. */
import { type Attributes, UNKNOWN } from "../../../emulator/terraform/attributes";
import { readSettings } from "../../../emulator/terraform/provider-settings";

const [A, B, C] = ["111122223333", "444455556666", "777788889999"] as const;

const read = (config: Attributes, ids: readonly string[] = [A, B]) =>
  readSettings({ region: "eu-west-1", ...config }, ids, ["eu-west-1", "us-east-1"]);

describe("readSettings", () => {
  it("takes region and default tags", () => {
    expect(read({ default_tags: [{ tags: { team: "orders" } }] })).toEqual({
      region: "eu-west-1",
      accountId: A,
      defaultTags: { team: "orders" },
      isIgnoredTag: expect.any(Function),
    });
  });

  it("is refused for a region that AWS does not have, unless that is not to be looked at", () => {
    expect(() => read({ region: "mars-1" })).toThrow(
      expect.objectContaining({
        message: "invalid AWS Region: mars-1",
        detail: "Regions are eu-west-1, us-east-1; skip_region_validation lets in any other.",
      }),
    );
    expect(read({ region: "mars-1", skip_region_validation: true }).region).toBe("mars-1");
  });

  it.each<[string, Attributes]>([
    ["endpoints", { endpoints: [{ s3: "http://localhost:4566" }] }],
    ["tag_policy_compliance", { tag_policy_compliance: "error" }],
  ])("is refused by the name of %s, which would change plans or calls", (name, config) => {
    expect(() => read(config)).toThrow(`${name} of provider "aws" is not emulated.`);
  });

  it("ignores tags by their keys and by how these begin", () => {
    const { isIgnoredTag = () => false } = read({ ignore_tags: [{ keys: ["team"], key_prefixes: ["k8s/"] }] });

    expect(["team", "teams", "k8s/pod"].filter(isIgnoredTag)).toEqual(["team", "k8s/pod"]);
    expect(read({}).isIgnoredTag?.("team")).toBe(false);
  });

  it.each([
    ["none", {}, null],
    ["an empty block", { default_tags: [{ tags: null }] }, null],
    ["tags that are not known yet", { default_tags: [{ tags: UNKNOWN }] }, UNKNOWN],
  ])("takes %s for what they are", (_, config, expected) => {
    expect(read(config).defaultTags).toBe(expected);
  });

  it.each<[string, Attributes, string]>([
    ["the first account when it names none", {}, A],
    ["the first account when its list is empty", { allowed_account_ids: [] }, A],
    ["the account that it allows", { allowed_account_ids: [B] }, B],
    ["the first account that it allows", { allowed_account_ids: [C, B, A] }, A],
    ["the first account when it forbids another", { forbidden_account_ids: [B, C] }, A],
  ])("stands for %s", (_, config, expected) => {
    expect(read(config).accountId).toBe(expected);
  });

  it.each<[string, Attributes]>([
    ["only another account is allowed", { allowed_account_ids: [C] }],
    ["the first account is forbidden", { forbidden_account_ids: [C, A] }],
    ["the account is allowed and forbidden", { allowed_account_ids: [A], forbidden_account_ids: [A] }],
  ])("is refused when %s", (_, config) => {
    expect(() => read(config)).toThrow(
      expect.objectContaining({
        message: `AWS account ID not allowed: ${A}`,
        detail: `The embedded AWS stands for ${A}, ${B}; allowed_account_ids of provider "aws" must name one of them, and forbidden_account_ids must not.`,
      }),
    );
  });

  const role = (account: string) => `arn:aws:iam::${account}:role/ci/deploy`;

  it.each<[string, Attributes, string]>([
    ["the role that is assumed", { assume_role: [{ role_arn: role(B) }] }, B],
    ["the last role of a chain", { assume_role: [{ role_arn: role(B) }, { role_arn: role(A) }] }, A],
    ["the role of a web identity", { assume_role_with_web_identity: [{ role_arn: role(B) }] }, B],
    [
      "the role assumed after a web identity",
      { assume_role_with_web_identity: [{ role_arn: role(A) }], assume_role: [{ role_arn: role(B) }] },
      B,
    ],
    ["the role that is allowed", { assume_role: [{ role_arn: role(B) }], allowed_account_ids: [A, B] }, B],
    ["the caller while the role is not known yet", { assume_role: [{ role_arn: UNKNOWN }] }, A],
    ["the caller when the block names no role", { assume_role: [{ role_arn: null, session_name: "ci" }] }, A],
  ])("stands for the account of %s", (_, config, expected) => {
    expect(read(config).accountId).toBe(expected);
  });

  it.each(["allowed_account_ids", "forbidden_account_ids"])("holds %s against the account of the role", (name) => {
    const ids = name === "allowed_account_ids" ? [A] : [B];

    expect(() => read({ assume_role: [{ role_arn: role(B) }], [name]: ids })).toThrow(
      `AWS account ID not allowed: ${B}`,
    );
  });

  it.each([
    ["of another account", role(C)],
    ["that is no role", `arn:aws:iam::${B}:user/deploy`],
    ["that is no ARN", "deploy"],
    ["without a name", `arn:aws:iam::${B}:role/`],
  ])("refuses to assume one %s", (_, role_arn) => {
    for (const block of ["assume_role", "assume_role_with_web_identity"]) {
      expect(() => read({ [block]: [{ role_arn }] })).toThrow(
        expect.objectContaining({
          message: "Cannot assume IAM Role",
          detail: `IAM Role (${role_arn}) cannot be assumed. The embedded AWS stands for ${A}, ${B}; a role must be in one of these accounts: arn:aws:iam::<account>:role/<name>.`,
        }),
      );
    }
  });
});
