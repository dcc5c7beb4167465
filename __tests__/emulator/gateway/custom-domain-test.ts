/** Hosts of one's own: which pool or stage they lead to, and what the function is told. */

import { isCustomHost } from "../../../emulator/gateway/custom-domain";
import { createEndpoint } from "../../../emulator/hosts";
import type { Endpoint, HttpRequest } from "../../../emulator/protocols/http";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { jsonOf, mintToken, requestOf } from "../../support/requests";

const API_HOST = "api.example.com";
const TOKEN_HOST = "auth.example.com";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0123abcd";
const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

let pretend: PretendAccount;
let token: string;
let endpoint: Endpoint;
let events: Readonly<Record<string, unknown>>[];
beforeEach(async () => {
  pretend = await openPretendAccount();
  token = await mintToken(pretend.pool);
  events = [];
  const invoke = async (_fn: unknown, event: unknown) => {
    events.push(event as (typeof events)[number]);
    return { kind: "answer", payload: { statusCode: 200, body: "invoked" } } as const;
  };
  endpoint = createEndpoint({ account: pretend.account, runner: { invoke } });
});

/** `POST` with a good token. */
function ask(path: string, given: Partial<Omit<HttpRequest, "body">> = {}) {
  const headers = [["Authorization", token] as const];
  return endpoint(requestOf({ method: "POST", host: API_HOST, path, headers, ...given }));
}

const addDomain = (domain_name = API_HOST) =>
  pretend.create("aws_api_gateway_domain_name", {
    domain_name,
    regional_certificate_arn: CERTIFICATE.replace("us-east-1", REGION),
    endpoint_configuration: [{ types: ["REGIONAL"] }],
  });

function addMapping(changes: Attributes = {}): Promise<Attributes> {
  const usual = { api_id: text(pretend.made.api, "id"), domain_name: API_HOST, stage_name: "dev" };
  return pretend.create("aws_api_gateway_base_path_mapping", { ...usual, ...changes });
}

describe("an API's domain", () => {
  it("leads to its stage, without the stage in the path", async () => {
    await addDomain();
    await addMapping();
    expect(await ask("/access")).toMatchObject({ status: 200, body: "invoked" });
    expect(events).toMatchObject([
      {
        path: "/access",
        resource: "/access",
        headers: { Host: API_HOST },
        requestContext: {
          path: "/access",
          stage: "dev",
          domainName: API_HOST,
          domainPrefix: "api",
          apiId: pretend.made.api["id"],
        },
      },
    ]);
  });

  it("demands the same token as the API's own host", async () => {
    await addDomain();
    await addMapping();
    expect(await ask("/access", { headers: [] })).toMatchObject({ status: 401 });
    expect(await ask("/access", { headers: [["Authorization", await mintToken(pretend.otherPool)]] })).toMatchObject({
      status: 401,
    });
    expect(events).toEqual([]);
  });

  it("tells the function the base path that was called, and finds the method without it", async () => {
    await addDomain();
    await addMapping({ base_path: "shop" });
    expect(await ask("/shop/access")).toMatchObject({ status: 200 });
    expect(events).toMatchObject([
      { path: "/shop/access", resource: "/access", requestContext: { path: "/shop/access", resourcePath: "/access" } },
    ]);
  });

  it("looks for the first part of the path before what counts for every path", async () => {
    await addDomain();
    await addMapping();
    await addMapping({ base_path: "access" });
    expect(await ask("/access/access")).toMatchObject({ status: 200 });
    expect(await ask("/access")).toMatchObject({ status: 403 });
    expect(events).toHaveLength(1);
  });

  it("leaves it to the caller to name the stage when the mapping does not", async () => {
    await addDomain();
    await addMapping({ stage_name: null, base_path: "shop" });
    expect(await ask("/shop/dev/access")).toMatchObject({ status: 200 });
    expect(events).toMatchObject([{ path: "/shop/access", requestContext: { path: "/shop/dev/access" } }]);
    expect(await ask("/shop/prod/access")).toMatchObject(FORBIDDEN);
    expect(await ask("/shop/access")).toMatchObject(FORBIDDEN);
    expect(await ask("/shop")).toMatchObject(FORBIDDEN);
  });

  it.each([
    "/access",
    "/shopping/access",
    "/Shop/access",
    "/%73hop/access",
    "//shop/access",
    "",
    "/",
    "shop/access",
  ])("is forbidden where no mapping leads: %j", async (path) => {
    await addDomain();
    await addMapping({ base_path: "shop" });
    expect(await ask(path)).toMatchObject(FORBIDDEN);
    expect(events).toEqual([]);
  });

  it("is forbidden without any mapping, and when the mapping is taken away", async () => {
    await addDomain();
    expect(await ask("/access")).toMatchObject(FORBIDDEN);
    const mapping = await addMapping();
    expect(await ask("/access")).toMatchObject({ status: 200 });
    await pretend.remove("aws_api_gateway_base_path_mapping", mapping);
    expect(await ask("/access")).toMatchObject(FORBIDDEN);
  });

  it("leads nowhere by another domain's mapping", async () => {
    await addDomain();
    await addDomain("other.example.com");
    await addMapping({ domain_name: "other.example.com" });
    expect(await ask("/access")).toMatchObject(FORBIDDEN);
  });

  it("stays open when the API's own host is closed", async () => {
    await addDomain();
    await addMapping();
    await pretend.update("aws_api_gateway_rest_api", pretend.made.api, { disable_execute_api_endpoint: true });
    await pretend.deploy();
    expect(await ask("/access")).toMatchObject({ status: 200 });
    const host = `${text(pretend.made.api, "id")}.execute-api.${REGION}.amazonaws.com`;
    expect(await ask("/dev/access", { host })).toMatchObject(FORBIDDEN);
  });

  it("shares the stage's throttling with the API's own host", async () => {
    await addDomain();
    await addMapping();
    const settings = [{ throttling_rate_limit: 1, throttling_burst_limit: 1 }];
    const rest_api_id = text(pretend.made.api, "id");
    const of = { rest_api_id, stage_name: "dev", method_path: "*/*" };
    await pretend.create("aws_api_gateway_method_settings", { ...of, settings });
    expect(await ask("/access")).toMatchObject({ status: 200 });
    const host = `${rest_api_id}.execute-api.${REGION}.amazonaws.com`;
    expect(await ask("/dev/access", { host })).toMatchObject({ status: 429 });
  });

  it("answers no token request", async () => {
    await addDomain();
    await addMapping();
    expect(await ask("/oauth2/token")).toMatchObject({ status: 403 });
  });
});

describe("a pool's domain", () => {
  const addTokenDomain = (pool = pretend.made.pool) =>
    pretend.create("aws_cognito_user_pool_domain", {
      domain: TOKEN_HOST,
      user_pool_id: text(pool, "id"),
      certificate_arn: CERTIFICATE,
    });

  function askForToken(given: Partial<Omit<HttpRequest, "body">> = {}, client = pretend.made.client) {
    const headers = [["Content-Type", "application/x-www-form-urlencoded"] as const];
    const body = `grant_type=client_credentials&client_id=${client["id"]}&client_secret=${client["client_secret"]}`;
    return endpoint(requestOf({ method: "POST", host: TOKEN_HOST, path: "/oauth2/token", headers, ...given, body }));
  }

  it("issues tokens, beside the prefix, that the API takes", async () => {
    await addTokenDomain();
    const answer = await askForToken();
    expect(answer).toMatchObject({ status: 200 });
    const { access_token } = jsonOf(answer) as { readonly access_token: string };
    const host = `${text(pretend.made.api, "id")}.execute-api.${REGION}.amazonaws.com`;
    expect(await ask("/dev/access", { host, headers: [["Authorization", access_token]] })).toMatchObject({
      status: 200,
    });
    const prefix = `cc-demo-dev.auth.${REGION}.amazoncognito.com`;
    expect(await askForToken({ host: prefix })).toMatchObject({ status: 200 });
  });

  it("refuses a client of another pool", async () => {
    await addTokenDomain();
    expect(await askForToken({}, pretend.made.otherClient)).toMatchObject({
      status: 400,
      body: '{"error":"invalid_client"}',
    });
  });

  it.each(["/", "/access", "/oauth2/authorize", "/.well-known/jwks.json"])("answers nothing else: %s", async (path) => {
    await addTokenDomain();
    expect(await askForToken({ path })).toEqual({ status: 404, headers: [], body: "" });
  });

  it("answers nothing before it is made, and after it is deleted", async () => {
    expect(await askForToken()).toEqual({ status: 404, headers: [], body: "" });
    const domain = await addTokenDomain();
    await pretend.remove("aws_cognito_user_pool_domain", domain);
    expect(await askForToken()).toEqual({ status: 404, headers: [], body: "" });
  });

  it("is where the pool's documents say that tokens are, while its keys stay where they are", async () => {
    await addTokenDomain();
    const path = `/${text(pretend.made.pool, "id")}/.well-known/openid-configuration`;
    const issuer = `https://cognito-idp.${REGION}.amazonaws.com/${text(pretend.made.pool, "id")}`;
    const document = await endpoint(requestOf({ host: `cognito-idp.${REGION}.amazonaws.com`, path }));
    expect(jsonOf(document)).toMatchObject({
      token_endpoint: `https://${TOKEN_HOST}/oauth2/token`,
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
    });
  });
});

describe("isCustomHost", () => {
  it("is true for domains of the account alone, as long as they are there", async () => {
    const isHost = (host: string) => isCustomHost(pretend.account, host);
    expect([API_HOST, TOKEN_HOST].map(isHost)).toEqual([false, false]);
    const domain = await addDomain();
    await pretend.create("aws_cognito_user_pool_domain", {
      domain: TOKEN_HOST,
      user_pool_id: text(pretend.made.pool, "id"),
      certificate_arn: CERTIFICATE,
    });
    expect([API_HOST, TOKEN_HOST].map(isHost)).toEqual([true, true]);
    expect(
      ["example.com", `x.${API_HOST}`, API_HOST.toUpperCase(), `${API_HOST}.`, "", "cc-demo-dev"].map(isHost),
    ).toEqual(Array(6).fill(false));
    await pretend.remove("aws_api_gateway_domain_name", domain);
    expect(isHost(API_HOST)).toBe(false);
  });
});
