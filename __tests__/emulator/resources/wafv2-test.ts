/** Web ACLs: the one rule that is played, every other refused by name, and what a stage has in front of it. */
import { type Attributes, text } from "../../../emulator/attributes";
import { AwsError, UnsupportedError } from "../../../emulator/errors";
import { blockingRule } from "../../../emulator/resources/wafv2";
import { Examples, rateRule } from "../../support/examples";
import { kindOf, openAccount, Workspace } from "../../support/workspace";

jest.mock("../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const ACL = "aws_wafv2_web_acl";
const ASSOCIATION = "aws_wafv2_web_acl_association";
const STAGE = "aws_api_gateway_stage";
const API = "aws_api_gateway_rest_api";

const nonexistent = new AwsError(
  "WAFNonexistentItemException",
  "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

const validate = (config: Attributes) => () => kindOf(ACL).validate?.(config);
const rules = (...given: readonly object[]) => ({ rule_json: JSON.stringify(given) });

describe(ACL, () => {
  it("has an id, an ARN and a capacity", async () => {
    const acl = await examples.make(ACL);
    expect(acl).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      arn: `arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/orders/${acl["id"]}`,
      capacity: 2,
    });
  });

  it("has another lock token, and its new capacity, after every change", async () => {
    const acl = await examples.make(ACL);
    const changed = await examples.workspace.update(ACL, acl, await examples.configOf(ACL, { rule_json: null }));
    expect(changed["capacity"]).toBe(0);
    expect(changed["lock_token"]).not.toBe(acl["lock_token"]);
  });

  it("does not change when its rules are only written in another way", async () => {
    const acl = await examples.make(ACL);
    const rule_json = JSON.stringify([rateRule()], undefined, 2);
    const config = await examples.configOf(ACL, { rule_json });
    expect(examples.workspace.plan(ACL, acl, config)).toEqual({ planned: acl, requiresReplace: [] });
  });

  it("is there once in a region", async () => {
    const account = openAccount();
    await new Examples(new Workspace(account)).make(ACL);
    await expect(new Examples(new Workspace(account)).make(ACL)).rejects.toMatchObject({
      name: "WAFDuplicateItemException",
    });
    await expect(new Examples(new Workspace(account, "us-east-1")).make(ACL)).resolves.toMatchObject({
      name: "orders",
    });
  });

  it.each([
    ["scope", { scope: "CLOUDFRONT" }, "aws_wafv2_web_acl.scope CLOUDFRONT is not emulated. Emulated: REGIONAL."],
    ["an action that blocks by default", { default_action: [{ block: [{}] }] }, "aws_wafv2_web_acl.default_action"],
    [
      "headers that are added",
      { default_action: [{ allow: [{ custom_request_handling: [{}] }] }] },
      "aws_wafv2_web_acl.default_action",
    ],
    ["two rules", rules(rateRule(), rateRule({ Name: "two" })), "rule_json"],
    ["another statement", rules(rateRule({ Statement: { GeoMatchStatement: {} } })), "GeoMatchStatement"],
    ["a statement beside it", rules(rateRule({ Statement: { RateBasedStatement: {}, Or: {} } })), "Or"],
    ["a scope-down statement", rules(rateRule({}, { ScopeDownStatement: {} })), "ScopeDownStatement"],
    ["another key", rules(rateRule({}, { AggregateKeyType: "FORWARDED_IP" })), "AggregateKeyType"],
    ["a response of one's own", rules(rateRule({ Action: { Block: { CustomResponse: {} } } })), "Action"],
    ["a puzzle", rules(rateRule({ Action: { Captcha: {} } })), "Action"],
    ["labels", rules(rateRule({ RuleLabels: [] })), "RuleLabels"],
    ["no list", { rule_json: "{}" }, "rule_json"],
  ])("is refused by name for %s", (_, config, named) => {
    expect(validate(config)).toThrow(UnsupportedError);
    expect(validate(config)).toThrow(named);
  });

  const limits = "a whole number from 10 to 2000000000";

  it.each([
    ["too low a limit", { Limit: 9 }, `Limit is 9, expected ${limits}`],
    ["too high a limit", { Limit: 2_000_000_001 }, `Limit is 2000000001, expected ${limits}`],
    ["half a request", { Limit: 10.5 }, `Limit is 10.5, expected ${limits}`],
    ["another window", { EvaluationWindowSec: 30 }, "EvaluationWindowSec is 30, expected 60, 120, 300, 600"],
  ])("is refused by AWS for %s", (_, statement, reason) => {
    expect(validate(rules(rateRule({}, statement)))).toThrow(
      expect.objectContaining({ name: "WAFInvalidParameterException", message: expect.stringContaining(reason) }),
    );
  });

  it("is refused by AWS for what is no JSON", () => {
    expect(validate({ rule_json: "[" })).toThrow(expect.objectContaining({ name: "WAFInvalidParameterException" }));
  });

  it("refuses rules that Terraform spells itself", () => {
    expect(kindOf(ACL).refused).toContain("rule");
  });
});

describe("blockingRule", () => {
  it.each([60, 120, 300, 600])("says how often an address may call within %d s", (EvaluationWindowSec) => {
    const acl = rules(rateRule({}, { Limit: 100, EvaluationWindowSec }));
    expect(blockingRule(acl)).toEqual({ limit: 100, windowSeconds: EvaluationWindowSec });
  });

  it("looks back five minutes when nothing is said", () => {
    expect(blockingRule(rules(rateRule({}, { EvaluationWindowSec: undefined })))).toEqual({
      limit: 10,
      windowSeconds: 300,
    });
  });

  it.each([
    ["only counts", rules(rateRule({ Action: { Count: {} } }))],
    ["has no rule", rules()],
    ["says nothing of rules", {}],
  ])("is undefined when the web ACL %s", (_, acl) => {
    expect(blockingRule(acl)).toBeUndefined();
  });
});

describe(ASSOCIATION, () => {
  it("shows on its stage when that is read, until it is deleted", async () => {
    const association = await examples.make(ASSOCIATION);
    const [acl, stage] = [await examples.make(ACL), await examples.make(STAGE)];
    expect(association["id"]).toBe(`${acl["arn"]},${stage["arn"]}`);
    expect(await examples.workspace.refresh(STAGE, stage)).toMatchObject({ web_acl_arn: acl["arn"] });

    await examples.workspace.destroy(ASSOCIATION, association);
    expect(await examples.workspace.refresh(STAGE, stage)).toMatchObject({ web_acl_arn: "" });
  });

  it.each([
    ["resource_arn", "arn:aws:apigateway:eu-west-1::/restapis/gone/stages/dev"],
    ["web_acl_arn", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/gone/gone"],
  ])("is refused with a %s that does not exist", async (name, arn) => {
    await expect(examples.another(ASSOCIATION, { [name]: arn })).rejects.toEqual(nonexistent);
  });

  it("is refused for a web ACL of another region", async () => {
    const elsewhere = new Examples(new Workspace(examples.workspace.account, "us-east-1"));
    const web_acl_arn = text(await elsewhere.make(ACL), "arn");
    await expect(examples.another(ASSOCIATION, { web_acl_arn })).rejects.toEqual(nonexistent);
  });

  it("is refused by name for anything but a stage", () => {
    const resource_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/y";
    expect(() => kindOf(ASSOCIATION).validate?.({ resource_arn })).toThrow(
      new UnsupportedError(
        `${ASSOCIATION}.resource_arn ${resource_arn} is not emulated. Emulated: stages of REST APIs.`,
      ),
    );
  });

  it("takes the place of the one before", async () => {
    await examples.make(ASSOCIATION);
    const other = await examples.another(ACL, { name: "other" });
    await examples.another(ASSOCIATION, { web_acl_arn: text(other, "arn") });

    expect(examples.workspace.account.list(ASSOCIATION)).toMatchObject([{ web_acl_arn: other["arn"] }]);
  });

  it("keeps its web ACL from being deleted", async () => {
    const association = await examples.make(ASSOCIATION);
    const acl = await examples.make(ACL);
    await expect(examples.workspace.destroy(ACL, acl)).rejects.toMatchObject({ name: "WAFAssociatedItemException" });
    await examples.workspace.destroy(ASSOCIATION, association);
    await expect(examples.workspace.destroy(ACL, acl)).resolves.toBeUndefined();
  });

  it.each([STAGE, API])("goes with its %s", async (type) => {
    await examples.make(ASSOCIATION);
    await examples.workspace.destroy(type, await examples.make(type));
    expect(examples.workspace.account.list(ASSOCIATION)).toEqual([]);
  });

  it("stays when another API goes", async () => {
    await examples.make(ASSOCIATION);
    await examples.workspace.destroy(API, await examples.another(API));
    expect(examples.workspace.account.list(ASSOCIATION)).toHaveLength(1);
  });
});
