/** What a call passes on its way into a stage: a closed host, the firewall, throttling; and the line that it leaves. */

import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { rateRule } from "../../support/examples";
import {
  type Call,
  FORBIDDEN,
  type GuardedApi,
  INVOKED,
  openGuardedApi,
  UNAUTHORIZED,
} from "../../support/guarded-api";
import { valuesOf } from "../../support/requests";

const STAGE = "aws_api_gateway_stage";
const API = "aws_api_gateway_rest_api";
const GROUP = "/aws/apigateway/orders";
const GONE: Call = { path: "/dev/gone", token: null };
const ELSEWHERE: Call = { sourceIp: "192.0.2.9" };

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
  api.result = () => {
    api.pretend.time += 7;
    return { kind: "answer", payload: { statusCode: 200, body: INVOKED } };
  };
});

const limit = (burst: number, path?: string) =>
  api.addSettings({ throttling_rate_limit: 1, throttling_burst_limit: burst }, path);

/** Puts a web ACL in front of the stage that refuses the eleventh call of an address within a minute. */
async function addFirewall(): Promise<void> {
  const acl = await api.pretend.create("aws_wafv2_web_acl", {
    name: "orders",
    scope: "REGIONAL",
    default_action: [{ allow: [{}] }],
    rule_json: JSON.stringify([rateRule()]),
    visibility_config: [{ cloudwatch_metrics_enabled: false, metric_name: "x", sampled_requests_enabled: false }],
  });
  const arns = { resource_arn: text(api.pretend.made.stage, "arn"), web_acl_arn: text(acl, "arn") };
  await api.pretend.create("aws_wafv2_web_acl_association", arns);
}

async function addLog(format: string): Promise<Attributes> {
  const group = await api.pretend.create("aws_cloudwatch_log_group", { name: GROUP });
  const access_log_settings = [{ destination_arn: text(group, "arn"), format: `${format} $context.requestId` }];
  return await api.pretend.update(STAGE, api.pretend.made.stage, { access_log_settings });
}

/** Lines of the access log without the request's id at the end. */
const lines = () => api.logged.map(([group, line]) => [group, line.replace(/ [0-9a-f-]{36}$/, "")]);

describe("throttling", () => {
  it("answers 429 as API Gateway does, without the function, and counts calls without a good token", async () => {
    await limit(2);
    expect(await api.statuses(2, { token: null })).toEqual([401, 401]);
    const refused = await api.call();
    expect(refused).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
    expect(valuesOf(refused, "x-amzn-ErrorType")).toEqual(["TooManyRequestsException"]);
    expect(api.events).toEqual([]);
    api.pretend.time += 1000;
    expect(await api.statuses(2)).toEqual([200, 429]);
  });

  it("does not count calls of a method that the API does not have", async () => {
    await limit(1);
    expect([await api.statuses(3, GONE), await api.statuses(1)]).toEqual([[403, 403, 403], [200]]);
  });

  it("uses a method's own settings in place of the stage's", async () => {
    await limit(1);
    await limit(3, "access/POST");
    expect(await api.statuses(4)).toEqual([200, 200, 200, 429]);
    expect(await api.statuses(2, { method: "OPTIONS" })).toEqual([200, 429]);
  });

  it("uses the API's gateway response", async () => {
    const response_parameters = { "gatewayresponse.header.Retry-After": "'1'" };
    await api.create("gateway_response", { response_type: "THROTTLED", status_code: "503", response_parameters });
    await api.pretend.deploy();
    await limit(0);
    const refused = await api.call();
    expect([refused.status, valuesOf(refused, "Retry-After")]).toEqual([503, ["1"]]);
  });
});

describe("the firewall", () => {
  beforeEach(addFirewall);

  it("answers 403 as API Gateway does, without the function, to one address", async () => {
    expect(await api.statuses(10)).toEqual(Array(10).fill(200));
    expect(await api.call()).toEqual(FORBIDDEN);
    expect(api.events).toHaveLength(10);
    expect((await api.call(ELSEWHERE)).status).toBe(200);
  });

  it("counts calls with any path and token, but not to a stage that does not exist", async () => {
    await api.statuses(20, { path: "/prod/access" });
    expect(await api.statuses(5, GONE)).toEqual(Array(5).fill(403));
    expect(await api.statuses(5, { token: "x" })).toEqual(Array(5).fill(401));
    expect(await api.call()).toEqual(FORBIDDEN);
  });

  it("comes before throttling: a call that it refuses takes no token", async () => {
    await limit(1);
    await api.statuses(10, GONE);
    expect(await api.statuses(3)).toEqual([403, 403, 403]);
    expect(await api.statuses(2, ELSEWHERE)).toEqual([200, 429]);
  });
});

describe("the API's own host", () => {
  const close = async (isClosed: boolean) => {
    const before = { ...api.pretend.made.api, disable_execute_api_endpoint: !isClosed };
    await api.pretend.update(API, before, { disable_execute_api_endpoint: isClosed });
  };

  it("is closed, and open again, once the stage is changed after the API", async () => {
    await close(true);
    expect((await api.call()).status).toBe(200);
    await api.pretend.deploy();
    expect(await api.call()).toEqual(FORBIDDEN);
    await close(false);
    expect(await api.call()).toEqual(FORBIDDEN);
    await api.pretend.deploy();
    expect((await api.call()).status).toBe(200);
    expect(api.events).toHaveLength(2);
  });

  it("is closed by settings of a method, too; then it shows nothing of tokens and paths, and logs nothing", async () => {
    await addLog("$context.requestId");
    await api.call();
    expect(api.logged.splice(0)).toHaveLength(1);
    await close(true);
    await limit(100);
    for (const call of [{}, { token: null }, GONE]) expect(await api.call(call)).toEqual(FORBIDDEN);
    expect(api.logged).toEqual([]);
  });
});

describe("the access log", () => {
  const FORMAT =
    '{"status":$context.status,"client":"$context.authorizer.claims.client_id","resource":"$context.resourcePath","took":$context.responseLatency,"waiting":"$context.integrationLatency","why":"$context.error.responseType"}';
  const REFUSED = ["status", "error.responseType", "error.messageString", "resourcePath", "integrationStatus"];

  it.each<[string, string, Call, string]>([
    ["passed", FORMAT, {}, '{"status":200,"client":"caller","resource":"/access","took":7,"waiting":"7","why":"-"}'],
    [
      "had no token",
      REFUSED.map((name) => `$context.${name}`).join(" "),
      { token: null },
      '401 UNAUTHORIZED "Unauthorized" /access -',
    ],
    [
      "had an unknown path",
      REFUSED.map((name) => `$context.${name}`).join(" "),
      GONE,
      '403 MISSING_AUTHENTICATION_TOKEN "Missing Authentication Token" - -',
    ],
  ])("has one line for a call that %s", async (_, format, call, line) => {
    await addLog(format);
    await api.call(call);
    expect(lines()).toEqual([[GROUP, line]]);
  });

  it("has the ids that the function and the caller get", async () => {
    await addLog("$context.extendedRequestId");
    await api.call();
    const { requestId, extendedRequestId } = (api.events[0] as { requestContext: Record<string, string> })
      .requestContext;
    const refused = await api.call({ token: null });
    const [id, extendedId] = ["x-amzn-RequestId", "x-amz-apigw-id"].flatMap((name) => valuesOf(refused, name));
    expect(api.logged).toEqual([
      [GROUP, `${extendedRequestId} ${requestId}`],
      [GROUP, `${extendedId} ${id}`],
    ]);
  });

  it("has calls that throttling and the firewall refused", async () => {
    await addLog("$context.error.responseType $context.wafResponseCode $context.status");
    await limit(1);
    await addFirewall();
    await api.statuses(11);
    expect(lines().map(([, line]) => line)).toEqual([
      "- WAF_ALLOW 200",
      ...Array(9).fill("THROTTLED WAF_ALLOW 429"),
      "WAF_FILTERED WAF_BLOCK 403",
    ]);
  });

  it("never has the token or the query", async () => {
    await addLog("$context.path $context.identity.userAgent $context.error.message $context.authorizer.claims.jti");
    await api.call({ query: `access_token=${api.token}` });
    await api.call({ token: `${api.token}x` });
    expect(api.logged).toHaveLength(2);
    for (const part of api.token.split(".")) expect(JSON.stringify(api.logged)).not.toContain(part);
  });

  it("is empty when the stage has none", async () => {
    expect(await api.call({ token: null })).toEqual(UNAUTHORIZED);
    await api.statuses(2);
    expect(api.logged).toEqual([]);
  });
});

it("a usage plan limits the calls of a key in a day, and the function receives the key", async () => {
  const { api: made, stage } = api.pretend.made;
  await api.addRoute("limited", { http_method: "GET", api_key_required: true });
  await api.permitAll();
  await api.pretend.deploy();
  const key = await api.pretend.create("aws_api_gateway_api_key", { name: "orders", enabled: true });
  const throttle = [{ path: "/limited/GET", burst_limit: 4, rate_limit: 1 }];
  const api_stages = [{ api_id: text(made, "id"), stage: text(stage, "stage_name"), throttle }];
  const settings = { name: "orders", api_stages, quota_settings: [{ limit: 5, period: "DAY" }] };
  const plan = await api.pretend.create("aws_api_gateway_usage_plan", settings);
  const of = { key_id: text(key, "id"), key_type: "API_KEY", usage_plan_id: text(plan, "id") };
  await api.pretend.create("aws_api_gateway_usage_plan_key", of);
  const headers = [["x-api-key", text(key, "value")]] as const;
  const calls = async (times: number) => {
    const bodies: string[] = [];
    while (bodies.length < times) {
      const { status, body } = await api.call({ method: "GET", path: "/dev/limited", token: null, headers });
      bodies.push(`${status} ${body}`);
    }
    return bodies;
  };

  expect(await calls(5)).toEqual([...Array(4).fill("200 invoked"), '429 {"message":"Too Many Requests"}']);
  api.pretend.time += 2000;
  expect(await calls(2)).toEqual(["200 invoked", '429 {"message":"Limit Exceeded"}']);
  api.pretend.time += 86_400_000;
  expect(await calls(1)).toEqual(["200 invoked"]);
  expect(api.events[0]).toMatchObject({
    requestContext: { identity: { apiKey: text(key, "value"), apiKeyId: text(key, "id") } },
  });
});
