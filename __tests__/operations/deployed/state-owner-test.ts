import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otherPrefixIn, requireOwnState } from "../../../operations/deployed/state-owner";
import { stateValues } from "../../../operations/plan-file/state-json";

const POOL = "aws_cognito_user_pool";
const API = "aws_api_gateway_rest_api";
const RECORD = "terraform_data";

const attributesOf = (type: string, prefix: string) => (type === RECORD ? { input: { prefix } } : { name: prefix });

/** A state whose resources of these types have these prefixes. */
const stateOf = (...found: readonly (readonly [type: string, prefix: string])[]) =>
  stateValues.parse({
    root_module: {
      resources: found.map(([type, prefix]) => {
        const name = "state_prefix";
        return { address: `${type}.${name}`, mode: "managed", type, name, values: attributesOf(type, prefix) };
      }),
    },
  });

const codeOf = (...types: readonly string[]) => ({
  resource: Object.fromEntries(types.map((type) => [type, { state_prefix: attributesOf(type, "shop") }])),
});
const CODE = codeOf(RECORD, POOL, API);

describe("otherPrefixIn", () => {
  it.each([
    ["an empty state", CODE, stateOf(), undefined],
    ["the record of the same prefix", CODE, stateOf([RECORD, "shop"], [POOL, "renamed"]), undefined],
    ["the record of another one", CODE, stateOf([RECORD, "orders"], [POOL, "shop"]), "orders"],
    ["a pool of the same name, without a record", CODE, stateOf([POOL, "shop"], [API, "orders"]), undefined],
    ["a pool of another name", CODE, stateOf([POOL, "shop-two"], [API, "shop"]), "shop-two"],
    ["an API of another name, and no pool", CODE, stateOf([API, "orders"]), "orders"],
    ["a second pool", CODE, stateOf([POOL, "orders"], [POOL, "shop"]), undefined],
    ["nothing that has the name", CODE, stateOf(["aws_iam_role", "orders"]), undefined],
    ["a record, which the code of earlier versions lacks", codeOf(POOL), stateOf([RECORD, "x"], [POOL, "y"]), "y"],
  ])("reads %s", (_, json, state, expected) => {
    expect(otherPrefixIn(json, state)).toBe(expected);
  });
});

describe("requireOwnState", () => {
  const folder = mkdtempSync(join(tmpdir(), "owner-"));
  const backend = { s3: { bucket: "states", key: "dev.tfstate", region: "eu-west-1" } };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ ...CODE, terraform: { backend } }));

  it("names the state, the other prefix, and what to do in each case", () => {
    expect(() => requireOwnState("dev", folder, stateOf([POOL, "orders"]))).toThrow(
      [
        'the state of dev holds resources of "orders", which is not its prefix in access.yaml: s3://states/dev.tfstate (eu-west-1). Nothing was changed.',
        "If another project deployed them, give the environment a state of its own: another key or workspace of its backend.",
        "If its domainPrefix or tokenDomain was changed, restore it and destroy the environment before you deploy the new one:",
        "  npx cdktf synth",
        "  npx access teardown dev",
      ].join("\n"),
    );
    expect(() => requireOwnState("dev", folder, stateOf([POOL, "shop"]))).not.toThrow();
  });
});
