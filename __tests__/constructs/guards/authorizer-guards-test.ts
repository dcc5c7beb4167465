import { findingsIn } from "../../support/guarded-stack";

const POOL = "$\x7baws_cognito_user_pool.pool.arn}";
const ELSEWHERE = [
  "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abc",
  "$\x7baws_cognito_user_pool.gone.arn}",
  "$\x7bdata.aws_cognito_user_pool.pool.arn}",
  "$\x7bvar.pool}",
  `${POOL}x`,
];

describe("an authorizer of a REST API", () => {
  const findings = (provider_arns: unknown, type = "COGNITO_USER_POOLS") =>
    findingsIn("aws_api_gateway_authorizer", { type, provider_arns });

  it("accepts tokens of a pool of the stack", () => {
    expect(findings([POOL])).toEqual([]);
  });

  it.each(ELSEWHERE)("is refused with the pool %s, also beside one of the stack", (arn) => {
    const expected = `provider_arns has "${arn}", which is not a user pool of this stack. Set it to the ARN of an aws_cognito_user_pool of the stack.`;

    expect(findings([arn])).toEqual([expected]);
    expect(findings([POOL, arn])).toEqual([expected]);
  });

  it("is refused without pools, and when its type is not certain", () => {
    expect(findings(undefined)).toHaveLength(1);
    expect(findings("$\x7blocal.pools}")).toHaveLength(1);
    expect(findings([POOL], "$\x7bvar.type}")).toEqual(['type is "$\x7bvar.type}". Set COGNITO_USER_POOLS.']);
  });

  it("may be of another kind, which no method may demand", () => {
    expect(findings(undefined, "TOKEN")).toEqual([]);
  });
});

describe("an authorizer of an HTTP API", () => {
  const findings = (issuer: unknown, authorizer_type = "JWT") =>
    findingsIn("aws_apigatewayv2_authorizer", { authorizer_type, jwt_configuration: [{ issuer }] });

  it.each([
    "https://$\x7baws_cognito_user_pool.pool.endpoint}",
    "https://cognito-idp.eu-west-1.amazonaws.com/$\x7baws_cognito_user_pool.pool.id}",
    "https://cognito-idp.$\x7bdata.aws_region.here.name}.amazonaws.com/$\x7baws_cognito_user_pool.pool.id}",
  ])("accepts tokens of a pool of the stack: %s", (issuer) => {
    expect(findings(issuer)).toEqual([]);
  });

  it.each([
    "https://accounts.google.com",
    "https://$\x7baws_cognito_user_pool.gone.endpoint}",
    "https://$\x7bdata.aws_cognito_user_pool.pool.endpoint}",
    "https://cognito-idp.example.com/$\x7baws_cognito_user_pool.pool.id}",
    "https://cognito-idp.$\x7bvar.region}.amazonaws.com/$\x7baws_cognito_user_pool.pool.id}",
    "$\x7bvar.issuer}",
  ])("is refused with the issuer %s", (issuer) => {
    expect(findings(issuer)).toEqual([
      `issuer is "${issuer}", which is not a user pool of this stack. Set issuer to https://, and the endpoint of an aws_cognito_user_pool of the stack.`,
    ]);
  });

  it("is refused without an issuer, and when its type is not certain", () => {
    expect(findings(undefined)).toHaveLength(1);
    expect(findingsIn("aws_apigatewayv2_authorizer", { authorizer_type: "JWT" })).toHaveLength(1);
    expect(findings("https://$\x7baws_cognito_user_pool.pool.endpoint}", "$\x7bvar.type}")).toHaveLength(1);
  });

  it("may be of another kind, which no route may demand", () => {
    expect(findingsIn("aws_apigatewayv2_authorizer", { authorizer_type: "REQUEST" })).toEqual([]);
  });
});
