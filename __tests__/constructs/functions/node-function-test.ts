import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { StackJson } from "../../../constructs/contract/stack-json";
import { NodeFunction, type NodeFunctionProps } from "../../../constructs/functions/node-function";
import { guardedApp, refusalsOf } from "../../support/guarded-stack";
import { synthesizeStack } from "../../support/synthesized-construct";

const entry = join(mkdtempSync(join(tmpdir(), "function-")), "fn.ts");
writeFileSync(entry, "export const handler = async () => 1;");

const fill = (given: Partial<NodeFunctionProps>) => (stack: TerraformStack) => {
  new NodeFunction(stack, "fn", {
    entry,
    name: ["shop-dev", "orders"],
    region: "eu-west-1",
    accountId: undefined,
    environment: { A: "b" },
    variables: {},
    statements: [],
    runtime: "nodejs24.x",
    memoryMegabytes: 256,
    timeoutSeconds: 10,
    architecture: "arm64",
    logLevel: "info",
    retentionDays: 30,
    tracing: false,
    ...given,
  });
};
const functionWith = (given: Partial<NodeFunctionProps> = {}) => synthesizeStack(fill(given));

describe("NodeFunction", () => {
  it("runs as it is told to", () => {
    const stack = functionWith({ memoryMegabytes: 1024, timeoutSeconds: 29, architecture: "x86_64" });

    expect(stack.resource("aws_lambda_function")).toMatchObject({
      function_name: "shop-dev-orders",
      memory_size: 1024,
      timeout: 29,
      architectures: ["x86_64"],
      environment: { variables: { A: "b", NODE_OPTIONS: "--enable-source-maps" } },
    });
  });

  it.each([
    ["--max-http-header-size=32768", "--max-http-header-size=32768 --enable-source-maps"],
    ["--enable-source-maps --trace-warnings", "--enable-source-maps --trace-warnings"],
    ["--no-enable-source-maps", "--no-enable-source-maps"],
  ])("keeps the NODE_OPTIONS that it is given: %s", (given, variable) => {
    expect(functionWith({ environment: { NODE_OPTIONS: given } }).resource("aws_lambda_function")).toMatchObject({
      environment: { variables: { NODE_OPTIONS: variable } },
    });
  });

  it("has the reason of a statement as a comment in the synthesized policy", () => {
    const statements = [{ actions: ["s3:*"], resources: ["arn:aws:s3:::orders"], reason: "They are its own." }];
    const stack = new TerraformStack(guardedApp(), "dev");
    fill({ statements })(stack);
    const policies = Object.values(new StackJson(stack.toTerraform()).ofType("aws_iam_role_policy"));

    expect(policies.find(({ path }) => path === "dev/fn/may-with-reason-1")?.attributes).toMatchObject({
      name: "stated-with-reason-1",
      "//": { reason: "They are its own." },
    });
    expect(policies.filter(({ attributes }) => JSON.stringify(attributes).includes('"reason"'))).toHaveLength(1);
  });

  it("has the runtime, the layers, the VPC and the reserved concurrency that it is told to have", () => {
    const layers = ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"];
    const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
    const stack = functionWith({ runtime: "nodejs22.x", layers, vpc, reservedConcurrency: 0 });

    expect(stack.resource("aws_lambda_function")).toMatchObject({
      runtime: "nodejs22.x",
      layers,
      vpc_config: { subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] },
      reserved_concurrent_executions: 0,
    });
  });

  it("has none of them, and no account to look up, when it is told nothing", () => {
    const stack = functionWith();

    for (const name of ["layers", "vpc_config", "reserved_concurrent_executions"]) {
      expect(stack.resource("aws_lambda_function")).not.toHaveProperty(name);
    }
    expect(stack.resource("aws_lambda_function")["handler"]).toBe("index.handler");
    expect(stack.json).not.toHaveProperty("data");
  });

  it("takes as much of the account's concurrency as there is", () => {
    expect(functionWith().resource("aws_lambda_function")).not.toHaveProperty("reserved_concurrent_executions");
  });

  it.each(["trace", "debug", "info", "warn", "error", "fatal"] as const)("keeps its lines from %s on", (logLevel) => {
    expect(functionWith({ logLevel }).resource("aws_lambda_function")["logging_config"]).toEqual({
      log_format: "JSON",
      application_log_level: logLevel.toUpperCase(),
      system_log_level: "WARN",
      log_group: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\S+\.name\}$/),
    });
  });

  it("keeps its log for as long as it is told to", () => {
    expect(functionWith({ retentionDays: 365 }).resource("aws_cloudwatch_log_group")).toEqual({
      name: "/aws/lambda/shop-dev-orders",
      retention_in_days: 365,
    });
  });

  it("waits for its log group and for all that its role may do", () => {
    const stack = functionWith({ tracing: true });

    expect(stack.resource("aws_lambda_function")["depends_on"]).toEqual([
      expect.stringMatching(/^aws_cloudwatch_log_group\./),
      expect.stringMatching(/^aws_iam_role_policy\./),
      expect.stringMatching(/^aws_iam_role_policy\./),
    ]);
  });

  it("may send traces when it is traced", () => {
    const stack = functionWith({ tracing: true });
    const policies = stack
      .resources("aws_iam_role_policy")
      .map(({ policy }) => JSON.parse(String(policy))["Statement"]);

    expect(stack.resource("aws_lambda_function")["tracing_config"]).toEqual({ mode: "Active" });
    expect(policies[1]).toEqual([
      { Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" },
    ]);
  });

  it("may only write its own log when it is not", () => {
    const stack = functionWith();

    expect(stack.resource("aws_lambda_function")).not.toHaveProperty("tracing_config");
    expect(JSON.parse(String(stack.resource("aws_iam_role_policy")["policy"]))["Statement"]).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\S+\.arn\}:\*$/),
      },
    ]);
  });

  it("passes the guards, traced or not", () => {
    expect(refusalsOf(fill({ tracing: true }))).toEqual([]);
    expect(refusalsOf(fill({ tracing: false }))).toEqual([]);
  });
});
