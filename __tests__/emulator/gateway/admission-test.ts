/** What a method requires of a request before its integration is called. */

import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { type Call, type GuardedApi, openGuardedApi } from "../../support/guarded-api";
import { valuesOf } from "../../support/requests";

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
});

const ALL = {
  "method.request.querystring.scope": true,
  "method.request.path.id": true,
  "method.request.header.X-Team": true,
  "method.request.header.X-Free": false,
};
const TWO = { "method.request.querystring.scope": true, "method.request.header.Authorization": true };
const authorized = ["authorization", "Basic x"] as const;

/** `GET /dev/checked` with a validator that looks at parameters, but for what is given. */
async function addChecked(validator: Attributes = {}, method: Attributes = {}): Promise<Attributes> {
  const given = { name: "parameters", validate_request_parameters: true, ...validator };
  const made = await api.create("request_validator", given);
  const request_validator_id = text(made, "id");
  await api.addRoute("checked", { http_method: "GET", request_parameters: ALL, request_validator_id, ...method });
  await api.permitAll();
  await api.pretend.deploy();
  return made;
}

const call = (given: Call = {}) => api.call({ method: "GET", path: "/dev/checked", token: null, ...given });
const missing = (names: string) => ({
  status: 400,
  body: `{"message": "Missing required request parameters: [${names}]"}`,
});

describe("a request validator", () => {
  it("names everything that is missing, headers first, then the path's, then the query's, as it was deployed", async () => {
    const validator = await addChecked();
    const refused = await call();
    expect(refused).toMatchObject(missing("X-Team, id, scope"));
    expect(valuesOf(refused, "x-amzn-ErrorType")).toEqual(["BadRequestException"]);
    expect(api.events).toEqual([]);
    await api.pretend.update("aws_api_gateway_request_validator", validator, { validate_request_parameters: false });
    expect((await call()).status).toBe(400);
    await api.pretend.deploy();
    expect((await call()).status).toBe(200);
  });

  it.each<[Call, string | undefined]>([
    [{ query: "scope=a", headers: [authorized] }, undefined],
    ...["", "scope", "scope=", "scope=+", "scope=%20%09", "Scope=a", "scope=a&scope="].map((query): [Call, string] => [
      { query, headers: [authorized] },
      "scope",
    ]),
    [{ headers: [["scope", "a"], authorized] }, "scope"],
    [{ query: "scope=a&Authorization=x" }, "Authorization"],
  ])("takes a blank parameter, and one of another place, for a missing one: %j", async (given, name) => {
    await addChecked({}, { request_parameters: TWO });
    expect(await call(given)).toMatchObject(name === undefined ? { status: 200 } : missing(name));
  });

  it.each<readonly [string, Attributes, Attributes, number]>([
    ["that does not look at parameters", { validate_request_parameters: false }, {}, 200],
    ["that the method does not use", {}, { request_validator_id: null }, 200],
    ["behind an authorizer, which comes first", {}, { authorization: "COGNITO_USER_POOLS" }, 401],
  ])("%s is not reached", async (_, validator, method, status) => {
    const authorizer_id = text(api.pretend.made.authorizer, "id");
    await addChecked(validator, { ...method, ...("authorization" in method ? { authorizer_id } : {}) });
    expect((await call()).status).toBe(status);
  });

  it("uses the API's own response, without headers that have no value or one that no header can hold", async () => {
    await api.create("gateway_response", {
      response_type: "BAD_REQUEST_PARAMETERS",
      response_templates: { "application/json": '{"error":"invalid_request","why":$context.error.messageString}' },
      response_parameters: {
        "gatewayresponse.header.X-Team": "method.request.header.x-team",
        "gatewayresponse.header.X-Path": "context.resourcePath",
        "gatewayresponse.header.X-Scope": "method.request.querystring.q",
      },
    });
    await addChecked();
    const responses = ["", "q=fine", "q=a%0d%0aSet-Cookie:%20x=1", "q=%E2%82%AC"].map((query) =>
      call({ query, headers: [["X-Team", "blue"]] }),
    );
    const [first = await call(), ...others] = await Promise.all(responses);
    expect(first.body).toBe('{"error":"invalid_request","why":"Missing required request parameters: [id, scope]"}');
    expect(["X-Team", "X-Path", "X-Scope"].map((name) => valuesOf(first, name))).toEqual([["blue"], ["/checked"], []]);
    expect(others.map((response) => valuesOf(response, "X-Scope"))).toEqual([["fine"], [], []]);
  });
});
