/** Reading a secret as a service does. */
import { type Attributes, text } from "../../../../emulator/attributes";
import { answerSecretsManagerApi } from "../../../../emulator/endpoints/aws-apis/json-api";
import { Examples } from "../../../support/examples";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { NOW, openAccount, REGION, Workspace } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;
const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";
const NAME = "orders/billing";
const VALUE = '{"clientId":"billing"}';

let time: number;
let examples: Examples;
let secret: Attributes;
let version: Attributes;
beforeEach(async () => {
  time = NOW;
  examples = new Examples(new Workspace(openAccount({ clock: () => time })));
  secret = await examples.another(SECRET, { description: "Billing", tags: { team: "orders" } });
  version = await addVersion(VALUE);
});

const addVersion = (secret_string: string) =>
  examples.workspace.create(VERSION, { secret_id: text(secret, "id"), secret_string });

function call(operation: string, input: object = {}, region = REGION, headers: readonly (typeof SIGNED)[] = [SIGNED]) {
  const target = ["X-Amz-Target", `secretsmanager.${operation}`] as const;
  const body = JSON.stringify({ SecretId: NAME, ...input });
  const { account } = examples.workspace;
  return answerSecretsManagerApi(
    { account, region },
    requestOf({ method: "POST", headers: [target, ...headers], body }),
  );
}

async function expectRefusal(answer: ReturnType<typeof call>, type: string, message: string | RegExp) {
  const given = await answer;
  expect(given.status).toBe(400);
  expect(valuesOf(given, "x-amzn-ErrorType")).toEqual([type]);
  expect(jsonOf(given)).toEqual({ __type: type, message: expect.stringMatching(message) });
  expect(JSON.stringify(given)).not.toContain("clientId");
}

const missing = "Secrets Manager can't find the specified secret.";

describe("GetSecretValue", () => {
  it("tells the current value, by name and by ARN", async () => {
    const expected = {
      ARN: secret["arn"],
      Name: NAME,
      VersionId: version["version_id"],
      SecretString: VALUE,
      VersionStages: ["AWSCURRENT"],
      CreatedDate: NOW / 1000,
    };
    expect(jsonOf(await call("GetSecretValue"))).toEqual(expected);
    expect(jsonOf(await call("GetSecretValue", { SecretId: secret["arn"] }))).toEqual(expected);
  });

  it("tells the value of a version and of a stage that is asked for", async () => {
    time += 1000;
    await addVersion("2");
    const told = async (input: object) => jsonOf(await call("GetSecretValue", input));
    expect(await told({})).toMatchObject({ SecretString: "2", CreatedDate: NOW / 1000 + 1 });
    expect(await told({ VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: VALUE });
    expect(await told({ VersionId: version["version_id"] })).toMatchObject({ SecretString: VALUE });
  });

  it.each([
    [{ VersionId: "gone" }, "VersionId: gone"],
    [{ VersionStage: "AWSPREVIOUS" }, "staging label: AWSPREVIOUS"],
    [{ VersionId: "gone", VersionStage: "AWSCURRENT" }, "staging label: AWSCURRENT"],
  ])("finds no value by %j", async (input, asked) => {
    await expectRefusal(
      call("GetSecretValue", input),
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${asked}`,
    );
  });

  it("finds no value of a secret that has none yet", async () => {
    await examples.another(SECRET, { name: "empty" });
    await expectRefusal(
      call("GetSecretValue", { SecretId: "empty" }),
      "ResourceNotFoundException",
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  });

  it("finds no other secret, and none of another region", async () => {
    await expectRefusal(call("GetSecretValue", { SecretId: "other" }), "ResourceNotFoundException", missing);
    await expectRefusal(call("GetSecretValue", {}, "us-east-1"), "ResourceNotFoundException", missing);
  });

  it("tells nothing of a secret that is deleted", async () => {
    await examples.workspace.destroy(SECRET, secret);
    await expectRefusal(call("GetSecretValue"), "InvalidRequestException", /because it was marked for deletion\.$/);
  });

  it.each([
    [{ SecretId: undefined }, "InvalidParameterException", "You must provide a value for the SecretId parameter."],
    [{ SecretId: "" }, "InvalidParameterException", "You must provide a value for the SecretId parameter."],
    [{ SecretId: ["x"] }, "SerializationException", "SecretId is not a string"],
    [{ VersionId: 1 }, "SerializationException", "VersionId is not a string"],
  ])("refuses %j", async (input, type, message) => {
    await expectRefusal(call("GetSecretValue", input), type, message);
  });
});

describe("DescribeSecret", () => {
  it("tells everything but the value", async () => {
    const answer = await call("DescribeSecret");
    expect(jsonOf(answer)).toEqual({
      ARN: secret["arn"],
      Name: NAME,
      Description: "Billing",
      LastChangedDate: NOW / 1000,
      Tags: [{ Key: "team", Value: "orders" }],
      VersionIdsToStages: { [text(version, "version_id")]: ["AWSCURRENT"] },
      CreatedDate: NOW / 1000,
    });
    expect(answer.body).not.toContain("clientId");
  });

  it("tells when a deleted secret will be gone, until it is", async () => {
    await examples.workspace.destroy(SECRET, secret);
    expect(jsonOf(await call("DescribeSecret"))).toMatchObject({ DeletedDate: NOW / 1000 + 7 * 86_400 });
    time += 7 * 86_400_000;
    await expectRefusal(call("DescribeSecret"), "ResourceNotFoundException", missing);
  });
});

describe("PutSecretValue", () => {
  const TOKEN = "0123456789abcdef0123456789abcdef";

  it("gives the secret another value, and moves the labels", async () => {
    const put = await call("PutSecretValue", { SecretString: "new", ClientRequestToken: TOKEN });
    expect(jsonOf(put)).toEqual({ ARN: secret["arn"], Name: NAME, VersionId: TOKEN, VersionStages: ["AWSCURRENT"] });
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: "new", VersionId: TOKEN });
    const previous = await call("GetSecretValue", { VersionStage: "AWSPREVIOUS" });
    expect(jsonOf(previous)).toMatchObject({ SecretString: VALUE, VersionId: version["version_id"] });
  });

  it("shows as drift of the version that Terraform made", async () => {
    await call("PutSecretValue", { SecretString: "new" });
    expect(await examples.workspace.refresh(VERSION, version)).toMatchObject({ version_stages: ["AWSPREVIOUS"] });
  });

  it("does nothing twice with the same token and value", async () => {
    const input = { SecretString: "new", ClientRequestToken: TOKEN };
    expect(jsonOf(await call("PutSecretValue", input))).toEqual(jsonOf(await call("PutSecretValue", input)));
    const previous = await call("GetSecretValue", { VersionStage: "AWSPREVIOUS" });
    expect(jsonOf(previous)).toMatchObject({ SecretString: VALUE });
  });

  it("refuses another value with the same token", async () => {
    await call("PutSecretValue", { SecretString: "new", ClientRequestToken: TOKEN });
    const again = call("PutSecretValue", { SecretString: "newer", ClientRequestToken: TOKEN });
    await expectRefusal(again, "ResourceExistsException", "already in use for a version of secret");
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: "new" });
  });

  it.each([
    ["no value", {}, "InvalidRequestException", "You must provide either SecretString or SecretBinary."],
    ["a value that is too long", { SecretString: "x".repeat(65_537) }, "InvalidParameterException", "65537 bytes"],
    ["a value that is no text", { SecretString: 1 }, "SerializationException", "SecretString is not a string"],
    ["a short token", { SecretString: "x", ClientRequestToken: "t" }, "InvalidParameterException", "32 to 64"],
    ["no such secret", { SecretId: "x", SecretString: "x" }, "ResourceNotFoundException", missing],
  ])("refuses %s, and keeps the value", async (_, input, type, message) => {
    await expectRefusal(call("PutSecretValue", input), type, message);
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: VALUE });
  });

  it("keeps a value with labels of one's own beside the current one", async () => {
    const answer = await call("PutSecretValue", { SecretString: "x", VersionStages: ["mine"] });
    expect(jsonOf(answer)).toMatchObject({ VersionStages: ["mine"] });
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: VALUE });
    expect(jsonOf(await call("GetSecretValue", { VersionStage: "mine" }))).toMatchObject({ SecretString: "x" });
  });
});

describe("answerSecretsManagerApi, what is no call", () => {
  it("refuses a call without a signature", async () => {
    const answer = call("GetSecretValue", {}, REGION, []);
    await expectRefusal(answer, "MissingAuthenticationTokenException", "Missing Authentication Token");
  });

  it.each(["CreateSecret", "ListSecrets", "constructor", ""])("says that it does not play %j", async (operation) => {
    await expectRefusal(
      call(operation),
      "UnknownOperationException",
      new RegExp(`^${operation || "This request"} is not emulated. Emulated: .*GetSecretValue`),
    );
  });
});
