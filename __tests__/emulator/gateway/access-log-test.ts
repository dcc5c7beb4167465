/** A line of an access log: every variable that is known, and a dash for every other. */

import { accessLogLine, type FinishedCall } from "../../../emulator/gateway/access-log";
import type { CallRecord, StageCall } from "../../../emulator/gateway/stage-call";
import type { StageRecord } from "../../../emulator/services/apigateway/records";
import { text } from "../../../emulator/terraform/attributes";
import { snapshotWith } from "../../support/api-snapshot";
import { Examples } from "../../support/examples";
import { requestOf } from "../../support/requests";
import { NOW } from "../../support/workspace";

jest.mock("../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const GROUP = "aws_cloudwatch_log_group";
const CANARY = "canary-in-the-token";

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

const method: CallRecord["method"] = {
  method: {},
  integration: { type: "AWS_PROXY" },
  integrationResponses: [],
  authorizer: undefined,
  resourceId: "abc123",
  resourcePath: "/orders/{id}",
  pathParameters: { id: "7" },
};

const answeredRecord: CallRecord = {
  method,
  claims: { client_id: "billing", scope: "orders/read" },
  refusal: undefined,
  integration: { status: 201, latencyMilliseconds: 12 },
};

const refusedRecord: CallRecord = {
  method,
  claims: undefined,
  refusal: { type: "UNAUTHORIZED", message: 'Un"authorized' },
  integration: undefined,
};

const snapshot = snapshotWith();
const stage: StageRecord = {
  restApiId: "a1b2c3",
  accountId: "123456789012",
  stageName: "dev",
  deploymentId: "d1",
  methodSettings: {},
  isHostClosed: false,
};

/** The line that is left by a call of `/dev/orders/7` to a stage that logs to the example's group in this format. */
async function lineOf(format: string | null, record = answeredRecord, changes: Partial<FinishedCall> = {}) {
  const destinationArn = text(await examples.make(GROUP), "arn");
  const accessLogSettings = format === null ? undefined : { destinationArn, format };
  const call: StageCall = {
    request: requestOf({
      host: "a1b2c3.execute-api.eu-west-1.amazonaws.com",
      path: "/dev/orders/7",
      query: `token=${CANARY}`,
      sourceIp: "192.0.2.1",
      headers: [
        ["Authorization", `Bearer ${CANARY}`],
        ["User-Agent", "curl/8"],
      ],
    }),
    api: snapshot.restApi,
    stage: { ...stage, accessLogSettings },
    region: "eu-west-1",
    snapshot,
    path: "/orders/7",
    ids: { requestId: "request-id", extendedRequestId: "extended=" },
  };
  const answered = { response: { status: 201, headers: [], body: "é!" }, record };
  const finished = { call, answered, waf: undefined, startedAt: NOW, endedAt: NOW + 20, ...changes };
  return accessLogLine(examples.workspace.account, finished);
}

describe("accessLogLine", () => {
  it.each([
    ["accountId", "123456789012"],
    ["authorizer.claims.client_id", "billing"],
    ["authorizer.claims.scope", "orders/read"],
    ["domainName", "a1b2c3.execute-api.eu-west-1.amazonaws.com"],
    ["domainPrefix", "a1b2c3"],
    ["extendedRequestId", "extended="],
    ["httpMethod", "GET"],
    ["identity.sourceIp", "192.0.2.1"],
    ["identity.userAgent", "curl/8"],
    ["integration.integrationStatus", "200"],
    ["integration.latency", "12"],
    ["integration.status", "201"],
    ["integrationLatency", "12"],
    ["integrationStatus", "200"],
    ["path", "/dev/orders/7"],
    ["protocol", "HTTP/1.1"],
    ["requestId", "request-id"],
    ["requestTime", "02/Jul/2026:11:43:54 +0000"],
    ["requestTimeEpoch", String(NOW)],
    ["resourceId", "abc123"],
    ["resourcePath", "/orders/{id}"],
    ["responseLatency", "20"],
    ["responseLength", "3"],
    ["stage", "dev"],
    ["status", "201"],
  ])("knows $context.%s", async (name, value) => {
    const logGroup = "/aws/lambda/orders";
    expect(await lineOf(`{"it":"$context.${name}"}`)).toEqual({ logGroup, line: `{"it":"${value}"}` });
  });

  it("knows the ids of API, deployment and stage", async () => {
    expect((await lineOf("$context.apiId $context.deploymentId"))?.line).toBe("a1b2c3 d1");
  });

  it.each([
    ["error.message", 'Un"authorized'],
    ["error.messageString", '"Un\\"authorized"'],
    ["error.responseType", "UNAUTHORIZED"],
    ["authorizer.claims.client_id", "-"],
    ["integrationLatency", "-"],
    ["integrationStatus", "-"],
    ["integrationErrorMessage", "-"],
  ])("has $context.%s of a refused call", async (name, value) => {
    expect((await lineOf(`$context.${name}`, refusedRecord))?.line).toBe(value);
  });

  it.each([
    ["INTEGRATION_FAILURE", "200", "-"],
    ["INTEGRATION_TIMEOUT", "-", "-"],
    ["API_CONFIGURATION_ERROR", "-", "-"],
  ] as const)("has the integration's status of %s", async (type, serviceStatus, status) => {
    const integration = { status: undefined, latencyMilliseconds: 29_000 };
    const record: CallRecord = { ...answeredRecord, refusal: { type, message: "why" }, integration };
    const format = "$context.integrationStatus $context.integration.status $context.integrationErrorMessage";
    expect((await lineOf(format, record))?.line).toBe(`${serviceStatus} ${status} why`);
  });

  it("has the status that another integration answered", async () => {
    const record: CallRecord = { ...answeredRecord, method: { ...method, integration: { type: "HTTP_PROXY" } } };
    expect((await lineOf("$context.integrationStatus", record))?.line).toBe("201");
  });

  it.each(["WAF_ALLOW", "WAF_BLOCK"] as const)("has the firewall's verdict %s", async (waf) => {
    expect((await lineOf("$context.wafResponseCode", refusedRecord, { waf }))?.line).toBe(waf);
  });

  it.each([
    "wafResponseCode",
    "authorizer.claims",
    "authorizer.claims.constructor",
    "authorizer.claims.gone",
    "authorizer.principalId",
    "constructor",
    "identity",
    "identity.sourceIp.x",
    "identity.user",
    "request.header.Authorization",
    "requestOverride.header.Authorization",
    "xrayTraceId",
  ])("has a dash for $context.%s", async (name) => {
    expect((await lineOf(`[$context.${name}]`))?.line).toBe("[-]");
  });

  it("has a dash where no method was found", async () => {
    const record = { ...refusedRecord, method: undefined };
    expect((await lineOf("$context.resourcePath $context.resourceId", record))?.line).toBe("- -");
  });

  it("leaves everything else of the format as it is, but for the end of the line", async () => {
    const format = "$input.body $$ $contextual $context. $context.status.\n";
    expect((await lineOf(format))?.line).toBe("$input.body $$ $contextual $context. 201.");
  });

  it("puts nothing in that a value only looks like", async () => {
    const record = { ...answeredRecord, claims: { client_id: "$context.requestId $& $1" } };
    expect((await lineOf("$context.authorizer.claims.client_id", record))?.line).toBe("$context.requestId $& $1");
  });

  it("never contains anything of the token or the query", async () => {
    const names = ["path", "identity.userAgent", "authorizer.claims.scope", "requestId", "error.message"];
    const line = await lineOf(names.map((name) => `$context.${name}`).join(" "));
    expect(line?.line).not.toContain(CANARY);
  });

  it("is not written when the stage keeps none", async () => {
    expect(await lineOf(null)).toBeUndefined();
  });

  it("is lost when the log group is gone", async () => {
    expect(await lineOf("$context.requestId")).toBeDefined();
    await examples.workspace.destroy(GROUP, await examples.make(GROUP));
    expect(await lineOf("$context.requestId")).toBeUndefined();
  });
});
