/** Who and where one is, as data sources tell it. */

import { dataSources } from "../../../emulator/services/data-sources";
import type { Attributes } from "../../../emulator/terraform/attributes";
import { dataSourceTypes } from "../../../emulator/terraform/schema/resource-types";
import { Workspace } from "../../support/workspace";

/** What the data source says, made to fit its schema. */
function read(type: string, config: Attributes = {}): Promise<Attributes> {
  return new Workspace().read(type, config, { accountId: "111122223333" });
}

describe("data sources", () => {
  it("are exactly the listed ones", () => {
    expect([...dataSources.keys()].sort()).toEqual([...dataSourceTypes]);
  });
});

describe("aws_caller_identity", () => {
  it("is a user of the account that the provider block stands for", async () => {
    expect(await read("aws_caller_identity")).toEqual({
      id: "111122223333",
      account_id: "111122223333",
      arn: "arn:aws:iam::111122223333:user/embedded-aws",
      user_id: "AIDACKCEVSQ6C2EXAMPLE",
    });
  });
});

describe("aws_partition", () => {
  it("is AWS's own", async () => {
    expect(await read("aws_partition")).toEqual({
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

  it("is the provider's when nothing else is asked for", async () => {
    expect(await read("aws_region")).toEqual({ ...ireland, endpoint: "ec2.eu-west-1.amazonaws.com" });
  });

  it.each<[string, Attributes]>([
    ["region", { region: tokyo }],
    ["name", { name: tokyo }],
    ["endpoint", { endpoint: `ec2.${tokyo}.amazonaws.com` }],
    ["both", { region: tokyo, endpoint: `ec2.${tokyo}.amazonaws.com` }],
  ])("is the one asked for by %s", async (_, config) => {
    expect(await read("aws_region", config)).toMatchObject({ id: tokyo, description: "Asia Pacific (Tokyo)" });
  });

  it.each<[Attributes, string, string]>([
    [{ region: "eu-west-9" }, "finding Region by name (eu-west-9)", "couldn't find resource"],
    [{ region: "" }, "finding Region by name ()", "couldn't find resource"],
    [{ endpoint: "ec2.eu-west-9.a" }, "finding Region by endpoint (ec2.eu-west-9.a)", "couldn't find resource"],
    [
      { name: tokyo, endpoint: "ec2.eu-west-1.amazonaws.com" },
      "multiple Regions matched",
      "use additional constraints to reduce matches to a single Region",
    ],
  ])("is refused when there is no such region: %j", async (config, name, message) => {
    await expect(read("aws_region", config)).rejects.toMatchObject({ name, message });
  });
});
