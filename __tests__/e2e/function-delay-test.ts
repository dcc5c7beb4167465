/** Functions that take as long to become active as on AWS, for who asks for that, as the AWS SDK's waiters see them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "../../emulator";
import { CODE_ZIP } from "../support/access-api";
import { refusalOf, sdkOptions } from "../support/aws-sdk";
import { REGION } from "../support/pretend-account";
import { describeWithRealProvider, RealTerraform } from "../support/real-provider";

const FunctionName = "orders";
const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};

let folder: string;
let emulator: Emulator;
let lambda: LambdaClient;

async function create(functionDelay?: number) {
  folder = mkdtempSync(join(tmpdir(), "delays-"));
  const options = { folder, workingDirectories: () => [], ...(functionDelay !== undefined && { functionDelay }) };
  emulator = await startEmulator(options);
  lambda = new LambdaClient(sdkOptions(emulator));
  const iam = new IAMClient(sdkOptions(emulator, "us-east-1"));
  const role = { RoleName: "orders", AssumeRolePolicyDocument: JSON.stringify(TRUST) };
  const { Role } = await iam.send(new CreateRoleCommand(role));
  iam.destroy();
  const code = { Code: { ZipFile: CODE_ZIP }, Runtime: "nodejs22.x", Handler: "index.handler" } as const;
  return await lambda.send(new CreateFunctionCommand({ FunctionName, Role: Role?.Arn, ...code }));
}

const state = async () => (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).State;
const update = () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));

jest.setTimeout(120_000);

describe("a function, to the AWS SDK", () => {
  afterEach(async () => {
    lambda.destroy();
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  it("is Pending first, then Active; an update is InProgress, then Successful", async () => {
    const waiter = { client: lambda, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.2 };
    const startedAt = performance.now();

    expect(await create(1500)).toMatchObject({ State: "Pending", StateReasonCode: "Creating" });
    expect(await state()).toBe("Pending");
    expect((await refusalOf(update())).name).toBe("ResourceConflictException");
    await waitUntilFunctionActiveV2({ ...waiter, client: lambda }, { FunctionName });
    expect(performance.now() - startedAt).toBeGreaterThan(1500);
    await update();
    expect((await refusalOf(update())).message).toContain("An update is in progress for resource");
    await waitUntilFunctionUpdatedV2({ ...waiter, client: lambda }, { FunctionName });
    await update();
  });

  it("is active at once unless that is asked for", async () => {
    await create();

    expect(await state()).toBe("Active");
    await update();
  });
});

describeWithRealProvider("a function, to the real provider", (file) => {
  it("is waited for, so that what is changed next is not refused", async () => {
    const terraform = await RealTerraform.start(file, { functionDelay: 1500 });
    const write = (timeout: number) => {
      terraform.folder.write({
        terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
        provider: { aws: { region: REGION } },
        resource: {
          aws_iam_role: { orders: { name: "orders", assume_role_policy: JSON.stringify(TRUST) } },
          aws_lambda_function: {
            orders: {
              function_name: FunctionName,
              // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
              role: "${aws_iam_role.orders.arn}",
              filename: "code.zip",
              runtime: "nodejs22.x",
              handler: "index.handler",
              publish: true,
              timeout,
            },
          },
        },
      });
    };
    try {
      writeFileSync(join(terraform.folder.path, "code.zip"), CODE_ZIP);
      write(3);
      await terraform.run("init");
      const startedAt = performance.now();
      expect(await terraform.run("apply", "-auto-approve")).toMatchObject({ code: 0 });
      expect(performance.now() - startedAt).toBeGreaterThan(1500);
      write(9);
      expect(await terraform.run("apply", "-auto-approve")).toMatchObject({ code: 0 });
      expect(await terraform.run("plan", "-detailed-exitcode")).toMatchObject({ code: 0 });
    } finally {
      await terraform.close();
    }
  });
});
