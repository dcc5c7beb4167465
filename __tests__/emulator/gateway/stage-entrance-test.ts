/** What a call passes on its way into a stage: a closed host, the firewall, throttling; and the line that it leaves. */

import { createEndpoint } from "../../../emulator/hosts";
import type { Endpoint, HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { rateRule } from "../../support/examples";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { jsonOf, mintToken, requestOf, valuesOf } from "../../support/requests";

const STAGE = "aws_api_gateway_stage";
const SETTINGS = "aws_api_gateway_method_settings";
const API = "aws_api_gateway_rest_api";
const GROUP = "/aws/apigateway/orders";

let pretend: PretendAccount;
let token: string;
let endpoint: Endpoint;
let invoked: unknown[];
let logged: (readonly [logGroup: string, line: string])[];
beforeEach(async () => {
  pretend = await openPretendAccount();
  token = await mintToken(pretend.pool);
  [invoked, logged] = [[], []];
  const invoke = async (_fn: unknown, event: unknown) => {
    invoked.push(event);
    pretend.time += 7;
    return { kind: "answer", payload: { statusCode: 200, body: "invoked" } } as const;
  };
  endpoint = createEndpoint({ account: pretend.account, runner: { invoke } }, (group, line) =>
    logged.push([group, line.replace(/ [0-9a-f-]{36}$/, "")]),
  );
});

const host = () => `${text(pretend.made.api, "id")}.execute-api.${REGION}.amazonaws.com`;

/** `POST /dev/access` with a good token, but for what is given; `sent: null` sends none. */
function ask(given: Partial<Omit<HttpRequest, "body">> & { readonly sent?: string | null } = {}) {
  const { sent = token, ...rest } = given;
  const headers = sent === null ? [] : [["Authorization", sent] as const];
  return endpoint(requestOf({ method: "POST", host: host(), path: "/dev/access", headers, ...rest }));
}

async function statusesOf(calls: number, given: Parameters<typeof ask>[0] = {}): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let call = 0; call < calls; call += 1) statuses.push((await ask(given)).status);
  return statuses;
}

const limit = (burst: number, method_path = "*/*") =>
  pretend.create(SETTINGS, {
    rest_api_id: text(pretend.made.api, "id"),
    stage_name: "dev",
    method_path,
    settings: [{ throttling_rate_limit: 1, throttling_burst_limit: burst }],
  });

/** Puts a web ACL in front of the stage that refuses the eleventh call of an address within a minute. */
async function addFirewall(): Promise<void> {
  const acl = await pretend.create("aws_wafv2_web_acl", {
    name: "orders",
    scope: "REGIONAL",
    default_action: [{ allow: [{}] }],
    rule_json: JSON.stringify([rateRule()]),
    visibility_config: [{ cloudwatch_metrics_enabled: false, metric_name: "x", sampled_requests_enabled: false }],
  });
  const arns = { resource_arn: text(pretend.made.stage, "arn"), web_acl_arn: text(acl, "arn") };
  await pretend.create("aws_wafv2_web_acl_association", arns);
}

async function addLog(format: string): Promise<Attributes> {
  const group = await pretend.create("aws_cloudwatch_log_group", { name: GROUP });
  const access_log_settings = [{ destination_arn: text(group, "arn"), format: `${format} $context.requestId` }];
  return await pretend.update(STAGE, pretend.made.stage, { access_log_settings });
}

describe("throttling", () => {
  it("answers 429 as API Gateway does, and asks nobody", async () => {
    await limit(2);
    expect(await statusesOf(2)).toEqual([200, 200]);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
    expect(valuesOf(refused, "x-amzn-ErrorType")).toEqual(["TooManyRequestsException"]);
    expect(invoked).toHaveLength(2);
    pretend.time += 1000;
    expect(await statusesOf(2)).toEqual([200, 429]);
  });

  it("counts calls without a good token as well", async () => {
    await limit(2);
    expect(await statusesOf(3, { sent: null })).toEqual([401, 401, 429]);
    expect(await statusesOf(1)).toEqual([429]);
  });

  it("does not count calls of a method that the API does not have", async () => {
    await limit(1);
    expect(await statusesOf(3, { path: "/dev/gone", sent: null })).toEqual([403, 403, 403]);
    expect(await statusesOf(1)).toEqual([200]);
  });

  it("goes by a method's own settings in place of the stage's", async () => {
    await limit(1);
    await limit(3, "access/POST");
    expect(await statusesOf(4)).toEqual([200, 200, 200, 429]);
    expect(await statusesOf(2, { method: "OPTIONS" })).toEqual([200, 429]);
  });

  it("looks as the API's gateway response for it says", async () => {
    await pretend.create("aws_api_gateway_gateway_response", {
      rest_api_id: text(pretend.made.api, "id"),
      response_type: "THROTTLED",
      status_code: "503",
      response_parameters: { "gatewayresponse.header.Retry-After": "'1'" },
    });
    await pretend.deploy();
    await limit(0);
    const refused = await ask();
    expect(refused.status).toBe(503);
    expect(valuesOf(refused, "Retry-After")).toEqual(["1"]);
  });
});

describe("the firewall", () => {
  it("answers 403 as API Gateway does, and asks nobody", async () => {
    await addFirewall();
    expect(await statusesOf(10)).toEqual(Array(10).fill(200));
    const refused = await ask();
    expect(refused).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(valuesOf(refused, "x-amzn-ErrorType")).toEqual(["ForbiddenException"]);
    expect(invoked).toHaveLength(10);
    expect((await ask({ sourceIp: "192.0.2.9" })).status).toBe(200);
  });

  it("counts whatever path and token a call comes with", async () => {
    await addFirewall();
    expect(await statusesOf(5, { path: "/dev/gone", sent: null })).toEqual(Array(5).fill(403));
    expect(await statusesOf(5, { sent: "x" })).toEqual(Array(5).fill(401));
    expect(await ask()).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  });

  it("comes before throttling: what it refuses takes no token", async () => {
    await addFirewall();
    await limit(1);
    await statusesOf(10, { path: "/dev/gone" });
    expect(await statusesOf(3)).toEqual([403, 403, 403]);
    expect(await statusesOf(2, { sourceIp: "192.0.2.9" })).toEqual([200, 429]);
  });

  it("does not see calls to a stage that does not exist", async () => {
    await addFirewall();
    await statusesOf(20, { path: "/prod/access" });
    expect(await statusesOf(1)).toEqual([200]);
  });
});

describe("the API's own host", () => {
  const close = async (isClosed: boolean) => {
    const before = { ...pretend.made.api, disable_execute_api_endpoint: !isClosed };
    await pretend.update(API, before, { disable_execute_api_endpoint: isClosed });
  };

  it("is closed once the stage is set after the API says so, and not before", async () => {
    await close(true);
    expect(await statusesOf(1)).toEqual([200]);
    await pretend.deploy();
    const refused = await ask();
    expect(refused).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(valuesOf(refused, "x-amzn-ErrorType")).toEqual(["ForbiddenException"]);
    expect(invoked).toHaveLength(1);
  });

  it("is closed by settings of a method, too", async () => {
    await close(true);
    await limit(100);
    expect(await statusesOf(1)).toEqual([403]);
  });

  it("is open again once the stage is set after the API says so", async () => {
    await close(true);
    await pretend.deploy();
    await close(false);
    expect(await statusesOf(1)).toEqual([403]);
    await pretend.deploy();
    expect(await statusesOf(1)).toEqual([200]);
  });

  it("tells nobody whether a token is good, and logs nothing, when it is closed", async () => {
    await addLog("$context.requestId");
    await ask();
    expect(logged.splice(0)).toHaveLength(1);
    await close(true);
    await limit(100);
    const answers = await Promise.all([ask(), ask({ sent: null }), ask({ path: "/dev/gone" })]);
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([403, '{"message":"Forbidden"}']));
    expect(logged).toEqual([]);
  });
});

describe("the access log", () => {
  const FORMAT =
    '{"status":$context.status,"client":"$context.authorizer.claims.client_id","resource":"$context.resourcePath","took":$context.responseLatency,"waiting":"$context.integrationLatency","why":"$context.error.responseType"}';

  it("has one line for a call that passes, with who called, what and how long", async () => {
    await addLog(FORMAT);
    await ask();
    const line = '{"status":200,"client":"caller","resource":"/access","took":7,"waiting":"7","why":"-"}';
    expect(logged).toEqual([[GROUP, line]]);
  });

  it("has the request's id, which the function and the caller are told as well", async () => {
    await addLog("$context.requestId $context.extendedRequestId");
    await ask();
    const { requestId, extendedRequestId } = (invoked[0] as { requestContext: Record<string, string> }).requestContext;
    expect(logged).toEqual([[GROUP, `${requestId} ${extendedRequestId}`]]);
    const refused = await ask({ sent: null });
    expect(logged[1]?.[1]).toBe(
      [...valuesOf(refused, "x-amzn-RequestId"), ...valuesOf(refused, "x-amz-apigw-id")].join(" "),
    );
  });

  it.each([
    ["no token", { sent: null }, '401 UNAUTHORIZED "Unauthorized" /access -'],
    [
      "no such path",
      { path: "/dev/gone", sent: null },
      '403 MISSING_AUTHENTICATION_TOKEN "Missing Authentication Token" - -',
    ],
  ])("says why a call was refused: %s", async (_, given, line) => {
    const asked = ["status", "error.responseType", "error.messageString", "resourcePath", "integrationStatus"];
    await addLog(asked.map((name) => `$context.${name}`).join(" "));
    await ask(given);
    expect(logged).toEqual([[GROUP, line]]);
  });

  it("has what throttling and the firewall refused", async () => {
    await addLog("$context.error.responseType $context.wafResponseCode $context.status");
    await limit(1);
    await addFirewall();
    await statusesOf(11);
    expect(logged.map(([, line]) => line)).toEqual([
      "- WAF_ALLOW 200",
      ...Array(9).fill("THROTTLED WAF_ALLOW 429"),
      "WAF_FILTERED WAF_BLOCK 403",
    ]);
  });

  it("never holds the token, nor what came in the query", async () => {
    await addLog("$context.path $context.identity.userAgent $context.error.message $context.authorizer.claims.jti");
    await ask({ query: `access_token=${token}` });
    await ask({ sent: `${token}x` });
    expect(logged).toHaveLength(2);
    for (const part of token.split(".")) expect(JSON.stringify(logged)).not.toContain(part);
  });

  it("is nobody's when the stage keeps none", async () => {
    await statusesOf(2);
    expect(logged).toEqual([]);
  });
});

describe("a whole answer", () => {
  it("stays as it is when nothing stands before the stage", async () => {
    const answer = await ask({ method: "OPTIONS", sent: null });
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(jsonOf(await ask({ sent: null }))).toEqual({ message: "Unauthorized" });
  });
});

describe("usage plans", () => {
  it("limit the calls that a key may make in a day, and tell the function of the key", async () => {
    const { api, stage } = pretend.made;
    const resource_id = text(await pretend.addResource("limited"), "id");
    await pretend.addMethod({ http_method: "GET", resource_id, api_key_required: true });
    const { permission } = pretend.made;
    const source_arn = `${text(api, "execution_arn")}/*`;
    await pretend.create("aws_lambda_permission", { ...permission, id: null, statement_id: "all", source_arn });
    await pretend.deploy();
    const key = await pretend.create("aws_api_gateway_api_key", { name: "orders", enabled: true });
    const throttle = [{ path: "/limited/GET", burst_limit: 4, rate_limit: 1 }];
    const api_stages = [{ api_id: text(api, "id"), stage: text(stage, "stage_name"), throttle }];
    const quota_settings = [{ limit: 5, period: "DAY" }];
    const settings = { name: "orders", api_stages, quota_settings };
    const plan = await pretend.create("aws_api_gateway_usage_plan", settings);
    const of = { key_id: text(key, "id"), key_type: "API_KEY", usage_plan_id: text(plan, "id") };
    await pretend.create("aws_api_gateway_usage_plan_key", of);
    const headers = [["x-api-key", text(key, "value")]] as const;
    const askTimes = async (times: number) => {
      const answers: HttpResponse[] = [];
      while (answers.length < times) answers.push(await ask({ method: "GET", path: "/dev/limited", headers }));
      return answers.map(({ status, body }) => `${status} ${body}`);
    };

    expect(await askTimes(5)).toEqual([...Array(4).fill("200 invoked"), '429 {"message":"Too Many Requests"}']);
    pretend.time += 2000;
    expect(await askTimes(2)).toEqual(["200 invoked", '429 {"message":"Limit Exceeded"}']);
    pretend.time += 86_400_000;
    expect(await askTimes(1)).toEqual(["200 invoked"]);
    expect(invoked[0]).toMatchObject({
      requestContext: { identity: { apiKey: text(key, "value"), apiKeyId: text(key, "id") } },
    });
  });
});
