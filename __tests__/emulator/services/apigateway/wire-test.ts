/** What is added to an API over the REST protocol, where the AWS SDK would not send it so. */
import { createEndpoint } from "../../../../emulator/hosts";
import type { Endpoint } from "../../../../emulator/protocols/http";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { idleRuntime } from "../../../support/runtime";
import { openAccount, REGION } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;

let endpoint: Endpoint;
let api: string;
let root: string;
beforeEach(async () => {
  const account = openAccount();
  endpoint = createEndpoint({ account, runner: idleRuntime(account).runner });
  api = "";
  const { body } = await ask("POST", "/restapis", { name: "orders" });
  const { id, rootResourceId } = body as { readonly id: string; readonly rootResourceId: string };
  [api, root] = [`/restapis/${id}`, rootResourceId];
});

async function ask(method: string, path: string, input: object) {
  const given = { method, path: `${api}${path}`, headers: [SIGNED], body: JSON.stringify(input) };
  const answer = await endpoint(requestOf({ host: `apigateway.${REGION}.amazonaws.com`, ...given }));
  return { status: answer.status, error: valuesOf(answer, "x-amzn-ErrorType")[0], body: jsonOf(answer) };
}

const methodsOfRoot = async () => (await ask("GET", `/resources/${root}`, {})).body;
const putMethod = (verb: string, input: object) => ask("PUT", `/resources/${root}/methods/${verb}`, input);
const putIntegration = (input: object) => ask("PUT", `/resources/${root}/methods/GET/integration`, input);

describe("API Gateway's API, of what is added", () => {
  it.each<readonly [what: string, method: string, path: () => string, input: object]>([
    ["a resource without a name", "POST", () => `/resources/${root}`, {}],
    ["a resource with an impossible name", "POST", () => `/resources/${root}`, { pathPart: "a/b" }],
    ["an authorizer without a name", "POST", () => "/authorizers", { type: "COGNITO_USER_POOLS" }],
    ["an authorizer without a type", "POST", () => "/authorizers", { name: "machines" }],
    ["an authorizer without a header", "POST", () => "/authorizers", { name: "machines", type: "COGNITO_USER_POOLS" }],
  ])("refuses %s as API Gateway does, by BadRequestException", async (_what, method, path, input) => {
    const { status, error } = await ask(method, path(), input);

    expect([status, error]).toEqual([400, "BadRequestException"]);
  });

  it("refuses a method that HTTP has and API Gateway has not, and makes none", async () => {
    const { error, body } = await putMethod("TRACE", { authorizationType: "NONE" });

    expect(error).toBe("BadRequestException");
    expect(body).toEqual({
      message: "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
    });
    expect(await methodsOfRoot()).not.toHaveProperty("resourceMethods");
  });

  it("refuses what is not played, as such, and makes nothing", async () => {
    const signed = await putMethod("GET", { authorizationType: "AWS_IAM" });

    expect(signed.error).toBe("NotEmulated");
    expect(await methodsOfRoot()).not.toHaveProperty("resourceMethods");
  });

  it("puts an integration in place of another, and tells of it as GetMethod does", async () => {
    await putMethod("GET", { authorizationType: "NONE" });
    await putIntegration({ type: "MOCK" });
    for (const part of ["responses/200", "integration/responses/200"]) {
      await ask("PUT", `/resources/${root}/methods/GET/${part}`, {});
    }
    const { status, body } = await putIntegration({
      type: "HTTP_PROXY",
      httpMethod: "GET",
      uri: "https://evil.example",
    });
    const told = await ask("GET", `/resources/${root}/methods/GET`, {});

    expect([status, body]).toEqual([201, expect.objectContaining({ type: "HTTP_PROXY", uri: "https://evil.example" })]);
    expect(told.body).toMatchObject({ methodIntegration: body });
    expect(body).toHaveProperty("integrationResponses.200");
  });
});
