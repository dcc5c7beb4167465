/** Custom domains: which pool or stage they lead to, and what the function receives. */

import { isCustomHost } from "../../../emulator/gateway/custom-domain";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { FORBIDDEN, type GuardedApi, openGuardedApi, UNAUTHORIZED } from "../../support/guarded-api";
import { REGION } from "../../support/pretend-account";
import { jsonOf, mintToken, requestOf } from "../../support/requests";

const API_HOST = "api.example.com";
const TOKEN_HOST = "auth.example.com";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0123abcd";
const OK = { status: 200, body: "invoked" };

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
});

const call = (path: string, token?: string | null) =>
  api.call({ host: API_HOST, path, ...(token === undefined ? {} : { token }) });

const addDomain = (domain_name = API_HOST) =>
  api.pretend.create("aws_api_gateway_domain_name", {
    domain_name,
    regional_certificate_arn: CERTIFICATE.replace("us-east-1", REGION),
    endpoint_configuration: [{ types: ["REGIONAL"] }],
  });

function addMapping(changes: Attributes = {}): Promise<Attributes> {
  const usual = { api_id: text(api.pretend.made.api, "id"), domain_name: API_HOST, stage_name: "dev" };
  return api.pretend.create("aws_api_gateway_base_path_mapping", { ...usual, ...changes });
}

const addTokenDomain = () =>
  api.pretend.create("aws_cognito_user_pool_domain", {
    domain: TOKEN_HOST,
    user_pool_id: text(api.pretend.made.pool, "id"),
    certificate_arn: CERTIFICATE,
  });

describe("an API's domain", () => {
  it("leads to its stage, without the stage in the path, and needs the same token as the API's own host", async () => {
    await addDomain();
    await addMapping();
    expect(await call("/access")).toMatchObject(OK);
    const requestContext = { path: "/access", stage: "dev", domainName: API_HOST, domainPrefix: "api" };
    expect(api.events).toMatchObject([
      {
        path: "/access",
        resource: "/access",
        headers: { Host: API_HOST },
        requestContext: { ...requestContext, apiId: api.pretend.made.api["id"] },
      },
    ]);
    for (const token of [null, await mintToken(api.pretend.otherPool)]) {
      expect(await call("/access", token)).toEqual(UNAUTHORIZED);
    }
    expect((await call("/oauth2/token")).status).toBe(403);
    expect(api.events).toHaveLength(1);
  });

  it.each([
    [{ base_path: "shop" }, "/shop/access", "/shop/access"],
    [{ base_path: "shop", stage_name: null }, "/shop/dev/access", "/shop/access"],
  ])("with the mapping %j leads from %s to the path %s", async (mapping, path, received) => {
    await addDomain();
    await addMapping(mapping);
    expect(await call(path)).toMatchObject(OK);
    expect(api.events).toMatchObject([
      { path: received, resource: "/access", requestContext: { path, resourcePath: "/access" } },
    ]);
  });

  it("prefers the mapping for the first part of the path to the one for every path", async () => {
    await addDomain();
    await addMapping();
    await addMapping({ base_path: "access" });
    expect((await call("/access/access")).status).toBe(200);
    expect((await call("/access")).status).toBe(403);
    expect(api.events).toHaveLength(1);
  });

  it.each([
    ...["/access", "/shopping/access", "/Shop/access", "/%73hop/access", "//shop/access", "", "/", "shop/access"],
    ...["/unstaged/prod/access", "/unstaged/access", "/unstaged"],
  ])("is forbidden where no mapping leads: %j", async (path) => {
    await addDomain();
    await addMapping({ base_path: "shop" });
    await addMapping({ base_path: "unstaged", stage_name: null });
    expect(await call(path)).toEqual(FORBIDDEN);
    expect(api.events).toEqual([]);
  });

  it("is forbidden without a mapping, by another domain's, and once the mapping was deleted", async () => {
    await addDomain();
    await addDomain("other.example.com");
    await addMapping({ domain_name: "other.example.com" });
    expect(await call("/access")).toEqual(FORBIDDEN);
    const mapping = await addMapping();
    expect((await call("/access")).status).toBe(200);
    await api.pretend.remove("aws_api_gateway_base_path_mapping", mapping);
    expect(await call("/access")).toEqual(FORBIDDEN);
  });

  it("stays open when the API's own host is closed, and shares its throttling", async () => {
    await addDomain();
    await addMapping();
    await api.addSettings({ throttling_rate_limit: 1, throttling_burst_limit: 1 });
    expect((await call("/access")).status).toBe(200);
    expect((await api.call()).status).toBe(429);
    api.pretend.time += 1000;
    await api.pretend.update("aws_api_gateway_rest_api", api.pretend.made.api, { disable_execute_api_endpoint: true });
    await api.pretend.deploy();
    expect(await api.call()).toEqual(FORBIDDEN);
    expect((await call("/access")).status).toBe(200);
  });
});

describe("a pool's domain", () => {
  const NOTHING = { status: 404, headers: [], body: "" };

  function requestToken(given: Partial<Omit<HttpRequest, "body">> = {}, client = api.pretend.made.client) {
    const headers = [["Content-Type", "application/x-www-form-urlencoded"] as const];
    const body = `grant_type=client_credentials&client_id=${client["id"]}&client_secret=${client["client_secret"]}`;
    const request = { method: "POST", host: TOKEN_HOST, path: "/oauth2/token", headers, ...given, body };
    return api.endpoint(requestOf(request));
  }

  it("issues tokens, beside the prefix, that the API takes, to clients of the pool only", async () => {
    await addTokenDomain();
    const issued = await requestToken();
    const { access_token } = jsonOf(issued) as { readonly access_token: string };
    expect(await api.call({ token: access_token })).toMatchObject(OK);
    expect((await requestToken({ host: `cc-demo-dev.auth.${REGION}.amazoncognito.com` })).status).toBe(200);
    const refused = await requestToken({}, api.pretend.made.otherClient);
    expect(refused).toMatchObject({ status: 400, body: '{"error":"invalid_client"}' });
    for (const path of ["/", "/access", "/oauth2/authorize", "/.well-known/jwks.json"]) {
      expect(await requestToken({ path })).toEqual(NOTHING);
    }
  });

  it("answers nothing before it is created, and after it is deleted", async () => {
    expect(await requestToken()).toEqual(NOTHING);
    await api.pretend.remove("aws_cognito_user_pool_domain", await addTokenDomain());
    expect(await requestToken()).toEqual(NOTHING);
  });

  it("is the token endpoint in the pool's documents, while its keys stay where they are", async () => {
    await addTokenDomain();
    const id = text(api.pretend.made.pool, "id");
    const [host, path] = [`cognito-idp.${REGION}.amazonaws.com`, `/${id}/.well-known/openid-configuration`];
    const issuer = `https://${host}/${id}`;
    expect(jsonOf(await api.endpoint(requestOf({ host, path })))).toMatchObject({
      token_endpoint: `https://${TOKEN_HOST}/oauth2/token`,
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
    });
  });
});

it("isCustomHost is true for domains of the account alone, as long as they exist", async () => {
  const isHost = (host: string) => isCustomHost(api.pretend.account, host);
  expect([API_HOST, TOKEN_HOST].map(isHost)).toEqual([false, false]);
  const domain = await addDomain();
  await addTokenDomain();
  expect([API_HOST, TOKEN_HOST].map(isHost)).toEqual([true, true]);
  const others = ["example.com", `x.${API_HOST}`, API_HOST.toUpperCase(), `${API_HOST}.`, "", "cc-demo-dev"];
  expect(others.filter(isHost)).toEqual([]);
  await api.pretend.remove("aws_api_gateway_domain_name", domain);
  expect(isHost(API_HOST)).toBe(false);
});
