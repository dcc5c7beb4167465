/** Checks of each client's tokens, by the ways in which it gets them, against responses as Cognito gives them. */
import {
  type HttpRequest,
  type HttpResponse,
  RateLimitedClient,
} from "../../../operations/deployed/rate-limited-client";
import type { Check } from "../../../operations/verify/check";
import type { Grant } from "../../../operations/verify/deployed-stack";
import { Retries } from "../../../operations/verify/retries";
import { checkClient, TokenFindings } from "../../../operations/verify/token-checks";

const HOST = "cognito-idp.eu-west-1.amazonaws.com";
const ISSUER = `https://${HOST}/eu-west-1_abcdefghi`;
const TOKEN_URL = "https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token";
const SECRET = "right0";

const tokenOf = (scopes: readonly string[], iss = ISSUER) =>
  ["e30", Buffer.from(JSON.stringify({ scope: scopes.join(" "), iss })).toString("base64url"), "x"].join(".");
const respond = (status: number, body: object): HttpResponse => ({ status, headers: {}, body: JSON.stringify(body) });

/** Cognito with one client, which gets tokens in some ways. */
class FakeCognito extends RateLimitedClient {
  readonly sent: string[] = [];

  constructor(
    private readonly ways: Grant["ways"],
    private readonly iss?: string,
  ) {
    super({ concurrency: 1, rate: 1000, timeout: 1, retryFor: 0 });
  }

  override async send({ url, headers, body = "" }: HttpRequest): Promise<HttpResponse> {
    this.sent.push(`${new URL(url).host} ${headers["X-Amz-Target"] ?? body}`);
    return url === TOKEN_URL ? this.endpoint(headers, body) : this.api(body);
  }

  private endpoint({ Authorization = "" }: HttpRequest["headers"], body: string): HttpResponse {
    const basic = Buffer.from(Authorization.replace("Basic ", ""), "base64").toString();
    if (basic !== `id:${SECRET}`) return respond(400, { error: "invalid_client" });
    if (!this.ways.includes("domain")) return respond(400, { error: "invalid_grant" });
    if (body.includes("scope=")) return respond(400, { error: "invalid_scope" });
    return respond(200, { access_token: tokenOf(["orders/read"], this.iss), expires_in: 3600, token_type: "Bearer" });
  }

  private api(body: string): HttpResponse {
    const { ClientId, Secret, Scopes } = JSON.parse(body);
    if (ClientId !== "id" || Secret !== SECRET) return respond(400, { __type: "NotAuthorizedException" });
    if (Scopes !== undefined || !this.ways.includes("api"))
      return respond(400, { __type: "InvalidParameterException" });
    return respond(200, { ClientAuthenticationResult: { AccessToken: tokenOf(["orders/read"], this.iss) } });
  }
}

async function check(ways: Grant["ways"], { actual = ways, iss = ISSUER, secret = SECRET } = {}) {
  const http = new FakeCognito(actual, iss);
  const checks: Check[] = [];
  const deployment = {
    environment: "dev",
    issuer: ISSUER,
    tokenUrl: TOKEN_URL,
    routeUrls: {},
    clientIds: { shop: "id" },
    clientSecrets: { shop: secret },
  };
  const grants = new Map([["shop", { scopes: ["orders/read"], ways }]]);
  const findings = new TokenFindings();
  const retries = new Retries(0, () => undefined);
  await checkClient("shop", { deployment, grants, stores: new Map(), folder: "", http, retries }, findings, (one) =>
    checks.push(one),
  );
  await http.close();
  const results = checks.map(({ expected, found, verdict }) => `${expected}: ${found}: ${verdict}`);
  return { findings, checks, results, sent: http.sent };
}

const OWN = "token for orders/read";

describe("a client of the token endpoint", () => {
  it("gets a token there, and none by GetClientToken, which is sent unsigned", async () => {
    const { results, sent, findings } = await check(["domain"]);

    expect(results).toEqual([
      `token: ${OWN}: as-expected`,
      "deny-secret: invalid_client: as-expected",
      "deny-scope: invalid_scope: as-expected",
      "deny-token-by-api: InvalidParameterException: as-expected",
    ]);
    expect(sent.at(-1)).toBe(`${HOST} AWSCognitoIdentityProviderService.GetClientToken`);
    expect(findings.tokens.get("shop")).toBe(tokenOf(["orders/read"]));
  });

  it("fails when it gets one by GetClientToken as well", async () => {
    const { results } = await check(["domain"], { actual: ["domain", "api"] });

    expect(results.at(-1)).toBe("deny-token-by-api: token: unexpected-allow");
  });

  it("gets one by both ways where it is granted both", async () => {
    const { results } = await check(["domain", "api"]);

    expect(results).toHaveLength(4);
    expect(results.at(-1)).toBe(`token-by-api: ${OWN}: as-expected`);
  });
});

describe("a client whose flows allow client tokens alone", () => {
  it("gets a token by GetClientToken, and nothing is sent to the domain, which may not exist", async () => {
    const { results, sent } = await check(["api"]);

    expect(results).toEqual([
      `token-by-api: ${OWN}: as-expected`,
      "deny-secret: NotAuthorizedException: as-expected",
      "deny-scope: InvalidParameterException: as-expected",
    ]);
    expect(new Set(sent)).toEqual(new Set([`${HOST} AWSCognitoIdentityProviderService.GetClientToken`]));
  });

  it("fails when it lost the flow", async () => {
    const { results } = await check(["api"], { actual: [] });

    expect(results[0]).toBe("token-by-api: InvalidParameterException: unexpected-deny");
  });
});

describe("the issuer of a token", () => {
  it.each([
    ["the original one", ISSUER, "as-expected", false],
    ["the updated one", ISSUER.replace("cognito", "issuer-cognito"), "as-expected", true],
    ["another pool's", ISSUER.replace("abcdefghi", "ihgfedcba"), "unexpected-deny", false],
  ])("that is %s", async (_what, iss, verdict, isUpdated) => {
    const { checks, findings } = await check(["domain"], { iss });

    expect([checks[0]?.verdict, findings.hasUpdatedIssuer]).toEqual([verdict, isUpdated]);
  });
});

describe("a client that is disabled", () => {
  it("gets no token at the token endpoint, and none by GetClientToken", async () => {
    const { results, findings } = await check([]);

    expect(results).toEqual([
      "deny-disabled: invalid_grant: as-expected",
      "deny-token-by-api: InvalidParameterException: as-expected",
    ]);
    expect(findings.tokens.size).toBe(0);
  });

  it("must not get a token", async () => {
    expect((await check([], { actual: ["domain"] })).results).toContain("deny-disabled: token: unexpected-allow");
    expect((await check([], { actual: ["api"] })).results).toContain("deny-token-by-api: token: unexpected-allow");
  });

  it("is not proven to be disabled by a wrong secret", async () => {
    expect((await check([], { secret: "other" })).results).toEqual(["deny-disabled: invalid_client: denied-by-other"]);
  });
});
