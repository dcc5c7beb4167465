/** Which calls are answered from a stage's cache, and which never are. */

import { answerStage, findStage, newIds } from "../../../emulator/gateway/execute-api";
import { ResponseCache } from "../../../emulator/gateway/response-cache";
import type { Answered } from "../../../emulator/gateway/stage-call";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { type GuardedApi, openGuardedApi } from "../../support/guarded-api";
import { REGION } from "../../support/pretend-account";
import { mintToken, requestOf, valuesOf } from "../../support/requests";

let api: GuardedApi;
let count: number;
let payload: (count: number) => unknown;

beforeEach(async () => {
  api = await openGuardedApi();
  count = 0;
  payload = (number) => ({ statusCode: 200, headers: { "X-Count": `${number}` }, body: `response ${number}` });
});

const runner = {
  invoke: async () => {
    count += 1;
    return { kind: "answer" as const, payload: payload(count) };
  },
};

interface Cached {
  readonly method?: Attributes;
  readonly integration?: Attributes;
  /** Settings by path; `null` leaves the cache of the stage off. */
  readonly settings?: Readonly<Record<string, Attributes>> | null;
}

const OWN = "cached/GET";
const KEYS = {
  request_parameters: { "method.request.header.X-Team": false, "method.request.querystring.q": false },
};
const CACHE_KEYS = { cache_key_parameters: Object.keys(KEYS.request_parameters) };

/** `GET /dev/cached`, cached for 60 seconds with a header and a query parameter as key, but for what is given. */
async function addCached({ method, integration, settings = { [OWN]: {} } }: Cached = {}): Promise<void> {
  await api.addRoute("cached", { http_method: "GET", ...KEYS, ...method }, { ...CACHE_KEYS, ...integration });
  await api.permitAll();
  const stage = await api.pretend.deploy();
  if (settings === null) return;
  await switchOn(stage);
  for (const [path, given] of Object.entries(settings)) {
    await api.addSettings({ caching_enabled: true, cache_ttl_in_seconds: 60, ...given }, path);
  }
}

const switchOn = (stage: Attributes) =>
  api.pretend.update("aws_api_gateway_stage", stage, { cache_cluster_enabled: true, cache_cluster_size: "0.5" });

type Given = Partial<Omit<HttpRequest, "body">>;

async function call({ path = "/cached", ...given }: Given = {}): Promise<Answered> {
  const { account } = api.pretend;
  const found = findStage(account, REGION, text(api.pretend.made.api, "id"), "dev");
  if (found === undefined) throw new Error("no stage");
  const request = requestOf({ host: api.host, path: `/dev${path}`, ...given });
  return await answerStage({ account, runner }, { ...found, request, path, ids: newIds(account, request) });
}

const bodyOf = async (given?: Given) => String((await call(given)).response.body);
const headers = (...pairs: HttpRequest["headers"]) => ({ headers: pairs });

describe("a stage's cache", () => {
  it("answers again without the integration, until its time is over", async () => {
    await addCached();
    expect(await bodyOf()).toBe("response 1");
    api.pretend.time += 59_999;
    expect(await bodyOf()).toBe("response 1");
    api.pretend.time += 1;
    expect(await bodyOf()).toBe("response 2");
    expect(count).toBe(2);
  });

  it("keeps status and headers, also of errors, and gives each response its own ids", async () => {
    payload = () => ({ statusCode: 503, headers: { "X-Own": "1" }, body: "x" });
    await addCached();
    const [first, second] = [await call(), await call()];
    expect(second.response).toMatchObject({ status: 503, body: "x" });
    expect(valuesOf(second.response, "X-Own")).toEqual(["1"]);
    const idsOf = ({ response }: Answered) =>
      ["x-amzn-RequestId", "x-amz-apigw-id"].flatMap((name) => valuesOf(response, name));
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(4);
    expect(first.record.integration).toMatchObject({ status: 503, latencyMilliseconds: 0 });
    expect(second.record.integration).toBeUndefined();
  });

  it("keeps neither refusals of API Gateway itself nor anything over a megabyte", async () => {
    payload = (number) => (number === 1 ? "malformed" : { body: `${number}`.padEnd(number === 4 ? 1 : 1_048_577) });
    await addCached();
    expect((await call()).response.status).toBe(502);
    for (const number of ["2", "3", "4", "4"]) expect((await bodyOf()).trim()).toBe(number);
  });
});

describe("the key of a response", () => {
  beforeEach(() => addCached());

  it.each<readonly [string, Given, Given]>([
    ["another value of a header", headers(["X-Team", "a"]), headers(["X-Team", "b"])],
    ["another value of a query parameter", { query: "q=a" }, { query: "q=b" }],
    ["a missing and an empty header", {}, headers(["X-Team", ""])],
    ["a missing and an empty query parameter", {}, { query: "q=" }],
    ["the same value in another place", headers(["X-Team", "a"]), { query: "q=a" }],
    ["another case of a value", { query: "q=a" }, { query: "q=A" }],
    ["one value and two", { query: "q=a" }, { query: "q=b&q=a" }],
    ["two values and one with a comma", { query: "q=a&q=b" }, { query: "q=a,b" }],
    ["values in another order", { query: "q=a&q=b" }, { query: "q=b&q=a" }],
    ["a value with quotation marks and one without", { query: "q=%22%2C%22" }, { query: "q=&q=" }],
  ])("differs for %s", async (_, one, other) => {
    expect([await bodyOf(one), await bodyOf(other), await bodyOf(one)]).toEqual([
      "response 1",
      "response 2",
      "response 1",
    ]);
  });

  it.each<readonly [string, Given, Given]>([
    ["other parameters", { query: "q=a&r=1" }, { query: "r=2&q=a", headers: [["X-Other", "1"]] }],
    ["another case of a header's name", headers(["X-Team", "a"]), headers(["x-team", "a"])],
    ["another encoding of the same value", { query: "q=a%2Fb+c" }, { query: "q=a/b%20c" }],
  ])("is the same for %s", async (_, one, other) => {
    await call(one);
    expect(await bodyOf(other)).toBe("response 1");
  });
});

describe("a stage's cache is on", () => {
  it.each<readonly [string, Readonly<Record<string, Attributes>> | null]>([
    ["without a cache cluster", null],
    ["without settings", {}],
    ["when it is off for the method", { [OWN]: { caching_enabled: false } }],
    ["when the method's own settings are off, those for all on", { [OWN]: { caching_enabled: false }, "*/*": {} }],
    ["for no time", { [OWN]: { cache_ttl_in_seconds: 0 } }],
  ])("not %s", async (_, settings) => {
    await addCached({ settings });
    await call();
    expect(await bodyOf()).toBe("response 2");
  });

  it("for GET by the settings for all methods, and for others only by their own", async () => {
    await addCached({ method: { http_method: "ANY" }, settings: { "*/*": {} } });
    expect([await bodyOf(), await bodyOf()]).toEqual(["response 1", "response 1"]);
    const post = { method: "POST" };
    expect([await bodyOf(post), await bodyOf(post)]).toEqual(["response 2", "response 3"]);
    await api.addSettings({ caching_enabled: true }, "~1cached/POST");
    expect([await bodyOf(post), await bodyOf(post)]).toEqual(["response 4", "response 4"]);
  });

  it("for each method, and for each resource unless they share a namespace", async () => {
    const integration = { cache_namespace: "shared" };
    await addCached({ method: { http_method: "ANY" }, integration, settings: { "*/*": {} } });
    await api.addRoute("other", { http_method: "GET", ...KEYS }, { ...CACHE_KEYS, ...integration });
    await api.addRoute("apart", { http_method: "GET" });
    await switchOn(await api.pretend.deploy());
    expect(await bodyOf()).toBe("response 1");
    expect(await bodyOf({ path: "/other" })).toBe("response 1");
    expect(await bodyOf({ path: "/apart" })).toBe("response 2");
    expect(await bodyOf({ method: "DELETE" })).toBe("response 3");
  });

  it("for callers whom the method lets in, and no others", async () => {
    const authorizer_id = text(api.pretend.made.authorizer, "id");
    const authorization_scopes = ["test_resource/test"];
    await addCached({ method: { authorization: "COGNITO_USER_POOLS", authorizer_id, authorization_scopes } });
    const foreign = await mintToken(api.pretend.pool, { claims: { scope: "test_resource/read" } });
    const good = headers(["Authorization", api.token]);
    expect(await bodyOf(good)).toBe("response 1");
    for (const sent of [{}, headers(["Authorization", foreign]), headers(["Authorization", "x"])]) {
      expect((await call(sent)).response).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
    }
    expect(await bodyOf(good)).toBe("response 1");
  });
});

describe("a call that wants a fresh response", () => {
  const fresh = headers(["cache-control", "no-transform, Max-Age=0"]);
  const WARNING = "199 Cache-control headers were ignored because the caller was unauthorized.";
  const FAIL = { unauthorized_cache_control_header_strategy: "FAIL_WITH_403" };

  it.each<[string, Attributes, string, readonly string[], string]>([
    ["is refused, by the settings", FAIL, '{"message":"Unauthorized"}', [], "response 1"],
    ["gets the kept one with a warning, by default", {}, "response 1", [WARNING], "response 1"],
    [
      "gets the kept one without a warning, by the settings",
      { unauthorized_cache_control_header_strategy: "SUCCEED_WITHOUT_RESPONSE_HEADER" },
      "response 1",
      [],
      "response 1",
    ],
    [
      "gets it, and it is kept, when that needs no permission",
      { require_authorization_for_cache_control: false },
      "response 2",
      [],
      "response 2",
    ],
  ])("%s", async (_, settings, body, warning, kept) => {
    await addCached({ settings: { [OWN]: settings } });
    await call();
    const { response, record } = await call(fresh);
    expect(response).toMatchObject({ status: settings === FAIL ? 403 : 200, body });
    expect(valuesOf(response, "Warning")).toEqual(warning);
    const next = (await call()).response;
    expect([next.body, valuesOf(next, "Warning")]).toEqual([kept, []]);
    if (settings === FAIL) expect(record.refusal).toEqual({ type: "ACCESS_DENIED", message: "Unauthorized" });
  });

  it("is only one with max-age=0", async () => {
    await addCached({ settings: { [OWN]: FAIL } });
    for (const value of ["no-cache", "max-age=00", "max-age=10", "no-store"]) {
      expect((await call(headers(["Cache-Control", value]))).response.status).toBe(200);
    }
  });
});

describe("ResponseCache", () => {
  const ids = { requestId: "r", extendedRequestId: "x" };
  const plan = (key: string) => ({ key, seconds: 60, mayRead: true, headers: [] });
  const response = { status: 200, headers: [], body: Buffer.alloc(1_048_576) };

  it("keeps 64 MiB at most, drops the oldest first, and makes room again with what has expired", () => {
    let now = 0;
    const cache = new ResponseCache(() => now);
    const keys = Array.from({ length: 100 }, (_, number) => `${number}`);
    for (const key of keys) cache.keep(plan(key), response);
    expect(keys.filter((key) => cache.read(plan(key), ids))).toEqual(keys.slice(36));
    now = 60_000;
    for (const key of keys) expect(cache.read(plan(key), ids)).toBeUndefined();
    for (const key of keys.slice(36)) cache.keep(plan(`new ${key}`), response);
    expect(cache.read(plan("new 36"), ids)).toMatchObject({ status: 200 });
  });
});
