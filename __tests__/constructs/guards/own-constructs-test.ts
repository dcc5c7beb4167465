import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { TerraformStack } from "cdktf";
import type { ProtectedRoute } from "../../../constructs/api/api-route";
import { ProtectedApi } from "../../../constructs/protected-api";
import { refusalsOf } from "../../support/guarded-stack";

/** An API with every kind of route and every option. */
function wholeApi(stack: TerraformStack): ProtectedApi {
  const fn = new LambdaFunction(stack, "fn", { functionName: "fn", role: "role" });
  const cors = { origins: ["https://app.example.com"], headers: [] };
  const route = (method: string, path: string, given: Partial<ProtectedRoute> = {}): ProtectedRoute => ({
    method,
    path,
    backend: { kind: "lambda", function: fn },
    scopes: ["orders/read"],
    publicReason: undefined,
    cors: undefined,
    throttling: undefined,
    ...given,
  });
  return new ProtectedApi(stack, "api", {
    name: "shop-dev",
    stageName: "dev",
    userPool: new CognitoUserPool(stack, "pool", { name: "pool" }),
    routes: [
      route("GET", "/", { cors }),
      route("ANY", "/orders/{id}/{rest+}", { cors }),
      route("POST", "/orders/{id}", { throttling: { requestsPerSecond: 5, burst: 10 } }),
      route("GET", "/alive", { scopes: [], publicReason: "Load balancers ask without a token" }),
      route("GET", "/bills", { backend: { kind: "http", url: "https://bills.example.com/" } }),
    ],
    accessLog: { retentionDays: 30 },
    throttling: { requestsPerSecond: 100, burst: 200 },
    methodMetrics: true,
    tracing: true,
    firewall: { requestsPerFiveMinutes: 1000 },
    authorizerName: undefined,
    domain: {
      kind: "custom",
      name: "api.example.com",
      certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    },
  });
}

describe("the project's own API", () => {
  it("passes the guards with everything that it can have", () => {
    expect(refusalsOf(wholeApi)).toEqual([]);
  });

  it.each([
    ["POST --orders--{}/method", "authorization", "NONE", "it is public: authorization is NONE."],
    ["GET --/method", "authorizer_id", "", "it has no authorizer_id."],
    ["OPTIONS --/integration", "type", "HTTP_PROXY", "it is public: authorization is NONE."],
    ["settings", "settings.data_trace_enabled", true, "data_trace_enabled logs whole requests,"],
  ])("does not when somebody overrides %s", (path, attribute, value, wrong) => {
    const lines = refusalsOf((stack) => {
      const found = wholeApi(stack)
        .node.findAll()
        .find(({ node }) => node.path === `dev/api/${path}`);
      (found as LambdaFunction).addOverride(attribute, value);
    });

    expect(lines).toEqual([expect.stringContaining(`: ${wrong} `)]);
  });
});
