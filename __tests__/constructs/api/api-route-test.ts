import { ApiStack, type GivenRoute } from "../../support/api-stack";

const URL = "https://orders.example.com/v1";

/** Attributes of the integration of the only route. */
function integrationOf(route: GivenRoute) {
  return new ApiStack({ routes: [route] }).all("aws_api_gateway_integration")[0];
}

/** Attributes of the method of the only route. */
function methodOf(route: GivenRoute) {
  return new ApiStack({ routes: [route] }).all("aws_api_gateway_method")[0];
}

/** What may invoke the function, below the API's ARN. */
function permissionsOf(routes: readonly GivenRoute[]): readonly string[] {
  const permissions = new ApiStack({ routes }).all("aws_lambda_permission");
  return permissions.map(({ source_arn }) => String(source_arn).replace(/^\$\{\S+\.execution_arn\}/, ""));
}

describe("ApiRoute", () => {
  const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"];

  it.each(methods)("demands a token for %s", (method) => {
    expect(methodOf({ method })).toMatchObject({ http_method: method, authorization: "COGNITO_USER_POOLS" });
  });

  describe("with a function", () => {
    it.each(methods)("passes %s on by POST, as it is, and waits for 29 seconds", (method) => {
      expect(integrationOf({ method })).toMatchObject({
        http_method: expect.stringMatching(/^\$\{aws_api_gateway_method\.\S+\.http_method\}$/),
        integration_http_method: "POST",
        timeout_milliseconds: 29_000,
        type: "AWS_PROXY",
        uri: expect.stringMatching(/^\$\{aws_lambda_function\.\S+\.invoke_arn\}$/),
      });
    });

    it("maps nothing: the function gets the whole request", () => {
      expect(methodOf({ path: "/orders/{id}" })).not.toHaveProperty("request_parameters");
      expect(integrationOf({ path: "/orders/{id}" })).not.toHaveProperty("request_parameters");
    });

    it.each([
      ["GET", "/orders", "/dev/GET/orders"],
      ["GET", "/", "/dev/GET/"],
      ["OPTIONS", "/orders", "/dev/OPTIONS/orders"],
      ["ANY", "/orders", "/dev/*/orders"],
      ["PUT", "/orders/{id}/items/{item}", "/dev/PUT/orders/*/items/*"],
      ["ANY", "/files/{proxy+}", "/dev/*/files/*"],
    ])("lets %s %s of this stage invoke it, and nothing else", (method, path, source) => {
      expect(permissionsOf([{ method, path }])).toEqual([source]);
    });

    it("gives the permission to API Gateway, for invoking this function", () => {
      expect(new ApiStack().at("POST --access/may-invoke")).toMatchObject({
        action: "lambda:InvokeFunction",
        function_name: expect.stringMatching(/^\$\{aws_lambda_function\.\S+\.function_name\}$/),
        principal: "apigateway.amazonaws.com",
      });
    });

    it("has a wildcard for the method in no permission but that of ANY", () => {
      const routes = methods.map((method) => ({ method, path: `/${method}` }));

      expect(permissionsOf(routes).filter((source) => source.includes("*"))).toEqual(["/dev/*/ANY"]);
    });
  });

  describe("with a backend that is reached by HTTP", () => {
    it.each(methods)("asks it by %s, as it came, and waits for 29 seconds", (method) => {
      expect(integrationOf({ method, url: URL })).toEqual({
        http_method: expect.anything(),
        integration_http_method: method,
        resource_id: expect.anything(),
        rest_api_id: expect.anything(),
        timeout_milliseconds: 29_000,
        type: "HTTP_PROXY",
        uri: URL,
      });
    });

    it("hands over the path parameters that the URL takes", () => {
      const route = { path: "/shops/{shop}/orders/{id}", url: `${URL}/{id}/of/{shop}` };

      expect(methodOf(route)).toMatchObject({
        request_parameters: { "method.request.path.id": true, "method.request.path.shop": true },
      });
      expect(integrationOf(route)).toMatchObject({
        uri: `${URL}/{id}/of/{shop}`,
        request_parameters: {
          "integration.request.path.id": "method.request.path.id",
          "integration.request.path.shop": "method.request.path.shop",
        },
      });
    });

    it("hands over no parameter that the URL does not take, which AWS would refuse", () => {
      const route = { path: "/shops/{shop}/orders/{id}", url: `${URL}/{id}` };

      expect(methodOf(route)?.["request_parameters"]).toEqual({ "method.request.path.id": true });
      expect(integrationOf(route)?.["request_parameters"]).toEqual({
        "integration.request.path.id": "method.request.path.id",
      });
    });

    it("calls a greedy parameter by its name without the plus", () => {
      const route = { method: "ANY", path: "/files/{proxy+}", url: `${URL}/{proxy}` };

      expect(methodOf(route)?.["request_parameters"]).toEqual({ "method.request.path.proxy": true });
      expect(integrationOf(route)).toMatchObject({
        uri: `${URL}/{proxy}`,
        request_parameters: { "integration.request.path.proxy": "method.request.path.proxy" },
      });
    });

    it("needs no permission", () => {
      expect(permissionsOf([{ url: URL }])).toEqual([]);
    });

    it("is behind the same authorizer and scopes as a function", () => {
      expect(methodOf({ url: URL })).toMatchObject({
        authorization: "COGNITO_USER_POOLS",
        authorization_scopes: ["a/b"],
      });
    });
  });
});
