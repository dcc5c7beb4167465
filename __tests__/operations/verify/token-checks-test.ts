/** What is asked for each client's token, by the ways in which it gets one, against answers as Cognito gives them. */
import { Asking, type FullAnswer, type Question } from "../../../operations/deployed/asking";
import type { Check } from "../../../operations/deployed/probe";
import { type Grant, TokenChecks } from "../../../operations/verify/token-checks";

const HOST = "cognito-idp.eu-west-1.amazonaws.com";
const ISSUER = `https://${HOST}/eu-west-1_abcdefghi`;
const TOKEN_URL = "https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token";
const SECRET = "right0";

const tokenOf = (scopes: readonly string[], iss = ISSUER) =>
  ["e30", Buffer.from(JSON.stringify({ scope: scopes.join(" "), iss })).toString("base64url"), "x"].join(".");
const answered = (status: number, body: object): FullAnswer => ({ status, headers: {}, body: JSON.stringify(body) });

/** A Cognito with one client, which gets tokens in some ways. */
class PretendCognito extends Asking {
  readonly asked: string[] = [];

  constructor(
    private readonly ways: Grant["ways"],
    private readonly iss?: string,
  ) {
    super({ concurrency: 1, rate: 1000, timeout: 1, retryFor: 0 });
  }

  override async send({ url, headers, body = "" }: Question): Promise<FullAnswer> {
    this.asked.push(`${new URL(url).host} ${headers["X-Amz-Target"] ?? body}`);
    return url === TOKEN_URL ? this.endpoint(headers, body) : this.api(body);
  }

  private endpoint({ Authorization = "" }: Question["headers"], body: string): FullAnswer {
    const basic = Buffer.from(Authorization.replace("Basic ", ""), "base64").toString();
    if (basic !== `id:${SECRET}`) return answered(400, { error: "invalid_client" });
    if (!this.ways.includes("domain")) return answered(400, { error: "invalid_grant" });
    if (body.includes("scope=")) return answered(400, { error: "invalid_scope" });
    return answered(200, { access_token: tokenOf(["orders/read"], this.iss), expires_in: 3600, token_type: "Bearer" });
  }

  private api(body: string): FullAnswer {
    const { ClientId, Secret, Scopes } = JSON.parse(body);
    if (ClientId !== "id" || Secret !== SECRET) return answered(400, { __type: "NotAuthorizedException" });
    if (Scopes !== undefined || !this.ways.includes("api"))
      return answered(400, { __type: "InvalidParameterException" });
    return answered(200, { ClientAuthenticationResult: { AccessToken: tokenOf(["orders/read"], this.iss) } });
  }
}

async function check(granted: Grant["ways"], { really = granted, iss = ISSUER, secret = SECRET } = {}) {
  const cognito = new PretendCognito(really, iss);
  const checks: Check[] = [];
  const deployment = {
    environment: "dev",
    issuer: ISSUER,
    tokenUrl: TOKEN_URL,
    routeUrls: {},
    clientIds: { shop: "id" },
    clientSecrets: { shop: secret },
  };
  const grants = new Map([["shop", { scopes: ["orders/read"], ways: granted }]]);
  const tokens = new TokenChecks(deployment, grants, cognito, (one) => checks.push(one), new Set());
  await tokens.ofClient("shop", undefined);
  await cognito.close();
  const told = checks.map(({ expected, found, outcome }) => `${outcome}: ${expected}: ${found}`);
  return { tokens, checks, told, asked: cognito.asked };
}

const TOKEN = "a token for orders/read";

describe("a client of the token endpoint", () => {
  it("gets a token there, and none by GetClientToken, which is asked without a signature", async () => {
    const { told, asked, tokens } = await check(["domain"]);

    expect(told).toEqual([
      `as expected: ${TOKEN}: ${TOKEN}`,
      "as expected: a wrong secret: invalid_client: invalid_client",
      "as expected: a scope of others: invalid_scope: invalid_scope",
      "as expected: no token by GetClientToken: InvalidParameterException",
    ]);
    expect(asked.at(-1)).toBe(`${HOST} AWSCognitoIdentityProviderService.GetClientToken`);
    expect(tokens.tokens.get("shop")).toBe(tokenOf(["orders/read"]));
  });

  it("that gets one by GetClientToken as well is a wrong yes, with what to do", async () => {
    const { told, checks } = await check(["domain"], { really: ["domain", "api"] });

    expect(told.at(-1)).toBe("WRONG YES: no token by GetClientToken: a token");
    expect(checks.at(-1)?.advice).toBe(
      "shop can get tokens without the domain, its flows have ALLOW_CLIENT_TOKEN_AUTH: npm run drift -- dev shows it; npx cdktf deploy dev puts it back",
    );
  });

  it("gets one by both ways where it is granted both", async () => {
    const { told } = await check(["domain", "api"]);

    expect(told).toHaveLength(4);
    expect(told.at(-1)).toBe(`as expected: ${TOKEN} by GetClientToken: ${TOKEN}`);
  });
});

describe("a client whose flows allow client tokens alone", () => {
  it("gets a token by GetClientToken, and is asked nothing at the domain, which may not be there", async () => {
    const { told, asked } = await check(["api"]);

    expect(told).toEqual([
      `as expected: ${TOKEN} by GetClientToken: ${TOKEN}`,
      "as expected: a wrong secret: NotAuthorizedException: NotAuthorizedException",
      "as expected: a scope of others: refused: InvalidParameterException",
    ]);
    expect(new Set(asked)).toEqual(new Set([`${HOST} AWSCognitoIdentityProviderService.GetClientToken`]));
  });

  it("that lost the flow is a wrong no, and one whose secret is not known is told so", async () => {
    expect((await check(["api"], { really: [] })).told[0]).toBe(
      `wrong no: ${TOKEN} by GetClientToken: InvalidParameterException`,
    );
    const { told, checks } = await check(["api"], { secret: "deleted" });
    expect(told).toEqual([`wrong no: ${TOKEN} by GetClientToken: NotAuthorizedException`]);
    expect(checks[0]?.advice).toMatch(/^Cognito refuses the secret of shop: /);
  });
});

describe("the issuer of a token", () => {
  it.each([
    ["the original one", ISSUER, "as expected", false],
    ["the updated one", ISSUER.replace("cognito", "issuer-cognito"), "as expected", true],
    ["another pool's", ISSUER.replace("abcdefghi", "ihgfedcba"), "wrong no", false],
  ])("that is %s", async (_what, iss, outcome, isUpdated) => {
    const { checks, tokens } = await check(["domain"], { iss });

    expect([checks[0]?.outcome, tokens.hasUpdatedIssuer]).toEqual([outcome, isUpdated]);
  });
});
