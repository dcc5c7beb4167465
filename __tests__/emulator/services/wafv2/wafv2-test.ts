/** Web ACLs: the one rule that is emulated, every other refused by name, and what a stage has in front of it. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { callOperation } from "../../../../emulator/protocols/service";
import { blockingRule, wafv2 } from "../../../../emulator/services/wafv2";
import { checkRules } from "../../../../emulator/services/wafv2/rate-rule";
import { associations } from "../../../../emulator/services/wafv2/web-acl";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { Examples, rateRule } from "../../../support/examples";
import { kindOf, openAccount, Workspace } from "../../../support/workspace";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

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

  it("takes settings of a rule that are empty, as the real provider sends them", () => {
    const empty = { CaptchaConfig: {}, ChallengeConfig: {}, RuleLabels: [] };

    expect(validate(rules(rateRule(empty)))).not.toThrow();
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
    ["a custom response", rules(rateRule({ Action: { Block: { CustomResponse: {} } } })), "Action"],
    ["a puzzle", rules(rateRule({ Action: { Captcha: {} } })), "Action"],
    ["labels", rules(rateRule({ RuleLabels: [{ Name: "calls" }] })), "RuleLabels"],
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

  it("takes a rule as a block, and reads it", async () => {
    const block = (limit: number) => ({
      rule_json: null,
      rule: [
        {
          name: "rate",
          priority: 1,
          action: [{ block: [{}] }],
          statement: [{ rate_based_statement: [{ limit }] }],
          visibility_config: [
            { cloudwatch_metrics_enabled: false, metric_name: "rate", sampled_requests_enabled: false },
          ],
        },
      ],
    });
    const acl = await examples.another(ACL, block(100));
    const statement = [
      { rate_based_statement: [{ aggregate_key_type: "IP", evaluation_window_sec: 300, limit: 100 }] },
    ];

    expect(acl["rule"]).toMatchObject([{ action: [{ block: [{}], count: [] }], statement }]);
    expect(await examples.workspace.refresh(ACL, acl)).toMatchObject({ capacity: 2, rule: [{ statement }] });
    await expect(examples.another(ACL, { ...block(1), name: "other" })).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

describe("blockingRule", () => {
  const rule = (changes?: object, statement?: object) => checkRules([rateRule(changes, statement)], "Rules");

  it.each([60, 120, 300, 600])("limits how often an address may call within %d s", (EvaluationWindowSec) => {
    expect(blockingRule(rule({}, { Limit: 100, EvaluationWindowSec }))).toEqual({
      limit: 100,
      windowSeconds: EvaluationWindowSec,
    });
  });

  it("looks back five minutes when nothing is said", () => {
    expect(blockingRule(rule({}, { EvaluationWindowSec: undefined }))).toEqual({ limit: 10, windowSeconds: 300 });
  });

  it("is undefined when the rule only counts, or there is none", () => {
    expect(blockingRule(rule({ Action: { Count: {} } }))).toBeUndefined();
    expect(blockingRule([])).toBeUndefined();
  });
});

describe("the operations of AWS WAF", () => {
  const call = (operation: string, input: object) =>
    callOperation(wafv2, { ...examples.workspace.place, requestId: "x" }, operation, { ...input });
  const VisibilityConfig = { CloudWatchMetricsEnabled: true, MetricName: "orders", SampledRequestsEnabled: false };
  const acl = { Name: "orders", Scope: "REGIONAL", DefaultAction: { Allow: {} }, VisibilityConfig };
  const create = async (changes: object = {}) => (await call("CreateWebACL", { ...acl, ...changes }))["Summary"] as Acl;
  interface Acl {
    readonly Id: string;
    readonly LockToken: string;
    readonly ARN: string;
  }

  it("change a web ACL for the holder of its latest lock token only", async () => {
    const { Id, LockToken } = await create();
    const changed = await call("UpdateWebACL", { ...acl, Id, LockToken, Rules: [rateRule()] });
    const stale = new AwsError(
      "WAFOptimisticLockException",
      "AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.",
    );

    await expect(call("UpdateWebACL", { ...acl, Id, LockToken })).rejects.toEqual(stale);
    await expect(call("DeleteWebACL", { Name: "orders", Scope: "REGIONAL", Id, LockToken })).rejects.toEqual(stale);
    expect(await call("GetWebACL", { Name: "orders", Scope: "REGIONAL", Id })).toMatchObject({
      LockToken: changed["NextLockToken"],
      WebACL: { Capacity: 2, Description: "", LabelNamespace: "awswaf:123456789012:webacl:orders:" },
    });
    expect(await call("ListWebACLs", { Scope: "REGIONAL" })).toMatchObject({ WebACLs: [{ Id, Name: "orders" }] });
  });

  it("tag a web ACL", async () => {
    const { ARN } = await create({ Tags: [{ Key: "a", Value: "1" }] });
    await call("TagResource", { ResourceARN: ARN, Tags: [{ Key: "b", Value: "2" }] });
    await call("UntagResource", { ResourceARN: ARN, TagKeys: ["a"] });

    expect(await call("ListTagsForResource", { ResourceARN: ARN })).toEqual({
      TagInfoForResource: { ResourceARN: ARN, TagList: [{ Key: "b", Value: "2" }] },
    });
  });

  it.each<[string, object, string]>([
    ["another default action", { DefaultAction: { Block: {} } }, "DefaultAction is not emulated"],
    ["another scope", { Scope: "CLOUDFRONT" }, "Scope CLOUDFRONT is not emulated"],
    ["another rule", { Rules: [rateRule({ Statement: { GeoMatchStatement: {} } })] }, "GeoMatchStatement"],
    ["a setting", { TokenDomains: ["example.com"] }, "TokenDomains is not emulated for a web ACL."],
  ])("refuse %s by name", async (_, changes, message) => {
    await expect(create(changes)).rejects.toThrow(message);
  });

  it("take settings that are empty, as the real provider sends them", async () => {
    await expect(create({ CaptchaConfig: {}, ChallengeConfig: {} })).resolves.toMatchObject({ Name: "orders" });
  });

  it("refuse values as AWS refuses them", async () => {
    await expect(create({ Rules: [rateRule({}, { Limit: 9 })] })).rejects.toEqual(
      new AwsError(
        "ValidationException",
        "1 validation error detected: Value '9' at 'rules.1.member.statement.rateBasedStatement.limit' failed to satisfy constraint: Member must have value greater than or equal to 10",
      ),
    );
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

    expect(associations.list(examples.workspace)).toMatchObject([{ WebACLArn: other["arn"] }]);
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
    expect(associations.list(examples.workspace)).toEqual([]);
  });

  it("stays when another API goes", async () => {
    await examples.make(ASSOCIATION);
    await examples.workspace.destroy(API, await examples.another(API));
    expect(associations.list(examples.workspace)).toHaveLength(1);
  });
});
