/** The `provider "aws"` block: its region and tags, and which account it may be used with. */
import { type Attributes, UNKNOWN } from "../../../emulator/attributes";
import { readSettings } from "../../../emulator/provider/provider-settings";

const [A, B, C] = ["111122223333", "444455556666", "777788889999"] as const;

const read = (config: Attributes, ids: readonly string[] = [A, B]) =>
  readSettings({ region: "eu-west-1", ...config }, ids);

describe("readSettings", () => {
  it("takes region and default tags", () => {
    expect(read({ default_tags: [{ tags: { team: "orders" } }] })).toEqual({
      region: "eu-west-1",
      accountId: A,
      defaultTags: { team: "orders" },
    });
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
});
