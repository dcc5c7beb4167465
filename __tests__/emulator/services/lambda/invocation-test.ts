/** A function as the account has it, made ready to be run. */

import { deployedFunction, findInvocable } from "../../../../emulator/services/lambda/invocation";
import { versions } from "../../../../emulator/services/lambda/records";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { functionZip, REGION } from "../../../support/workspace";

const FUNCTION = "aws_lambda_function";

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

const place = () => ({ account: examples.workspace.account, region: REGION });

function deployed({ id }: Attributes) {
  const version = versions.get(place(), `${id}:$LATEST`);
  if (version === undefined) throw new Error("the function is gone");
  return deployedFunction(place(), version);
}

describe("deployedFunction", () => {
  it("is what was deployed, with Lambda's defaults", async () => {
    const made = await examples.another(FUNCTION, { logging_config: null, environment: null });

    expect(deployed(made)).toEqual({
      name: "orders",
      arn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
      version: "$LATEST",
      zip: Buffer.from(functionZip),
      codeSha256: text(made, "code_sha256"),
      handler: "index.handler",
      runtime: "nodejs22.x",
      environment: {},
      timeoutSeconds: 3,
      memoryMegabytes: 128,
      region: "eu-west-1",
      logGroup: "/aws/lambda/orders",
      logFormat: "Text",
      logLevel: "INFO",
      systemLogLevel: "INFO",
    });
  });

  it("logs where, how and how much it is told to", async () => {
    const levels = { application_log_level: "WARN", system_log_level: "DEBUG" };
    const logging_config = [{ log_group: "/orders/all", log_format: "JSON", ...levels }];

    expect(deployed(await examples.another(FUNCTION, { logging_config }))).toMatchObject({
      logGroup: "/orders/all",
      logFormat: "JSON",
      logLevel: "WARN",
      systemLogLevel: "DEBUG",
    });
  });
});

describe("findInvocable", () => {
  const principal = "apigateway.amazonaws.com";
  const sourceArn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/orders";
  const find = (arn: string) => findInvocable(place(), arn, { principal, sourceArn, sourceAccount: "123456789012" });

  /** The function with version 1, the alias `live` of it, and who may invoke what. */
  async function make(qualifiers: readonly (string | null)[]): Promise<string> {
    const fn = await examples.another(FUNCTION, { publish: true });
    const at = { function_name: text(fn, "function_name"), action: "lambda:InvokeFunction", principal };
    await examples.workspace.create("aws_lambda_alias", { ...at, name: "live", function_version: "1" });
    for (const qualifier of qualifiers) {
      await examples.workspace.create("aws_lambda_permission", { ...at, statement_id: "gateway", qualifier });
    }
    return text(fn, "arn");
  }

  it.each([
    ["the function", null, "", "$LATEST"],
    ["the function", null, ":$LATEST", "$LATEST"],
    ["a version", "1", ":1", "1"],
    ["an alias", "live", ":live", "1"],
  ])("finds %s that a policy is about: %s %s", async (_, qualifier, suffix, version) => {
    const found = find(`${await make([qualifier])}${suffix}`);

    expect(found).toMatchObject({ fn: { name: "orders", version } });
    expect(found).toHaveProperty("details", suffix === "" ? {} : { qualifier: suffix.slice(1) });
  });

  it("takes fractions for the weights of an alias, but no second version that is the first", async () => {
    const fn = text(await examples.another(FUNCTION, { publish: true }), "function_name");
    const routing = { routing_config: [{ additional_version_weights: { 1: 0.5 } }] };
    const config = { name: "half", function_name: fn, function_version: "1", ...routing };

    await expect(examples.workspace.create("aws_lambda_alias", config)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });

  it.each([
    ["an alias by the policy of the function", [null], ":live"],
    ["an alias by the policy of its version", ["1"], ":live"],
    ["the function by the policy of an alias", ["live"], ""],
    ["a version by the policy of another qualifier", [null, "live"], ":1"],
  ])("lets nobody invoke %s", async (_, qualifiers, suffix) => {
    expect(find(`${await make(qualifiers)}${suffix}`)).toEqual({ refusal: "no-permission" });
  });

  it.each([":2", ":gone"])("finds nothing by a qualifier that is not there: %s", async (suffix) => {
    expect(find(`${await make([null])}${suffix}`)).toEqual({ refusal: "no-function" });
  });

  it("finds nothing by the ARN of another account or region", async () => {
    const arn = await make([null]);

    expect(find(arn.replace("123456789012", "210987654321"))).toEqual({ refusal: "no-function" });
    expect(find(arn.replace("eu-west-1", "us-east-1"))).toEqual({ refusal: "no-function" });
  });
});
