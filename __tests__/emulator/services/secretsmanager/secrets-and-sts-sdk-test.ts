/** Secrets Manager's and STS's APIs by the AWS SDK, on what Terraform has made. */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  DescribeSecretCommand,
  type Filter,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
  StopReplicationToReplicaCommand,
  UpdateSecretVersionStageCommand,
  type UpdateSecretVersionStageCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AppliedStack, reference } from "../../../support/applied-stack";
import { refusalOf, sdkOptions, unsigned } from "../../../support/aws-sdk";
import { REGION } from "../../../support/pretend-account";

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
  it("is read by name and by ARN", async () => {
    const { arn } = await stack.outputs();
    const byItsName = await readSecret("orders/read");
    expect(byItsName).toMatchObject({
      ARN: arn,
      Name: "orders/read",
      SecretString: "first of read",
      VersionStages: ["AWSCURRENT"],
      CreatedDate: expect.any(Date),
    });
    expect(await readSecret(String(arn))).toMatchObject({
      SecretString: "first of read",
      VersionId: byItsName.VersionId,
    });
  });

  it("is described without its value", async () => {
    const described = await describeSecret("orders/read");
    const { VersionId = "" } = await readSecret("orders/read");
    expect(described).toMatchObject({
      Name: "orders/read",
      Description: "For billing",
      Tags: [{ Key: "team", Value: "orders" }],
      VersionIdsToStages: { [VersionId]: ["AWSCURRENT"] },
      CreatedDate: expect.any(Date),
    });
    expect(JSON.stringify(described)).not.toContain("first of read");
  });

  it("moves its stages on with each new value, and keeps two", async () => {
    const { VersionId: first = "" } = await readSecret("orders/changed");
    const { VersionId: second = "", VersionStages, ...others } = await put("orders/changed", "second");
    expect(VersionStages).toEqual(["AWSCURRENT"]);
    expect(JSON.stringify(others)).not.toContain("second");
    expect(await readSecret("orders/changed")).toMatchObject({ SecretString: "second", VersionId: second });
    const previous = { SecretString: "first of changed", VersionId: first, VersionStages: ["AWSPREVIOUS"] };
    expect(await readSecret("orders/changed", { VersionStage: "AWSPREVIOUS" })).toMatchObject(previous);
    expect(await readSecret("orders/changed", { VersionId: first })).toMatchObject(previous);

    const { VersionId: third = "" } = await put("orders/changed", "third");
    expect((await describeSecret("orders/changed")).VersionIdsToStages).toEqual({
      [second]: ["AWSPREVIOUS"],
      [third]: ["AWSCURRENT"],
    });
  });

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

  it("takes a value once, however often the same request is sent", async () => {
    const token = "0".repeat(32);
    const sent = await put("orders/changed", "again", token);
    expect(sent.VersionId).toBe(token);
    expect(await put("orders/changed", "again", token)).toMatchObject({ VersionId: token });
    const refusal = await refusalOf(put("orders/changed", "other", token));
    expect(refusal).toBeInstanceOf(ResourceExistsException);
    expect(await readSecret("orders/changed")).toMatchObject({ SecretString: "again" });
  });

  it("shows to Terraform that its version is no longer the current one", async () => {
    await put("orders/drifting", "second");
    const drift = await stack.terraform(2, "plan", "-refresh-only", "-detailed-exitcode");
    expect(drift).toMatch(/aws_secretsmanager_secret_version\.drifting has changed/);
    expect(drift).toMatch(/- "AWSCURRENT"[\s\S]*\+ "AWSPREVIOUS"/);
  });

  it.each([
    ["a secret that is not there", ResourceNotFoundException, "orders/none", {}],
    ["a secret without a value", ResourceNotFoundException, "orders/empty", {}],
    ["a stage that it does not have", ResourceNotFoundException, "orders/read", { VersionStage: "AWSPENDING" }],
    ["a version that it does not have", ResourceNotFoundException, "orders/read", { VersionId: "0".repeat(32) }],
    ["no name", SecretsManagerServiceException, "", {}],
  ])("is not read: %s", async (_, type, name, which) => {
    expect(await refusalOf(readSecret(name, which))).toBeInstanceOf(type);
  });

  it.each([
    ["an empty one", SecretsManagerServiceException, ""],
    ["one that is too long", SecretsManagerServiceException, "x".repeat(65_537)],
    ["one that has too many bytes", InvalidParameterException, "ä".repeat(65_536)],
  ])("takes no value: %s", async (_, type, value) => {
    expect(await refusalOf(put("orders/read", value))).toBeInstanceOf(type);
    expect(await readSecret("orders/read")).toMatchObject({ SecretString: "first of read" });
  });

  it("is not found in another region", async () => {
    const elsewhere = new SecretsManagerClient(sdkOptions(stack.emulator, "eu-west-1"));
    const refusal = await refusalOf(elsewhere.send(new GetSecretValueCommand({ SecretId: "orders/read" })));
    elsewhere.destroy();
    expect(refusal).toBeInstanceOf(ResourceNotFoundException);
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

  it("restored while it was not deleted stays as it is", async () => {
    expect(await restore("orders/read")).toMatchObject({ Name: "orders/read" });
    expect(await readSecret("orders/read")).toMatchObject({ SecretString: "first of read" });
  });
});

describe("secrets by the API alone", () => {
  it("have bytes, and are listed by name, by words of their description, and by tags", async () => {
    const described = { "testing1/one": "a secret", "/testing2/two": "an secret", "testing3/three": "asecret" };
    for (const [Name, Description] of Object.entries(described)) {
      const Tags = [{ Key: `key of ${Name}`, Value: Name }];
      await secrets.send(new CreateSecretCommand({ Name, Description, Tags, SecretBinary: Buffer.from("\x00\xff") }));
    }
    expect((await readSecret("testing1/one")).SecretBinary).toEqual(new Uint8Array(Buffer.from("\x00\xff")));
    const listed = async (...Filters: Filter[]) =>
      (await secrets.send(new ListSecretsCommand({ Filters }))).SecretList?.map(({ Name = "" }) => Name);
    expect(await listed({ Key: "name", Values: ["testing"] })).toEqual(["testing1/one", "testing3/three"]);
    expect(await listed({ Key: "name", Values: ["testing1 one"] })).toEqual([]);
    expect(await listed({ Key: "description", Values: ["a secret"] })).toEqual(["testing1/one", "/testing2/two"]);
    expect(await listed({ Key: "description", Values: ["a"] }, { Key: "name", Values: ["!/"] })).toEqual([
      "testing1/one",
      "testing3/three",
    ]);
    expect(await listed({ Key: "tag-key", Values: ["key of /"] })).toEqual(["/testing2/two"]);
    for (const name of Object.keys(described)) await deleteSecret(name, { ForceDeleteWithoutRecovery: true });
  });

  it("are refused while a deleted one has their name", async () => {
    await secrets.send(new CreateSecretCommand({ Name: "short" }));
    const again = () => refusalOf(secrets.send(new CreateSecretCommand({ Name: "short" })));
    expect((await again()).message).toBe("The operation failed because the secret short already exists.");
    await deleteSecret("short");
    expect((await again()).message).toBe(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    await deleteSecret("short", { ForceDeleteWithoutRecovery: true });
  });
});

describe("the caller", () => {
  it.each([REGION, "us-east-1"])("is a user of the account, as STS says in %s", async (region) => {
    const regional = new STSClient(sdkOptions(stack.emulator, region));
    const identity = await regional.send(new GetCallerIdentityCommand({}));
    regional.destroy();
    expect(identity).toMatchObject({
      Account: "123456789012",
      Arn: "arn:aws:iam::123456789012:user/embedded-aws",
      UserId: expect.stringMatching(/^AIDA[A-Z0-9]+$/),
    });
  });
});

describe("what is not played", () => {
  it("is refused by name", async () => {
    const ofSecrets = await refusalOf(secrets.send(new StopReplicationToReplicaCommand({ SecretId: "orders/read" })));
    expect(ofSecrets.name).toBe("UnknownOperationException");
    expect(ofSecrets.message).toEqual(
      expect.stringMatching(/^StopReplicationToReplica is not emulated\. Emulated: .*GetSecretValue/),
    );
    const ofSts = await refusalOf(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: "AKIAIOSFODNN7EXAMPLE" })));
    expect(ofSts.name).toBe("InvalidAction");
    expect(ofSts.message).toBe(
      "GetAccessKeyInfo is not emulated. Emulated: AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity, GetFederationToken, GetSessionToken.",
    );
  });

  it("is a replica in another region", async () => {
    const AddReplicaRegions = [{ Region: "eu-west-1" }];
    const refusal = await refusalOf(secrets.send(new CreateSecretCommand({ Name: "other", AddReplicaRegions })));
    expect(refusal.name).toBe("NotEmulated");
    expect(refusal.message).toContain("AddReplicaRegions is not emulated");
  });

  it("is a request without a signature", async () => {
    const options = { ...sdkOptions(stack.emulator), signer: unsigned };
    const [noSecrets, noSts] = [new SecretsManagerClient(options), new STSClient(options)];
    const ofSecrets = await refusalOf(noSecrets.send(new GetSecretValueCommand({ SecretId: "orders/read" })));
    expect(ofSecrets.name).toBe("MissingAuthenticationTokenException");
    const ofSts = await refusalOf(noSts.send(new GetCallerIdentityCommand({})));
    expect(ofSts.name).toBe("MissingAuthenticationToken");
    noSecrets.destroy();
    noSts.destroy();
  });
});
