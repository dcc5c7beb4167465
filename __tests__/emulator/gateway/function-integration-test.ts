/**
 * What a function without proxy integration receives, and what becomes of its response, as recorded on AWS.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.snapshot.json
 */

import type { Attributes } from "../../../emulator/terraform/attributes";
import { failed, type GuardedApi, openGuardedApi } from "../../support/guarded-api";

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
  api.result = () => ({ kind: "answer", payload: { answer: 42 } });
});

/** Deploys `/jobs` with the integration and its responses, by status. */
async function deploy(integration: Attributes, responses: Readonly<Record<string, Attributes>> = { 200: {} }) {
  const resource_id = await api.addRoute("jobs", { http_method: "POST" }, { type: "AWS", ...integration });
  for (const [status_code, response] of Object.entries(responses)) {
    const at = { resource_id, http_method: "POST", status_code };
    await api.create("method_response", at);
    await api.create("integration_response", { ...at, ...response });
  }
  await api.permitAll();
  await api.pretend.deploy();
}

async function call(body = "") {
  const { status, body: sent } = await api.call({ path: "/dev/jobs", token: null, body });
  return [status, sent] as const;
}

const INTERNAL = [500, '{"message": "Internal server error"}'];

describe("a function without proxy integration", () => {
  it("receives the body as its event, and returns the response", async () => {
    await deploy({});
    expect(await call('{"job": 1}')).toEqual([200, '{"answer":42}']);
    await call();
    expect(await call("job")).toEqual(INTERNAL);
    expect(api.events).toEqual([{ job: 1 }, {}]);
  });

  it("receives what the request template makes; the response template makes the response", async () => {
    const request_templates = { "application/json": '{"id": "$input.path("$.job")"}' };
    const response_templates = { "application/json": "is $input.path('$.answer')" };
    await deploy({ request_templates }, { 200: { response_templates } });
    expect(await call('{"job": 1}')).toEqual([200, "is 42"]);
    expect(api.events).toEqual([{ id: "1" }]);
  });

  it("chooses the response by the text of its error, and never by what it returns", async () => {
    await deploy({}, { 200: {}, 405: { selection_pattern: ".*four.*" }, 502: { selection_pattern: ".+" } });
    expect((await call())[0]).toBe(200);
    api.result = () => failed("Error: four hundred");
    expect(await call()).toEqual([405, '{"errorType":"Error","errorMessage":"Error: four hundred"}']);
    api.result = () => failed("another");
    expect((await call())[0]).toBe(502);
  });

  it("is not waited for when it is invoked asynchronously", async () => {
    await deploy({ request_parameters: { "integration.request.header.X-Amz-Invocation-Type": "'Event'" } });
    api.result = () => failed("unknown to the caller");
    expect(await call()).toEqual([200, ""]);
    expect(api.events).toHaveLength(1);
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
    expect(await call()).toEqual(INTERNAL);
    expect(api.events).toEqual([]);
  });
});
