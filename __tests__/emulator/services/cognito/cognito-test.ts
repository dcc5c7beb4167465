/** What Cognito refuses, in its own words. */

import { AwsError } from "../../../../emulator/errors";
import { type Attributes, text, UNKNOWN } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { emptied, openAccount, Workspace } from "../../../support/workspace";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const POOL = "aws_cognito_user_pool";
const DOMAIN = "aws_cognito_user_pool_domain";
const SERVER = "aws_cognito_resource_server";
const CLIENT = "aws_cognito_user_pool_client";

const invalid = (message: string) => new AwsError("InvalidParameterException", message);
const invalidFlow = (message: string) => new AwsError("InvalidOAuthFlowException", message);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

describe(CLIENT, () => {
  const refusals: readonly (readonly [string, Attributes, AwsError])[] = [
    [
      "client_credentials beside the code flow",
      { allowed_oauth_flows: ["client_credentials", "code"] },
      invalidFlow("client_credentials flow can not be selected along with code flow or implicit flow."),
    ],
    [
      "client_credentials without a secret",
      { generate_secret: false },
      invalidFlow("client_credentials flow can not be selected if client does not have a client secret."),
    ],
    [
      "client_credentials with openid",
      { allowed_oauth_scopes: ["orders/read", "openid"] },
      invalidFlow("openid is not supported with client_credentials flow"),
    ],
    [
      "OAuth without flows",
      { allowed_oauth_flows: [] },
      invalid(
        "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
      ),
    ],
    [
      "OAuth without scopes",
      { allowed_oauth_scopes: [] },
      invalid(
        "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
      ),
    ],
    [
      "a scope that no resource server has",
      { allowed_oauth_scopes: ["orders/delete"] },
      new AwsError("ScopeDoesNotExistException", "Invalid scope requested: orders/delete"),
    ],
    [
      "an access token of less than five minutes",
      { access_token_validity: 299, token_validity_units: [{ access_token: "seconds" }] },
      invalid("Invalid range for token validity."),
    ],
    [
      "an access token of more than a day, as hours are the unit when none is given",
      { access_token_validity: 60, token_validity_units: [] },
      invalid("Invalid range for token validity."),
    ],
  ];

  it.each(refusals)("is refused: %s", async (_, changes, refusal) => {
    await expect(examples.another(CLIENT, changes)).rejects.toEqual(refusal);
  });

  it.each(refusals.filter(([, changes]) => !("generate_secret" in changes)))(
    "cannot be changed to: %s",
    async (_, changes, refusal) => {
      const client = await examples.make(CLIENT);
      const change = examples.workspace.update(CLIENT, client, await examples.configOf(CLIENT, changes));

      await expect(change).rejects.toEqual(refusal);
      expect(await examples.workspace.refresh(CLIENT, client)).toEqual(client);
    },
  );

  it.each([
    [300, "seconds"],
    [1440, "minutes"],
    [24, "hours"],
    [1, "days"],
  ])("may have access tokens of %d %s", async (access_token_validity, access_token) => {
    const client = await examples.another(CLIENT, { access_token_validity, token_validity_units: [{ access_token }] });

    expect(client).toMatchObject({ access_token_validity });
  });

  it("is refused before its resource server is made", async () => {
    const { workspace } = examples;
    const { id } = await examples.make(POOL);
    const client = { ...(await new Examples().configOf(CLIENT)), user_pool_id: id ?? null };

    await expect(workspace.create(CLIENT, client)).rejects.toMatchObject({ name: "ScopeDoesNotExistException" });
  });

  it("has no scopes of another pool's resource server", async () => {
    await examples.make(SERVER);
    const other = await examples.another(POOL);

    await expect(examples.another(CLIENT, { user_pool_id: text(other, "id") })).rejects.toMatchObject({
      name: "ScopeDoesNotExistException",
    });
  });

  it("is refused in a pool that does not exist", async () => {
    await expect(examples.another(CLIENT, { user_pool_id: "eu-west-1_gone" })).rejects.toEqual(
      new AwsError("ResourceNotFoundException", "User pool eu-west-1_gone does not exist."),
    );
  });

  it("has an id and, when asked for, a secret as Cognito makes them", async () => {
    expect(await examples.make(CLIENT)).toMatchObject({
      id: expect.stringMatching(/^[a-z0-9]{26}$/),
      client_secret: expect.stringMatching(/^[a-z0-9]{51}$/),
    });
    const withCode = { allowed_oauth_flows: ["code"], callback_urls: ["https://localhost"] };
    expect(await examples.another(CLIENT, { generate_secret: null, ...withCode })).toMatchObject({ client_secret: "" });
  });

  it.each(["code", "implicit"])("needs a URL to come back to for the flow %s", async (flow) => {
    const config = await examples.configOf(CLIENT, { allowed_oauth_flows: [flow] });
    const refusal = new AwsError(
      "InvalidOAuthFlowException",
      "CallbackUrls can not be empty when code flow or implicit flow is selected",
    );

    await expect(examples.workspace.create(CLIENT, config)).rejects.toEqual(refusal);
    await expect(examples.workspace.update(CLIENT, await examples.make(CLIENT), config)).rejects.toEqual(refusal);
    const back = { ...config, callback_urls: ["https://localhost"] };
    await expect(examples.workspace.create(CLIENT, back)).resolves.toMatchObject({ allowed_oauth_flows: [flow] });
  });

  it("keeps id and secret when it changes", async () => {
    const { id, client_secret, ...client } = await examples.make(CLIENT);
    const config = await examples.configOf(CLIENT, { name: "bills" });

    expect(
      await examples.workspace.update(
        CLIENT,
        { id: id ?? null, client_secret: client_secret ?? null, ...client },
        config,
      ),
    ).toMatchObject({ id, client_secret, name: "bills" });
  });

  it("has Cognito's defaults for what is left out", async () => {
    const plain = { name: "plain", user_pool_id: text(await examples.make(POOL), "id") };

    expect(await examples.workspace.create(CLIENT, plain)).toMatchObject({
      allowed_oauth_flows_user_pool_client: false,
      allowed_oauth_scopes: [],
      enable_token_revocation: true,
      explicit_auth_flows: ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      refresh_token_validity: 30,
    });
  });
});

describe(DOMAIN, () => {
  it.each([
    ["my-aws", "aws"],
    ["amazon", "amazon"],
    ["cognito-orders", "cognito"],
    ["newcognito", "cognito"],
    ["awsome", "aws"],
  ])("must not have a reserved word anywhere: %s", async (domain, word) => {
    await expect(examples.another(DOMAIN, { domain })).rejects.toEqual(
      invalid(`Domain cannot contain reserved word: ${word}`),
    );
  });

  it.each(["orders-dev", "0", "a--b", "a".repeat(63)])("may be %s", async (domain) => {
    await expect(examples.another(DOMAIN, { domain })).resolves.toMatchObject({ id: domain, domain });
  });

  it.each(["-a", "a-", "A", "a.b", "a_b", "a\n"])("must not be %j", async (domain) => {
    await expect(examples.another(DOMAIN, { domain })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("The domain name contains an invalid character."),
    });
  });

  it.each([
    ["", "greater than or equal to 1"],
    ["a".repeat(64), "less than or equal to 63"],
  ])("must not be as short or as long as %j", async (domain, bound) => {
    await expect(examples.another(DOMAIN, { domain })).rejects.toEqual(
      invalid(
        `1 validation error detected: Value '${domain}' at 'domain' failed to satisfy constraint: Member must have length ${bound}`,
      ),
    );
  });

  it("is there once in a region", async () => {
    await examples.make(DOMAIN);
    const other = await examples.another(POOL);

    await expect(examples.another(DOMAIN, { user_pool_id: text(other, "id") })).rejects.toEqual(
      invalid("Domain already associated with another user pool."),
    );
  });

  it("may be there in each region", async () => {
    const account = openAccount();
    await new Examples(new Workspace(account)).make(DOMAIN);

    await expect(new Examples(new Workspace(account, "us-east-1")).make(DOMAIN)).resolves.toMatchObject({
      domain: "orders-dev",
    });
  });

  it("is the only one of its pool", async () => {
    await examples.make(DOMAIN);

    await expect(examples.another(DOMAIN, { domain: "other" })).rejects.toEqual(
      invalid("User pool already has a domain configured."),
    );
  });

  it("shows on its pool when that is read, until it is deleted", async () => {
    const domain = await examples.make(DOMAIN);
    const pool = await examples.make(POOL);
    expect(await examples.workspace.refresh(POOL, pool)).toMatchObject({ domain: "orders-dev" });

    await examples.workspace.destroy(DOMAIN, domain);
    expect(await examples.workspace.refresh(POOL, pool)).toMatchObject({ domain: "" });
  });
});

describe(`${DOMAIN}, a name of one's own`, () => {
  const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0123abcd";
  const custom = { domain: "auth.example.com", certificate_arn: CERTIFICATE };

  it("is answered by a distribution of CloudFront, for one's own DNS to point to", async () => {
    const domain = await examples.another(DOMAIN, custom);
    expect(domain).toMatchObject({
      id: "auth.example.com",
      cloudfront_distribution: expect.stringMatching(/^d[a-z0-9]{13}\.cloudfront\.net$/),
      cloudfront_distribution_zone_id: "Z2FDTNDATAQYW2",
    });
    expect(domain["cloudfront_distribution_arn"]).toBe(domain["cloudfront_distribution"]);
  });

  it("may hold a word that no prefix may", async () => {
    await expect(examples.another(DOMAIN, { ...custom, domain: "cognito.example.com" })).resolves.toMatchObject({
      id: "cognito.example.com",
    });
  });

  it("may be there beside a prefix, and both show on the pool", async () => {
    const prefix = await examples.make(DOMAIN);
    const domain = await examples.another(DOMAIN, custom);
    const pool = await examples.make(POOL);
    const shown = () => examples.workspace.refresh(POOL, pool);
    expect(await shown()).toMatchObject({ domain: "orders-dev", custom_domain: "auth.example.com" });

    await examples.workspace.destroy(DOMAIN, prefix);
    expect(await shown()).toMatchObject({ domain: "", custom_domain: "auth.example.com" });
    await examples.workspace.destroy(DOMAIN, domain);
    expect(await shown()).toMatchObject({ domain: "", custom_domain: "" });
  });

  it("is the only one of its pool", async () => {
    await examples.another(DOMAIN, custom);
    await expect(examples.another(DOMAIN, { ...custom, domain: "other.example.com" })).rejects.toEqual(
      invalid("User pool already has a domain configured."),
    );
  });

  it("is there once, in whatever region", async () => {
    await examples.another(DOMAIN, custom);
    const elsewhere = new Examples(new Workspace(examples.workspace.account, "us-east-1"));
    await expect(elsewhere.another(DOMAIN, custom)).rejects.toEqual(
      invalid("Domain already associated with another user pool."),
    );
  });

  it.each(["auth", "Auth.example.com", "auth.example.com.", "-a.example.com", "*.example.com"])(
    "must not be %j",
    async (domain) => {
      await expect(examples.another(DOMAIN, { ...custom, domain })).rejects.toEqual(
        invalid(`Invalid domain: ${domain}. Custom domains are host names in lower case.`),
      );
    },
  );

  it.each([CERTIFICATE.replace("us-east-1", "eu-west-1"), CERTIFICATE.replace("acm", "iam")])(
    "is refused with the certificate %s",
    async (certificate_arn) => {
      const refusal = invalid(
        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
      );
      await expect(examples.another(DOMAIN, { ...custom, certificate_arn })).rejects.toEqual(refusal);
      const made = await examples.another(DOMAIN, custom);
      const changed = await examples.configOf(DOMAIN, { ...custom, certificate_arn });
      await expect(examples.workspace.update(DOMAIN, made, changed)).rejects.toEqual(refusal);
    },
  );

  it("takes another certificate in place", async () => {
    const made = await examples.another(DOMAIN, custom);
    const renewed = await examples.configOf(DOMAIN, { ...custom, certificate_arn: `${CERTIFICATE}4` });
    await expect(examples.workspace.update(DOMAIN, made, renewed)).resolves.toMatchObject({
      certificate_arn: `${CERTIFICATE}4`,
    });
  });

  it("is not what a prefix becomes by a certificate", async () => {
    const prefix = await examples.make(DOMAIN);
    const changed = await examples.configOf(DOMAIN, { certificate_arn: CERTIFICATE });
    await expect(examples.workspace.update(DOMAIN, prefix, changed)).rejects.toEqual(
      invalid("User pool should have a custom domain associated, failed to update the certificate."),
    );
  });

  it("keeps its pool from being deleted", async () => {
    await examples.another(DOMAIN, custom);
    await expect(examples.workspace.destroy(POOL, await examples.make(POOL))).rejects.toEqual(
      invalid("User pool cannot be deleted. It has a domain configured that should be deleted first."),
    );
  });
});

describe(SERVER, () => {
  it("is there once in its pool", async () => {
    const { user_pool_id } = await examples.make(SERVER);

    await expect(examples.another(SERVER)).rejects.toEqual(
      invalid(`orders already exists in user pool ${user_pool_id}.`),
    );
  });

  it.each(["", "or ders", 'or"ders', "or\\ders", "ö", "a".repeat(257)])("must not be called %j", async (identifier) => {
    await expect(examples.another(SERVER, { identifier })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("is called what a URL is called, if that is wanted", async () => {
    const identifier = "https://api.example.com/orders";
    const server = await examples.another(SERVER, { identifier });

    expect(server["scope_identifiers"]).toEqual([`${identifier}/read`, `${identifier}/write`]);
  });

  it("plans the scopes of before, and has the new ones once they are there, as the real provider does", async () => {
    const server = await examples.make(SERVER);
    const scope = [{ scope_name: "delete", scope_description: "Delete orders" }];
    const config = await examples.configOf(SERVER, { scope });
    const { planned } = examples.workspace.plan(SERVER, server, config);
    const changed = await examples.workspace.update(SERVER, server, config);

    expect(planned?.["scope_identifiers"]).toEqual(server["scope_identifiers"]);
    expect(changed["scope_identifiers"]).toEqual(["orders/delete"]);
  });
});

describe(POOL, () => {
  it("has what AWS fills in to blocks that are written without it, and no defaults of the provider", async () => {
    const blocks = { account_recovery_setting: [{}], admin_create_user_config: [{ invite_message_template: [] }] };
    const { workspace } = examples;
    expect(workspace.plan(POOL, null, { name: "new", ...blocks }).planned).toMatchObject({
      account_recovery_setting: [{ recovery_mechanism: UNKNOWN }],
      admin_create_user_config: [{ allow_admin_create_user_only: null }],
    });
    const recovery_mechanism = [{ name: "admin_only", priority: 1 }];
    const pool = await workspace.create(POOL, { name: "old", account_recovery_setting: [{ recovery_mechanism }] });
    expect(workspace.plan(POOL, pool, { name: "other", ...blocks }).planned).toMatchObject({
      account_recovery_setting: [{ recovery_mechanism }],
    });
    const made = await workspace.create(POOL, { name: "new", ...blocks });
    expect(emptied(POOL, await workspace.refresh(POOL, made))).toEqual(emptied(POOL, made));
  });

  it("stays as long as its deletion is protected", async () => {
    const pool = await examples.another(POOL, { deletion_protection: "ACTIVE" });

    await expect(examples.workspace.destroy(POOL, pool)).rejects.toEqual(
      invalid(
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
      ),
    );
  });

  it("stays as long as it has a domain", async () => {
    const domain = await examples.make(DOMAIN);
    const pool = await examples.make(POOL);

    await expect(examples.workspace.destroy(POOL, pool)).rejects.toEqual(
      invalid("User pool cannot be deleted. It has a domain configured that should be deleted first."),
    );
    await examples.workspace.destroy(DOMAIN, domain);
    await expect(examples.workspace.destroy(POOL, pool)).resolves.toBeUndefined();
  });

  it("takes its resource servers and clients with it, and no others", async () => {
    await examples.make(CLIENT);
    const other = await examples.another(POOL);
    await examples.another(SERVER, { user_pool_id: text(other, "id") });
    await examples.workspace.destroy(POOL, await examples.make(POOL));

    expect(examples.workspace.account.count()).toEqual({ "cognito-idp/UserPool": 1, "cognito-idp/ResourceServer": 1 });
  });

  it("has an id as Cognito makes them", async () => {
    expect((await examples.make(POOL))["id"]).toMatch(/^eu-west-1_[A-Za-z0-9]{9}$/);
  });
});
