/** Access tokens by the API alone. */
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  GetClientTokenCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { AppliedStack } from "../../../support/applied-stack";
import { refusalOf, sdkOptions, unsigned } from "../../../support/aws-sdk";
import { REGION } from "../../../support/pretend-account";

const FLOW = "ALLOW_CLIENT_TOKEN_AUTH" as never;

let stack: AppliedStack;
let cognito: CognitoIdentityProviderClient;
let anonymous: CognitoIdentityProviderClient;
let UserPoolId: string;
beforeAll(async () => {
  stack = await AppliedStack.open({
    resource: {
      aws_cognito_user_pool: { machines: { name: "machines" } },
      aws_cognito_resource_server: {
        orders: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
          user_pool_id: "${aws_cognito_user_pool.machines.id}",
          identifier: "orders",
          name: "Orders",
          scope: ["read", "write"].map((scope_name) => ({ scope_name, scope_description: scope_name })),
        },
      },
    },
    outputs: { pool: "aws_cognito_user_pool.machines.id" },
  });
  UserPoolId = String((await stack.outputs())["pool"]);
  cognito = new CognitoIdentityProviderClient(sdkOptions(stack.emulator));
  anonymous = new CognitoIdentityProviderClient({ ...sdkOptions(stack.emulator), signer: unsigned });
});
afterAll(async () => {
  for (const client of [cognito, anonymous]) client.destroy();
  await stack.close();
});

/** A client that gets tokens by the API, unless something else is given. */
async function createClient(given: object = {}) {
  const input = {
    UserPoolId,
    ClientName: "billing",
    GenerateSecret: true,
    ExplicitAuthFlows: [FLOW],
    AllowedOAuthScopes: ["orders/read", "orders/write"],
    ...given,
  };
  const { UserPoolClient } = await cognito.send(new CreateUserPoolClientCommand(input));
  return { ClientId: UserPoolClient?.ClientId, Secret: UserPoolClient?.ClientSecret };
}

describe("GetClientToken", () => {
  it("issues the token of the token endpoint without a domain, OAuth flows or a signature", async () => {
    const client = await createClient();
    const { ClientAuthenticationResult: result } = await anonymous.send(new GetClientTokenCommand(client));

    expect(result).toEqual({ AccessToken: expect.any(String), ExpiresIn: 3600, TokenType: "Bearer" });
    expect(decodeProtectedHeader(String(result?.AccessToken))).toEqual({ kid: expect.any(String), alg: "RS256" });
    const claims = decodeJwt(String(result?.AccessToken));
    expect(claims).toMatchObject({
      sub: client.ClientId,
      token_use: "access",
      scope: "orders/read orders/write",
      iss: `https://cognito-idp.${REGION}.amazonaws.com/${UserPoolId}`,
      version: 2,
      client_id: client.ClientId,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
  });

  it("grants the scopes that are asked for", async () => {
    const client = await createClient();
    const asked = new GetClientTokenCommand({ ...client, Scopes: ["orders/write"] });
    const { ClientAuthenticationResult: result } = await cognito.send(asked);

    expect(decodeJwt(String(result?.AccessToken))["scope"]).toBe("orders/write");
  });

  it.each([
    ["a wrong secret", {}, { Secret: "x".repeat(51) }, "NotAuthorizedException: Invalid client or secret"],
    ["an unknown client", {}, { ClientId: "a".repeat(26) }, /^ResourceNotFoundException: .* does not exist\.$/],
    ["a client without the flow", { ExplicitAuthFlows: [] }, {}, /^InvalidParameterException: .*not enabled/],
    ["a scope that is not on the client", {}, { Scopes: ["orders/none"] }, /^InvalidParameterException: .*scope/],
  ])("refuses %s", async (_, given, changes, refusal) => {
    const client = await createClient(given);

    const { name, message } = await refusalOf(anonymous.send(new GetClientTokenCommand({ ...client, ...changes })));
    expect(`${name}: ${message}`).toMatch(refusal);
  });
});

describe("ALLOW_CLIENT_TOKEN_AUTH", () => {
  it.each([
    ["beside another flow", { ExplicitAuthFlows: [FLOW, "ALLOW_USER_SRP_AUTH"] }],
    ["without a secret", { GenerateSecret: false }],
  ])("is refused %s", async (_, given) => {
    expect((await refusalOf(createClient(given))).name).toBe("InvalidParameterException");
  });
});

describe("the updated issuer", () => {
  it("is in the tokens of a pool from its change on, and goes with no other update", async () => {
    const { UserPool } = await cognito.send(
      new CreateUserPoolCommand({ PoolName: "updated", IssuerConfiguration: { Type: "UPDATED" } }),
    );
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId: UserPool?.Id }));
    const client = await createClient({ UserPoolId: UserPool?.Id, AllowedOAuthScopes: [] });
    const { ClientAuthenticationResult: result } = await cognito.send(new GetClientTokenCommand(client));

    expect(decodeJwt(String(result?.AccessToken)).iss).toBe(
      `https://issuer-cognito-idp.${REGION}.amazonaws.com/${UserPool?.Id}`,
    );
  });
});
