import { functionEnvironment } from "../../access/function-environment";
import { referencesIn } from "../../access/variable-references";

describe("referencesIn", () => {
  it("has where values are, sorted by name, without keys and without plain texts", () => {
    const variables = {
      TOKEN: { parameter: "/token" },
      MODE: "live",
      PASSWORD: { secret: "orders/db", key: "password", kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    };

    expect(JSON.stringify(referencesIn(variables))).toBe(
      '{"PASSWORD":{"secret":"orders/db","key":"password"},"TOKEN":{"parameter":"/token"}}',
    );
  });

  it("is what the function's environment has in place of values", () => {
    const variables = { MODE: "live", TOKEN: { parameter: "/token" } };

    expect(functionEnvironment("dev", [], [], undefined, variables)).toEqual({
      ALLOWED_BY_ROUTE: "dev",
      MODE: "live",
      VARIABLE_REFERENCES: '{"TOKEN":{"parameter":"/token"}}',
    });
  });
});
