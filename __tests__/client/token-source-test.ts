/** How tokens are asked for, kept, shared and refused, seen through a `MachineClient`. */
import { inspect } from "node:util";
import { TokenRequestError } from "../../client/machine-client";
import {
  answer,
  ScriptedFetch,
  SECRET,
  type Step,
  TOKEN_URL,
  tokenAnswer,
  unreachable,
} from "../support/scripted-fetch";

const refused = (code: string, status = 400): Step => answer(status, {}, JSON.stringify({ error: code }));

/** The error with which the token request ends. */
async function errorOf(...steps: readonly Step[]): Promise<TokenRequestError> {
  const error: unknown = await new ScriptedFetch([...steps])
    .client()
    .token()
    .catch((thrown: unknown) => thrown);
  if (error instanceof TokenRequestError) return error;
  throw new Error("no TokenRequestError");
}

describe("MachineClient.token, asking for one", () => {
  it("authenticates by client_secret_basic and names grant and scopes", async () => {
    const script = new ScriptedFetch();
    expect(await script.client({ scopes: ["orders/read", "orders/write"] }).token()).toBe("token-1");
    const [{ url, init, headers } = { url: "", init: {}, headers: new Headers() }] = script.tokenRequests;
    expect([url, init.method, init.redirect]).toEqual([TOKEN_URL, "POST", "manual"]);
    expect(init.body).toBe("grant_type=client_credentials&scope=orders%2Fread+orders%2Fwrite");
    expect(Object.fromEntries(headers)).toEqual({
      accept: "application/json",
      authorization: `Basic ${Buffer.from(`caller:${SECRET}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(init.signal).toBeInstanceOf(AbortSignal);
  });

  it.each([undefined, []])("names no scopes when they are %j", async (scopes) => {
    const script = new ScriptedFetch();
    await script.client(scopes && { scopes }).token();
    expect(script.tokenRequests[0]?.init.body).toBe("grant_type=client_credentials");
  });

  it("encodes id and secret as Cognito reads them: in base64 alone", async () => {
    const script = new ScriptedFetch();
    await script.client({ clientSecret: "p+q_r" }).token();
    const [, sent = ""] = script.tokenRequests[0]?.headers.get("Authorization")?.split(" ") ?? [];
    expect(Buffer.from(sent, "base64").toString()).toBe("caller:p+q_r");
  });
});

describe("MachineClient.token, keeping it", () => {
  it.each([
    ["60 seconds before an hour is over", {}, { expires_in: 3600 }, 3540],
    ["a tenth before five minutes are over", {}, { expires_in: 300 }, 270],
    ["as long before as is set", { renewBeforeSeconds: 100 }, { expires_in: 3600 }, 3500],
    ["at the very end when that is set", { renewBeforeSeconds: 0 }, { expires_in: 300 }, 300],
    ["at half of the lifetime when more than that is set", { renewBeforeSeconds: 900 }, { expires_in: 300 }, 150],
  ])("renews it %s", async (_, options, lifetime, seconds) => {
    const script = new ScriptedFetch([tokenAnswer("first", lifetime)]);
    const client = script.client(options);
    await client.token();
    script.now += seconds * 1000 - 1;
    expect(await client.token()).toBe("first");
    script.now += 1;
    expect(await client.token()).toBe("token-2");
  });

  it("counts the lifetime from the asking", async () => {
    const script = new ScriptedFetch();
    script.tokenSteps.push((init) => {
      script.now += 5000;
      return tokenAnswer("slow", { expires_in: 300 })(init);
    });
    const client = script.client();
    await client.token();
    script.now += 265_000;
    expect(await client.token()).toBe("token-2");
  });

  it.each([undefined, null, "3600", 0, -1])("does not keep a token with expires_in %j", async (expires_in) => {
    const client = new ScriptedFetch([tokenAnswer("first", { expires_in })]).client();
    expect([await client.token(), await client.token()]).toEqual(["first", "token-2"]);
  });

  it.each([
    ["is refused", refused("invalid_client")],
    ["is not answered", answer(503)],
  ])("uses it while it is valid when its renewal %s, and tries again after 10 seconds", async (_, failure) => {
    const script = new ScriptedFetch([tokenAnswer("first", { expires_in: 300 }), ...Array<Step>(5).fill(failure)]);
    const client = script.client({ maxTries: 1 });
    await client.token();
    script.now += 270_000;
    expect([await client.token(), await client.token(), script.tokenRequests.length]).toEqual(["first", "first", 2]);
    script.now += 10_000;
    expect([await client.token(), script.tokenRequests.length]).toEqual(["first", 3]);
    script.now += 20_000;
    await expect(client.token()).rejects.toThrow(TokenRequestError);
  });

  it("makes one request for many callers at a time", async () => {
    const script = new ScriptedFetch();
    const client = script.client();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => client.token()));
    expect(new Set(tokens)).toEqual(new Set(["token-1"]));
    expect(script.tokenRequests).toHaveLength(1);
  });

  it("gives all who wait the same error, and tries again for the next one", async () => {
    const script = new ScriptedFetch([refused("invalid_client")]);
    const client = script.client();
    const [one, other] = await Promise.allSettled([client.token(), client.token()]);
    expect(one).toMatchObject({ status: "rejected", reason: { code: "invalid_client" } });
    expect(one?.status === "rejected" && other?.status === "rejected" && one.reason === other.reason).toBe(true);
    expect(script.tokenRequests).toHaveLength(1);
    expect(await client.token()).toBe("token-2");
  });
});

describe("TokenRequestError", () => {
  it.each(["invalid_client", "invalid_scope", "invalid_grant", "unauthorized_client"])(
    "carries the code %s, which is not tried again",
    async (code) => {
      const script = new ScriptedFetch([refused(code)]);
      await expect(script.client().token()).rejects.toMatchObject({
        name: "TokenRequestError",
        message: `${TOKEN_URL} refused a token with 400: ${code}.`,
        code,
        status: 400,
      });
      expect(script.tokenRequests).toHaveLength(1);
    },
  );

  it.each([
    ["no JSON", answer(405)],
    ["no object", answer(405, {}, "null")],
    ["a code that is no code", refused(SECRET, 405)],
    ["a redirect, which is not followed", answer(302, { Location: "https://evil.example/" })],
  ])("has no code when the answer is %s", async (_, step) => {
    expect((await errorOf(step)).code).toBeUndefined();
  });

  it.each([
    { access_token: undefined },
    { access_token: 1 },
    { access_token: `${SECRET}\n` },
    { token_type: "mac" },
    { token_type: undefined },
  ])("is what a 200 that is no bearer token ends in: %j", async (changes) => {
    const error = await errorOf(tokenAnswer("token", changes));
    expect([error.status, error.message]).toEqual([200, `${TOKEN_URL} answered 200 without a bearer token.`]);
  });

  it("takes the token type in any case", async () => {
    expect(await new ScriptedFetch([tokenAnswer("t", { token_type: "bearer" })]).client().token()).toBe("t");
  });

  it("says why there was no answer, after all tries", async () => {
    const error = await errorOf(unreachable, unreachable, unreachable, unreachable);
    expect(error.message).toBe(`${TOKEN_URL} could not be asked for a token: ECONNREFUSED.`);
    expect([error.code, error.status]).toEqual([undefined, undefined]);
  });

  it.each<readonly [string, readonly Step[]]>([
    ["network error", [unreachable, unreachable, unreachable, unreachable]],
    ["refusal", [answer(400, {}, JSON.stringify({ error: SECRET, error_description: SECRET }))]],
    ["answer that is cut off", [answer(200, {}, `{"access_token":"${SECRET}`)]],
    ["token that no header may hold", [tokenAnswer(`${SECRET}\n`)]],
  ])("shows neither secret nor token of a %s", async (_, steps) => {
    const error = await errorOf(...steps);
    const shown = inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error) + error.stack;
    const basic = Buffer.from(`caller:${SECRET}`).toString("base64");
    for (const canary of [SECRET, basic]) expect(shown).not.toContain(canary);
    expect(error.cause).toBeUndefined();
  });
});
