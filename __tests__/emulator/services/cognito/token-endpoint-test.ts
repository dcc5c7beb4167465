/** The contract of POST /oauth2/token: section 1 and 2 of how AWS behaves. */
import crypto from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import type { HttpRequest } from "../../../../emulator/protocols/http";
import { answerDiscovery } from "../../../../emulator/services/cognito/discovery";
import { answerTokenRequest } from "../../../../emulator/services/cognito/token-endpoint";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, START } from "../../../support/pretend-account";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";

const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let pretend: PretendAccount;
beforeEach(async () => {
  pretend = await openPretendAccount();
});

const ask = (request: HttpRequest) => answerTokenRequest(pretend.account, pretend.pool, request);
const post = (body: string | Buffer, changes: Partial<Omit<HttpRequest, "body">> = {}) =>
  ask(requestOf({ method: "POST", path: "/oauth2/token", headers: [FORM], ...changes, body }));

function form(parameters: Readonly<Record<string, string>> = {}, client: Attributes = pretend.made.client): string {
  return new URLSearchParams({
    grant_type: "client_credentials",
    client_id: text(client, "id"),
    client_secret: text(client, "client_secret"),
    ...parameters,
  }).toString();
}

function basic(id: string, secret: string): readonly [string, string] {
  return ["Authorization", `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`];
}

/** What a token response carries, decoded and not verified. */
async function tokenOf(answer: Awaited<ReturnType<typeof ask>>) {
  expect(answer.status).toBe(200);
  const { access_token } = jsonOf(answer) as { readonly access_token: string };
  const [header = "", payload = ""] = access_token.split(".");
  const read = (part: string) => Buffer.from(part, "base64url").toString();
  return { access_token, header: read(header), payload: read(payload), claims: JSON.parse(read(payload)) };
}

async function expectError(answer: ReturnType<typeof ask>, error: string): Promise<void> {
  expect(await answer).toMatchObject({ status: 400, body: JSON.stringify({ error }) });
}

/** Changes the client as somebody does by hand. */
const changeClient = (changes: Attributes) =>
  pretend.update("aws_cognito_user_pool_client", pretend.made.client, changes);

describe("answerTokenRequest, with good credentials", () => {
  it("answers with Cognito's headers and body", async () => {
    const answer = await post(form());
    const { access_token } = await tokenOf(answer);
    expect(answer.body).toBe(`{"access_token":"${access_token}","expires_in":3600,"token_type":"Bearer"}`);
    expect(Object.fromEntries(answer.headers)).toEqual({
      "Content-Type": "application/json;charset=UTF-8",
      "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate",
      Pragma: "no-cache",
      Expires: "0",
      "Access-Control-Allow-Origin": "*",
      "X-Content-Type-Options": "nosniff",
      "Strict-Transport-Security": "max-age=31536000 ; includeSubDomains",
      "X-Frame-Options": "DENY",
      "x-amz-cognito-request-id": expect.stringMatching(UUID),
    });
  });

  it("signs a token with Cognito's header and claims in Cognito's order", async () => {
    const { header, payload, claims } = await tokenOf(await post(form()));
    const { pool, made } = pretend;
    const id = text(made.client, "id");
    expect(header).toBe(`{"kid":"${pool.accessKey.kid}","alg":"RS256"}`);
    const now = START / 1000;
    expect(payload).toBe(
      JSON.stringify({
        sub: id,
        token_use: "access",
        scope: "test_resource/read test_resource/test",
        auth_time: now,
        iss: `https://cognito-idp.ap-northeast-1.amazonaws.com/${pool.id}`,
        exp: now + 3600,
        iat: now,
        version: 2,
        jti: claims.jti,
        client_id: id,
      }),
    );
    expect(claims.jti).toMatch(UUID);
  });

  it("signs with the second key of the pool's JWKS", async () => {
    const { access_token } = await tokenOf(await post(form()));
    const published = await answerDiscovery(pretend.account, pretend.pool, "jwks.json");
    const { keys } = JSON.parse(String(published?.body)) as JSONWebKeySet;
    const verify = (key: JSONWebKeySet["keys"]) =>
      jwtVerify(access_token, createLocalJWKSet({ keys: key }), { currentDate: new Date(START) });
    await expect(verify(keys.slice(1))).resolves.toMatchObject({ payload: { token_use: "access" } });
    await expect(verify(keys.slice(0, 1))).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
  });

  it("gives every token an id of its own", async () => {
    const [first, second] = [await tokenOf(await post(form())), await tokenOf(await post(form()))];
    expect(first.claims.jti).not.toBe(second.claims.jti);
  });

  it("takes HTTP Basic, in any case", async () => {
    const { id, client_secret } = pretend.made.client;
    const [name, value] = basic(String(id), String(client_secret));
    for (const sent of [value, value.replace("Basic", "basic"), value.replace("Basic", "BASIC")]) {
      await tokenOf(await post("grant_type=client_credentials", { headers: [FORM, [name, sent]] }));
    }
  });

  it("takes parameters of the query string", async () => {
    await tokenOf(await post("", { query: form() }));
    await tokenOf(await post("grant_type=client_credentials", { query: form({}).replace(/^[^&]*&/, "") }));
  });

  it.each(["application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-URLEncoded"])(
    "takes the content type %s",
    async (type) => {
      await tokenOf(await post(form(), { headers: [["content-type", type]] }));
    },
  );

  it.each(["application/json", "*/*", "application/*", "text/html, application/json;q=0.9", "APPLICATION/JSON"])(
    "takes Accept: %s",
    async (accept) => {
      await tokenOf(await post(form(), { headers: [FORM, ["Accept", accept]] }));
    },
  );

  it.each([
    [null, null, 3600],
    ["minutes", 5, 300],
    ["seconds", 86_400, 86_400],
    ["hours", 2, 7200],
    ["days", 1, 86_400],
  ])("lets a token live as long as the client says: %s %s", async (access_token, validity, seconds) => {
    await changeClient({ access_token_validity: validity, token_validity_units: [{ access_token }] });
    const answer = await post(form());
    const { claims } = await tokenOf(answer);
    expect(jsonOf(answer)).toMatchObject({ expires_in: seconds });
    expect(claims.exp - claims.iat).toBe(seconds);
  });
});

describe("answerTokenRequest, scopes", () => {
  it.each([
    ["test_resource/test", "test_resource/test"],
    ["test_resource/test test_resource/read", "test_resource/test test_resource/read"],
    ["test_resource/test test_resource/test", "test_resource/test"],
    ["  test_resource/test ", "test_resource/test"],
    ["", "test_resource/read test_resource/test"],
  ])("grants what is asked for: '%s'", async (scope, granted) => {
    expect((await tokenOf(await post(form({ scope })))).claims.scope).toBe(granted);
  });

  it.each([
    "test_resource/other",
    "test_resource/tes",
    "test_resource/test2",
    "Test_resource/test",
    "test_resource/Test",
    "test",
    "test_resource/*",
    "*",
    "openid",
    "aws.cognito.signin.user.admin",
    "test_resource/test test_resource/other",
    "test_resource/test\ttest_resource/read",
    "test_resource/test\n",
    "test_resource/test,test_resource/read",
    "test_resource/test\u0000",
  ])("refuses a scope that the client may not have: %j", async (scope) => {
    await expectError(post(form({ scope })), "invalid_scope");
  });

  it("refuses a scope that exists but is not on the client", async () => {
    await changeClient({ allowed_oauth_scopes: ["test_resource/read"] });
    await expectError(post(form({ scope: "test_resource/test" })), "invalid_scope");
  });

  it.each([undefined, "test_resource/read test_resource/test"])(
    "leaves out a scope that its resource server no longer has, asked for %s",
    async (scope) => {
      const server = { user_pool_id: pretend.pool.id, identifier: "test_resource", name: "Test Resource" };
      const kept = [{ scope_name: "read", scope_description: "read" }];
      await pretend.update("aws_cognito_resource_server", server, { scope: kept });
      const { claims } = await tokenOf(await post(form(scope === undefined ? {} : { scope })));
      expect(claims.scope).toBe("test_resource/read");
    },
  );
});

describe("answerTokenRequest, refusals", () => {
  it.each([
    ["an empty body", ""],
    ["no grant_type", "client_id=a&client_secret=b"],
    ["an empty grant_type", "grant_type=&client_id=a"],
    ["JSON", '{"grant_type":"client_credentials"}'],
    ["bytes that are no UTF-8", Buffer.from([0xff, 0xfe, 0x00, 0xc3])],
    ["a percent sign on its own", "%zz=%"],
  ])("calls %s an invalid request", async (_, body) => {
    await expectError(post(body), "invalid_request");
  });

  it.each(["grant_type=client_credentials", "client_id=x", "client_secret=x", "scope=a", "scope=", "other=1&other=1"])(
    "calls a parameter sent twice an invalid request: %s",
    async (extra) => {
      await expectError(post(`${form({ scope: "test_resource/test" })}&${extra}`), "invalid_request");
    },
  );

  it("calls a parameter sent in query and body an invalid request", async () => {
    await expectError(post(form(), { query: "grant_type=client_credentials" }), "invalid_request");
  });

  it.each([
    "password",
    "implicit",
    "Client_Credentials",
    "client_credentials ",
    "urn:ietf:params:oauth:x",
    "constructor",
  ])("does not know the grant '%s'", async (grant_type) => {
    await expectError(post(form({ grant_type })), "unsupported_grant_type");
  });

  it.each(["authorization_code", "refresh_token"])("refuses the grant %s to a machine", async (grant_type) => {
    await expectError(post(form({ grant_type })), "unauthorized_client");
  });

  it("refuses a client that is not enabled for OAuth flows", async () => {
    await changeClient({ allowed_oauth_flows_user_pool_client: false });
    await expectError(post(form()), "invalid_grant");
  });

  it("refuses a client that is enabled for other flows", async () => {
    await changeClient({ allowed_oauth_flows: ["code"], callback_urls: ["https://localhost"] });
    await expectError(post(form()), "unauthorized_client");
  });

  it.each(["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "post"])("answers %s with 405 and nothing", async (method) => {
    const answer = await post(form(), { method, query: "" });
    expect(answer).toMatchObject({ status: 405, body: "" });
    expect(valuesOf(answer, "Content-Type")).toEqual([]);
  });

  it.each([
    ["no content type", []],
    ["JSON", [["Content-Type", "application/json"]]],
    ["multipart", [["Content-Type", "multipart/form-data; boundary=x"]]],
    ["a content type that starts like a form's", [["Content-Type", "application/x-www-form-urlencoded2"]]],
    ["two content types", [FORM, FORM]],
    ["Accept: text/html", [FORM, ["Accept", "text/html"]]],
    ["Accept: application/json;q=0", [FORM, ["Accept", "application/json;q=0"]]],
    ["two headers that accept no JSON", [FORM, ["Accept", "text/html"], ["Accept", "text/plain"]]],
  ] as const)("answers %s with 405 and nothing", async (_, headers) => {
    expect(await post(form(), { headers })).toMatchObject({ status: 405, body: "" });
  });
});

describe("answerTokenRequest, with a body that was cut off", () => {
  it("answers 413, though its beginning would do", async () => {
    const body = `${form()}&padding=`.padEnd(10 * 1024 * 1024 + 1, "x");

    expect(await post(body)).toMatchObject({ status: 413, body: "" });
  });
});

describe("answerTokenRequest, client authentication", () => {
  const id = () => text(pretend.made.client, "id");
  const secret = () => text(pretend.made.client, "client_secret");
  const otherLetter = (letter: string) => (letter === "a" ? "b" : "a");

  it.each([
    ["an unknown client", () => ["0123456789abcdefghijklmnop", secret()]],
    ["a wrong secret of the same length", () => [id(), otherLetter(secret().charAt(0)) + secret().slice(1)]],
    ["a wrong secret of another length", () => [id(), "x"]],
    ["the right secret", () => [id(), secret()]],
  ])("compares as often, in constant time, for %s", async (_, credentials) => {
    const compare = jest.spyOn(crypto, "timingSafeEqual");
    const [client_id = "", client_secret = ""] = credentials();
    await post(form({ client_id, client_secret }));
    const lengths = compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    compare.mockRestore();

    expect(lengths).toEqual([
      [32, 32],
      [32, 32],
    ]);
  });

  it.each([
    ["no credentials", () => ["", ""]],
    ["an unknown client", () => ["0123456789abcdefghijklmnop", secret()]],
    ["an empty client id", () => ["", secret()]],
    ["an empty secret", () => [id(), ""]],
    ["a secret of the same length", () => [id(), otherLetter(secret().charAt(0)) + secret().slice(1)]],
    ["a secret cut short", () => [id(), secret().slice(0, -1)]],
    ["a secret that goes on", () => [id(), `${secret()}a`]],
    ["a secret in capitals", () => [id(), secret().toUpperCase()]],
    ["a client id in capitals", () => [id().toUpperCase(), secret()]],
    ["the secret of another client", () => [id(), text(pretend.made.otherClient, "client_secret")]],
    ["a client of another pool", () => ["id", "client_secret"].map((name) => text(pretend.made.otherClient, name))],
    ["the client's name", () => ["test-server", secret()]],
    ["a path", () => [`../${id()}`, secret()]],
  ])("refuses %s, in parameters and in the header", async (_, credentials) => {
    const [client_id = "", client_secret = ""] = credentials();
    await expectError(post(form({ client_id, client_secret })), "invalid_client");
    const headers = [FORM, basic(client_id, client_secret)];
    await expectError(post("grant_type=client_credentials", { headers }), "invalid_client");
  });

  it("refuses when nothing is sent", async () => {
    await expectError(post("grant_type=client_credentials"), "invalid_client");
    await expectError(post(`grant_type=client_credentials&client_id=${id()}`), "invalid_client");
  });

  it("refuses an empty secret of a client without a secret", async () => {
    const user_pool_id = pretend.pool.id;
    const open = await pretend.create("aws_cognito_user_pool_client", { user_pool_id, name: "open" });
    await expectError(post(form({ client_id: text(open, "id"), client_secret: "" })), "invalid_client");
    const headers = [FORM, basic(text(open, "id"), "")];
    await expectError(post("grant_type=client_credentials", { headers }), "invalid_client");
  });

  it.each([
    ["no base64", "Basic §§§"],
    ["base64url", "Basic a-_b"],
    ["nothing after Basic", "Basic"],
    ["no colon", `Basic ${Buffer.from("nobody").toString("base64")}`],
    ["bytes that are no UTF-8", `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString("base64")}`],
  ])("does not look at the parameters when the header has %s", async (_, value) => {
    await expectError(post(form(), { headers: [FORM, ["Authorization", value]] }), "invalid_client");
  });

  it("does not choose between two Authorization headers", async () => {
    const headers = [FORM, basic(id(), secret()), basic(id(), secret())];
    await expectError(post("grant_type=client_credentials", { headers }), "invalid_client");
    await expectError(post(form(), { headers }), "invalid_client");
  });

  it("does not fall back to good parameters when the header is wrong", async () => {
    await expectError(post(form(), { headers: [FORM, basic(id(), "wrong")] }), "invalid_client");
  });

  it("refuses a client that has been deleted", async () => {
    await pretend.remove("aws_cognito_user_pool_client", pretend.made.client);
    await expectError(post(form()), "invalid_client");
  });

  it("says nothing of the client before it has proved itself", async () => {
    await changeClient({ allowed_oauth_flows_user_pool_client: false });
    await expectError(post(form({ client_secret: "wrong", scope: "no/such" })), "invalid_client");
  });
});
