/** What is sent to Cognito to disable a client, and what is printed when it refuses. */
import type { CognitoIdentityProvider, UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import { switchClient } from "../../../operations/kill/kill";
import { AwsError } from "../../../platform/aws";

const CLIENT = { name: "shop", id: "abc", userPoolId: "eu-west-1_pool" };
const PLACE = { UserPoolId: "eu-west-1_pool", ClientId: "abc" };
const CHANGED = new Date("2027-03-31T10:00:00Z");

/** All settings that an update can send, each other than its default. */
const SETTINGS: UserPoolClientType = {
  ...PLACE,
  ClientName: "shop",
  RefreshTokenValidity: 7,
  AccessTokenValidity: 20,
  IdTokenValidity: 30,
  TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" },
  ReadAttributes: ["email"],
  WriteAttributes: ["name"],
  ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  SupportedIdentityProviders: ["COGNITO"],
  CallbackURLs: ["https://example.com/"],
  LogoutURLs: ["https://example.com/out"],
  DefaultRedirectURI: "https://example.com/",
  AllowedOAuthFlows: ["client_credentials"],
  AllowedOAuthScopes: ["orders/read"],
  AllowedOAuthFlowsUserPoolClient: true,
  AnalyticsConfiguration: { ApplicationArn: "arn:aws:mobiletargeting:eu-west-1:1:apps/x" },
  PreventUserExistenceErrors: "ENABLED",
  EnableTokenRevocation: true,
  EnablePropagateAdditionalUserContextData: true,
  AuthSessionValidity: 5,
  RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 5 },
};
const READ_ONLY = { ClientSecret: "never sent", CreationDate: new Date(0), LastModifiedDate: CHANGED };

/** Cognito with that client. @param refusal by operation */
function cognitoWith(settings: UserPoolClientType, refusal: Readonly<Record<string, AwsError>> = {}) {
  const sent: unknown[] = [];
  const answer = (name: string, client: UserPoolClientType) =>
    refusal[name] === undefined ? Promise.resolve({ UserPoolClient: client }) : Promise.reject(refusal[name]);
  const cognito = {
    describeUserPoolClient: () => answer("describe", { ...settings, ...READ_ONLY }),
    updateUserPoolClient: (input: UserPoolClientType) => {
      sent.push(input);
      return answer("update", { ...input, ...READ_ONLY });
    },
  } as unknown as CognitoIdentityProvider;
  return { sent, sdk: { cognito: () => Promise.resolve(cognito) } };
}

describe("switchClient", () => {
  it("sends every setting back, and only the one that enables OAuth is another", async () => {
    const { sdk, sent } = cognitoWith(SETTINGS);

    expect(await switchClient(sdk, CLIENT, false)).toEqual({ isChanged: true, lifetime: 1200, changedAt: CHANGED });
    expect(sent).toEqual([{ ...SETTINGS, AllowedOAuthFlowsUserPoolClient: false }]);
  });

  it("gives that back, and nothing else", async () => {
    const { sdk, sent } = cognitoWith({ ...SETTINGS, AllowedOAuthFlowsUserPoolClient: false });

    expect(await switchClient(sdk, CLIENT, true)).toMatchObject({ isChanged: true });
    expect(sent).toEqual([SETTINGS]);
  });

  it.each([true, false])("sends nothing when the client is as wanted: %s", async (isOn) => {
    const { sdk, sent } = cognitoWith({ ...SETTINGS, AllowedOAuthFlowsUserPoolClient: isOn });

    expect(await switchClient(sdk, CLIENT, isOn)).toMatchObject({ isChanged: false, changedAt: CHANGED });
    expect(sent).toEqual([]);
  });

  it("takes away the flow that gets tokens through Cognito's API", async () => {
    const flows = ["ALLOW_CLIENT_TOKEN_AUTH"] as unknown as NonNullable<UserPoolClientType["ExplicitAuthFlows"]>;
    const { sdk, sent } = cognitoWith({ ...PLACE, ExplicitAuthFlows: flows });

    expect(await switchClient(sdk, CLIENT, false)).toMatchObject({ isChanged: true, lifetime: 3600 });
    expect(sent).toMatchObject([{ ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"] }]);
  });

  it.each([
    ["describe", "cognito-idp:DescribeUserPoolClient"],
    ["update", "cognito-idp:UpdateUserPoolClient"],
  ])("prints which permission is missing when AWS denies %s, and that nothing was changed", async (call, operation) => {
    const denied = new AwsError(operation, "AccessDeniedException", 400, `${operation} was denied.`);
    const { sdk } = cognitoWith(SETTINGS, { [call]: denied });

    await expect(switchClient(sdk, CLIENT, false)).rejects.toThrow(
      `${operation} was denied.\nkill needs cognito-idp:DescribeUserPoolClient and cognito-idp:UpdateUserPoolClient on the pool eu-west-1_pool.\nNothing was changed: "shop" still gets tokens.`,
    );
  });

  it("prints that the client is gone, or in another account", async () => {
    const gone = new AwsError("cognito-idp:DescribeUserPoolClient", "ResourceNotFoundException", 400, "gone");
    const { sdk } = cognitoWith(SETTINGS, { describe: gone });

    await expect(switchClient(sdk, CLIENT, false)).rejects.toThrow(
      "Cognito has no client abc in the pool eu-west-1_pool, or the AWS credentials are of another account. Nothing was changed.",
    );
  });
});
