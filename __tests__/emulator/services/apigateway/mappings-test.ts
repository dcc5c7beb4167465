/** What API Gateway refuses of parameters, their mappings and templates, in its own words. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { kindOf } from "../../../support/workspace";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const METHOD = "aws_api_gateway_method";
const METHOD_RESPONSE = "aws_api_gateway_method_response";
const INTEGRATION = "aws_api_gateway_integration";
const INTEGRATION_RESPONSE = "aws_api_gateway_integration_response";
const VALIDATOR = "aws_api_gateway_request_validator";
const GATEWAY_RESPONSE = "aws_api_gateway_gateway_response";

const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);
const invalid = (error: string) =>
  badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${error}]`);
const wrongExpression = (value: string) => invalid(`Invalid mapping expression specified: ${value}`);
const undeclared = (name: string) => invalid(`Invalid mapping expression parameter specified: ${name}`);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

const DECLARED = { "method.request.path.id": true, "method.request.header.X-Team": false };

/** An integration that calls a backend, of a method that declares a path parameter and a header. */
async function makeHttp(changes: Attributes = {}): Promise<Attributes> {
  const method = await examples.another(METHOD, { http_method: "PUT", request_parameters: DECLARED });
  const { rest_api_id = null, resource_id = null, http_method = null } = method;
  const target = { type: "HTTP_PROXY", integration_http_method: "PUT", uri: "https://orders.example.com/v1/{id}" };
  return await examples.workspace.create(INTEGRATION, { rest_api_id, resource_id, http_method, ...target, ...changes });
}

const ORIGIN = "method.response.header.Access-Control-Allow-Origin";

/** Creates what has the mapping, by the place that it is in. */
const PLACES = {
  integration: (name: string, value: string) => makeHttp({ request_parameters: { [name]: value } }),
  response: (name: string, value: string) =>
    examples.another(INTEGRATION_RESPONSE, { response_parameters: { [name]: value } }),
  gateway: (name: string, value: string) =>
    examples.another(GATEWAY_RESPONSE, { response_parameters: { [name]: value } }),
};
type Place = keyof typeof PLACES;
const TARGETS: Readonly<Record<Place, string>> = {
  integration: "integration.request.header.X",
  response: ORIGIN,
  gateway: "gatewayresponse.header.X",
};

/** Rows of a table, one for each value. */
const rows = (place: Place, ...values: readonly string[]) => values.map((value) => [place, value] as const);

describe("a mapping", () => {
  it.each([
    ...rows("integration", "method.request.path.id", "method.request.header.X-Team", "'fixed'", "method.request.body"),
    ...rows("integration", "context.authorizer.claims.client_id", "context.authorizer.principalId"),
    ...rows("integration", "method.request.body.a", "stageVariables.x"),
    ...rows("response", "'*'", "integration.response.header.X-Origin", "integration.response.body"),
    ...rows("response", "integration.response.body.a", "stageVariables.x", "context.requestId"),
    ...rows("gateway", "'*'", "method.request.header.Origin", "method.request.querystring.q", "method.request.path.id"),
    ...rows("gateway", "method.request.body", "context.error.responseType", "stageVariables.x"),
    ...rows("gateway", "context.authorizer.claims.client_id"),
  ])("of an %s takes %s", async (place, value) => {
    await expect(PLACES[place](TARGETS[place], value)).resolves.toBeDefined();
  });

  // The texts are AWS's: aws/aws-cli#2879, aws/aws-cdk#11306.
  it.each([
    ...rows("integration", "text without quotes", "true", '"text"', "integration.response.body", ""),
    ...rows("response", "method.request.header.Origin", "*", '"*"'),
    ...rows("gateway", "test-value", "*", "true", "integration.response.header.X", "''*''"),
  ])("of an %s does not take the expression %s", async (place, value) => {
    await expect(PLACES[place](TARGETS[place], value)).rejects.toEqual(wrongExpression(value));
  });

  it.each([
    ...rows(
      "integration",
      "method.request.path.other",
      "method.request.header.x-team",
      "method.request.querystring.id",
    ),
  ])("of an %s does not take %s, which its method does not declare", async (place, value) => {
    await expect(PLACES[place](TARGETS[place], value)).rejects.toEqual(undeclared(value));
  });

  it.each([
    ...rows("integration", "method.request.header.X", "integration.request.body", "X"),
    ...rows("response", "method.response.header.X-Other", ORIGIN.toLowerCase(), "X"),
    ...rows("gateway", "method.response.header.X", "gatewayresponse.header.", "X"),
  ])("of an %s is not for %s", async (place, name) => {
    const refusal = place === "gateway" ? wrongExpression(name) : undeclared(name);
    await expect(PLACES[place](name, "'x'")).rejects.toEqual(refusal);
  });

  it.each([
    ...rows("integration", "method.request.multivaluequerystring.id", "method.request.body.a[?(@.b)]"),
    ...rows("integration", "context.unknown"),
    ...rows("response", "integration.response.multivalueheader.X", "context.unknown"),
  ])("of an %s from %s is not emulated", async (place, value) => {
    await expect(PLACES[place](TARGETS[place], value)).rejects.toBeInstanceOf(UnsupportedError);
  });

  it.each<[string, () => Promise<Attributes>, Attributes, AwsError]>([
    [
      INTEGRATION,
      makeHttp,
      { request_parameters: { "integration.request.path.id": "method.request.path.other" } },
      undeclared("method.request.path.other"),
    ],
    [
      GATEWAY_RESPONSE,
      () => examples.another(GATEWAY_RESPONSE),
      { response_parameters: { X: "'*'" } },
      wrongExpression("X"),
    ],
    [
      INTEGRATION_RESPONSE,
      () => examples.another(INTEGRATION_RESPONSE, { selection_pattern: "2\\d{2}" }),
      { selection_pattern: "[" },
      badRequest("Invalid selection pattern specified"),
    ],
  ])("of %s is checked when it is changed, too", async (type, make, changes, refusal) => {
    const made = await make();
    await expect(examples.workspace.update(type, made, { ...made, ...changes })).rejects.toEqual(refusal);
  });
});

describe(METHOD, () => {
  it.each([
    ...["method.request.body", "method.request.header.", "method.request.header.a b"],
    ...["method.request.multivalueheader.X", "integration.request.header.X"],
  ])("declares parameters of path, query string and headers only: %s", async (name) => {
    await expect(examples.another(METHOD, { request_parameters: { [name]: true } })).rejects.toEqual(undeclared(name));
  });

  it("takes a validator and models of its own API only, when it is created and when it is changed", async () => {
    const refusal = badRequest("Invalid Request Validator identifier specified");
    const other = await examples.another("aws_api_gateway_rest_api");
    const foreign = await examples.another(VALIDATOR, { rest_api_id: text(other, "id") });
    const method = await examples.make(METHOD);
    for (const request_validator_id of [text(foreign, "id"), "gone"]) {
      const changed = await examples.configOf(METHOD, { request_validator_id });
      await expect(examples.workspace.create(METHOD, { ...changed, http_method: "PUT" })).rejects.toEqual(refusal);
      await expect(examples.workspace.update(METHOD, method, changed)).rejects.toEqual(refusal);
    }
    const both = { validate_request_body: true, validate_request_parameters: true };
    const own = await examples.another(VALIDATOR, both);
    expect(own).toMatchObject(both);
    const valid = { request_validator_id: text(own, "id"), request_models: { "application/json": "Empty" } };
    expect(await examples.another(METHOD, { http_method: "PUT", ...valid })).toMatchObject(valid);
    const request_models = { "application/json": "petModel" };
    await expect(examples.another(METHOD, { http_method: "POST", request_models })).rejects.toEqual(
      badRequest("Invalid model identifier specified: petModel"),
    );
  });
});

describe(INTEGRATION, () => {
  it.each(["method.request.header.X-Team", "integration.request.path.id"])("takes the cache key %s", async (key) => {
    const request_parameters = { "integration.request.path.id": "method.request.path.id" };
    await expect(makeHttp({ request_parameters, cache_key_parameters: [key] })).resolves.toBeDefined();
  });

  const HTTP = "Invalid HTTP endpoint specified for URI";
  it.each<[Attributes, string]>([
    ...["method.request.header.Authorization", "integration.request.header.X-Team"].map((key): [Attributes, string] => {
      return [{ cache_key_parameters: [key] }, "Invalid cache key parameter specified"];
    }),
    [{ integration_http_method: null }, "Enumeration value for HttpMethod must be non-empty"],
    [{ type: "HTTP", integration_http_method: null }, "Enumeration value for HttpMethod must be non-empty"],
    ...[null, "", "orders.example.com", "ftp://orders.example.com", "https://", "https://a b"].map(
      (uri): [Attributes, string] => [{ uri }, HTTP],
    ),
    [{ type: "HTTP", uri: "orders.example.com" }, HTTP],
  ])("refuses %j", async (changes, message) => {
    await expect(makeHttp(changes)).rejects.toEqual(badRequest(message));
  });
});

describe(INTEGRATION_RESPONSE, () => {
  // Recorded: localstack/localstack, test_lifecycle_integration_response has none.
  it("needs the method response of its status only to set headers, and a pattern that can be read", async () => {
    await examples.make(METHOD_RESPONSE);
    const response_parameters = { [ORIGIN]: "'*'" };
    await expect(examples.another(INTEGRATION_RESPONSE, { status_code: "404", response_parameters })).rejects.toEqual(
      invalid("No method response exists for method."),
    );
    await expect(examples.another(INTEGRATION_RESPONSE, { status_code: "404" })).resolves.toBeDefined();
    await expect(examples.another(INTEGRATION_RESPONSE, { selection_pattern: "(" })).rejects.toEqual(
      badRequest("Invalid selection pattern specified"),
    );
  });
});

describe("a template that is not emulated", () => {
  it.each([
    [INTEGRATION, "request_templates", "text/xml", "#parse('a')", "#parse is not emulated in a mapping template."],
    [INTEGRATION_RESPONSE, "response_templates", "application/json", "$method.x", "$method.x is not emulated"],
  ])("of %s is refused at plan time", (type, attribute, contentType, template, message) => {
    const config = { [attribute]: { [contentType]: template } };
    expect(() => kindOf(type).validate?.(config)).toThrow(`${type}.${attribute}["${contentType}"]: ${message}`);
  });

  it(`of ${GATEWAY_RESPONSE} has a variable that does not exist`, async () => {
    const response_templates = { "application/json": "$context.error.massage" };
    await expect(examples.another(GATEWAY_RESPONSE, { response_templates })).rejects.toThrow(
      'responseTemplates["application/json"]: $context.error.massage is not emulated',
    );
  });
});
