import { findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

const API = "$\x7baws_api_gateway_rest_api.api.execution_arn}";
const STAGE = "$\x7baws_api_gateway_stage.dev.execution_arn}";
const NAME_THE_ROUTE = "Name API, stage, method and path, as in <execution ARN>/dev/GET/orders.";

const findings = (changes: Readonly<Record<string, unknown>>) =>
  findingsIn("aws_lambda_permission", {
    action: "lambda:InvokeFunction",
    principal: "apigateway.amazonaws.com",
    source_arn: `${API}/dev/GET/orders`,
    ...changes,
  });

describe("aws_lambda_permission", () => {
  it.each([
    ["one route", `${API}/dev/GET/orders`],
    ["the root", `${API}/dev/GET/`],
    ["a stage that is named by reference", `${API}/$\x7baws_api_gateway_stage.dev.stage_name}/GET/orders`],
    ["a route behind the stage's ARN", `${STAGE}/GET/orders`],
    ["a whole ARN", "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/dev/GET/orders"],
    [
      "an ARN in parts",
      "arn:aws:execute-api:$\x7bdata.aws_region.r.id}:$\x7bdata.aws_caller_identity.me.account_id}:$\x7baws_api_gateway_rest_api.api.id}/dev/GET/orders",
    ],
  ])("may be for %s", (_what, source_arn) => {
    expect(findings({ source_arn })).toEqual([]);
  });

  it("may be for a role", () => {
    const principal = "arn:aws:iam::123456789012:role/caller";

    expect(findings({ principal, source_arn: undefined })).toEqual([]);
  });

  it.each([
    [
      { principal: "*" },
      'principal is "*", so every AWS principal may invoke the function. Name the principal that invokes it.',
    ],
    [
      { principal: "$\x7blocal.everyone}" },
      'principal is "$\x7blocal.everyone}", which cannot be checked before deployment. Name the principal that invokes it.',
    ],
    [{ action: "$\x7bvar.action}" }, 'action is "$\x7bvar.action}". Set lambda:InvokeFunction.'],
    [{ action: "lambda:UpdateFunctionCode" }, 'action is "lambda:UpdateFunctionCode". Set lambda:InvokeFunction.'],
    [
      { principal: "sns.amazonaws.com", source_arn: "$\x7blocal.all}" },
      'source_arn "$\x7blocal.all}" matches every source of sns.amazonaws.com. Set source_arn to the resource that invokes it.',
    ],
    [
      { source_arn: undefined, principal: "apigateway.$\x7bdata.aws_partition.p.dns_suffix}" },
      `it has no source_arn, so apigateway.$\x7bdata.aws_partition.p.dns_suffix} may invoke it for any AWS account. ${NAME_THE_ROUTE}`,
    ],
    [{ action: "lambda:*" }, 'action is "lambda:*". Set lambda:InvokeFunction.'],
    [
      { function_url_auth_type: "NONE" },
      'function_url_auth_type is "NONE", so the function\'s URL is public. Put a route with scopes in front of the function.',
    ],
    [
      { source_arn: undefined },
      `it has no source_arn, so apigateway.amazonaws.com may invoke it for any AWS account. ${NAME_THE_ROUTE}`,
    ],
    [
      { source_arn: undefined, principal: "events.amazonaws.com" },
      "it has no source_arn, so events.amazonaws.com may invoke it for any AWS account. Set source_arn to the resource that invokes it.",
    ],
    [
      { source_arn: "*", principal: "sns.amazonaws.com" },
      'source_arn "*" matches every source of sns.amazonaws.com. Set source_arn to the resource that invokes it.',
    ],
    [
      { source_arn: "arn:aws:events:*:*:rule/*", principal: "events.amazonaws.com" },
      'source_arn "arn:aws:events:*:*:rule/*" matches every source of events.amazonaws.com. Set source_arn to the resource that invokes it.',
    ],
  ])("is refused with %j", (changes, expected) => {
    expect(findings(changes)).toEqual([expected]);
  });

  it.each([
    [`${API}/*/GET/orders`, "matches every stage"],
    [`${API}/dev/*/orders`, "matches every method, but the stack has no method ANY at /orders"],
    [`${STAGE}/*/orders`, "matches every method, but the stack has no method ANY at /orders"],
    ["arn:aws:execute-api:eu-west-1:123456789012:*/dev/GET/orders", "matches every API"],
    ["arn:aws:execute-api:eu-west-1:*:a1b2c3/dev/GET/orders", "matches every API"],
    [API, "does not name a route of an API"],
    [`${API}/*`, "does not name a route of an API"],
    [`${API}*`, "does not name a route of an API"],
    ["$\x7bvar.source}", "does not name a route of an API"],
    [`${API}/$\x7bvar.route}`, "does not name a route of an API"],
    [`${API}/dev/GET/*`, "matches several paths, but the stack has no path with these parameters"],
    [`${API}/dev/GET/ord*`, "matches several paths, but the stack has no path with these parameters"],
    ["*", "does not name a route of an API"],
  ])("is refused for the source %s", (source_arn, wrong) => {
    expect(findings({ source_arn })).toEqual([`source_arn "${source_arn}" ${wrong}. ${NAME_THE_ROUTE}`]);
  });

  it("may be for the URL of a function by a role", () => {
    const principal = "arn:aws:iam::123456789012:role/caller";
    const ofUrl = { principal, action: "lambda:InvokeFunctionUrl", source_arn: undefined };

    expect(findings({ ...ofUrl, function_url_auth_type: "AWS_IAM" })).toEqual([]);
    expect(findings(ofUrl)).toHaveLength(1);
    expect(findings({ ...ofUrl, function_url_auth_type: '$\x7b"NONE"}' })).toHaveLength(2);
  });

  it("is refused for each part that is too wide", () => {
    expect(findings({ source_arn: `${API}/*/*/*` })).toHaveLength(2);
  });
});

describe("a permission for every method", () => {
  function refusalsFor(path: string, httpMethod: string): readonly string[] {
    return refusalsOf((stack) => {
      const api = { rest_api_id: "api" };
      const root = "$\x7baws_api_gateway_rest_api.api.root_resource_id}";
      resource(stack, "aws_api_gateway_resource", { ...api, parent_id: root, path_part: "orders" }, "orders");
      const parent_id = "$\x7baws_api_gateway_resource.orders.id}";
      resource(stack, "aws_api_gateway_resource", { ...api, parent_id, path_part: "{rest+}" }, "rest");
      const demand = {
        authorization: "COGNITO_USER_POOLS",
        authorizer_id: "$\x7baws_api_gateway_authorizer.pool.id}",
        authorization_scopes: ["orders/read"],
      };
      const at = { http_method: httpMethod, resource_id: "$\x7baws_api_gateway_resource.rest.id}" };
      resource(stack, "aws_api_gateway_method", { ...api, ...at, ...demand }, "method");
      const permission = { action: "lambda:InvokeFunction", principal: "apigateway.amazonaws.com" };
      resource(stack, "aws_lambda_permission", { ...permission, source_arn: `${API}/dev/*${path}` });
    });
  }

  it("passes where the route takes every method", () => {
    expect(refusalsFor("/orders/*", "ANY")).toEqual([]);
  });

  it.each([
    ["the route takes one", "/orders/*", "GET"],
    ["another route takes every one", "/orders", "ANY"],
    ["nobody knows the route", "/*", "ANY"],
  ])("is refused where %s", (_what, path, httpMethod) => {
    expect(refusalsFor(path, httpMethod)).toEqual([
      `dev/it (aws_lambda_permission): source_arn "${API}/dev/*${path}" matches every method, but the stack has no method ANY at ${path}. ${NAME_THE_ROUTE}`,
    ]);
  });
});

describe("an endpoint of a function", () => {
  it.each([
    ["aws_lambda_function_url", { authorization_type: "AWS_IAM" }, 0],
    ["aws_lambda_function_url", { authorization_type: '$\x7b"NONE"}' }, 1],
    ["aws_lambda_function_url", {}, 1],
    ["aws_lambda_web_function", {}, 1],
    ["aws_lambdaweb_endpoint", {}, 1],
  ])("%s with %j has %d findings", (type, attributes, count) => {
    expect(findingsIn(type, attributes)).toHaveLength(count);
  });
});
