import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { TerraformStack } from "cdktf";
import { declareClientToken } from "../../../constructs/client-token";
import { findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

const CLIENT = "aws_cognito_user_pool_client";
const POOL = "aws_cognito_user_pool";
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
const UNKNOWN = "${var.unknown}";
const WAY_OUT =
  "Let it use the token endpoint (allowed_oauth_flows), or declare it with a reason (declareClientToken).";
const WITHOUT_DOMAIN = `it can get tokens without the domain, since explicit_auth_flows has ALLOW_CLIENT_TOKEN_AUTH. ${WAY_OUT}`;

const byApi = (stack: TerraformStack) =>
  new CognitoUserPoolClient(stack, "it", {
    name: "billing",
    userPoolId: "eu-west-1_abcdefghi",
    explicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH"],
  });

describe("a client", () => {
  it.each([
    ["no flows", {}, []],
    ["other flows", { explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"] }, []],
    ["client tokens", { explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] }, [WITHOUT_DOMAIN]],
    [
      "flows that nobody knows",
      { explicit_auth_flows: UNKNOWN },
      [`explicit_auth_flows is "${UNKNOWN}", which nobody can check before it is deployed. ${WAY_OUT}`],
    ],
  ])("with %s", (_what, attributes, findings) => {
    expect(findingsIn(CLIENT, attributes)).toEqual(findings);
  });

  it("may get tokens without the domain where that is declared with a reason", () => {
    expect(refusalsOf((stack) => declareClientToken(byApi(stack), "It has no way to the domain"))).toEqual([]);
    expect(refusalsOf((stack) => declareClientToken(byApi(stack), " "))).toEqual([
      `dev/it (${CLIENT}): ${WITHOUT_DOMAIN}`,
    ]);
  });
});

describe("a user pool", () => {
  const refused = `dev/it (${POOL}): issuer_configuration is not ORIGINAL, and no COGNITO_USER_POOLS authorizer accepts tokens with another issuer. Leave issuer_configuration out.`;

  it.each([
    ["no issuer", {}, []],
    ["the original issuer", { issuer_configuration: { type: "ORIGINAL" } }, []],
    ["the updated issuer", { issuer_configuration: [{ type: "UPDATED" }] }, [refused]],
    ["an issuer that nobody knows", { issuer_configuration: { type: UNKNOWN } }, [refused]],
  ])("with %s behind a REST API", (_what, attributes, findings) => {
    const lines = refusalsOf((stack) => {
      const pool = resource(stack, POOL, attributes);
      resource(stack, "aws_api_gateway_authorizer", { provider_arns: [`\${${pool.fqn}.arn}`] }, "gate");
    });

    expect(lines).toEqual(findings);
  });

  it("may have the updated issuer where no REST API asks for its tokens", () => {
    expect(findingsIn(POOL, { issuer_configuration: { type: "UPDATED" } })).toEqual([]);
  });
});
