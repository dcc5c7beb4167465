import { isRefused, refusalOf } from "../../../operations/review/refused-plan";
import { planOfProtected, protectedStack } from "../../support/protected-stack";

const CLIENT = "aws_cognito_user_pool_client";
const OLD = { "client/old": `${CLIENT}.old` };
const SHOP = { "client/shop app": `${CLIENT}.shop` };
const POOL = { pool: "aws_cognito_user_pool.pool" };

const text = (...args: Parameters<typeof refusalOf>) => refusalOf(...args)?.message.split("\n") ?? [];

describe("refusalOf", () => {
  it("names what would be destroyed, whether the code still has it or not, and how to allow it", () => {
    const plan = planOfProtected({ ...OLD, ...SHOP }, [
      { type: CLIENT, name: "old", before: { id: "1abc", client_secret: "hidden" } },
      { type: CLIENT, name: "shop", before: { id: "2abc" }, after: {}, replaced: ["user_pool_id"] },
      { type: "aws_iam_role", name: "role", before: { id: "role" } },
    ]);

    expect(text("prod", plan, protectedStack(SHOP))).toEqual([
      "prod is protected, so Terraform refuses this plan. Nothing was changed.",
      '  "client/shop app": aws_cognito_user_pool_client.shop (2abc) would be replaced',
      "  client/old: aws_cognito_user_pool_client.old (1abc) would be destroyed",
      "Undo the change or, to allow it for one deployment, add the names to access.yaml and run the command again:",
      "  environments:",
      '    prod: { …, allowDestroy: ["client/shop app", client/old] }',
    ]);
  });

  it("names the teardown where the pool would be destroyed", () => {
    const plan = planOfProtected(POOL, [{ type: "aws_cognito_user_pool", name: "pool", before: { id: "eu_1" } }]);

    expect(text("prod", plan, protectedStack({})).slice(-2)).toEqual([
      "To destroy the whole environment:",
      "  npx access teardown prod",
    ]);
  });

  it("names resources that are at another address, although they would stay", () => {
    const plan = planOfProtected(OLD, []);

    expect(text("prod", plan, protectedStack({ "client/old": `${CLIENT}.other` }))[1]).toBe(
      "  client/old: aws_cognito_user_pool_client.old would be at another address",
    );
  });

  it("says where the code alone protects a resource", () => {
    const plan = planOfProtected({}, [{ type: "aws_kms_key", name: "key", before: { id: "k" } }]);
    const stack = { resource: { aws_kms_key: { key: { lifecycle: [{ prevent_destroy: true }] } } } };

    expect(text("prod", plan, stack)).toEqual([
      "prod is protected, so Terraform refuses this plan. Nothing was changed.",
      "  aws_kms_key.key (k) would be destroyed",
      "Undo the change or, to allow it, remove prevent_destroy of these resources in main.ts.",
    ]);
  });

  it("is nothing where nothing that is protected is destroyed", () => {
    const plan = planOfProtected(OLD, [{ type: "aws_iam_role", name: "role", before: { id: "role" } }]);

    expect(refusalOf("prod", plan, protectedStack(OLD))).toBeUndefined();
  });
});

it("isRefused tells Terraform's refusal from other errors", () => {
  expect([new Error("Error: Instance cannot be destroyed"), new Error("other"), "no"].map(isRefused)).toEqual([
    true,
    false,
    false,
  ]);
});
