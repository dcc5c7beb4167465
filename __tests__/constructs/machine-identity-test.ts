import { TerraformOutput } from "cdktf";
import type { Client, Environment } from "../../access/access-model";
import { MachineIdentity } from "../../constructs/machine-identity";
import { environment } from "../support/environment";
import { synthesizeStack } from "../support/synthesized-construct";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-4123-8123-123456789012";
const CUSTOM = { kind: "custom", name: "auth.example.com", certificateArn: CERTIFICATE } as const;

function client(given: Partial<Client> = {}): Client {
  const nothing = { tokenMinutes: undefined, environments: undefined, secret: undefined, expires: undefined };
  const always = { grants: [{ scope: "orders/read", until: undefined }], isExpired: false, disabledIn: [] };
  return { name: "billing", scopes: ["orders/read"], ...nothing, ...always, ...given };
}

function identityOf(given: Partial<Environment> = {}, clients: readonly Client[] = [client()]) {
  let identity: MachineIdentity | undefined;
  const stack = synthesizeStack((scope) => {
    const orders = { identifier: "orders", name: "Orders", scopes: [{ name: "read", description: "Read" }] };
    const bills = { identifier: "bills", name: "Bills", scopes: [{ name: "read", description: "Read" }] };
    const resourceServers = [orders, bills];
    identity = new MachineIdentity(scope, "identity", { environment: environment(given), resourceServers, clients });
  });
  if (identity === undefined) throw new Error("no identity");
  return { identity, ...stack };
}

describe("MachineIdentity", () => {
  it.each([
    ["is disabled in its environment", { disabledIn: ["dev"] }],
    ["has expired", { isExpired: true }],
  ])("gives no tokens to a client that %s, and changes nothing else of it", (_, given) => {
    const enabled = identityOf({ name: "dev" }).resource("aws_cognito_user_pool_client");
    const disabled = identityOf({ name: "dev" }, [client(given)]).resource("aws_cognito_user_pool_client");

    expect(enabled["allowed_oauth_flows_user_pool_client"]).toBe(true);
    expect(disabled).toEqual({ ...enabled, allowed_oauth_flows_user_pool_client: false });
  });

  it("gives tokens to a client that is disabled in another environment", () => {
    const found = identityOf({ name: "dev" }, [client({ disabledIn: ["prod"] })]);

    expect(found.resource("aws_cognito_user_pool_client")["allowed_oauth_flows_user_pool_client"]).toBe(true);
  });

  it("has a pool of the cheapest tier, named after the environment, that nobody can sign up to", () => {
    expect(identityOf().resource("aws_cognito_user_pool")).toEqual({
      name: "shop-dev",
      user_pool_tier: "LITE",
      deletion_protection: "ACTIVE",
      admin_create_user_config: { allow_admin_create_user_only: true },
    });
  });

  it("may be deleted when it is not protected", () => {
    const pool = identityOf({ isProtected: false }).resource("aws_cognito_user_pool");

    expect(pool["deletion_protection"]).toBe("INACTIVE");
  });

  it("issues tokens at Cognito's own host", () => {
    const { identity, resource } = identityOf({ tokenDomain: { kind: "prefix", prefix: "our-tokens" } });

    expect(identity.tokenUrl).toBe("https://our-tokens.auth.eu-west-1.amazoncognito.com/oauth2/token");
    expect(identity.domainTarget).toBeUndefined();
    expect(resource("aws_cognito_user_pool_domain")).toEqual({
      domain: "our-tokens",
      user_pool_id: expect.stringMatching(/^\$\{aws_cognito_user_pool\.\S+\.id\}$/),
    });
  });

  it("issues tokens at a host of one's own", () => {
    const { identity, resource } = identityOf({ tokenDomain: CUSTOM });

    expect(identity.tokenUrl).toBe("https://auth.example.com/oauth2/token");
    expect(resource("aws_cognito_user_pool_domain")).toMatchObject({
      domain: "auth.example.com",
      certificate_arn: CERTIFICATE,
    });
  });

  it("says what the DNS record of that host points to", () => {
    const stack = synthesizeStack((scope) => {
      const props = { environment: environment({ tokenDomain: CUSTOM }), resourceServers: [], clients: [] };
      const { domainTarget } = new MachineIdentity(scope, "identity", props);
      new TerraformOutput(scope, "name", { value: domainTarget?.name });
      new TerraformOutput(scope, "zone", { value: domainTarget?.zoneId });
    });

    expect(stack.json["output"]).toMatchObject({
      name: { value: expect.stringMatching(/^\$\{aws_cognito_user_pool_domain\.\S+\.cloudfront_distribution\}$/) },
      zone: {
        value: expect.stringMatching(/^\$\{aws_cognito_user_pool_domain\.\S+\.cloudfront_distribution_zone_id\}$/),
      },
    });
  });

  it.each([
    ["the environment's", undefined, 15],
    ["the client's", 5, 5],
  ])("gives tokens %s life", (_what, tokenMinutes, expected) => {
    const { resource } = identityOf({ tokenMinutes: 15 }, [client({ tokenMinutes })]);

    expect(resource("aws_cognito_user_pool_client")).toMatchObject({
      access_token_validity: expected,
      token_validity_units: [{ access_token: "minutes", id_token: "minutes", refresh_token: "days" }],
    });
  });

  it("writes out whatever Cognito has a default for", () => {
    const { depends_on, ...attributes } = identityOf().resource("aws_cognito_user_pool_client");

    expect(attributes).toEqual({
      user_pool_id: expect.stringMatching(/^\$\{aws_cognito_user_pool\.\S+\.id\}$/),
      name: "billing",
      generate_secret: true,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["client_credentials"],
      allowed_oauth_scopes: ["orders/read"],
      explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      enable_token_revocation: true,
      prevent_user_existence_errors: "ENABLED",
      access_token_validity: 60,
      id_token_validity: 60,
      refresh_token_validity: 30,
      token_validity_units: [{ access_token: "minutes", id_token: "minutes", refresh_token: "days" }],
    });
    expect(depends_on).toEqual([expect.stringMatching(/^aws_cognito_resource_server\..*orders/)]);
  });

  it("has the clients of this environment and no others", () => {
    const { identity, resources } = identityOf({ name: "dev" }, [
      client({ name: "everywhere" }),
      client({ name: "here", environments: ["prod", "dev"] }),
      client({ name: "elsewhere", environments: ["prod"] }),
    ]);

    expect([...identity.clients.keys()]).toEqual(["everywhere", "here"]);
    expect(resources("aws_cognito_user_pool_client").map(({ name }) => name)).toEqual(["everywhere", "here"]);
  });
});
