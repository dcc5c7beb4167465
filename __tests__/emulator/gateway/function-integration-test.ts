/**
 * What a function that is not asked by proxy receives, and what becomes of its answer, as recorded on AWS.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.snapshot.json
 */

import { answerExecuteApi } from "../../../emulator/gateway/execute-api";
import type { InvocationResult } from "../../../emulator/runtime/invoke";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { requestOf } from "../../support/requests";

let pretend: PretendAccount;
let result: InvocationResult;
let events: unknown[];
const runner = {
  invoke: async (_fn: unknown, event: unknown) => {
    events.push(event);
    return result;
  },
};
const failed = (errorMessage: string): InvocationResult => ({ kind: "error", errorType: "Error", errorMessage });

beforeEach(async () => {
  pretend = await openPretendAccount();
  events = [];
  result = { kind: "answer", payload: { answer: 42 } };
});

/** Deploys `/jobs` with the integration and its responses, by status. */
async function deploy(integration: Attributes, responses: Readonly<Record<string, Attributes>> = { 200: {} }) {
  const { permission, api } = pretend.made;
  const resource_id = text(await pretend.addResource("jobs"), "id");
  await pretend.addMethod({ http_method: "POST", resource_id }, { type: "AWS", ...integration });
  const at = { rest_api_id: text(api, "id"), resource_id, http_method: "POST" };
  for (const [status_code, response] of Object.entries(responses)) {
    await pretend.create("aws_api_gateway_method_response", { ...at, status_code });
    await pretend.create("aws_api_gateway_integration_response", { ...at, status_code, ...response });
  }
  const source_arn = `${text(api, "execution_arn")}/*`;
  await pretend.create("aws_lambda_permission", { ...permission, id: null, statement_id: "all", source_arn });
  await pretend.deploy();
}

async function ask(body = "") {
  const apiId = text(pretend.made.api, "id");
  const host = `${apiId}.execute-api.${REGION}.amazonaws.com`;
  const request = requestOf({ method: "POST", host, path: "/dev/jobs", body: Buffer.from(body) });
  const answer = await answerExecuteApi({ account: pretend.account, runner }, REGION, apiId, request);
  return [answer.status, answer.body] as const;
}

const INTERNAL = [500, '{"message": "Internal server error"}'];

describe("a function that is not asked by proxy", () => {
  it("gets the body as its event, and its answer is the caller's", async () => {
    await deploy({});

    expect(await ask('{"job": 1}')).toEqual([200, '{"answer":42}']);
    await ask();
    expect(await ask("job")).toEqual(INTERNAL);
    expect(events).toEqual([{ job: 1 }, {}]);
  });

  it("gets what the request template makes, and the response template makes of its answer", async () => {
    const request_templates = { "application/json": '{"id": "$input.path("$.job")"}' };
    const response_templates = { "application/json": "is $input.path('$.answer')" };
    await deploy({ request_templates }, { 200: { response_templates } });

    expect(await ask('{"job": 1}')).toEqual([200, "is 42"]);
    expect(events).toEqual([{ id: "1" }]);
  });

  it("chooses the response by the text of its error, and never by its answer", async () => {
    await deploy({}, { 200: {}, 405: { selection_pattern: ".*four.*" }, 502: { selection_pattern: ".+" } });

    expect((await ask())[0]).toBe(200);
    result = failed("Error: four hundred");
    expect(await ask()).toEqual([405, '{"errorType":"Error","errorMessage":"Error: four hundred"}']);
    result = failed("another");
    expect((await ask())[0]).toBe(502);
  });

  it("is not waited for when it is invoked asynchronously", async () => {
    await deploy({ request_parameters: { "integration.request.header.X-Amz-Invocation-Type": "'Event'" } });
    result = failed("nobody knows");

    expect(await ask()).toEqual([200, ""]);
    expect(events).toHaveLength(1);
  });

  it.each<Attributes>([
    { integration_http_method: "GET" },
    { type: "AWS_PROXY", integration_http_method: "GET" },
    ...["Authorization", "Connection", "Content-Length", "Expect", "TE"].map((name) => ({
      type: "AWS_PROXY",
      request_parameters: { [`integration.request.header.${name}`]: "'x'" },
    })),
  ])("is not invoked with %j", async (integration) => {
    await deploy(integration, {});

    expect(await ask()).toEqual(INTERNAL);
    expect(events).toEqual([]);
  });
});
