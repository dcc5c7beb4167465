/** Token buckets of methods: who gets a token, when there is a new one, and which settings count. */

import { Throttle } from "../../../emulator/gateway/throttle";
import type { Attributes } from "../../../emulator/terraform/attributes";
import { Examples } from "../../support/examples";
import { recordOf } from "../../support/stage-record";
import { NOW, openAccount, Workspace } from "../../support/workspace";

jest.mock("../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const SETTINGS = "aws_api_gateway_method_settings";
const STAGE = "aws_api_gateway_stage";

let time: number;
let examples: Examples;
let throttle: Throttle;
let stage: Attributes;
beforeEach(async () => {
  time = NOW;
  examples = new Examples(new Workspace(openAccount({ clock: () => time })));
  throttle = new Throttle(examples.workspace.account);
  stage = await examples.make(STAGE);
});

/** Settings with this rate and burst. */
function limit(rate: number | null, burst: number | null, method_path = "*/*"): Promise<Attributes> {
  const settings = [{ throttling_rate_limit: rate, throttling_burst_limit: burst }];
  return examples.another(SETTINGS, { method_path, settings });
}

/** How many of the calls are let in. */
function admitted(calls: number, path = "/orders", method = "GET", of = stage): number {
  return Array.from({ length: calls }, () => throttle.admits(recordOf(examples.workspace, of), path, method)).filter(
    (isIn) => isIn,
  ).length;
}

describe("Throttle", () => {
  it("lets everything in without settings, and when it is switched off", async () => {
    expect(admitted(20_000)).toBe(20_000);
    await limit(-1, -1);
    expect(admitted(20_000)).toBe(20_000);
  });

  it("lets in as many at once as the burst, and then none", async () => {
    await limit(2, 5);
    expect(admitted(9)).toBe(5);
    expect(admitted(9)).toBe(0);
  });

  it("lets in the rate in the long run, and never more at once than the burst", async () => {
    await limit(2, 5);
    admitted(5);
    time += 499;
    expect(admitted(9)).toBe(0);
    time += 1;
    expect(admitted(9)).toBe(1);
    time += 1000;
    expect(admitted(9)).toBe(2);
    time += 3_600_000;
    expect(admitted(9)).toBe(5);
  });

  it("keeps parts of a token", async () => {
    await limit(0.1, 1);
    admitted(1);
    for (let second = 1; second < 10; second += 1) {
      time += 1000;
      expect(admitted(1)).toBe(0);
    }
    time += 1000;
    expect(admitted(2)).toBe(1);
  });

  it("gives every method a bucket of its own, also by settings for all methods", async () => {
    await limit(1, 3);
    expect(admitted(9)).toBe(3);
    expect(admitted(9, "/orders", "POST")).toBe(3);
    expect(admitted(9, "/orders/{id}")).toBe(3);
  });

  it("gives every stage buckets of its own", async () => {
    await limit(1, 3);
    admitted(9);
    const other = await examples.another(STAGE, { stage_name: "prod" });
    const settings = [{ throttling_rate_limit: 1, throttling_burst_limit: 2 }];
    await examples.another(SETTINGS, { stage_name: "prod", settings });
    expect(admitted(9, "/orders", "GET", other)).toBe(2);
  });

  it("counts by a method's own settings alone, be they stricter or not", async () => {
    await limit(1, 3);
    await limit(1, 1, "orders/GET");
    await limit(1, 7, "orders/POST");
    await limit(null, null, "orders/PUT");
    expect(["GET", "POST", "PUT", "DELETE"].map((method) => admitted(9, "/orders", method))).toEqual([1, 7, 9, 3]);
  });

  it("lets nothing in when the limits are zero", async () => {
    await limit(0, 0);
    expect(admitted(9)).toBe(0);
    time += 3_600_000;
    expect(admitted(9)).toBe(0);
  });

  it.each([
    [null, 3, 3],
    [1, null, 5000],
  ])("takes the account's limit for the one that is left out: rate %j, burst %j", async (rate, burst, expected) => {
    await limit(rate, burst);
    expect(admitted(6000)).toBe(expected);
  });

  it("starts again with limits that have changed, and with none that are deleted", async () => {
    const settings = await limit(1, 3);
    admitted(9);
    const changed = [{ throttling_rate_limit: 1, throttling_burst_limit: 4 }];
    const config = await examples.configOf(SETTINGS, { settings: changed });
    const now = await examples.workspace.update(SETTINGS, settings, config);
    expect(admitted(9)).toBe(4);
    await examples.workspace.destroy(SETTINGS, now);
    expect(admitted(9)).toBe(9);
  });
});
