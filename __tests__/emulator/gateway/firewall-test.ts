/** The rate rule of a web ACL: from which request on an address is refused, and when it is let in again. */

import { Firewall } from "../../../emulator/gateway/firewall";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { Examples, rateRule } from "../../support/examples";
import { recordOf } from "../../support/stage-record";
import { NOW, openAccount, Workspace } from "../../support/workspace";

jest.mock("../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const ACL = "aws_wafv2_web_acl";
const ASSOCIATION = "aws_wafv2_web_acl_association";
const STAGE = "aws_api_gateway_stage";
const ADDRESS = "192.0.2.1";

let time: number;
let examples: Examples;
let firewall: Firewall;
let stage: Attributes;
beforeEach(async () => {
  time = NOW;
  examples = new Examples(new Workspace(openAccount({ clock: () => time })));
  firewall = new Firewall(examples.workspace.account);
  stage = await examples.make(STAGE);
});

/** Which of the requests, counted from 1, is the first to be refused; 0 when none is. */
function firstRefused(requests: number, address = ADDRESS, of = stage): number {
  const verdicts = Array.from({ length: requests }, () => firewall.judge(recordOf(examples.workspace, of), address));
  return verdicts.indexOf("WAF_BLOCK") + 1;
}

describe("Firewall", () => {
  it("has no verdict on a stage without a web ACL", async () => {
    await examples.make(ACL);
    expect(Array.from({ length: 100 }, () => firewall.judge(recordOf(examples.workspace, stage), ADDRESS))).toEqual(
      Array(100).fill(undefined),
    );
  });

  it("refuses the first request over the limit, and those after it", async () => {
    await examples.make(ASSOCIATION);
    expect(firstRefused(10)).toBe(0);
    expect(firewall.judge(recordOf(examples.workspace, stage), ADDRESS)).toBe("WAF_BLOCK");
    expect(firewall.judge(recordOf(examples.workspace, stage), ADDRESS)).toBe("WAF_BLOCK");
  });

  it("looks back over the window as it moves on", async () => {
    await examples.make(ASSOCIATION);
    firstRefused(5);
    time += 30_000;
    firstRefused(5);
    time += 29_999;
    expect(firewall.judge(recordOf(examples.workspace, stage), ADDRESS)).toBe("WAF_BLOCK");
    time += 1;
    // The first five are out of the window; the refused one is in it.
    expect(firstRefused(9)).toBe(5);
  });

  it("goes on refusing an address that goes on calling", async () => {
    await examples.make(ASSOCIATION);
    firstRefused(10);
    for (let minute = 0; minute < 5; minute += 1) {
      for (let call = 0; call < 10; call += 1) {
        time += 6000;
        firewall.judge(recordOf(examples.workspace, stage), ADDRESS);
      }
    }
    expect(firewall.judge(recordOf(examples.workspace, stage), ADDRESS)).toBe("WAF_BLOCK");
    time += 60_000;
    expect(firewall.judge(recordOf(examples.workspace, stage), ADDRESS)).toBe("WAF_ALLOW");
  });

  it("counts every address by itself", async () => {
    await examples.make(ASSOCIATION);
    firstRefused(10);
    expect(firewall.judge(recordOf(examples.workspace, stage), ADDRESS)).toBe("WAF_BLOCK");
    expect(firewall.judge(recordOf(examples.workspace, stage), "192.0.2.2")).toBe("WAF_ALLOW");
  });

  it("lets in what it only counts", async () => {
    await examples.make(ASSOCIATION);
    const acl = await examples.make(ACL);
    const rule_json = JSON.stringify([rateRule({ Action: { Count: {} } })]);
    await examples.workspace.update(ACL, acl, await examples.configOf(ACL, { rule_json }));
    expect(firstRefused(100)).toBe(0);
  });

  it("goes by the rule as it is at the moment", async () => {
    await examples.make(ASSOCIATION);
    firstRefused(10);
    const rule_json = JSON.stringify([rateRule({}, { Limit: 12 })]);
    await examples.workspace.update(ACL, await examples.make(ACL), await examples.configOf(ACL, { rule_json }));
    expect(firstRefused(9)).toBe(3);
  });

  it("leaves alone a stage that nothing is in front of any more, and another stage", async () => {
    const association = await examples.make(ASSOCIATION);
    const other = await examples.another(STAGE, { stage_name: "prod" });
    expect(firstRefused(100, ADDRESS, other)).toBe(0);
    await examples.workspace.destroy(ASSOCIATION, association);
    expect(firstRefused(100)).toBe(0);
    expect(text(stage, "stage_name")).toBe("dev");
  });
});
