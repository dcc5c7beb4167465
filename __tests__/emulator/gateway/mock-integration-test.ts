/** Integrations that API Gateway answers itself. */

import { UnsupportedError } from "../../../emulator/errors";
import type { DeployedMethod } from "../../../emulator/gateway/deployed-api";
import { answerMock } from "../../../emulator/gateway/mock-integration";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { requestOf, valuesOf } from "../../support/requests";

const IDS = { requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1", extendedRequestId: "AbCdEfGhIjKlMnO=" };
const REFUSED = { type: "UNSUPPORTED_MEDIA_TYPE" };
const MISCONFIGURED = { type: "API_CONFIGURATION_ERROR" };

interface Mock {
  readonly integration?: DeployedMethod["integration"];
  readonly responses?: DeployedMethod["integrationResponses"];
  readonly contentType?: string | readonly string[];
  readonly sent?: HttpRequest["headers"];
  readonly body?: string;
}

function answerOf(mock: Mock = {}) {
  const { integration = {}, responses = [{ statusCode: "200" }], contentType = [], sent = [], body = "" } = mock;
  const method: DeployedMethod = {
    method: {},
    integration: {
      requestTemplates: { "application/json": '{"statusCode": 200}' },
      passthroughBehavior: "NEVER",
      ...integration,
    },
    integrationResponses: responses,
    authorizer: undefined,
    resourceId: "a",
    resourcePath: "/a",
    pathParameters: {},
  };
  const headers = [contentType].flat().map((type) => ["content-type", type] as const);
  const request = requestOf({ method: "OPTIONS", headers: [...headers, ...sent], body });
  return answerMock(method, { request, pathParameters: {}, context: {} }, IDS);
}

describe("answerMock", () => {
  it("answers with the status, headers and body of the integration response", () => {
    const responseParameters = { "method.response.header.Access-Control-Allow-Origin": "'*'" };
    const responseTemplates = { "application/json": "{}" };
    expect(answerOf({ responses: [{ statusCode: "200", responseParameters, responseTemplates }] })).toEqual({
      status: 200,
      headers: [
        ["Content-Type", "application/json"],
        ["x-amzn-RequestId", IDS.requestId],
        ["x-amz-apigw-id", IDS.extendedRequestId],
        ["Access-Control-Allow-Origin", "*"],
      ],
      body: "{}",
    });
  });

  it("puts headers in place of the usual ones", () => {
    const responseParameters = { "method.response.header.content-type": "'text/plain'" };
    const answer = answerOf({ responses: [{ statusCode: "200", responseParameters }] });
    expect(answer).toMatchObject({ headers: expect.not.arrayContaining([["Content-Type", "application/json"]]) });
  });

  it("chooses the response by the template's status code", () => {
    const integration = { requestTemplates: { "application/json": '{"statusCode": 204}' } };
    const responses = [{ statusCode: "200" }, { statusCode: "204" }];
    expect(answerOf({ integration, responses })).toMatchObject({ status: 204 });
  });

  it("takes the default response for a status that has none of its own", () => {
    const integration = { requestTemplates: { "application/json": '{"statusCode": 204}' } };
    const teapot = { statusCode: "418", selectionPattern: "4\\d\\d" };
    expect(answerOf({ integration, responses: [teapot, { statusCode: "200" }] })).toMatchObject({ status: 200 });
    expect(answerOf({ integration, responses: [teapot] })).toMatchObject(MISCONFIGURED);
  });

  it.each([[[]], "application/json", "Application/JSON; charset=utf-8", [["text/plain", "text/plain"]]])(
    "takes the content type %j",
    (contentType) => {
      expect(answerOf({ contentType: [contentType].flat(2) })).toMatchObject({ status: 200 });
    },
  );

  it.each(["text/plain", "", ";", "constructor", "__proto__", "toString", "application/jsonx"])(
    "refuses the content type '%s' when nothing passes through",
    (contentType) => {
      expect(answerOf({ contentType })).toEqual(REFUSED);
    },
  );

  it("refuses a type without a template among templates, when only a lack of templates lets it through", () => {
    const passthroughBehavior = "WHEN_NO_TEMPLATES";
    expect(answerOf({ integration: { passthroughBehavior }, contentType: "text/plain" })).toEqual(REFUSED);
    expect(answerOf({ integration: { passthroughBehavior, requestTemplates: {} } })).toMatchObject(MISCONFIGURED);
  });

  const passthrough = { integration: { passthroughBehavior: "WHEN_NO_MATCH" }, contentType: "text/plain" };

  it("takes the status code of a body that passes through", () => {
    expect(answerOf({ ...passthrough, body: '{"statusCode": 200}' })).toMatchObject({ status: 200, body: "" });
  });

  it.each([
    "",
    "x",
    "null",
    "[]",
    "{}",
    '{"statusCode": 99}',
    '{"statusCode": "2000"}',
    '{"statusCode": {"toString": 1, "valueOf": 1}}',
    "\ufffd",
  ])("answers 500 to a body that passes through and chooses no answer: %s", (body) => {
    expect(answerOf({ ...passthrough, body })).toMatchObject(MISCONFIGURED);
  });

  it.each(["#set($a = 1)", "null", '{"statusCode": "$input.params(\'absent\')"}'])(
    "answers 500 to a template that chooses no status: %s",
    (template) => {
      expect(answerOf({ integration: { requestTemplates: { "application/json": template } } })).toMatchObject(
        MISCONFIGURED,
      );
    },
  );

  it("chooses by the request, when its template does", () => {
    const template = "{\"statusCode\": #if($input.params().header.get('X-Ill') == 'yes')503#{else}200#end}";
    const integration = { requestTemplates: { "application/json": template } };
    const responses = [{ statusCode: "200" }, { statusCode: "503", selectionPattern: "5\\d{2}" }];
    expect(answerOf({ integration, responses })).toMatchObject({ status: 200 });
    expect(answerOf({ integration, responses, sent: [["X-Ill", "yes"]] })).toMatchObject({ status: 503 });
  });

  /** Measured on AWS: localstack#11967 and its test_mock_integration. */
  it.each([
    "{ statusCode: 204 }",
    "{'statusCode': 204}",
    '{"statusCode": 204 , }',
    '{"statusCode": 204 ,, }',
    "{statusCode: 204, \"value\": 'goog'}",
    "{statusCode: 204, foo}: [ba r]}",
    "{'statusCode': 204, '': ''}",
    '{"statusCode": 204 , null: null }',
    "\n#set($a = 1)\n{\n  statusCode: 204\n}\n",
  ])("takes the status of a template that is not strict JSON: %s", (template) => {
    const integration = { requestTemplates: { "application/json": template } };
    expect(answerOf({ integration, responses: [{ statusCode: "204" }] })).toMatchObject({ status: 204 });
  });

  it.each([
    "{\"statusCode': 200 }",
    "{'statusCode\": 200 }",
    "{'statusCode: 200 }",
    "statusCode: 200",
    "{statusCode: 200, {foo: [ba r]}",
    '{"statusCode": 200',
    "{statusCode: 2x0}",
  ])("answers 500, with the reason in the execution log, to the template %s", (template) => {
    const integration = { requestTemplates: { "application/json": template } };
    const why = "Unable to parse statusCode. It should be an integer that is defined in the request template.";
    expect(answerOf({ integration })).toMatchObject({
      type: "API_CONFIGURATION_ERROR",
      reason: { logged: `Execution failed due to configuration error: ${why}` },
    });
  });

  /** Measured on AWS: localstack's test_integration_mock_with_response_override_in_request_template. */
  it("keeps what the request template overrides, with and without a response template", () => {
    const template = [
      "#set($context.responseOverride.status = 444)",
      '#set($context.responseOverride.header.foo = "bar")',
      '#set($context.responseOverride.custom = "is also passed around")',
      '{"statusCode": 200}',
    ].join("\n");
    const integration = { requestTemplates: { "application/json": template } };
    const response = '{"status": "$context.responseOverride.status", "custom": "$context.responseOverride.custom"}';
    for (const responseTemplates of [{ "application/json": response }, {}]) {
      const answer = answerOf({ integration, responses: [{ statusCode: "200", responseTemplates }] });
      expect(answer).toMatchObject({ status: 444, headers: expect.arrayContaining([["foo", "bar"]]) });
      const body = '{"status": "444", "custom": "is also passed around"}';
      expect(answer).toMatchObject({ body: "application/json" in responseTemplates ? body : "" });
    }
  });

  it("refuses other directives of a template by name", () => {
    const integration = { requestTemplates: { "application/json": "#parse('a')" } };
    expect(() => answerOf({ integration })).toThrow(UnsupportedError);
  });
});

/** What "enable CORS" for several origins makes: one is fixed, the template changes the header for the others. */
describe("answerMock, origins", () => {
  const template = [
    "#set($headers = $input.params().header)",
    "#if($headers.get('Origin') == 'https://b.example' || $headers.get('origin') == 'https://b.example')",
    "#set($context.responseOverride.header.Access-Control-Allow-Origin = 'https://b.example')",
    "#elseif($headers.get('Origin') == 'https://c.example' || $headers.get('origin') == 'https://c.example')",
    "#set($context.responseOverride.header.Access-Control-Allow-Origin = 'https://c.example')",
    "#end",
  ].join("\n");
  const response = {
    statusCode: "200",
    responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'https://a.example'" },
    responseTemplates: { "application/json": template },
  };
  const originFor = (...sent: HttpRequest["headers"]) => {
    const answer = answerOf({ responses: [response], sent });
    if ("type" in answer) throw new Error(answer.type);
    return valuesOf(answer, "Access-Control-Allow-Origin");
  };

  it.each([
    ["Origin", "https://b.example"],
    ["origin", "https://c.example"],
  ])("allows the one that asks, in %s: %s", (name, origin) => {
    expect(originFor([name, origin])).toEqual([origin]);
  });

  it.each(["https://b.example.evil.example", "https://bxexample", "https://a.example", "null", "", "*"])(
    "allows none but the fixed one when '%s' asks",
    (origin) => {
      expect(originFor(["Origin", origin])).toEqual(["https://a.example"]);
    },
  );

  it("sends a body of blanks alone", () => {
    expect(answerOf({ responses: [response] })).toMatchObject({ status: 200, body: "" });
  });
});
