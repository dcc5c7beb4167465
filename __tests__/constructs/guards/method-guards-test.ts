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

  it.each([
    ["authorization", '$\x7b"NONE"}', /^authorization is ".*" instead of COGNITO_USER_POOLS/],
    ["authorizer_id", "$\x7baws_api_gateway_authorizer.gone.id}", /is not an authorizer of this stack/],
    ["authorizer_id", "$\x7bdata.aws_api_gateway_authorizer.pool.id}", /is not an authorizer of this stack/],
    ["authorizer_id", "$\x7bvar.authorizer}", /is not an authorizer of this stack/],
    ["authorizer_id", "$\x7baws_api_gateway_authorizer.token.id}", /^its authorizer is of the type TOKEN/],
    ["authorization_scopes", ["orders/write"], /^the scope "orders\/write" is of no resource server of this stack/],
    ["authorization_scopes", ["orders/read", "openid"], /^the scope "openid" is of no resource server/],
    ["authorization_scopes", ["$\x7bvar.scope}"], /cannot be checked before deployment/],
  ])("is refused when its %s is %j", (attribute, value, expected) => {
    expect(findings({ [attribute]: value })).toEqual([expect.stringMatching(expected)]);
  });

  it("may name a scope by its resource server", () => {
    const scope = "$\x7baws_cognito_resource_server.orders.identifier}/read";

    expect(findings({ authorization_scopes: [scope] })).toEqual([]);
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
    ["another verb", { rest_api_id: "api", resource_id: "r", http_method: "GET" }, 1],
  ])("is told to be a preflight by an integration of %s", (_what, at, count) => {
    const lines = refusalsOf((stack) => {
      open(stack, "OPTIONS");
      resource(stack, "aws_api_gateway_integration", { ...at, type: "MOCK" }, "integration");
    });

    expect(lines).toHaveLength(count);
  });
});

describe("an OPTIONS with a second integration", () => {
  const at = { rest_api_id: "api", resource_id: "r", http_method: "OPTIONS" };

  it.each([
    ["is refused", { ...at, type: "AWS_PROXY" }, 1],
    ["is refused", { ...at, http_method: "$\x7baws_api_gateway_method.it.http_method}", type: "AWS_PROXY" }, 1],
    ["is refused", { ...at, resource_id: "$\x7baws_api_gateway_method.it.resource_id}", type: "HTTP" }, 1],
    ["is refused", { ...at, resource_id: "$\x7blocal.r}", type: "AWS_PROXY" }, 1],
    ["is refused", { ...at, resource_id: "$\x7bdata.aws_api_gateway_resource.r.id}", type: "AWS_PROXY" }, 1],
    ["is refused", { ...at, http_method: '$\x7b"OPTIONS"}', type: "AWS_PROXY" }, 1],
    ["is refused", { ...at, type: '$\x7b"MOCK"}' }, 1],
    ["passes", { ...at, type: "MOCK" }, 0],
    ["passes", { ...at, http_method: "POST", type: "AWS_PROXY" }, 0],
    ["passes", { ...at, resource_id: "other", type: "AWS_PROXY" }, 0],
  ])("%s for %j", (_what, second, count) => {
    const lines = refusalsOf((stack) => {
      stack.addOverride("resource.aws_api_gateway_method.it", { ...at, authorization: "NONE" });
      resource(stack, "aws_api_gateway_integration", { ...at, type: "MOCK" }, "first");
      resource(stack, "aws_api_gateway_integration", second, "second");
    });

    expect(lines).toHaveLength(count);
  });
});

describe("aws_apigatewayv2_route", () => {
  it("passes when it is declared public with a reason", () => {
    expect(refusalsOf((stack) => declarePublic(resource(stack, "aws_apigatewayv2_route", {}), "Liveness"))).toEqual([]);
  });

  const RIGHT_ROUTE = {
    authorization_type: "JWT",
    authorizer_id: "$\x7baws_apigatewayv2_authorizer.pool.id}",
    authorization_scopes: ["orders/read"],
  };

  it("may demand a scope", () => {
    expect(findingsIn("aws_apigatewayv2_route", RIGHT_ROUTE)).toEqual([]);
  });

  it.each([
    [
      {},
      "it is public: authorization_type is NONE. Set JWT with an authorizer and scopes, or declare it public with a reason (declarePublic).",
    ],
    [{ ...RIGHT_ROUTE, authorization_scopes: undefined }, NO_SCOPES],
  ])("is refused as %j", (attributes, expected) => {
    expect(findingsIn("aws_apigatewayv2_route", attributes)).toEqual([expected]);
  });
});
