/** Which endpoint a host and path belong to, and a whole round: token, call, function. */

import { createEndpoint, EMULATED_HOSTS, isEmulated } from "../../emulator/hosts";
import type { HttpRequest, HttpResponse } from "../../emulator/protocols/http";
import { text } from "../../emulator/terraform/attributes";
import { RunnerInTest } from "../support/deployed-function";
import { openPretendAccount, type PretendAccount } from "../support/pretend-account";
import { jsonOf, requestOf, valuesOf } from "../support/requests";

const DOMAIN = "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
const COGNITO = "cognito-idp.ap-northeast-1.amazonaws.com";

const running = new RunnerInTest();
let pretend: PretendAccount;
beforeEach(async () => {
  pretend = await openPretendAccount();
});

const send = (given: Parameters<typeof requestOf>[0]): Promise<HttpResponse> =>
  createEndpoint({ account: pretend.account, runner: running.runner })(requestOf(given));
const apiHost = () => `${text(pretend.made.api, "id")}.execute-api.ap-northeast-1.amazonaws.com`;

function tokenRequest(): Partial<HttpRequest> & { body: string } {
  const { id, client_secret } = pretend.made.client;
  const headers = [["Content-Type", "application/x-www-form-urlencoded"]] as const;
  const body = `grant_type=client_credentials&client_id=${id}&client_secret=${client_secret}`;
  return { method: "POST", host: DOMAIN, path: "/oauth2/token", headers, body } as never;
}

describe("isEmulated", () => {
  it.each([...EMULATED_HOSTS.map((host) => host.replace(/<\w+>/g, "x")), DOMAIN, COGNITO])("is true for %s", (host) => {
    expect(isEmulated(host)).toBe(true);
  });

  it.each([
    ...["", "localhost", "amazonaws.com", "sts.a.b.amazonaws.com", "sqs.eu-west-1.amazonaws.com"],
    ...["apigateway", "secretsmanager", "cognito-idp", "cognito-identity.ap-northeast-1"].map(
      (service) => `${service}.amazonaws.com`,
    ),
    ...["a.b.execute-api", ".execute-api", "evil.example.cognito-idp"].map((of) => `${of}.eu-west-1.amazonaws.com`),
    ...["auth.eu-west-1.amazoncognito.com", "a.auth.eu-west-1.amazoncognito.com.evil.example"],
    ...[`${DOMAIN}\n`, `${DOMAIN}.`, DOMAIN.toUpperCase()],
  ])("is false for %j", (host) => {
    expect(isEmulated(host)).toBe(false);
  });
});

describe("createEndpoint", () => {
  it("takes a client from its token to the function's answer", async () => {
    const issued = await send(tokenRequest());
    const { access_token } = jsonOf(issued) as { readonly access_token: string };
    const headers = [["Authorization", `Bearer ${access_token}`]] as const;
    const answer = await send({ method: "POST", host: apiHost(), path: "/dev/access", headers, body: "hello" });
    expect(answer).toMatchObject({ status: 200 });
    expect(jsonOf(answer)).toMatchObject({
      body: "hello",
      requestContext: {
        authorizer: { claims: { client_id: pretend.made.client["id"], auth_time: "1782992567", version: "2" } },
      },
    });
  });

  it("issues tokens that only the pool's own API takes", async () => {
    const { id, client_secret } = pretend.made.otherClient;
    const body = `grant_type=client_credentials&client_id=${id}&client_secret=${client_secret}`;
    const issued = await send({ ...tokenRequest(), host: DOMAIN.replace("cc-demo-dev", "someone-else"), body });
    const { access_token } = jsonOf(issued) as { readonly access_token: string };
    const headers = [["Authorization", access_token]] as const;
    expect(await send({ method: "POST", host: apiHost(), path: "/dev/access", headers })).toMatchObject({
      status: 401,
    });
  });

  it("refuses a client on another pool's domain", async () => {
    const answer = await send({ ...tokenRequest(), host: DOMAIN.replace("cc-demo-dev", "someone-else") });
    expect(answer).toMatchObject({ status: 400, body: '{"error":"invalid_client"}' });
  });

  it.each([
    ["another path", { path: "/oauth2/authorize" }],
    ["a slash at the end", { path: "/oauth2/token/" }],
    ["two slashes", { path: "//oauth2/token" }],
    ["capitals", { path: "/OAuth2/token" }],
    ["escapes", { path: "/oauth2/%74oken" }],
    ["the pool's documents, which are not on its domain", { path: "/.well-known/jwks.json", method: "GET" }],
    ["a domain that does not exist", { host: "unknown.auth.ap-northeast-1.amazoncognito.com" }],
    ["the same domain in another region", { host: "cc-demo-dev.auth.eu-west-1.amazoncognito.com" }],
    ["a host that is not emulated", { host: "example.com" }],
    ["no host", { host: "" }],
  ])("finds no token endpoint under %s", async (_, where) => {
    expect(await send({ ...tokenRequest(), ...where })).toEqual({ status: 404, headers: [], body: "" });
  });

  it.each(["jwks.json", "openid-configuration"])("publishes %s of a pool", async (document) => {
    const answer = await send({ host: COGNITO, path: `/${pretend.pool.id}/.well-known/${document}` });
    expect(answer).toMatchObject({ status: 200 });
    expect(valuesOf(answer, "Content-Type")).toEqual(["application/json"]);
  });

  it.each([
    ["another document", (id: string) => ({ path: `/${id}/.well-known/other` })],
    ["another pool", () => ({ path: "/ap-northeast-1_AAAAAAAAA/.well-known/jwks.json" })],
    [
      "another region",
      (id: string) => ({ host: COGNITO.replace("ap-northeast", "eu-west"), path: `/${id}/.well-known/jwks.json` }),
    ],
    ["another method", (id: string) => ({ method: "POST", path: `/${id}/.well-known/jwks.json` })],
  ])("publishes nothing of %s", async (_, where) => {
    const answer = await send({ host: COGNITO, ...where(pretend.pool.id) });
    expect(answer).toEqual({ status: 404, headers: [], body: "" });
  });

  it("sends everything else on Cognito's host to its API", async () => {
    const answer = await send({ host: COGNITO, path: "/x/y/.well-known/jwks.json" });
    expect(answer).toMatchObject({ status: 400 });
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["UnknownOperationException"]);
  });

  it.each([
    ["sts.amazonaws.com", "text/xml", 403],
    ["sts.eu-west-1.amazonaws.com", "text/xml", 403],
    ["apigateway.eu-west-1.amazonaws.com", "application/json", 403],
    ["secretsmanager.eu-west-1.amazonaws.com", "application/x-amz-json-1.1", 400],
  ])("answers an unsigned request to %s in the service's own protocol", async (host, type, status) => {
    const answer = await send({ host, method: "POST", headers: [["X-Amz-Target", "secretsmanager.GetSecretValue"]] });
    expect(answer.status).toBe(status);
    expect(valuesOf(answer, "Content-Type")).toEqual([type]);
    expect(answer.body).toMatch(/Missing ?Authentication ?Token/);
  });

  describe("behind an API that passes calls on by HTTP", () => {
    /** Calls `POST /dev/token`, which passes on to the URL. */
    async function passOn(uri: string): Promise<HttpResponse> {
      const resource = await pretend.addResource("token");
      await pretend.addMethod(
        { http_method: "POST", resource_id: text(resource, "id") },
        { type: "HTTP_PROXY", integration_http_method: "POST", uri },
      );
      await pretend.deploy();
      return await send({ ...tokenRequest(), host: apiHost(), path: "/dev/token" });
    }

    it("answers for an emulated host", async () => {
      const issued = await passOn(`https://${DOMAIN}/oauth2/token`);
      expect(issued).toMatchObject({ status: 200 });
      expect(jsonOf(issued)).toMatchObject({ token_type: "Bearer" });
    });

    it("answers for a domain that was created", async () => {
      await pretend.create("aws_cognito_user_pool_domain", {
        domain: "auth.example.com",
        user_pool_id: pretend.pool.id,
        certificate_arn: "arn:aws:acm:us-east-1:123456789012:certificate/0123abcd",
      });
      expect(await passOn("https://auth.example.com/oauth2/token")).toMatchObject({ status: 200 });
    });

    it.each([
      "https://auth.example.com/oauth2/token",
      `http://${DOMAIN}/oauth2/token`,
      `https://${DOMAIN}:8443/oauth2/token`,
    ])("does not answer for %s", async (uri) => {
      expect((await passOn(uri)).status).toBeGreaterThanOrEqual(500);
    });
  });

  it("answers 403 for an API that does not exist", async () => {
    const answer = await send({ host: "0000000000.execute-api.ap-northeast-1.amazonaws.com", path: "/dev/access" });
    expect(answer).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  });
});
