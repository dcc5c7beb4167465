/** Describe and update of an app client over AWS's own protocol, and how an update makes a client lose its scopes. */

import type { HttpRequest } from "../../../../emulator/protocols/http";
import { answerService } from "../../../../emulator/protocols/service";
import { cognito } from "../../../../emulator/services/cognito";
import { text } from "../../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION, START } from "../../../support/pretend-account";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { idleRuntime } from "../../../support/runtime";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;
const target = (name: string) => ["X-Amz-Target", `AWSCognitoIdentityProviderService.${name}`] as const;

let pretend: PretendAccount;
beforeEach(async () => {
  pretend = await openPretendAccount();
});

/** Sends the bytes as they are. */
function send(body: string | Buffer, headers: HttpRequest["headers"], region = REGION) {
  const { account } = pretend;
  const context = { account, region, accountId: account.id, runtime: idleRuntime(account) };
  return answerService(cognito, context, requestOf({ method: "POST", headers, body }));
}

const ids = () => ({ UserPoolId: pretend.pool.id, ClientId: text(pretend.made.client, "id") });
const call = (name: string, input: object = {}) => send(JSON.stringify({ ...ids(), ...input }), [target(name), SIGNED]);

async function client(name = "DescribeUserPoolClient", input: object = {}) {
  const answer = await call(name, input);
  expect(answer).toMatchObject({ status: 200 });
  return (jsonOf(answer) as { UserPoolClient: Readonly<Record<string, unknown>> }).UserPoolClient;
}

async function expectRefusal(answer: ReturnType<typeof send>, type: string, message: string | RegExp) {
  const given = await answer;
  expect(given.status).toBe(400);
  expect(valuesOf(given, "x-amzn-ErrorType")).toEqual([type]);
  expect(valuesOf(given, "Content-Type")).toEqual(["application/x-amz-json-1.1"]);
  const member = type === "SerializationException" ? "Message" : "message";
  expect(jsonOf(given)).toEqual({ __type: type, [member]: expect.stringMatching(message) });
}

/** AWS's texts for values of a wrong type. */
const NUMBER_AS = (type: string) =>
  `class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an ${type}`;
const TEXT_AS = (type: string) => `class java.lang.String can not be converted to an ${type}`;

const OAUTH = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ["client_credentials"],
  AllowedOAuthScopes: ["test_resource/read"],
};

describe("answerCognitoApi, DescribeUserPoolClient", () => {
  it("describes the client, its secret included", async () => {
    expect(await client()).toEqual({
      ...ids(),
      ClientSecret: pretend.made.client["client_secret"],
      ClientName: "test-server",
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: ["test_resource/read", "test_resource/test"],
      AuthSessionValidity: 3,
      EnablePropagateAdditionalUserContextData: false,
      EnableTokenRevocation: true,
      ExplicitAuthFlows: ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      RefreshTokenValidity: 30,
      CreationDate: START / 1000,
      LastModifiedDate: START / 1000,
    });
  });

  it.each([
    ["an unknown client", () => ({ ClientId: "0123456789abcdefghijklmnop" })],
    ["a client of another pool", () => ({ ClientId: pretend.made.otherClient["id"] })],
    ["another pool", () => ({ UserPoolId: pretend.otherPool.id })],
  ])("finds no client by %s", async (_, input) => {
    await expectRefusal(call("DescribeUserPoolClient", input()), "ResourceNotFoundException", /does not exist\.$/);
  });
});

describe("answerCognitoApi, UpdateUserPoolClient", () => {
  it("resets everything that it does not name, and keeps id, secret and name", async () => {
    pretend.time += 60_000;
    const { client_secret, name } = pretend.made.client;
    const updated = await client("UpdateUserPoolClient");
    expect(updated).toEqual({
      ...ids(),
      ClientSecret: client_secret,
      ClientName: name,
      AllowedOAuthFlowsUserPoolClient: false,
      AuthSessionValidity: 3,
      EnablePropagateAdditionalUserContextData: false,
      EnableTokenRevocation: true,
      ExplicitAuthFlows: ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      RefreshTokenValidity: 30,
      CreationDate: START / 1000,
      LastModifiedDate: START / 1000 + 60,
    });
    expect(await client()).toEqual(updated);
  });

  it("keeps a change when the account is opened anew", async () => {
    await client("UpdateUserPoolClient", OAUTH);
    const again = await pretend.account.close().then(() => client());
    expect(again).toMatchObject(OAUTH);
  });

  it.each([
    [
      "ScopeDoesNotExistException",
      { ...OAUTH, AllowedOAuthScopes: ["test_resource/none"] },
      "Invalid scope requested: test_resource/none",
    ],
    [
      "InvalidParameterException",
      { AllowedOAuthFlowsUserPoolClient: true },
      "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
    ],
    [
      "InvalidOAuthFlowException",
      { ...OAUTH, AllowedOAuthFlows: ["client_credentials", "code"] },
      "client_credentials flow can not be selected along with code flow or implicit flow.",
    ],
    [
      "InvalidOAuthFlowException",
      { ...OAUTH, AllowedOAuthScopes: ["openid"] },
      "openid is not supported with client_credentials flow",
    ],
    [
      "InvalidParameterException",
      { CallbackURLs: ["http://localhost:3000", "http://localhost.example.com"] },
      "http://localhost.example.com cannot use the HTTP protocol.",
    ],
    [
      "InvalidParameterException",
      { CallbackURLs: ["https://example.com"], DefaultRedirectURI: "https://example.com/" },
      "DefaultRedirectURI must be in the CallbackURLs list.",
    ],
    [
      "InvalidParameterException",
      { SupportedIdentityProviders: ["COGNITO", "Google"] },
      "The provider Google does not",
    ],
    [
      "InvalidParameterException",
      { TokenValidityUnits: { AccessToken: "fortnights" } },
      "1 validation error detected: Value 'fortnights' at 'tokenValidityUnits.accessToken' failed to satisfy constraint: Member must satisfy enum value set: \\[hours, days, minutes, seconds\\]",
    ],
    [
      "InvalidParameterException",
      { AccessTokenValidity: 1, TokenValidityUnits: { AccessToken: "constructor" } },
      /enum/,
    ],
    ["SerializationException", { TokenValidityUnits: { AccessToken: 1 } }, NUMBER_AS("String")],
    ["SerializationException", { TokenValidityUnits: [] }, "Expected map or null"],
    ["SerializationException", { TokenValidityUnits: "hours" }, "Expected map or null"],
    ["SerializationException", { AllowedOAuthScopes: "test_resource/read" }, "Expected list or null"],
    ["SerializationException", { AllowedOAuthScopes: [1] }, NUMBER_AS("String")],
    ["SerializationException", { AccessTokenValidity: "5" }, TEXT_AS("Integer")],
    ["SerializationException", { AccessTokenValidity: 1.5 }, NUMBER_AS("Integer")],
    ["SerializationException", { AllowedOAuthFlowsUserPoolClient: "true" }, TEXT_AS("Boolean")],
    ["SerializationException", { ClientName: 1 }, NUMBER_AS("String")],
  ] as const)("refuses with %s: %j", async (type, input, message) => {
    const before = await client();
    await expectRefusal(call("UpdateUserPoolClient", input), type, message);
    expect(await client()).toEqual(before);
  });
});
