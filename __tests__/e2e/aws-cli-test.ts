/** The page that builds the system with the AWS CLI alone: its lines are run as they stand, in one shell. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { isInstalled, shell as runShell } from "../support/programs";

const page = readFileSync(join(__dirname, "../../docs/aws-cli.md"), "utf8");

/** The blocks that a reader pastes. */
const lines = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block).join("\n");

const hasAws = isInstalled("aws");
if (!hasAws) console.warn("skipped: the AWS CLI is not installed");

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
  const variables = Object.entries({ ...process.env, ...emulator.environment, AWS_PAGER: "" });
  const env = Object.fromEntries(variables.filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv;
  return runShell(lines, folder, env);
}

(hasAws ? it : it.skip)(
  "puts parameters, and reads a SecureString only decrypted",
  async () => {
    const aws = (call: string) => shell(`aws ssm ${call} --region eu-west-1 2>&1 || true`);

    expect(await aws("put-parameter --name /orders/token --type SecureString --value hunter2")).toContain(
      '"Version": 1',
    );
    expect(await aws("get-parameter --name /orders/token")).not.toContain("hunter2");
    expect(await aws("get-parameter --name /orders/token --with-decryption")).toContain('"Value": "hunter2"');
    expect(await aws("get-parameters --names /orders/token /gone --with-decryption")).toMatch(/hunter2.*"\/gone"/s);
    expect(await aws("put-parameter --name /orders/token --type String --value other")).toContain(
      "(ParameterAlreadyExists) when calling the PutParameter operation",
    );
    await aws("delete-parameter --name /orders/token");
    expect(await aws("get-parameter --name /orders/token")).toContain(
      "(ParameterNotFound) when calling the GetParameter operation",
    );
    expect(await aws("get-parameters-by-path --path /orders")).toContain("is not emulated");
  },
  120_000,
);

/** Calls of services with each of AWS's protocols, and of one whose host has one part more. */
const NOT_EMULATED = [
  "dynamodb list-tables",
  "sqs list-queues",
  "sns list-topics",
  "ec2 describe-vpcs",
  "events list-rules",
  "stepfunctions list-state-machines",
  "kms list-keys",
  "ecr describe-repositories",
  "route53 list-hosted-zones",
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

(hasAws ? it : it.skip)(
  "builds the system, is refused without a token, is answered with one, and removes it",
  async () => {
    const lookup = "lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=Token_POST --max-results 1";
    const output = await shell(`${lines}\naws cloudtrail ${lookup} --query 'Events[].CloudTrailEvent' --output text`);

    expect(output).toMatch(
      /"eventName":"Token_POST",.*"responseParameters":\{"status":200\},"clientId":"[a-z0-9]{26}"/,
    );
    expect(output).toMatch(/^401$/m);
    expect(output).toMatch(/^\{"caller":"[a-z0-9]{26}"\} 200$/m);
    expect(emulator.resourceCount()).toEqual({});
  },
  250_000,
);
