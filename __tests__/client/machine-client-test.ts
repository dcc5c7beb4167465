/** What a call sends and returns, what happens to it after a 401, and where a token is never sent. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { MachineClient } from "../../client/machine-client";
import { API_URL, answer, later, ScriptedFetch, SECRET, tokenAnswer } from "../support/scripted-fetch";

const stream = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("body"));
      controller.close();
    },
  });

describe("MachineClient.fetch", () => {
  it("sends the call as it is given, with the token", async () => {
    const script = new ScriptedFetch([], [answer(200, {}, "done")]);
    const init = { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } };
    const response = await script.client().fetch(new URL(API_URL), init);
    expect(await response.text()).toBe("done");
    expect(script.calls).toMatchObject([{ url: API_URL, init: { method: "POST", body: "{}" } }]);
    expect(Object.fromEntries(script.calls[0]?.headers ?? [])).toEqual({
      authorization: "Bearer token-1",
      "content-type": "application/json",
    });
    expect(init.headers).toEqual({ "Content-Type": "application/json" });
  });

  it("puts its token in place of an Authorization header that is given", async () => {
    const script = new ScriptedFetch();
    await script.client().fetch(API_URL, { headers: { authorization: "Basic something" } });
    expect(script.authorizations).toEqual(["Bearer token-1"]);
  });

  it("returns an answer that is no success", async () => {
    const script = new ScriptedFetch([], [answer(403)]);
    expect((await script.client().fetch(API_URL)).status).toBe(403);
    expect(script.calls).toHaveLength(1);
  });

  it("uses the global fetch that is there at the call", async () => {
    const script = new ScriptedFetch();
    const { fetch: _, ...options } = script.options();
    const client = new MachineClient(options);
    const replaced = jest.spyOn(globalThis, "fetch").mockImplementation(script.fetch);
    await client.fetch(API_URL);
    expect(replaced).toHaveBeenCalledTimes(2);
    replaced.mockRestore();
  });
});

/** As many milliseconds as make a token old enough to be renewed after a 401. */
const AGED = 30_000;

/** A client whose token is not fresh any more. */
async function aged(script: ScriptedFetch, changes = {}): Promise<MachineClient> {
  const client = script.client(changes);
  await client.token();
  script.now += AGED;
  return client;
}

describe("MachineClient.fetch, after a 401", () => {
  it("repeats the call once with a new token", async () => {
    const script = new ScriptedFetch([], [answer(401)]);
    const response = await (await aged(script)).fetch(API_URL, { method: "POST", body: "same" });
    expect(response.status).toBe(200);
    expect(script.authorizations).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(script.calls.map(({ init }) => init.body)).toEqual(["same", "same"]);
    expect(script.waits).toEqual([]);
  });

  it("repeats the call even when only one try is allowed", async () => {
    const script = new ScriptedFetch([], [answer(401)]);
    expect((await (await aged(script, { maxTries: 1 })).fetch(API_URL)).status).toBe(200);
  });

  it("counts what was tried before as tries", async () => {
    const script = new ScriptedFetch([], [answer(500), answer(500), answer(401), answer(500), answer(500)]);
    expect((await (await aged(script)).fetch(API_URL)).status).toBe(500);
    expect(script.calls).toHaveLength(4);
  });

  it("returns a second 401 as it is", async () => {
    const script = new ScriptedFetch([], [answer(401), answer(401, {}, "second")]);
    const response = await (await aged(script)).fetch(API_URL);
    expect([response.status, await response.text()]).toEqual([401, "second"]);
    expect(script.calls).toHaveLength(2);
  });

  it("requests one new token for 20 calls that are refused for a missing scope, at once or in 4 minutes", async () => {
    for (const milliseconds of [0, 12_000]) {
      const script = new ScriptedFetch([], Array(21).fill(answer(401)));
      const client = await aged(script);
      for (let call = 0; call < 20; call++) {
        expect((await client.fetch(`${API_URL}?call=${call}`)).status).toBe(401);
        script.now += milliseconds;
      }
      expect([script.calls.length, script.tokenRequests.length]).toEqual([21, 2]);
    }
  });

  it("requests no new token in place of a fresh one, and later for other methods and paths only", async () => {
    const script = new ScriptedFetch([], [answer(401), answer(401), answer(401)]);
    const client = script.client();
    expect((await client.fetch(API_URL)).status).toBe(401);
    script.now += AGED;
    expect((await client.fetch(API_URL)).status).toBe(401);
    expect(script.tokenRequests).toHaveLength(1);
    expect((await client.fetch(API_URL, { method: "POST" })).status).toBe(200);
    expect(script.tokenRequests).toHaveLength(2);
  });

  it("requests a new token again once a call was let in, or 5 minutes after the refusal", async () => {
    const script = new ScriptedFetch([], [answer(401), answer(200), answer(401), answer(401)]);
    const client = script.client();
    await client.fetch(API_URL);
    await client.fetch(API_URL);
    script.now += AGED;
    expect((await client.fetch(API_URL)).status).toBe(401);
    script.now += 300_000;
    expect((await client.fetch(API_URL)).status).toBe(200);
    expect(script.tokenRequests).toHaveLength(2);
  });

  it("drops the token only if it is still the one that was used", async () => {
    const script = new ScriptedFetch([], [answer(401), answer(401), answer(401)]);
    const client = await aged(script);
    await Promise.all([client.fetch(API_URL), client.fetch(API_URL), client.fetch(API_URL)]);
    expect(script.tokenRequests).toHaveLength(2);
    expect(script.authorizations.slice(3)).toEqual(Array(3).fill("Bearer token-2"));
  });

  it("keeps a token that took the place of the one that was refused", async () => {
    const slow = later();
    const script = new ScriptedFetch([], [slow.step, answer(401)]);
    const client = await aged(script);
    const first = client.fetch(API_URL);
    await client.fetch(API_URL);
    slow.resolve(new Response("", { status: 401 }));
    expect((await first).status).toBe(200);
    expect(script.tokenRequests).toHaveLength(2);
  });

  it("returns the 401 when the body is a stream, and takes a new token for the next call", async () => {
    const script = new ScriptedFetch([], [answer(401)]);
    const client = await aged(script);
    const init: RequestInit = { method: "PUT", body: stream(), duplex: "half" };
    expect((await client.fetch(API_URL, init)).status).toBe(401);
    await client.fetch(API_URL);
    expect(script.authorizations).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("gives back the connection of the first answer", async () => {
    const cancel = jest.fn();
    const script = new ScriptedFetch([], [() => new Response(new ReadableStream({ cancel }), { status: 401 })]);
    await (await aged(script)).fetch(API_URL);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it("fails as the token request does when there is no new token", async () => {
    const script = new ScriptedFetch([tokenAnswer("t"), answer(400, {}, '{"error":"invalid_client"}')], [answer(401)]);
    await expect((await aged(script)).fetch(API_URL)).rejects.toMatchObject({ code: "invalid_client" });
  });
});

describe("MachineClient.fetch, where the token may not go", () => {
  it.each(["http://api.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "ftp://h/"])(
    "refuses %s before anything is sent",
    async (url) => {
      const script = new ScriptedFetch();
      await expect(script.client().fetch(url)).rejects.toThrow(/expected https, or http on loopback/);
      expect([script.tokenRequests, script.calls]).toEqual([[], []]);
    },
  );

  it.each(["http://localhost:3000/", "http://127.0.0.1/", "http://127.1/", "http://[::1]:80/", API_URL])(
    "sends it to %s",
    async (url) => {
      expect((await new ScriptedFetch().client().fetch(url)).status).toBe(200);
    },
  );

  it("returns a redirect and does not follow it", async () => {
    const script = new ScriptedFetch([], [answer(302, { Location: "https://evil.example/" })]);
    expect((await script.client().fetch(API_URL)).status).toBe(302);
    expect(script.calls).toMatchObject([{ init: { redirect: "manual" } }]);
  });

  it("refuses to have redirects followed, and leaves them to fail when asked", async () => {
    const script = new ScriptedFetch();
    await expect(script.client().fetch(API_URL, { redirect: "follow" })).rejects.toThrow(/init.redirect is "follow"/);
    expect(script.calls).toEqual([]);
    await script.client().fetch(API_URL, { redirect: "error" });
    expect(script.calls).toMatchObject([{ init: { redirect: "error" } }]);
  });
});

describe("MachineClient", () => {
  it("shows neither secret nor token", async () => {
    const client = new ScriptedFetch([tokenAnswer("t0k3ncanary")]).client();
    await client.fetch(API_URL);
    const shown = [
      inspect(client, { depth: Infinity, showHidden: true }),
      JSON.stringify(client),
      String(client),
    ].join();
    const basic = Buffer.from(`caller:${SECRET}`).toString("base64");
    for (const canary of [SECRET, "t0k3ncanary", basic]) expect(shown).not.toContain(canary);
  });

  it.each([
    [{ tokenUrl: "http://auth.example/oauth2/token" }, /expected an https URL/],
    [{ tokenUrl: "http://localhost.example/oauth2/token" }, /expected an https URL, or http on loopback/],
    [{ tokenUrl: "auth.example" }, /tokenUrl is no URL/],
    [{ tokenUrl: "https://auth.example/oauth2/token#x" }, /without user, password and fragment/],
    [{ tokenUrl: `https://u:${SECRET}@auth.example/` }, /^tokenUrl is https:\/\/auth\.example\/: expected/],
    [{ clientId: "" }, /clientId is empty/],
    [{ clientSecret: "" }, /clientSecret is empty/],
    [{ maxTries: 0 }, /maxTries is 0: expected an integer from 1/],
    [{ maxTries: 1.5 }, /maxTries is 1.5/],
    [{ renewBeforeSeconds: -1 }, /renewBeforeSeconds is -1: expected 0 or more/],
    [{ renewBeforeSeconds: Number.NaN }, /renewBeforeSeconds is NaN/],
  ])("refuses %j", (changes, message) => {
    expect(() => new ScriptedFetch().client(changes)).toThrow(message);
  });

  it("consists of files that need Node.js and one another only, and never log", () => {
    const folder = join(__dirname, "../../client");
    for (const file of readdirSync(folder)) {
      const source = readFileSync(join(folder, file), "utf8");
      const imported = [...source.matchAll(/ from "([^"]+)"/g)].map(([, specifier]) => specifier);
      expect(imported.filter((specifier) => !/^(?:node:|\.\/)/.test(specifier ?? ""))).toEqual([]);
      expect(source).not.toMatch(/\bconsole\b|\bprocess\.(?!env\.CLIENT_)/);
    }
  });
});
