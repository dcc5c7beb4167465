/** The AWS CLI on the embedded AWS. The system that its page builds is built in the test of `npx access adopt`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { type Emulator, startEmulator } from "../../emulator";
import { hasAws, pathWithAws } from "../support/aws-cli";
import { sdkOptions } from "../support/aws-sdk";
import { shell as runShell } from "../support/programs";

let folder: string;
let emulator: Emulator;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
  emulator = await startEmulator({ folder: join(folder, "aws"), workingDirectories: () => [folder] });
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines in a shell on the embedded AWS. */
function shell(lines: string): Promise<string> {
  const variables = Object.entries({ ...process.env, ...emulator.environment, AWS_PAGER: "", PATH: pathWithAws });
  const env = Object.fromEntries(variables.filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv;
  return runShell(lines, folder, env);
}

it("puts parameters, and reads a SecureString only decrypted", async () => {
  const ssm = new SSMClient(sdkOptions(emulator, "eu-west-1"));
  const Name = "/orders/token";
  const put = await ssm.send(new PutParameterCommand({ Name, Type: "SecureString", Value: "hunter2" }));
  const hidden = await ssm.send(new GetParameterCommand({ Name }));
  const shown = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
  const both = new GetParametersCommand({ Names: [Name, "/gone"], WithDecryption: true });
  const { Parameters: found, InvalidParameters: missing } = await ssm.send(both);

  expect(put.Version).toBe(1);
  expect(JSON.stringify(hidden.Parameter)).not.toContain("hunter2");
  expect(shown.Parameter?.Value).toBe("hunter2");
  expect([found?.map((one) => one.Value), missing]).toEqual([["hunter2"], ["/gone"]]);
  await expect(ssm.send(new PutParameterCommand({ Name, Type: "String", Value: "other" }))).rejects.toMatchObject({
    name: "ParameterAlreadyExists",
  });
  await ssm.send(new DeleteParameterCommand({ Name }));
  await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({ name: "ParameterNotFound" });
  await expect(ssm.send(new GetParametersByPathCommand({ Path: "/orders" }))).rejects.toThrow("is not emulated");
  ssm.destroy();
});

(hasAws ? it : it.skip)(
  "shows parameters and refusals",
  async () => {
    const output = await shell(`
      export AWS_DEFAULT_REGION=eu-west-1
      aws ssm put-parameter --name /orders/token --type SecureString --value hunter2
      aws ssm get-parameter --name /orders/token --with-decryption
      aws ssm get-parameter --name /gone 2>&1 || true
    `);

    expect(output).toContain('"Version": 1');
    expect(output).toContain('"Value": "hunter2"');
    expect(output).toContain("(ParameterNotFound) when calling the GetParameter operation");
  },
  60_000,
);

/** Calls of services with each of AWS's protocols, and of one whose host has one part more; more of them with SOAK. */
const NOT_EMULATED = [
  "dynamodb list-tables",
  "sqs list-queues",
  "sns list-topics",
  "ec2 describe-vpcs",
  "ecr describe-repositories",
  "route53 list-hosted-zones",
  ...(process.env["SOAK"] ? ["events list-rules", "stepfunctions list-state-machines", "kms list-keys"] : []),
];

(hasAws ? it : it.skip)(
  "is told which services are not emulated",
  async () => {
    const outputs = await Promise.all(NOT_EMULATED.map((call) => shell(`aws ${call} --region eu-west-1 2>&1 || true`)));

    for (const output of outputs) {
      expect(output.trim()).toMatch(
        /^An error occurred \(NotEmulated\) when calling the \w+ operation: The embedded AWS does not emulate [\w.-]+\. /,
      );
    }
  },
  60_000,
);

(hasAws ? it : it.skip)(
  "reads alarms and dashboards",
  async () => {
    const metric = "--namespace AWS/ApiGateway --metric-name 5XXError --statistic Average --period 300";
    const output = await shell(`
      export AWS_DEFAULT_REGION=eu-west-1
      aws cloudwatch put-metric-alarm --alarm-name orders-5xx ${metric} --evaluation-periods 1 --threshold 0.01 \\
        --comparison-operator GreaterThanThreshold
      aws cloudwatch put-dashboard --dashboard-name orders --dashboard-body '{"widgets":[]}'
      aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName,StateValue]' --output text
      aws cloudwatch describe-alarms-for-metric ${metric} --query 'MetricAlarms[].AlarmArn' --output text
      aws cloudwatch list-dashboards --query 'DashboardEntries[].DashboardName' --output text
      aws cloudwatch get-dashboard --dashboard-name orders --query DashboardBody --output text
    `);

    expect(output).toMatch(/^orders-5xx\tINSUFFICIENT_DATA$/m);
    expect(output).toMatch(/^arn:aws:cloudwatch:eu-west-1:\d+:alarm:orders-5xx$/m);
    expect(output).toMatch(/^orders$/m);
    expect(output).toMatch(/^\{"widgets":\[\]\}$/m);
  },
  60_000,
);
