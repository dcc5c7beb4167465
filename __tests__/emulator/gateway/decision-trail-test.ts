/** Why a call was let through or refused: for the user of this machine, in words, and never for the caller. */

import { decisionTrailOf } from "../../../emulator/protocols/decision-trail";
import type { HttpResponse } from "../../../emulator/protocols/http";
import { answerTokenRequest } from "../../../emulator/services/cognito/token-endpoint";
import { text } from "../../../emulator/terraform/attributes";
import { decisionsOf, type GuardedApi, openGuardedApi, UNAUTHORIZED } from "../../support/guarded-api";
import { mintToken, requestOf } from "../../support/requests";

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
});

const lastOf = async (response: Promise<HttpResponse>) => decisionsOf(await response).at(-1);
const minted = (changes: Parameters<typeof mintToken>[1]) => mintToken(api.pretend.pool, changes);

describe("the trail of a call that is let through", () => {
  it("has stage, route, authorizer, scope and integration, in this order", async () => {
    const response = await api.call();
    const { decisions = [], requestId, invocation } = decisionTrailOf(response)?.() ?? {};
    expect(decisionsOf(response)).toEqual([
      expect.stringMatching(/^stage: dev of the API /),
      "route: POST /access",
      expect.stringMatching(/^authorizer: .+ accepts the token$/),
      "scope: the token has a scope of the method",
      "integration: the function access answered",
    ]);
    expect(decisions[2]?.facts).toContainEqual(["token_use", "access"]);
    expect(decisions[3]?.facts).toEqual([
      ["required, any of", "test_resource/test"],
      ["of the token", "test_resource/test"],
    ]);
    expect(response.headers).toContainEqual(["x-amzn-RequestId", requestId]);
    expect(invocation).toMatchObject({ functionName: "access", requestId: api.invocations[0]?.requestId });
  });

  it("names the less specific routes that also fit", async () => {
    await api.addRoute("{any+}", { http_method: "POST", authorization: "NONE" });
    await api.pretend.deploy();
    const route = decisionTrailOf(await api.call())?.().decisions.find(({ by }) => by === "route");
    expect(route).toMatchObject({ text: "POST /access", facts: [["also fit, less specific", "POST /{any+}"]] });
  });
});

describe("the reason of a refused token", () => {
  const cut = (token: string) => token.slice(0, -2);
  it.each<[string, (token: string) => string, string]>([
    ["in quotation marks", (token) => `"${token}"`, "the token is in quotation marks"],
    ["in typographic ones", (token) => `Bearer “${token}”`, "the token is in quotation marks"],
    ["empty", () => "Bearer ", "the Authorization header has no token"],
    [
      "of another scheme",
      () => "Basic YTpi c",
      "the Authorization header has more than a token: white space within it, or another scheme",
    ],
    [
      "without its signature",
      (token) => token.split(".").slice(0, 2).join("."),
      "a token has three parts with dots between them, and this has 2",
    ],
    [
      "cut within a character",
      (token) => token.slice(0, -1),
      "the token is not whole: a part of it is not Base64url, as if characters were cut off",
    ],
    [
      "changed",
      (token) => token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString("base64url")}.`),
      "the signature does not fit the token: it was changed or cut, or another key signed it",
    ],
  ])("that is %s", async (_what, change, why) => {
    const response = await api.call({ token: change(api.token) });
    expect(response).toEqual(UNAUTHORIZED);
    expect(decisionsOf(response).at(-1)).toBe(`authorizer refused: ${why}`);
    expect(JSON.stringify(decisionsOf(response))).not.toContain(cut(api.token));
  });

  it("that is missing, or sent twice", async () => {
    expect(await lastOf(api.call({ token: null }))).toBe("authorizer refused: the request has no Authorization header");
    const headers = [["authorization", api.token]] as const;
    expect(await lastOf(api.call({ headers }))).toBe(
      "authorizer refused: the request has 2 headers Authorization; expected one",
    );
  });

  it("of another pool, that expired, and without the scope", async () => {
    const other = await mintToken(api.pretend.otherPool);
    expect(await lastOf(api.call({ token: other }))).toMatch(
      /^authorizer refused: no user pool of the authorizer has the key/,
    );
    const exp = Math.floor(api.pretend.time / 1000) - 60;
    expect(await lastOf(api.call({ token: await minted({ claims: { exp } }) }))).toMatch(
      /^authorizer refused: the token expired on \w{3} \w{3} \d\d /,
    );
    const scope = "test_resource/read";
    const response = await api.call({ token: await minted({ claims: { scope } }) });
    expect(decisionsOf(response).at(-1)).toBe(
      `scope refused: the method requires test_resource/test, and the token has ${scope}`,
    );
    expect(decisionsOf(response)).toContainEqual(expect.stringMatching(/^authorizer: .+ accepts the token$/));
  });
});

describe("the reason of other refusals", () => {
  it("names the stages of an API, and the methods of a path", async () => {
    const id = text(api.pretend.made.api, "id");
    expect(await lastOf(api.call({ path: "/access" }))).toBe(
      `stage refused: the API ${id} has no stage "access", with which the path begins; its stages: dev`,
    );
    expect(await lastOf(api.call({ method: "PATCH" }))).toBe(
      "route refused: what is deployed has no route for PATCH /access; the path fits /access (GET, OPTIONS, POST)",
    );
  });

  it("is kept of token requests, and names scopes and no secret", async () => {
    const { client } = api.pretend.made;
    const ask = (secret: string, body: string) =>
      answerTokenRequest(
        api.pretend.account,
        api.pretend.pool,
        requestOf({
          method: "POST",
          path: "/oauth2/token",
          headers: [
            ["Content-Type", "application/x-www-form-urlencoded"],
            ["Authorization", `Basic ${Buffer.from(`${text(client, "id")}:${secret}`).toString("base64")}`],
          ],
          body,
        }),
      );
    const secret = text(client, "client_secret");
    const grant = "grant_type=client_credentials";
    const good = await ask(secret, grant);
    expect([good.status, decisionsOf(good).length]).toEqual([200, 4]);
    expect(good.headers).toContainEqual(["x-amz-cognito-request-id", decisionTrailOf(good)?.().requestId]);
    expect(await lastOf(ask("wrong", grant))).toBe(`client refused: the secret is not that of ${text(client, "name")}`);
    const unknown = await ask(secret, `${grant}&scope=a/b`);
    expect(unknown.body).toBe('{"error":"invalid_scope"}');
    expect(decisionsOf(unknown).at(-1)).toMatch(
      /^scope refused: the client .+ does not have a\/b; its scopes: test_resource\/read, test_resource\/test/,
    );
    expect(await lastOf(ask(secret, ""))).toBe("token endpoint refused: grant_type is missing");
    expect(JSON.stringify(decisionTrailOf(good)?.())).not.toContain(secret);
  });
});
