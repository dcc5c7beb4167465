/** A function as the account has it, made ready to be run. */
import { deployedFunction } from "../../../emulator/runtime/deployed-function";
import { Examples } from "../../support/examples";
import { functionZip } from "../../support/workspace";

const FUNCTION = "aws_lambda_function";
const code = { zip: Buffer.from(functionZip).toString("base64"), sha256: "hash" };

describe("deployedFunction", () => {
  it("is what was deployed, with Lambda's defaults", async () => {
    const made = await new Examples().another(FUNCTION, { logging_config: null, environment: null });

    expect(deployedFunction(made, code, "eu-west-1")).toEqual({
      name: "orders",
      arn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
      version: "$LATEST",
      zip: Buffer.from(functionZip),
      codeSha256: "hash",
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
    const made = await new Examples().another(FUNCTION, { logging_config });

    expect(deployedFunction(made, code, "eu-west-1")).toMatchObject({
      logGroup: "/orders/all",
      logFormat: "JSON",
      logLevel: "WARN",
      systemLogLevel: "DEBUG",
    });
  });
});
