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

/** An integration that asks a backend, of a method that declares a path parameter and a header. */
async function makeHttp(changes: Attributes = {}): Promise<Attributes> {
  const method = await examples.another(METHOD, { http_method: "PUT", request_parameters: DECLARED });
  return await examples.workspace.create(INTEGRATION, {
    rest_api_id: text(method, "rest_api_id"),
    resource_id: text(method, "resource_id"),
    http_method: "PUT",
    type: "HTTP_PROXY",
    integration_http_method: "PUT",
    uri: "https://orders.example.com/v1/{id}",
    ...changes,
  });
}

describe(METHOD, () => {
  it.each([
    "method.request.body",
    "method.request.header.",
    "method.request.header.a b",
    "method.request.multivalueheader.X",
    "integration.request.header.X",
  ])("declares parameters of path, query string and headers only: %s", async (name) => {
    await expect(examples.another(METHOD, { request_parameters: { [name]: true } })).rejects.toEqual(undeclared(name));
  });

  it("takes a validator of its own API only, when it is made and when it is changed", async () => {
    const refusal = badRequest("Invalid Request Validator identifier specified");
    const other = await examples.another("aws_api_gateway_rest_api");
    const foreign = await examples.another(VALIDATOR, { rest_api_id: text(other, "id") });
    const own = await examples.make(VALIDATOR);
    const method = await examples.make(METHOD);

    for (const request_validator_id of [text(foreign, "id"), "gone"]) {
      const changed = await examples.configOf(METHOD, { request_validator_id });
      await expect(examples.workspace.create(METHOD, { ...changed, http_method: "PUT" })).rejects.toEqual(refusal);
      await expect(examples.workspace.update(METHOD, method, changed)).rejects.toEqual(refusal);
    }
    await expect(
      examples.another(METHOD, { http_method: "PUT", request_validator_id: text(own, "id") }),
    ).resolves.toMatchObject({ request_validator_id: own["id"] });
  });

  // Recorded: localstack/localstack, test_put_method_validation.
  it("refuses models that its API does not have", async () => {
    const request_models = { "application/json": "petModel" };
    await expect(examples.another(METHOD, { request_models })).rejects.toEqual(
      badRequest("Invalid model identifier specified: petModel"),
    );
    const empty = { request_models: { "application/json": "Empty" } };
    await expect(examples.another(METHOD, empty)).resolves.toMatchObject(empty);
  });
});

describe(VALIDATOR, () => {
  it("may look at bodies", async () => {
    const both = { validate_request_body: true, validate_request_parameters: true };

    await expect(examples.another(VALIDATOR, both)).resolves.toMatchObject(both);
  });
});

describe(INTEGRATION, () => {
  it("takes over what its method declares, fixed texts, and the context", async () => {
    const request_parameters = {
      "integration.request.path.id": "method.request.path.id",
      "integration.request.querystring.team": "method.request.header.X-Team",
      "integration.request.header.X-Fixed": "'fixed'",
      "integration.request.header.X-Client": "context.authorizer.claims.client_id",
    };
    await expect(makeHttp({ request_parameters })).resolves.toMatchObject({ request_parameters });
  });

  it.each([
    ["method.request.path.other"],
    ["method.request.header.x-team"],
    ["method.request.querystring.id"],
  ])("does not take over what its method does not declare: %s", async (value) => {
    const request_parameters = { "integration.request.header.X": value };
    await expect(makeHttp({ request_parameters })).rejects.toEqual(undeclared(value));
  });

  it("is checked when it is changed, too", async () => {
    const made = await makeHttp();
    const request_parameters = { "integration.request.path.id": "method.request.path.other" };
    await expect(examples.workspace.update(INTEGRATION, made, { ...made, request_parameters })).rejects.toEqual(
      undeclared("method.request.path.other"),
    );
  });

  it.each(["method.request.header.X", "integration.request.body", "X"])("has no parameter %s", async (name) => {
    await expect(makeHttp({ request_parameters: { [name]: "'x'" } })).rejects.toEqual(undeclared(name));
  });

  it.each([
    "method.request.multivaluequerystring.id",
    "method.request.body.a[?(@.b)]",
    "context.unknown",
  ])("is refused when a parameter comes from what is not emulated: %s", async (value) => {
    const request_parameters = { "integration.request.header.X": value };
    await expect(makeHttp({ request_parameters })).rejects.toBeInstanceOf(UnsupportedError);
  });

  it.each([
    "method.request.body",
    "method.request.body.a",
    "stageVariables.x",
    "context.authorizer.principalId",
  ])("takes a parameter from %s", async (value) => {
    const request_parameters = { "integration.request.header.X": value };
    await expect(makeHttp({ request_parameters })).resolves.toMatchObject({ request_parameters });
  });

  it.each([
    "text without quotes",
    "true",
    '"text"',
    "integration.response.body",
    "",
  ])("refuses the value %s in AWS's words", async (value) => {
    const request_parameters = { "integration.request.header.X": value };
    await expect(makeHttp({ request_parameters })).rejects.toEqual(wrongExpression(value));
  });

  it("keeps answers apart by parameters that its method declares, or that it takes over", async () => {
    const request_parameters = { "integration.request.path.id": "method.request.path.id" };
    for (const key of ["method.request.header.X-Team", "integration.request.path.id"]) {
      examples = new Examples();
      await expect(makeHttp({ request_parameters, cache_key_parameters: [key] })).resolves.toBeDefined();
    }
  });

  it.each([
    "method.request.header.Authorization",
    "integration.request.header.X-Team",
  ])("is refused with a cache key that nobody declares: %s", async (key) => {
    await expect(makeHttp({ cache_key_parameters: [key] })).rejects.toEqual(
      badRequest("Invalid cache key parameter specified"),
    );
  });

  it.each(["HTTP", "HTTP_PROXY"])("of type %s needs a method and an HTTP endpoint", async (type) => {
    await expect(makeHttp({ type, integration_http_method: null })).rejects.toEqual(
      badRequest("Enumeration value for HttpMethod must be non-empty"),
    );
    examples = new Examples();
    for (const uri of [null, "", "orders.example.com", "ftp://orders.example.com", "https://", "https://a b"]) {
      examples = new Examples();
      await expect(makeHttp({ type, uri })).rejects.toEqual(badRequest("Invalid HTTP endpoint specified for URI"));
    }
  });

  it("is refused at plan time with a template that is not played, by content type and construct", () => {
    const request_templates = { "text/xml": "#parse('a')" };
    expect(() => kindOf(INTEGRATION).validate?.({ request_templates })).toThrow(
      `${INTEGRATION}.request_templates["text/xml"]: #parse is not emulated in a mapping template. Emulated: #set,`,
    );
  });
});

describe(INTEGRATION_RESPONSE, () => {
  // Recorded: localstack/localstack, test_lifecycle_integration_response has none.
  it("needs the method response of its status only to set headers", async () => {
    await examples.make(METHOD_RESPONSE);
    const response_parameters = { "method.response.header.Access-Control-Allow-Origin": "'*'" };
    await expect(examples.another(INTEGRATION_RESPONSE, { status_code: "404", response_parameters })).rejects.toEqual(
      invalid("No method response exists for method."),
    );
    await expect(examples.another(INTEGRATION_RESPONSE, { status_code: "404" })).resolves.toBeDefined();
  });

  const header = "method.response.header.Access-Control-Allow-Origin";

  it.each([
    "'*'",
    "integration.response.header.X-Origin",
    "integration.response.body",
    "integration.response.body.a",
    "stageVariables.x",
    "context.requestId",
  ])("sets a header to %s", async (value) => {
    const response_parameters = { [header]: value };
    await expect(examples.another(INTEGRATION_RESPONSE, { response_parameters })).resolves.toMatchObject({
      response_parameters,
    });
  });

  it.each([
    "method.response.header.X-Other",
    "method.response.header.access-control-allow-origin",
    "X",
  ])("does not set what its method response does not declare: %s", async (name) => {
    await expect(examples.another(INTEGRATION_RESPONSE, { response_parameters: { [name]: "'x'" } })).rejects.toEqual(
      undeclared(name),
    );
  });

  it.each([
    "integration.response.multivalueheader.X",
    "context.unknown",
  ])("is refused when a header comes from what is not emulated: %s", async (value) => {
    const response_parameters = { [header]: value };
    await expect(examples.another(INTEGRATION_RESPONSE, { response_parameters })).rejects.toBeInstanceOf(
      UnsupportedError,
    );
  });

  it.each(["method.request.header.Origin", "*", '"*"'])("refuses the value %s in AWS's words", async (value) => {
    const response_parameters = { [header]: value };
    await expect(examples.another(INTEGRATION_RESPONSE, { response_parameters })).rejects.toEqual(
      wrongExpression(value),
    );
  });

  it("needs a pattern that can be read, when it is made and when it is changed", async () => {
    const refusal = badRequest("Invalid selection pattern specified");
    await expect(examples.another(INTEGRATION_RESPONSE, { selection_pattern: "(" })).rejects.toEqual(refusal);
    const made = await examples.another(INTEGRATION_RESPONSE, { selection_pattern: "2\\d{2}" });
    const changed = await examples.configOf(INTEGRATION_RESPONSE, { selection_pattern: "[" });
    await expect(examples.workspace.update(INTEGRATION_RESPONSE, made, changed)).rejects.toEqual(refusal);
  });

  it("is refused at plan time with a template that is not played", () => {
    expect(() =>
      kindOf(INTEGRATION_RESPONSE).validate?.({ response_templates: { "application/json": "$method.x" } }),
    ).toThrow(`${INTEGRATION_RESPONSE}.response_templates["application/json"]: $method.x is not emulated`);
  });
});

/** The texts are AWS's: aws/aws-cli#2879, aws/aws-cdk#11306. */
describe("aws_api_gateway_gateway_response", () => {
  const GATEWAY_RESPONSE = "aws_api_gateway_gateway_response";
  const header = "gatewayresponse.header.X";

  it.each([
    "'*'",
    "method.request.header.Origin",
    "method.request.querystring.q",
    "method.request.path.id",
    "method.request.body",
    "context.error.responseType",
    "context.authorizer.claims.client_id",
    "stageVariables.x",
  ])("adds a header with the value %s", async (value) => {
    const response_parameters = { [header]: value };
    await expect(examples.another(GATEWAY_RESPONSE, { response_parameters })).resolves.toMatchObject({
      response_parameters,
    });
  });

  it.each([
    "test-value",
    "*",
    "true",
    "integration.response.header.X",
    "''*''",
  ])("refuses the value %s", async (value) => {
    await expect(examples.another(GATEWAY_RESPONSE, { response_parameters: { [header]: value } })).rejects.toEqual(
      wrongExpression(value),
    );
  });

  it.each([
    "method.response.header.Access-Control-Allow-Origin",
    "gatewayresponse.header.",
    "X",
  ])("refuses the key %s, when it is created and when it is changed", async (name) => {
    const response_parameters = { [name]: "'*'" };
    const refused = wrongExpression(name);
    await expect(examples.another(GATEWAY_RESPONSE, { response_parameters })).rejects.toEqual(refused);
    const made = await examples.another(GATEWAY_RESPONSE);
    await expect(examples.workspace.update(GATEWAY_RESPONSE, made, { ...made, response_parameters })).rejects.toEqual(
      refused,
    );
  });

  it("refuses a template with a variable that does not exist", async () => {
    const response_templates = { "application/json": "$context.error.massage" };
    await expect(examples.another(GATEWAY_RESPONSE, { response_templates })).rejects.toThrow(
      'responseTemplates["application/json"]: $context.error.massage is not emulated',
    );
  });
});
