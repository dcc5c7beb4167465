/** Secrets Manager's and STS's APIs by the AWS SDK, on what Terraform has made. */
import {
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
  type UpdateSecretVersionStageCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import { AppliedStack, reference } from "../support/applied-stack";
import { refusalOf, sdkOptions } from "../support/aws-sdk";

jest.setTimeout(30_000);

const names = ["read", "staged", "changed", "drifting", "restored", "gone"];
const byName = <Value>(of: (name: string) => Value) => Object.fromEntries(names.map((name) => [name, of(name)]));

const config = {
  resource: {
    aws_secretsmanager_secret: {
      ...byName((name) => ({ name: `orders/${name}`, description: "For billing", tags: { team: "orders" } })),
      empty: { name: "orders/empty" },
    },
    aws_secretsmanager_secret_version: byName((name) => ({
      secret_id: reference(`aws_secretsmanager_secret.${name}.id`),
      secret_string: `first of ${name}`,
    })),
  },
  outputs: { arn: "aws_secretsmanager_secret.read.arn" },
};

let stack: AppliedStack;
let secrets: SecretsManagerClient;
let sts: STSClient;
beforeAll(async () => {
  stack = await AppliedStack.open(config);
  secrets = new SecretsManagerClient(sdkOptions(stack.emulator));
  sts = new STSClient(sdkOptions(stack.emulator));
});
afterAll(async () => {
  secrets.destroy();
  sts.destroy();
  await stack.close();
});

const readSecret = (SecretId: string, which: Partial<GetSecretValueCommandInput> = {}) =>
  secrets.send(new GetSecretValueCommand({ SecretId, ...which }));
const put = (SecretId: string, SecretString: string, ClientRequestToken?: string) =>
  secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));
const describeSecret = (SecretId: string) => secrets.send(new DescribeSecretCommand({ SecretId }));

describe("a secret", () => {
  it("moves a stage from the version that has it to another one, and from no other", async () => {
    const SecretId = "orders/staged";
    const move = (how: Omit<UpdateSecretVersionStageCommandInput, "SecretId">) =>
      secrets.send(new UpdateSecretVersionStageCommand({ SecretId, ...how }));
    const stages = async () => (await describeSecret(SecretId)).VersionIdsToStages;
    const { VersionId: first = "" } = await readSecret(SecretId);
    const VersionStages = ["AWSPENDING"];
    const { VersionId: second = "" } = await secrets.send(
      new PutSecretValueCommand({ SecretId, SecretString: "second", VersionStages }),
    );
    expect(await stages()).toEqual({ [first]: ["AWSCURRENT"], [second]: ["AWSPENDING"] });

    const [current, none] = ["AWSCURRENT", "0".repeat(32)];
    for (const [type, how] of [
      [InvalidParameterException, { VersionStage: current, MoveToVersionId: second }],
      [InvalidParameterException, { VersionStage: current, MoveToVersionId: second, RemoveFromVersionId: second }],
      [InvalidParameterException, { VersionStage: current, RemoveFromVersionId: first }],
      [ResourceNotFoundException, { VersionStage: current, MoveToVersionId: none, RemoveFromVersionId: first }],
    ] as const) {
      expect(await refusalOf(move(how))).toBeInstanceOf(type);
    }
    expect(await stages()).toEqual({ [first]: ["AWSCURRENT"], [second]: ["AWSPENDING"] });

    await move({ VersionStage: current, MoveToVersionId: second, RemoveFromVersionId: first });
    expect(await readSecret(SecretId)).toMatchObject({ SecretString: "second", VersionId: second });
    expect(await stages()).toEqual({ [first]: ["AWSPREVIOUS"], [second]: ["AWSPENDING", "AWSCURRENT"] });
    await move({ VersionStage: "AWSPENDING", RemoveFromVersionId: second });
    expect(await stages()).toEqual({ [first]: ["AWSPREVIOUS"], [second]: ["AWSCURRENT"] });
  });

  it("shows to Terraform that its version is no longer the current one", async () => {
    await put("orders/drifting", "second");
    const drift = await stack.terraform(2, "plan", "-refresh-only", "-detailed-exitcode");
    expect(drift).toMatch(/aws_secretsmanager_secret_version\.drifting has changed/);
    expect(drift).toMatch(/- "AWSCURRENT"[\s\S]*\+ "AWSPREVIOUS"/);
  });
});

const deleteSecret = (SecretId: string, how: Partial<DeleteSecretCommandInput> = {}) =>
  secrets.send(new DeleteSecretCommand({ SecretId, ...how }));
const restore = (SecretId: string) => secrets.send(new RestoreSecretCommand({ SecretId }));

describe("a deleted secret", () => {
  const DAY = 86_400_000;

  it("keeps its name and is not read, until it is restored with its value", async () => {
    const before = Date.now();
    const { DeletionDate, Name } = await deleteSecret("orders/restored", { RecoveryWindowInDays: 7 });
    expect(Name).toBe("orders/restored");
    expect(Math.round((Number(DeletionDate) - before) / DAY)).toBe(7);
    expect((await describeSecret("orders/restored")).DeletedDate).toEqual(DeletionDate);
    expect(await refusalOf(readSecret("orders/restored"))).toBeInstanceOf(InvalidRequestException);
    expect(await refusalOf(deleteSecret("orders/restored"))).toBeInstanceOf(InvalidRequestException);

    const { ARN } = await restore("orders/restored");
    expect(await readSecret("orders/restored")).toMatchObject({ ARN, SecretString: "first of restored" });
    expect((await describeSecret("orders/restored")).DeletedDate).toBeUndefined();
  });

  it("is gone at once by force, also when it was deleted before or never there", async () => {
    await deleteSecret("orders/gone");
    await deleteSecret("orders/gone", { ForceDeleteWithoutRecovery: true });
    expect(await refusalOf(describeSecret("orders/gone"))).toBeInstanceOf(ResourceNotFoundException);
    expect(await refusalOf(restore("orders/gone"))).toBeInstanceOf(ResourceNotFoundException);
    await deleteSecret("orders/gone", { ForceDeleteWithoutRecovery: true });
  });

  it.each([
    ["one that is not there", ResourceNotFoundException, "orders/none", {}],
    ["fewer days than AWS offers", InvalidParameterException, "orders/read", { RecoveryWindowInDays: 6 }],
    ["more days than AWS offers", InvalidParameterException, "orders/read", { RecoveryWindowInDays: 31 }],
    [
      "days and force together",
      InvalidParameterException,
      "orders/read",
      { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
    ],
  ])("is refused to be: %s", async (_, type, name, how) => {
    expect(await refusalOf(deleteSecret(name, how))).toBeInstanceOf(type);
    expect(await readSecret("orders/read")).toMatchObject({ SecretString: "first of read" });
  });
});
