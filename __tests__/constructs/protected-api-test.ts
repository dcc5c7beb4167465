import { declaredReasonOf } from "../../constructs/declared-reason";
import { ApiStack } from "../support/api-stack";

const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/1";
const authorizerId = expect.stringMatching(/^\$\{aws_api_gateway_authorizer\.\S+\.id\}$/);

describe("ProtectedApi", () => {
  it("demands an access token with one of the route's scopes, sorted and without repeats", () => {
    const stack = new ApiStack({ routes: [{ scopes: ["b/y", "a/x", "b/y"] }] });

    expect(stack.at("POST --access/method")).toMatchObject({
      http_method: "POST",
      authorization: "COGNITO_USER_POOLS",
      authorization_scopes: ["a/x", "b/y"],
      authorizer_id: authorizerId,
    });
  });

  it("accepts the tokens of its pool, from the Authorization header, without a validation expression", () => {
    expect(new ApiStack().at("authorizer")).toEqual({
      identity_source: "method.request.header.Authorization",
      name: "test-cognito-authorizer",
      provider_arns: [expect.stringMatching(/^\$\{aws_cognito_user_pool\.\S+\.arn\}$/)],
      rest_api_id: expect.stringMatching(/^\$\{aws_api_gateway_rest_api\.\S+\.id\}$/),
      type: "COGNITO_USER_POOLS",
    });
  });

  it("makes each part of a path once, whatever the order of the routes", () => {
    const paths = ["/orders/{id}/items", "/orders", "/orders/{id}", "/"];
    const made = [paths, paths.toReversed()].map((order) =>
      new ApiStack({ routes: order.map((path) => ({ path })) })
        .all("aws_api_gateway_resource")
        .map(({ path_part }) => path_part),
    );

    expect(made).toEqual([
      ["orders", "{id}", "items"],
      ["orders", "{id}", "items"],
    ]);
  });

  it("has the URL of a path below the stage", () => {
    const stack = new ApiStack();

    expect(stack.resolve(stack.api.urlOf("/orders/{id}"))).toMatch(
      /^\$\{aws_api_gateway_stage\.\S+\.invoke_url\}\/orders\/\{id\}$/,
    );
  });

  it("leaves the API's own host open without a domain", () => {
    const stack = new ApiStack();

    expect(stack.at("api")).toEqual({ name: "my-api", endpoint_configuration: { types: ["REGIONAL"] } });
    expect(stack.api.domainTarget).toBeUndefined();
  });

  it("is reached by its domain only where it has one", () => {
    const stack = new ApiStack({ domain: { kind: "custom", name: "api.example.com", certificateArn } });

    expect(stack.at("api")).toMatchObject({ disable_execute_api_endpoint: true });
    expect(stack.api.urlOf("/orders")).toBe("https://api.example.com/orders");
  });

  it("has nothing that nobody asked for", () => {
    const types = new ApiStack().elements().map(({ terraformResourceType }) => terraformResourceType);

    expect(types.sort()).toEqual([
      "aws_api_gateway_authorizer",
      "aws_api_gateway_deployment",
      "aws_api_gateway_integration",
      "aws_api_gateway_method",
      "aws_api_gateway_method_settings",
      "aws_api_gateway_resource",
      "aws_api_gateway_rest_api",
      "aws_api_gateway_stage",
      "aws_lambda_permission",
    ]);
  });

  it("never owns the account's own settings of API Gateway", () => {
    const stack = new ApiStack({ accessLog: { retentionDays: 30 }, tracing: true, methodMetrics: true });

    expect(stack.all("aws_api_gateway_account")).toEqual([]);
  });
});

describe("a public route", () => {
  const stack = new ApiStack({ routes: [{ method: "GET", path: "/health", publicReason: "Load balancers ask." }, {}] });

  it("is open to everybody, without scopes or authorizer", () => {
    const method = stack.at("GET --health/method");

    expect(method).toMatchObject({ authorization: "NONE" });
    expect(method).not.toHaveProperty("authorizer_id");
    expect(method).not.toHaveProperty("authorization_scopes");
  });

  it("carries the reason with its method", () => {
    expect(declaredReasonOf(stack.element("GET --health/method"))).toBe("Load balancers ask.");
  });

  it.each(["POST --access/method", "GET --health/integration"])("is the only thing declared public: not %s", (path) => {
    expect(declaredReasonOf(stack.element(path))).toBeUndefined();
  });

  it("leaves nothing of the reason in what Terraform reads", () => {
    expect(stack.synthesize()).not.toContain("Load balancers");
  });
});
