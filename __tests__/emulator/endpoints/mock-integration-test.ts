/** Integrations that API Gateway answers itself. */
import type { Attributes } from "../../../emulator/attributes";
import { answerMock } from "../../../emulator/endpoints/mock-integration";
import { UnsupportedError } from "../../../emulator/errors";
import { requestOf } from "../../support/requests";

const IDS = { requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1", extendedRequestId: "AbCdEfGhIjKlMnO=" };
const REFUSED = { type: "UNSUPPORTED_MEDIA_TYPE" };
const MISCONFIGURED = { type: "API_CONFIGURATION_ERROR" };

interface Mock {
  readonly integration?: Attributes;
  readonly responses?: readonly Attributes[];
  readonly contentType?: string | readonly string[];
  readonly body?: string;
}

function ask({ integration = {}, responses = [{ status_code: "200" }], contentType = [], body = "" }: Mock = {}) {
  const method = {
    method: {},
    integration: {
      request_templates: { "application/json": '{"statusCode": 200}' },
      passthrough_behavior: "NEVER",
      ...integration,
    },
    integrationResponses: responses,
    authorizer: undefined,
    resourceId: "a",
    resourcePath: "/a",
    pathParameters: {},
  };
  const headers = [contentType].flat().map((type) => ["content-type", type] as const);
  return answerMock(method, requestOf({ method: "OPTIONS", headers, body }), IDS);
}

describe("answerMock", () => {
  it("answers with the status, headers and body of the integration response", () => {
    const response_parameters = { "method.response.header.Access-Control-Allow-Origin": "'*'" };
    const response_templates = { "application/json": "{}" };
    expect(ask({ responses: [{ status_code: "200", response_parameters, response_templates }] })).toEqual({
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
    const response_parameters = { "method.response.header.content-type": "'text/plain'" };
    const answer = ask({ responses: [{ status_code: "200", response_parameters }] });
    expect(answer).toMatchObject({ headers: expect.not.arrayContaining([["Content-Type", "application/json"]]) });
  });

  it("chooses the response by the template's status code", () => {
    const integration = { request_templates: { "application/json": '{"statusCode": 204}' } };
    const responses = [{ status_code: "200" }, { status_code: "204" }];
    expect(ask({ integration, responses })).toMatchObject({ status: 204 });
    expect(ask({ integration, responses: responses.slice(0, 1) })).toEqual(MISCONFIGURED);
  });

  it.each([
    [[]],
    "application/json",
    "Application/JSON; charset=utf-8",
    [["text/plain", "text/plain"]],
  ])("takes the content type %j", (contentType) => {
    expect(ask({ contentType: [contentType].flat(2) })).toMatchObject({ status: 200 });
  });

  it.each([
    "text/plain",
    "",
    ";",
    "constructor",
    "__proto__",
    "toString",
    "application/jsonx",
  ])("refuses the content type '%s' when nothing passes through", (contentType) => {
    expect(ask({ contentType })).toEqual(REFUSED);
  });

  it("refuses a type without a template among templates, when only a lack of templates lets it through", () => {
    const passthrough_behavior = "WHEN_NO_TEMPLATES";
    expect(ask({ integration: { passthrough_behavior }, contentType: "text/plain" })).toEqual(REFUSED);
    expect(ask({ integration: { passthrough_behavior, request_templates: null } })).toEqual(MISCONFIGURED);
  });

  const passthrough = { integration: { passthrough_behavior: "WHEN_NO_MATCH" }, contentType: "text/plain" };

  it("takes the status code of a body that passes through", () => {
    expect(ask({ ...passthrough, body: '{"statusCode": 200}' })).toMatchObject({ status: 200, body: "" });
  });

  it.each([
    "",
    "x",
    "null",
    "[]",
    "{}",
    '{"statusCode": 500}',
    '{"statusCode": {"toString": 1, "valueOf": 1}}',
    "\ufffd",
  ])("says 500 to a body that passes through and chooses no answer: %s", (body) => {
    expect(ask({ ...passthrough, body })).toEqual(MISCONFIGURED);
  });

  it.each([
    "#set($a = 1)",
    "null",
    '{"statusCode": $input.path("$.a")}',
  ])("says that it does not play the template %s", (template) => {
    const integration = { request_templates: { "application/json": template } };
    expect(() => ask({ integration })).toThrow(UnsupportedError);
  });

  it("says that it does not play headers taken from elsewhere", () => {
    const response_parameters = { "method.response.header.X": "integration.response.header.Y" };
    expect(() => ask({ responses: [{ status_code: "200", response_parameters }] })).toThrow(
      "integration response parameter method.response.header.X = integration.response.header.Y is not emulated",
    );
  });
});
