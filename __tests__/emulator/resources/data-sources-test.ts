/** Who and where one is, as data sources tell it. */
import type { Attributes } from "../../../emulator/attributes";
import { conformBlock } from "../../../emulator/provider/dynamic-value";
import { dataSourceTypes } from "../../../emulator/provider/schema/resource-types";
import { dataSources } from "../../../emulator/resources/data-sources";

const place = { accountId: "111122223333", region: "eu-west-1" };

/** What the data source says, made to fit its schema. */
function read(type: string, config: Attributes = {}): Attributes {
  const source = dataSources.get(type);
  if (source === undefined) throw new Error(`${type} is not a data source`);
  return conformBlock(source.schema, source.read(config, place));
}

describe("data sources", () => {
  it("are exactly the listed ones", () => {
    expect([...dataSources.keys()].sort()).toEqual([...dataSourceTypes]);
  });
});

describe("aws_caller_identity", () => {
  it("is a user of the account that the provider block stands for", () => {
    expect(read("aws_caller_identity")).toEqual({
      id: "111122223333",
      account_id: "111122223333",
      arn: "arn:aws:iam::111122223333:user/embedded-aws",
      user_id: "AIDACKCEVSQ6C2EXAMPLE",
    });
  });
});

describe("aws_partition", () => {
  it("is AWS's own", () => {
    expect(read("aws_partition")).toEqual({
      id: "aws",
      partition: "aws",
      dns_suffix: "amazonaws.com",
      reverse_dns_prefix: "com.amazonaws",
    });
  });
});

describe("aws_region", () => {
  const ireland = { id: "eu-west-1", name: "eu-west-1", region: "eu-west-1", description: "Europe (Ireland)" };
  const tokyo = "ap-northeast-1";

  it("is the provider's when nothing else is asked for", () => {
    expect(read("aws_region")).toEqual({ ...ireland, endpoint: "ec2.eu-west-1.amazonaws.com" });
  });

  it.each<[string, Attributes]>([
    ["region", { region: tokyo }],
    ["name", { name: tokyo }],
    ["endpoint", { endpoint: `ec2.${tokyo}.amazonaws.com` }],
    ["both", { region: tokyo, endpoint: `ec2.${tokyo}.amazonaws.com` }],
  ])("is the one asked for by %s", (_, config) => {
    expect(read("aws_region", config)).toMatchObject({ id: tokyo, description: "Asia Pacific (Tokyo)" });
  });

  it.each<[Attributes, string]>([
    [{ region: "eu-west-9" }, 'region not found for name "eu-west-9"'],
    [{ endpoint: "ec2.eu-west-9.amazonaws.com" }, 'region not found for endpoint "ec2.eu-west-9.amazonaws.com"'],
    [
      { name: tokyo, endpoint: "ec2.eu-west-1.amazonaws.com" },
      "use additional constraints to reduce matches to a single Region",
    ],
  ])("is refused when there is no such region: %j", (config, why) => {
    expect(() => read("aws_region", config)).toThrow(why);
  });
});
