import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playedFor } from "../../../cli/embedded-aws/local-environment";
import { synthesizedEnvironments } from "../../../cli/embedded-aws/played-environments";

const output = (stacks: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "played-"));
  for (const [name, text] of Object.entries(stacks)) {
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), text);
  }
  return folder;
};
const aws = { region: "eu-west-1" };

describe("playedFor", () => {
  const environment = (name: string, region: string, accountId: string | undefined) => {
    return { name, region, accountId, customDomains: [], isStateLocal: true };
  };

  it("tells by the region which account somebody is in, unless several are there", () => {
    const [one, two, three] = ["111111111111", "222222222222", "333333333333"];
    const environments = [
      environment("dev", "eu-west-1", undefined),
      environment("staging", "eu-central-1", one),
      environment("prod", "us-east-1", two),
      environment("audit", "us-east-1", three),
      environment("prod-2", "eu-central-1", one),
    ];

    expect(playedFor(environments)).toMatchObject({
      accountIds: [one, two, three],
      regionAccounts: { "eu-central-1": one },
    });
  });
});

describe("synthesizedEnvironments", () => {
  it("finds region, account, own hosts and where the state is", () => {
    const prod = {
      provider: { aws: [{ ...aws, allowed_account_ids: ["111111111111"] }] },
      resource: {
        aws_cognito_user_pool_domain: { pool: { domain: "auth.example.com" } },
        aws_api_gateway_domain_name: { api: { domain_name: "api.example.com" } },
      },
      terraform: { backend: { s3: { bucket: "states" } } },
    };
    const domain = { aws_cognito_user_pool_domain: { pool: { domain: "shop-dev" } } };
    const dev = { provider: { aws: [aws] }, resource: domain, terraform: { backend: { local: {} } } };

    expect(synthesizedEnvironments(output({ prod: JSON.stringify(prod), dev: JSON.stringify(dev) }))).toEqual([
      { name: "dev", region: "eu-west-1", accountId: undefined, customDomains: [], isStateLocal: true },
      {
        name: "prod",
        region: "eu-west-1",
        accountId: "111111111111",
        customDomains: ["auth.example.com", "api.example.com"],
        isStateLocal: false,
      },
    ]);
  });

  it.each([
    ["HCP Terraform", { cloud: { organization: "acme" } }],
    ["a bucket", { backend: { s3: {} } }],
  ])("sees a state in %s", (_, terraform) => {
    const text = JSON.stringify({ provider: { aws: [aws] }, terraform });

    expect(synthesizedEnvironments(output({ prod: text }))).toMatchObject([{ isStateLocal: false }]);
  });

  it("leaves out what is no stack of this project", () => {
    expect(synthesizedEnvironments(output({ broken: "{", other: '{"provider":{}}' }))).toEqual([]);
    expect(synthesizedEnvironments(join(tmpdir(), "nowhere"))).toEqual([]);
  });
});
