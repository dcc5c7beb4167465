/** What a method demands of a request before its integration hears of it. */

import { answerExecuteApi } from "../../../emulator/gateway/execute-api";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { requestOf, valuesOf } from "../../support/requests";

let pretend: PretendAccount;
let asked: number;

beforeEach(async () => {
  pretend = await openPretendAccount();
  asked = 0;
});

const runner = {
  invoke: async () => {
    asked += 1;
    return { kind: "answer", payload: { statusCode: 200, body: "" } } as const;
  },
};

const REQUIRED = {
  "method.request.querystring.scope": true,
  "method.request.path.id": true,
  "method.request.header.X-Team": true,
  "method.request.header.X-Free": false,
};

/** `GET /dev/checked` with a validator that looks at parameters, but for what is given. */
async function addChecked(validator: Attributes = {}, method: Attributes = {}): Promise<Attributes> {
  const { api } = pretend.made;
  const resource_id = text(await pretend.addResource("checked"), "id");
  const made = await pretend.create("aws_api_gateway_request_validator", {
    rest_api_id: text(api, "id"),
    name: "parameters",
    validate_request_parameters: true,
    ...validator,
  });
  const given = {
    http_method: "GET",
    resource_id,
    request_parameters: REQUIRED,
    request_validator_id: text(made, "id"),
    ...method,
  };
  await pretend.addMethod(given);
  await pretend.create("aws_lambda_permission", {
    action: "lambda:InvokeFunction",
    function_name: "access",
    principal: "apigateway.amazonaws.com",
    statement_id: "all",
  });
  await pretend.deploy();
  return made;
}

function ask(given: Partial<Omit<HttpRequest, "body">> = {}) {
  const apiId = text(pretend.made.api, "id");
  const host = `${apiId}.execute-api.${REGION}.amazonaws.com`;
  return answerExecuteApi(
    { account: pretend.account, runner },
    REGION,
    apiId,
    requestOf({ host, path: "/dev/checked", ...given }),
  );
}

const messageFor = async (given: Parameters<typeof ask>[0]) => (await ask(given)).body;
const missing = (names: string) => `{"message": "Missing required request parameters: [${names}]"}`;

describe("a request validator", () => {
  it("refuses a request, and names everything that is missing: headers first, then the path's, then the query's", async () => {
    await addChecked();
    const answer = await ask();
    expect(answer).toMatchObject({ status: 400, body: missing("X-Team, id, scope") });
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["BadRequestException"]);
    expect(asked).toBe(0);
  });

  const request_parameters = { "method.request.querystring.scope": true, "method.request.header.Authorization": true };
  const authorized = ["authorization", "Basic x"] as const;

  it("lets a request through that has all, whatever the case of a header's name", async () => {
    await addChecked({}, { request_parameters });
    expect(await ask({ query: "scope=a", headers: [authorized] })).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
  });

  it.each([
    "",
    "scope",
    "scope=",
    "scope=+",
    "scope=%20%09",
    "Scope=a",
    "scope=a&scope=",
  ])("takes a blank parameter for a missing one: '%s'", async (query) => {
    await addChecked({}, { request_parameters });
    expect(await messageFor({ query, headers: [authorized] })).toBe(missing("scope"));
  });

  it("does not take a parameter of another place for it", async () => {
    await addChecked({}, { request_parameters });
    const headers = [["scope", "a"], authorized] as const;
    expect(await messageFor({ headers })).toBe(missing("scope"));
    expect(await messageFor({ query: "scope=a&Authorization=x" })).toBe(missing("Authorization"));
  });

  it.each<readonly [string, Attributes, Attributes]>([
    ["that does not look at parameters", { validate_request_parameters: false }, {}],
    ["that the method does not use", {}, { request_validator_id: null }],
  ])("%s lets everything through", async (_, validator, method) => {
    await addChecked(validator, method);
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it("counts as it was deployed", async () => {
    const validator = await addChecked();
    await pretend.update("aws_api_gateway_request_validator", validator, { validate_request_parameters: false });
    expect(await ask()).toMatchObject({ status: 400 });
    await pretend.deploy();
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it("is asked after the authorizer: strangers are not told what is demanded", async () => {
    const { authorizer } = pretend.made;
    await addChecked({}, { authorization: "COGNITO_USER_POOLS", authorizer_id: text(authorizer, "id") });
    expect(await ask()).toMatchObject({ status: 401 });
  });

  it("says it in the API's own words, when it has some", async () => {
    const response_templates = { "application/json": '{"error":"invalid_request","why":$context.error.messageString}' };
    const response_parameters = {
      "gatewayresponse.header.X-Team": "method.request.header.x-team",
      "gatewayresponse.header.X-Path": "context.resourcePath",
      "gatewayresponse.header.X-Absent": "method.request.querystring.absent",
    };
    await pretend.create("aws_api_gateway_gateway_response", {
      rest_api_id: text(pretend.made.api, "id"),
      response_type: "BAD_REQUEST_PARAMETERS",
      response_templates,
      response_parameters,
    });
    await addChecked();
    const answer = await ask({ headers: [["X-Team", "blue"]] });
    expect(answer.body).toBe('{"error":"invalid_request","why":"Missing required request parameters: [id, scope]"}');
    expect(["X-Team", "X-Path", "X-Absent"].map((name) => valuesOf(answer, name))).toEqual([
      ["blue"],
      ["/checked"],
      [],
    ]);
  });

  it("leaves a header out that a caller has put something into that no header can hold", async () => {
    await pretend.create("aws_api_gateway_gateway_response", {
      rest_api_id: text(pretend.made.api, "id"),
      response_type: "BAD_REQUEST_PARAMETERS",
      response_parameters: { "gatewayresponse.header.X-Scope": "method.request.querystring.q" },
    });
    await addChecked();
    const answers = ["fine", "a%0d%0aSet-Cookie:%20x=1", "%E2%82%AC"].map((q) => ask({ query: `q=${q}` }));

    expect((await Promise.all(answers)).map((answer) => valuesOf(answer, "X-Scope"))).toEqual([["fine"], [], []]);
  });
});
