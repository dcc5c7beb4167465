import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { TerraformStack } from "cdktf";
import { declarePublic } from "../../../constructs/declared-reason";
import { findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

const RIGHT = {
  rest_api_id: "api",
  resource_id: "orders",
  http_method: "GET",
  authorization: "COGNITO_USER_POOLS",
  authorizer_id: "$\x7baws_api_gateway_authorizer.pool.id}",
  authorization_scopes: ["orders/read"],
};
const DEMAND =
  "Set COGNITO_USER_POOLS with an authorizer and scopes, or declare it public with a reason (declarePublic).";
const OPEN = `it is public: authorization is NONE. ${DEMAND}`;
const NO_SCOPES =
  "it has no authorization_scopes, so it accepts ID tokens and denies access tokens. List the scopes as <resource server>/<scope>.";

describe("aws_api_gateway_method", () => {
  const findings = (changes: Readonly<Record<string, unknown>>) =>
    findingsIn("aws_api_gateway_method", { ...RIGHT, ...changes });

  it("may demand a scope of the user pool", () => {
    expect(findings({})).toEqual([]);
  });

  it.each([
    ["is open", { authorization: "NONE" }, [OPEN]],
    ["says nothing of authorization", { authorization: undefined }, [OPEN]],
    ["is an OPTIONS without integration", { http_method: "OPTIONS", authorization: "NONE" }, [OPEN]],
    [
      "demands something else",
      { authorization: "AWS_IAM" },
      [`authorization is "AWS_IAM" instead of COGNITO_USER_POOLS. ${DEMAND}`],
    ],
    [
      "demands what nobody knows yet",
      { authorization: "$\x7bvar.a}" },
      [`authorization is "$\x7bvar.a}" instead of COGNITO_USER_POOLS. ${DEMAND}`],
    ],
    ["has no authorizer", { authorizer_id: "" }, ["it has no authorizer_id. Name the authorizer of the user pool."]],
    ["has no scopes", { authorization_scopes: undefined }, [NO_SCOPES]],
    ["has an empty list of scopes", { authorization_scopes: [] }, [NO_SCOPES]],
    ["has an empty scope", { authorization_scopes: [""] }, [NO_SCOPES]],
    [
      "has scopes that nobody knows yet",
      { authorization_scopes: "$\x7baws_cognito_resource_server.a.scope_identifiers}" },
      [
        'authorization_scopes is "$\x7baws_cognito_resource_server.a.scope_identifiers}", which cannot be checked before deployment. List the scopes as <resource server>/<scope>.',
      ],
    ],
  ])("is refused when it %s", (_what, changes, expected) => {
    expect(findings(changes)).toEqual(expected);
  });

  it("is refused for each thing that is missing", () => {
    expect(findings({ authorizer_id: undefined, authorization_scopes: [] })).toHaveLength(2);
  });
});

describe("an open method", () => {
  function open(stack: TerraformStack, httpMethod: string): ApiGatewayMethod {
    return new ApiGatewayMethod(stack, "it", { restApiId: "api", resourceId: "r", httpMethod, authorization: "NONE" });
  }
  const line = `dev/it (aws_api_gateway_method): ${OPEN}`;

  it("passes when somebody wrote down why", () => {
    expect(refusalsOf((stack) => declarePublic(open(stack, "GET"), "Liveness probe, says nothing"))).toEqual([]);
  });

  it("is refused when the reason is empty", () => {
    expect(refusalsOf((stack) => declarePublic(open(stack, "GET"), " "))).toEqual([line]);
  });

  it("is refused when it is declared public and demands something else", () => {
    const lines = refusalsOf((stack) => {
      const method = open(stack, "GET");
      method.addOverride("authorization", "AWS_IAM");
      declarePublic(method, "Liveness probe");
    });

    expect(lines).toHaveLength(1);
  });

  it.each([
    ["passes", "OPTIONS", "MOCK", 0],
    ["is refused", "OPTIONS", "AWS_PROXY", 1],
    ["is refused", "GET", "MOCK", 1],
  ])("%s as %s with the integration %s", (_what, httpMethod, type, count) => {
    const lines = refusalsOf((stack) => {
      const { restApiId, resourceId, httpMethod: verb } = open(stack, httpMethod);
      new ApiGatewayIntegration(stack, "integration", { restApiId, resourceId, httpMethod: verb, type });
    });

    expect(lines).toHaveLength(count);
  });

  it.each([
    ["the same text", { rest_api_id: "api", resource_id: "r", http_method: "OPTIONS" }, 0],
    ["another resource", { rest_api_id: "api", resource_id: "other", http_method: "OPTIONS" }, 1],
    ["another API", { rest_api_id: "other", resource_id: "r", http_method: "OPTIONS" }, 1],
  ])("is told to be a preflight by an integration of %s", (_what, at, count) => {
    const lines = refusalsOf((stack) => {
      open(stack, "OPTIONS");
      resource(stack, "aws_api_gateway_integration", { ...at, type: "MOCK" }, "integration");
    });

    expect(lines).toHaveLength(count);
  });
});

describe("aws_apigatewayv2_route", () => {
  const RIGHT_ROUTE = { authorization_type: "JWT", authorizer_id: "a", authorization_scopes: ["orders/read"] };

  it("may demand a scope", () => {
    expect(findingsIn("aws_apigatewayv2_route", RIGHT_ROUTE)).toEqual([]);
  });

  it.each([
    [{}, "it is public: authorization_type is NONE. Set JWT with an authorizer and scopes."],
    [{ ...RIGHT_ROUTE, authorization_scopes: undefined }, NO_SCOPES],
  ])("is refused as %j", (attributes, expected) => {
    expect(findingsIn("aws_apigatewayv2_route", attributes)).toEqual([expected]);
  });
});
