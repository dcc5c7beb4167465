import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { App, TerraformStack, Testing } from "cdktf";
import { ProtectedApi } from "../../constructs/protected-api";

/** An API with one route, and a way to change what was made of it, as an escape hatch would. */
function triggerWith(change: (api: ProtectedApi) => void): string {
  const stack = new TerraformStack(new App(), "dev");
  const fn = new LambdaFunction(stack, "fn", { functionName: "fn", role: "role" });
  const api = new ProtectedApi(stack, "api", {
    name: "api",
    stageName: "dev",
    userPool: new CognitoUserPool(stack, "pool", { name: "pool" }),
    routes: [{ method: "POST", path: "/access", scopes: ["a/b"], cors: true, function: fn }],
  });
  change(api);
  const { resource } = JSON.parse(Testing.synth(stack));
  const [deployment] = Object.values<{ triggers: { configuration: string } }>(resource.aws_api_gateway_deployment);
  return deployment?.triggers.configuration ?? "";
}

function overriding(path: string, attribute: string, value: unknown): (api: ProtectedApi) => void {
  return (api) => {
    const found = api.node.findAll().find(({ node }) => node.path === `dev/api/${path}`) as LambdaFunction | undefined;
    if (found === undefined) throw new Error(`no ${path}`);
    found.addOverride(attribute, value);
  };
}

describe("ProtectedApi", () => {
  it("refuses a route without scopes, with its path and the way out", () => {
    const stack = new TerraformStack(new App(), "dev");
    const fn = new LambdaFunction(stack, "fn", { functionName: "fn", role: "role" });
    const routes = [{ method: "GET", path: "/open", scopes: [], cors: false, function: fn }];
    const userPool = new CognitoUserPool(stack, "pool", { name: "pool" });

    expect(() => new ProtectedApi(stack, "api", { name: "api", stageName: "dev", userPool, routes })).toThrow(
      'dev/api: route "GET /open" has no scopes, so it would refuse every access token. Name one.',
    );
  });

  it.each([
    ["POST --access/method", "authorization_scopes", ["a/c"]],
    ["POST --access/method", "authorization", "NONE"],
    ["POST --access/integration", "uri", "elsewhere"],
    ["POST --access/integration", "timeout_milliseconds", 5000],
    ["authorizer", "identity_source", "method.request.header.Other"],
    ["authorizer", "provider_arns", ["other"]],
    ["refusal-UNAUTHORIZED", "response_templates", { "application/xml": "x" }],
    ["refusal-DEFAULT_4XX", "status_code", "400"],
    ["OPTIONS --access/method", "authorization", "AWS_IAM"],
    ["OPTIONS --access/integration", "request_templates", { "application/xml": "x" }],
    ["OPTIONS --access/method-response", "response_parameters", { x: true }],
    ["OPTIONS --access/integration-response", "response_parameters", { x: "y" }],
    ["--access", "path_part", "other"],
    ["api", "name", "other"],
  ])("deploys anew when %s has another %s, whoever changed it", (path, attribute, value) => {
    expect(triggerWith(overriding(path, attribute, value))).not.toBe(triggerWith(() => undefined));
  });
});
