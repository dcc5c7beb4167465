import { ApiStack } from "../../support/api-stack";

const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/1";

describe("ApiDomain", () => {
  const stack = new ApiStack({ domain: { kind: "custom", name: "api.example.com", certificateArn } });

  it("answers at the domain with its certificate, in TLS 1.2 or later", () => {
    expect(stack.at("domain/name")).toEqual({
      domain_name: "api.example.com",
      endpoint_configuration: { types: ["REGIONAL"] },
      regional_certificate_arn: certificateArn,
      security_policy: "TLS_1_2",
    });
  });

  it("has the stage at its root", () => {
    expect(stack.at("domain/mapping")).toEqual({
      api_id: expect.stringMatching(/^\$\{aws_api_gateway_rest_api\.\S+\.id\}$/),
      domain_name: expect.stringMatching(/^\$\{aws_api_gateway_domain_name\.\S+\.domain_name\}$/),
      stage_name: expect.stringMatching(/^\$\{aws_api_gateway_stage\.\S+\.stage_name\}$/),
    });
  });

  it("says what a DNS record has to point to", () => {
    expect(stack.resolve(stack.api.domainTarget)).toEqual({
      name: expect.stringMatching(/^\$\{aws_api_gateway_domain_name\.\S+\.regional_domain_name\}$/),
      zoneId: expect.stringMatching(/^\$\{aws_api_gateway_domain_name\.\S+\.regional_zone_id\}$/),
    });
  });

  it("is not there unless it is asked for", () => {
    expect(new ApiStack().all("aws_api_gateway_domain_name")).toEqual([]);
  });
});
