/** What Terraform reads of pools and clients that it does not manage, as the real provider has it. */
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";

let examples: Examples;
let pool: Attributes;
let client: Attributes;
beforeEach(async () => {
  examples = new Examples();
  client = await examples.make("aws_cognito_user_pool_client");
  pool = await examples.make("aws_cognito_user_pool");
});

const read = (name: string, config: Attributes) => examples.workspace.read(`aws_cognito_${name}`, config);

describe("aws_cognito_user_pool", () => {
  it("has what AWS says of the pool, and null for what it leaves out", async () => {
    const user_pool_id = text(pool, "id");
    expect(await read("user_pool", { user_pool_id })).toMatchObject({
      id: user_pool_id,
      name: "machines",
      arn: pool["arn"],
      custom_domain: null,
      device_configuration: null,
      account_recovery_setting: [{ recovery_mechanism: [{ name: "admin_only", priority: 1 }] }],
      email_configuration: [{ email_sending_account: "COGNITO_DEFAULT", from: null }],
      lambda_config: [{ pre_sign_up: null }],
      tags: { team: "orders" },
      user_pool_tags: { team: "orders" },
    });
  });

  it("is refused when there is no such pool", async () => {
    const user_pool_id = "eu-west-1_abcdefghi";
    await expect(read("user_pool", { user_pool_id })).rejects.toMatchObject({
      name: `reading Cognito User Pool (${user_pool_id})`,
      message: "couldn't find resource",
    });
  });
});

describe("aws_cognito_user_pools", () => {
  it.each([
    ["machines", 1],
    ["others", 0],
  ])("are those of the name %s", async (name, count) => {
    const { arns, ids } = await read("user_pools", { name });
    expect(ids).toEqual([pool["id"]].slice(0, count));
    expect(arns).toEqual([pool["arn"]].slice(0, count));
  });
});

describe("aws_cognito_user_pool_client", () => {
  it("has empty values for what AWS leaves out", async () => {
    const ids = { user_pool_id: text(pool, "id"), client_id: text(client, "id") };
    expect(await read("user_pool_client", ids)).toMatchObject({
      ...ids,
      id: client["id"],
      name: "billing",
      client_secret: client["client_secret"],
      allowed_oauth_scopes: ["orders/read", "orders/write"],
      callback_urls: [],
      default_redirect_uri: "",
      token_validity_units: [{ access_token: "minutes" }],
    });
  });
});

describe("aws_cognito_user_pool_clients", () => {
  it("are all of the pool", async () => {
    expect(await read("user_pool_clients", { user_pool_id: text(pool, "id") })).toMatchObject({
      id: pool["id"],
      client_ids: [client["id"]],
      client_names: ["billing"],
    });
  });
});
