/** What is added to an API over the REST protocol, where the AWS SDK would not send it so. */
import { answerApiGatewayApi } from "../../../../emulator/endpoints/aws-apis/apigateway-api";
import { restApi } from "../../../../emulator/resources/apigateway";
import { integrationResponse, methodResponse } from "../../../../emulator/resources/apigateway-method";
import { byHand, createByHand } from "../../../../emulator/resources/by-hand";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { newAccountFile, openAccount, REGION } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;

let place: { readonly account: ReturnType<typeof openAccount>; readonly region: string };
let api: string;
let root: string;
beforeEach(async () => {
  place = { account: openAccount({ file: newAccountFile() }), region: REGION };
  const made = await byHand(place, () => createByHand(restApi, place, { name: "orders" }));
  api = `/restapis/${made["id"]}`;
  root = `${made["root_resource_id"]}`;
});

async function ask(method: string, path: string, input: object) {
  const given = { method, path: `${api}${path}`, headers: [SIGNED], body: JSON.stringify(input) };
  const answer = await answerApiGatewayApi(place, requestOf(given));
  return { status: answer.status, error: valuesOf(answer, "x-amzn-ErrorType")[0], body: jsonOf(answer) };
}

const putMethod = (verb: string, input: object) => ask("PUT", `/resources/${root}/methods/${verb}`, input);
const putIntegration = (input: object) => ask("PUT", `/resources/${root}/methods/GET/integration`, input);

describe("answerApiGatewayApi, of what is added", () => {
  it.each<readonly [what: string, method: string, path: () => string, input: object]>([
    ["a resource without a name", "POST", () => `/resources/${root}`, {}],
    ["a resource with an impossible name", "POST", () => `/resources/${root}`, { pathPart: "a/b" }],
    ["a method without authorization", "PUT", () => `/resources/${root}/methods/GET`, {}],
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
    expect(place.account.list("aws_api_gateway_method")).toEqual([]);
  });

  it("refuses what is not played, as such, and makes nothing", async () => {
    const signed = await putMethod("GET", { authorizationType: "AWS_IAM" });
    const keyed = await putMethod("GET", { authorizationType: "NONE", apiKeyRequired: true });

    expect([signed.error, keyed.error]).toEqual(["NotEmulated", "NotEmulated"]);
    expect(place.account.list("aws_api_gateway_method")).toEqual([]);
  });

  it("puts an integration in place of another, and tells of it as GetMethod does", async () => {
    await putMethod("GET", { authorizationType: "NONE" });
    await putIntegration({ type: "MOCK" });
    const ofMethod = { rest_api_id: api.split("/")[2] ?? "", resource_id: root, http_method: "GET" };
    for (const kind of [methodResponse, integrationResponse]) {
      await byHand(place, () => createByHand(kind, place, { ...ofMethod, status_code: "200" }));
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
