/** Which calls are answered from a stage's cache, and which never are. */

import { answerStage, findStage, newIds } from "../../../emulator/gateway/execute-api";
import { ResponseCache } from "../../../emulator/gateway/response-cache";
import type { Answered } from "../../../emulator/gateway/stage-call";
import type { HttpRequest } from "../../../emulator/protocols/http";
import type { InvocationResult } from "../../../emulator/runtime/invoke";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { mintToken, requestOf, valuesOf } from "../../support/requests";

let pretend: PretendAccount;
let count: number;
let payload: (count: number) => unknown;

beforeEach(async () => {
  pretend = await openPretendAccount();
  count = 0;
  payload = (number) => ({ statusCode: 200, headers: { "X-Count": `${number}` }, body: `answer ${number}` });
});

const runner = {
  invoke: async (): Promise<InvocationResult> => {
    count += 1;
    return { kind: "answer", payload: payload(count) };
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
  const resource_id = text(await pretend.addResource("cached"), "id");
  await pretend.addMethod({ http_method: "GET", resource_id, ...KEYS, ...method }, { ...CACHE_KEYS, ...integration });
  await pretend.create("aws_lambda_permission", {
    action: "lambda:InvokeFunction",
    function_name: "access",
    principal: "apigateway.amazonaws.com",
    statement_id: "all",
  });
  const stage = await pretend.deploy();
  if (settings === null) return;
  await pretend.update("aws_api_gateway_stage", stage, { cache_cluster_enabled: true, cache_cluster_size: "0.5" });
  for (const [method_path, given] of Object.entries(settings)) {
    await pretend.create("aws_api_gateway_method_settings", {
      rest_api_id: text(pretend.made.api, "id"),
      stage_name: "dev",
      method_path,
      settings: [{ caching_enabled: true, cache_ttl_in_seconds: 60, ...given }],
    });
  }
}

type Given = Partial<Omit<HttpRequest, "body">>;

async function ask({ path = "/cached", ...given }: Given = {}): Promise<Answered> {
  const apiId = text(pretend.made.api, "id");
  const found = findStage(pretend.account, REGION, apiId, "dev");
  if (found === undefined) throw new Error("no stage");
  const host = `${apiId}.execute-api.${REGION}.amazonaws.com`;
  const request = requestOf({ host, path: `/dev${path}`, ...given });
  return await answerStage(
    { account: pretend.account, runner },
    { ...found, request, path, ids: newIds(pretend.account) },
  );
}

const bodyOf = async (given?: Given) => String((await ask(given)).response.body);
const headers = (...pairs: HttpRequest["headers"]) => ({ headers: pairs });

describe("a stage's cache", () => {
  it("answers again without the integration, until its time is over", async () => {
    await addCached();
    expect(await bodyOf()).toBe("answer 1");
    pretend.time += 59_999;
    expect(await bodyOf()).toBe("answer 1");
    pretend.time += 1;
    expect(await bodyOf()).toBe("answer 2");
    expect(count).toBe(2);
  });

  it("keeps status and headers, and gives each answer its own ids", async () => {
    payload = () => ({ statusCode: 201, headers: { "X-Own": "1" }, body: "x" });
    await addCached();
    const [first, second] = [await ask(), await ask()];
    expect(second.response).toMatchObject({ status: 201, body: "x" });
    expect(valuesOf(second.response, "X-Own")).toEqual(["1"]);
    const idsOf = ({ response }: Answered) =>
      ["x-amzn-RequestId", "x-amz-apigw-id"].flatMap((name) => valuesOf(response, name));
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(4);
    expect(first.record.integration).toEqual({ status: 201, latencyMilliseconds: 0 });
    expect(second.record.integration).toBeUndefined();
  });

  it("keeps errors of the integration as well, as AWS does", async () => {
    payload = (number) => ({ statusCode: 503, body: `error ${number}` });
    await addCached();
    await ask();
    expect((await ask()).response).toMatchObject({ status: 503, body: "error 1" });
  });

  it("does not keep what API Gateway itself refuses", async () => {
    payload = (number) => (number === 1 ? "not an answer" : { statusCode: 200, body: "well again" });
    await addCached();
    expect((await ask()).response.status).toBe(502);
    expect(await bodyOf()).toBe("well again");
  });

  it("keeps nothing over a megabyte", async () => {
    payload = (number) => ({ body: `${number}`.padEnd(1_048_577) });
    await addCached();
    expect((await bodyOf()).trim()).toBe("1");
    expect((await bodyOf()).trim()).toBe("2");
  });
});

describe("a stage's cache, its key", () => {
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
    ["a value with quotation marks and its like", { query: "q=%22%2C%22" }, { query: "q=&q=" }],
  ])("tells apart %s", async (_, one, other) => {
    expect(await bodyOf(one)).toBe("answer 1");
    expect(await bodyOf(other)).toBe("answer 2");
    expect(await bodyOf(one)).toBe("answer 1");
  });

  it.each<readonly [string, Given, Given]>([
    ["other parameters", { query: "q=a&r=1" }, { query: "r=2&q=a", headers: [["X-Other", "1"]] }],
    ["another case of a header's name", headers(["X-Team", "a"]), headers(["x-team", "a"])],
    ["another encoding of the same value", { query: "q=a%2Fb+c" }, { query: "q=a/b%20c" }],
  ])("does not tell apart %s", async (_, one, other) => {
    await ask(one);
    expect(await bodyOf(other)).toBe("answer 1");
  });
});

describe("a stage's cache, what it is on for", () => {
  it.each<readonly [string, Readonly<Record<string, Attributes>> | null]>([
    ["without a cache cluster", null],
    ["without settings", {}],
    ["when it is off for the method", { [OWN]: { caching_enabled: false } }],
    [
      "when the method's own settings are off and those for all are on",
      { [OWN]: { caching_enabled: false }, "*/*": {} },
    ],
    ["for no time", { [OWN]: { cache_ttl_in_seconds: 0 } }],
  ])("is off %s", async (_, settings) => {
    await addCached({ settings });
    await ask();
    expect(await bodyOf()).toBe("answer 2");
  });

  it("is on for GET by the settings for all methods, and for others only by their own", async () => {
    await addCached({ settings: { "*/*": {} } });
    await ask();
    expect(await bodyOf()).toBe("answer 1");
    pretend = await openPretendAccount();
    await addCached({ method: { http_method: "POST" }, settings: { "*/*": {} } });
    await ask({ method: "POST" });
    expect(await bodyOf({ method: "POST" })).toBe("answer 3");
    await pretend.create("aws_api_gateway_method_settings", {
      rest_api_id: text(pretend.made.api, "id"),
      stage_name: "dev",
      method_path: "~1cached/POST",
      settings: [{ caching_enabled: true }],
    });
    await ask({ method: "POST" });
    expect(await bodyOf({ method: "POST" })).toBe("answer 4");
  });

  it("keeps methods apart, and resources unless they share a namespace", async () => {
    await addCached({
      method: { http_method: "ANY" },
      integration: { cache_namespace: "shared" },
      settings: { "*/*": {} },
    });
    const resource_id = text(await pretend.addResource("other"), "id");
    await pretend.addMethod({ http_method: "GET", resource_id, ...KEYS }, { ...CACHE_KEYS, cache_namespace: "shared" });
    const apart = text(await pretend.addResource("apart"), "id");
    await pretend.addMethod({ http_method: "GET", resource_id: apart });
    const stage = await pretend.deploy();
    await pretend.update("aws_api_gateway_stage", stage, { cache_cluster_enabled: true, cache_cluster_size: "0.5" });
    expect(await bodyOf()).toBe("answer 1");
    expect(await bodyOf({ path: "/other" })).toBe("answer 1");
    expect(await bodyOf({ path: "/apart" })).toBe("answer 2");
    expect(await bodyOf({ method: "DELETE" })).toBe("answer 3");
  });

  it("answers nobody whom the method would not let in", async () => {
    const { authorizer } = pretend.made;
    const authorization_scopes = ["test_resource/test"];
    await addCached({
      method: { authorization: "COGNITO_USER_POOLS", authorizer_id: text(authorizer, "id"), authorization_scopes },
    });
    const token = await mintToken(pretend.pool);
    const foreign = await mintToken(pretend.pool, { claims: { scope: "test_resource/read" } });
    expect(await bodyOf(headers(["Authorization", token]))).toBe("answer 1");
    for (const sent of [[], [["Authorization", foreign] as const], [["Authorization", "x"] as const]]) {
      expect((await ask({ headers: sent })).response).toMatchObject({
        status: 401,
        body: '{"message":"Unauthorized"}',
      });
    }
    expect(await bodyOf(headers(["Authorization", token]))).toBe("answer 1");
  });
});

describe("a stage's cache, callers who want a fresh answer", () => {
  const fresh = headers(["cache-control", "no-transform, Max-Age=0"]);

  it("get a 403, when that is how strangers are treated", async () => {
    await addCached({ settings: { [OWN]: { unauthorized_cache_control_header_strategy: "FAIL_WITH_403" } } });
    await ask();
    const { response, record } = await ask(fresh);
    expect(response).toMatchObject({ status: 403, body: '{"message":"Unauthorized"}' });
    expect(record.refusal).toEqual({ type: "ACCESS_DENIED", message: "Unauthorized" });
    expect(await bodyOf()).toBe("answer 1");
  });

  it("get the kept answer with a warning, when nothing else is said", async () => {
    await addCached();
    const warning = ["199 Cache-control headers were ignored because the caller was unauthorized."];
    expect(valuesOf((await ask(fresh)).response, "Warning")).toEqual(warning);
    const { response } = await ask(fresh);
    expect(response.body).toBe("answer 1");
    expect(valuesOf(response, "Warning")).toEqual(warning);
    expect(valuesOf((await ask()).response, "Warning")).toEqual([]);
  });

  it("get the kept answer without a word, when that is wanted", async () => {
    await addCached({
      settings: { [OWN]: { unauthorized_cache_control_header_strategy: "SUCCEED_WITHOUT_RESPONSE_HEADER" } },
    });
    await ask();
    const { response } = await ask(fresh);
    expect(response.body).toBe("answer 1");
    expect(valuesOf(response, "Warning")).toEqual([]);
  });

  it("get a fresh one that is kept in its place, when anybody may ask", async () => {
    await addCached({ settings: { [OWN]: { require_authorization_for_cache_control: false } } });
    await ask();
    expect(await bodyOf(fresh)).toBe("answer 2");
    expect(await bodyOf()).toBe("answer 2");
  });

  it("are only those who say so", async () => {
    await addCached({ settings: { [OWN]: { unauthorized_cache_control_header_strategy: "FAIL_WITH_403" } } });
    for (const value of ["no-cache", "max-age=00", "max-age=10", "no-store"]) {
      expect((await ask(headers(["Cache-Control", value]))).response.status).toBe(200);
    }
  });
});

describe("ResponseCache", () => {
  const MEBIBYTE = 1_048_576;
  const ids = { requestId: "r", extendedRequestId: "x" };
  const plan = (key: string) => ({ key, seconds: 60, mayRead: true, headers: [] });
  const answer = { status: 200, headers: [], body: Buffer.alloc(MEBIBYTE) };

  it("keeps 64 MiB at most, and lets the oldest go first", () => {
    const cache = new ResponseCache(() => 0);
    for (let number = 0; number < 100; number++) cache.keep(plan(`${number}`), answer);
    const kept = Array.from({ length: 100 }, (_, number) => number).filter((number) =>
      cache.read(plan(`${number}`), ids),
    );

    expect(kept).toEqual(Array.from({ length: 64 }, (_, number) => number + 36));
  });

  it("makes room again with what has expired and was asked for", () => {
    let now = 0;
    const cache = new ResponseCache(() => now);
    for (let number = 0; number < 64; number++) cache.keep(plan(`old ${number}`), answer);
    now = 60_000;
    for (let number = 0; number < 64; number++) expect(cache.read(plan(`old ${number}`), ids)).toBeUndefined();
    for (let number = 0; number < 64; number++) cache.keep(plan(`new ${number}`), answer);

    expect(cache.read(plan("new 0"), ids)).toMatchObject({ status: 200 });
  });
});
