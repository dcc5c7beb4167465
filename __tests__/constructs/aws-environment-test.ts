import type { Environment } from "../../access/access-model";
import { createProvider } from "../../constructs/aws-environment";
import { environment } from "../support/environment";
import { synthesizeStack } from "../support/synthesized-construct";

function providerOf(given: Partial<Environment>): unknown {
  return synthesizeStack((stack) => createProvider(stack, environment(given))).json["provider"];
}

describe("createProvider", () => {
  it("names the region, and nothing that nobody asked for", () => {
    expect(providerOf({})).toEqual({ aws: [{ region: "eu-west-1" }] });
  });

  it("allows one account only, when the environment names one", () => {
    expect(providerOf({ accountId: "123456789012" })).toEqual({
      aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }],
    });
  });

  it("tags every resource that can have tags", () => {
    expect(providerOf({ tags: { team: "shop", "cost-center": "42" } })).toEqual({
      aws: [{ region: "eu-west-1", default_tags: [{ tags: { team: "shop", "cost-center": "42" } }] }],
    });
  });
});
