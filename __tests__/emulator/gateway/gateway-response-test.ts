/** The responses to refused calls, by default and as an API changes them. */
import { type CustomResponse, type Refusal, refuse } from "../../../emulator/gateway/gateway-response";
import { requestOf, valuesOf } from "../../support/requests";

const IDS = { requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1", extendedRequestId: "AbCdEfGhIjKlMnO=" };
const refusalOf = (refusal: Refusal, ...customized: readonly CustomResponse[]) => refuse(refusal, IDS, customized);
const templated = (template: string, responseType: CustomResponse["responseType"] = "DEFAULT_4XX") => ({
  responseType,
  responseTemplates: { "application/json": template },
});

describe("refuse", () => {
  it.each([
    ["ACCESS_DENIED", 403, '{"message":"Forbidden"}', "ForbiddenException"],
    ["API_CONFIGURATION_ERROR", 500, '{"message": "Internal server error"}', "InternalServerErrorException"],
    ["EXPIRED_TOKEN", 401, '{"message":"The incoming token has expired"}', "UnauthorizedException"],
    ["INTEGRATION_FAILURE", 502, '{"message": "Internal server error"}', "InternalServerErrorException"],
    ["INTEGRATION_TIMEOUT", 504, '{"message": "Endpoint request timed out"}', "InternalServerErrorException"],
    [
      "MISSING_AUTHENTICATION_TOKEN",
      403,
      '{"message":"Missing Authentication Token"}',
      "MissingAuthenticationTokenException",
    ],
    ["REQUEST_TOO_LARGE", 413, '{"message": "Request Too Long"}', "BadRequestException"],
    ["UNAUTHORIZED", 401, '{"message":"Unauthorized"}', "UnauthorizedException"],
    ["UNSUPPORTED_MEDIA_TYPE", 415, '{"message":"Unsupported Media Type"}', "BadRequestException"],
  ] as const)("answers %s as AWS does", (type, status, body, errorType) => {
    expect(refusalOf({ type })).toEqual({
      status,
      headers: [
        ["Content-Type", "application/json"],
        ["x-amzn-RequestId", IDS.requestId],
        ["x-amz-apigw-id", IDS.extendedRequestId],
        ["x-amzn-ErrorType", errorType],
      ],
      body,
    });
  });

  it("takes another message, and quotes it", () => {
    const { body } = refusalOf({ type: "INVALID_SIGNATURE", message: 'a "b" \\ c' });
    expect(body).toBe('{"message":"a \\"b\\" \\\\ c"}');
  });

  const withHeader = (responseType: CustomResponse["responseType"], value: string) => ({
    responseType,
    responseParameters: { "gatewayresponse.header.X-From": `'${value}'` },
  });

  it("adds the headers of the response of its class", () => {
    const customized = [withHeader("DEFAULT_4XX", "4"), withHeader("DEFAULT_5XX", "5")];
    expect(valuesOf(refusalOf({ type: "UNAUTHORIZED" }, ...customized), "X-From")).toEqual(["4"]);
    expect(valuesOf(refusalOf({ type: "INTEGRATION_FAILURE" }, ...customized), "X-From")).toEqual(["5"]);
  });

  it("prefers the response of its very type, wherever it stands", () => {
    const customized = [withHeader("DEFAULT_4XX", "4"), withHeader("UNAUTHORIZED", "own")];
    expect(valuesOf(refusalOf({ type: "UNAUTHORIZED" }, ...customized), "X-From")).toEqual(["own"]);
    expect(valuesOf(refusalOf({ type: "EXPIRED_TOKEN" }, ...customized), "X-From")).toEqual(["4"]);
  });

  it("puts its headers in place of the usual ones", () => {
    const responseParameters = { "gatewayresponse.header.content-type": "'text/plain'" };
    const answer = refusalOf({ type: "UNAUTHORIZED" }, { responseType: "UNAUTHORIZED", responseParameters });
    expect(valuesOf(answer, "Content-Type")).toEqual(["text/plain"]);
  });

  it("keeps the status unless another one is set", () => {
    expect(refusalOf({ type: "UNAUTHORIZED" }, { responseType: "DEFAULT_4XX", statusCode: undefined })).toMatchObject({
      status: 401,
    });
    expect(refusalOf({ type: "UNAUTHORIZED" }, { responseType: "DEFAULT_4XX", statusCode: "" })).toMatchObject({
      status: 401,
    });
    expect(refusalOf({ type: "UNAUTHORIZED" }, { responseType: "DEFAULT_4XX", statusCode: "418" })).toMatchObject({
      status: 418,
    });
  });

  it.each([
    ['{"message":$context.error.messageString}', '{"message":"Unauthorized"}'],
    ["$context.error.message.", "Unauthorized."],
    ["$context.error.responseType", "UNAUTHORIZED"],
    ["$context.requestId/$context.extendedRequestId", `${IDS.requestId}/${IDS.extendedRequestId}`],
    ["no variable", "no variable"],
    ["", ""],
  ])("fills in the template %s", (template, body) => {
    expect(refusalOf({ type: "UNAUTHORIZED" }, templated(template))).toMatchObject({ body });
  });

  it.each([
    ["a line end", "a%0D%0ASet-Cookie:%20x=1"],
    ["a letter that HTTP has not", "%E2%82%AC"],
    ["nothing that can be seen", "%00"],
  ])("leaves out a header whose value a caller chose, and which has %s", (_what, q) => {
    const responseParameters = {
      "gatewayresponse.header.X-Q": "method.request.querystring.q",
      "gatewayresponse.header.X-Ok": "method.request.querystring.ok",
    };
    const request = requestOf({ query: `q=${q}&ok=fine` });
    const source = { request, pathParameters: {}, context: {} };
    const customized: readonly CustomResponse[] = [{ responseType: "UNAUTHORIZED", responseParameters }];
    const answer = refuse({ type: "UNAUTHORIZED" }, IDS, customized, source);
    expect([valuesOf(answer, "X-Q"), valuesOf(answer, "X-Ok")]).toEqual([[], ["fine"]]);
    expect(valuesOf(answer, "Set-Cookie")).toEqual([]);
  });

  it("does not read a message as a replacement pattern", () => {
    const refusal = { type: "INVALID_SIGNATURE", message: "$& $1 $context.requestId" } as const;
    expect(refusalOf(refusal, templated("$context.error.message"))).toMatchObject({ body: "$& $1 $context.requestId" });
  });

  it("leaves out what has no value", () => {
    expect(refusalOf({ type: "UNAUTHORIZED" }, templated("[$context.authorizer.claims.sub]"))).toMatchObject({
      body: "[]",
    });
    const responseParameters = { "gatewayresponse.header.X": "method.request.header.Origin" };
    const answer = refusalOf({ type: "UNAUTHORIZED" }, { responseType: "UNAUTHORIZED", responseParameters });
    expect(valuesOf(answer, "X")).toEqual([]);
  });

  const source = {
    request: requestOf({ query: "q=1", headers: [["Origin", "https://a.example"]] }),
    pathParameters: { id: "7" },
    context: { stage: "dev", identity: { sourceIp: "192.0.2.1" }, authorizer: { claims: { client_id: "billing" } } },
    stageVariables: { host: "h.example" },
  };

  it.each([
    ["$context.stage $context.identity.sourceIp", "dev 192.0.2.1"],
    ["$context.authorizer.claims.client_id", "billing"],
    ["$stageVariables.host [$stageVariables.absent]", "h.example []"],
    ["$method.request.header.Origin $method.request.querystring.q", "https://a.example 1"],
    ["$method.request.path.id.", "7."],
    ["#if(true)$input.body#end", "#if(true)$input.body#end"],
    ["[$context.error.validationErrorString]", "[]"],
  ])("fills in the variables of %s, and evaluates nothing else", (template, body) => {
    expect(refuse({ type: "UNAUTHORIZED" }, IDS, [templated(template)], source)).toMatchObject({ body });
  });

  it("answers with the template of the type that the caller accepts", () => {
    const responseTemplates = { "application/json": "{}", "application/xml": "<a/>" };
    const customized: readonly CustomResponse[] = [{ responseType: "UNAUTHORIZED", responseTemplates }];
    const answerTo = (accept: string) =>
      refuse({ type: "UNAUTHORIZED" }, IDS, customized, {
        ...source,
        request: requestOf({ headers: [["Accept", accept]] }),
      });
    expect(answerTo("application/xml")).toMatchObject({ body: "<a/>" });
    expect(valuesOf(answerTo("application/xml;q=0.9"), "Content-Type")).toEqual(["application/xml"]);
    expect(answerTo("text/html")).toMatchObject({ body: "{}" });
  });

  it("never sends a header that belongs to the connection", () => {
    const names = ["Trailer", "Connection", "Transfer-Encoding", "Content-Length", "Upgrade"];
    const responseParameters = Object.fromEntries(names.map((name) => [`gatewayresponse.header.${name}`, "'1'"]));
    const answer = refusalOf({ type: "UNAUTHORIZED" }, { responseType: "UNAUTHORIZED", responseParameters });
    expect(names.flatMap((name) => valuesOf(answer, name))).toEqual([]);
    expect(valuesOf(answer, "x-amzn-Remapped-Trailer")).toEqual(["1"]);
  });
});
