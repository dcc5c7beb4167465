import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { protectFromDestruction } from "../../constructs/destroy-protection";
import { fileWith } from "../support/access-text";
import { environment } from "../support/environment";
import { type Settings, synthesize } from "../support/synthesize";
import { synthesizeStack } from "../support/synthesized-construct";

const LEDGER = "protected_unless_in_allowDestroy";
const READER = "arn:aws:iam::123456789012:role/billing";

const stackWith = (settings = "") =>
  synthesize(
    fileWith({
      environments: `  dev: { region: ap-northeast-1, domainPrefix: demo-dev${settings} }`,
      clients: `  billing: { scopes: [orders/read], secret: { readers: ["${READER}"] } }\n  shop: { scopes: [orders/read] }`,
    }),
  );

interface Synthesized {
  readonly json: Settings;
}

type Resources = Readonly<Record<string, Readonly<Record<string, Settings>>>>;

const resourcesIn = ({ json }: Synthesized) => json["resource"] as Resources;

/** Addresses of the resources that must not be destroyed, without the ledger. */
function protectedIn(stack: Synthesized): readonly string[] {
  return Object.entries(resourcesIn(stack))
    .flatMap(([type, named]) => Object.entries(named).map(([name, one]) => [`${type}.${name}`, one] as const))
    .filter(([, one]) => (one["lifecycle"] as Settings | undefined)?.["prevent_destroy"] === true)
    .map(([address]) => address)
    .filter((address) => address !== `terraform_data.${LEDGER}`);
}

const ledgerOf = (stack: Synthesized) => resourcesIn(stack)["terraform_data"]?.[LEDGER];
const entriesOf = ({ json }: Synthesized) => (json["locals"] as Settings)[LEDGER] as Readonly<Record<string, string>>;

const NAMES = ["client/billing", "client/shop", "domain", "pool", "resource-server/orders", "secret/billing"];

describe("a protected environment", () => {
  const stack = stackWith();
  const ledger = ledgerOf(stack);

  it("has a ledger with the address of each resource that must not be destroyed", () => {
    const addresses = Object.values(entriesOf(stack));

    expect(Object.keys(entriesOf(stack)).toSorted()).toEqual(NAMES);
    expect(addresses.toSorted()).toEqual(protectedIn(stack).toSorted());
    expect(addresses.map((address) => address.split(".")[0]).toSorted()).toEqual([
      "aws_cognito_resource_server",
      "aws_cognito_user_pool",
      "aws_cognito_user_pool_client",
      "aws_cognito_user_pool_client",
      "aws_cognito_user_pool_domain",
      "aws_secretsmanager_secret",
    ]);
  });

  it("has an entry replaced whose resource is at another address, and lets none be destroyed", () => {
    expect(ledger).toMatchObject({
      for_each: `\${local.${LEDGER}}`,
      triggers_replace: ["${", "each.value}"].join(""),
      lifecycle: { prevent_destroy: true },
    });
    expect(stack.json).not.toHaveProperty("moved");
  });
});

describe("allowDestroy", () => {
  it("takes resources out of the protection, whether they are still there or not", () => {
    const stack = stackWith(", allowDestroy: [client/billing, client/old]");
    const move = (name: string) => ({
      from: `terraform_data.${LEDGER}["${name}"]`,
      to: `terraform_data.lifted_by_allowDestroy["${name}"]`,
    });

    expect(Object.keys(entriesOf(stack)).toSorted()).toEqual(NAMES.slice(1));
    expect(protectedIn(stack).filter((address) => address.includes("client-billing"))).toEqual([]);
    expect(stack.json["moved"]).toEqual([move("client/billing"), move("client/old")]);
  });

  it("has no effect where nothing is protected", () => {
    const stack = stackWith(", ephemeral: true, allowDestroy: [pool]");

    expect([protectedIn(stack), ledgerOf(stack), stack.json["moved"]]).toEqual([[], undefined, undefined]);
  });
});

describe("protectFromDestruction", () => {
  const stack = synthesizeStack((scope) => {
    const before = new CognitoUserPool(scope, "one", { name: "one" });
    const given = environment({ allowDestroy: ["aws_cognito_user_pool.three"] });
    protectFromDestruction(scope, given, new Map([[before, "pool"]]));
    new SecretsmanagerSecret(scope, "two", { name: "two", lifecycle: { ignoreChanges: ["description"] } });
    new CognitoUserPool(scope, "three", { name: "three" });
  });

  it("also covers resources that are not of the access model, by their addresses", () => {
    expect(entriesOf(stack)).toEqual({
      pool: "aws_cognito_user_pool.one",
      "aws_secretsmanager_secret.two": "aws_secretsmanager_secret.two",
    });
    expect(stack.resource("aws_secretsmanager_secret")["lifecycle"]).toEqual({
      ignore_changes: ["description"],
      prevent_destroy: true,
    });
    expect(resourcesIn(stack)["aws_cognito_user_pool"]?.["three"]).not.toHaveProperty("lifecycle");
  });
});
