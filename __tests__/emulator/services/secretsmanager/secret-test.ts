/** Reading a secret as a service does. */

import { answerService } from "../../../../emulator/protocols/service";
import { secretsManager } from "../../../../emulator/services/secretsmanager";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { NOW, openAccount, REGION, Workspace } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;
const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";
const NAME = "orders/billing";
const TOKEN = "0123456789abcdef0123456789abcdef";
const GONE = "0".repeat(32);
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
  const context = { ...examples.workspace.place, region };
  return answerService(
    secretsManager,
    context,
    requestOf({ method: "POST", headers: [target, ["Content-Type", "application/x-amz-json-1.1"], ...headers], body }),
  );
}

async function expectRefusal(answer: ReturnType<typeof call>, type: string, message: string | RegExp) {
  const given = await answer;
  expect(given.status).toBe(400);
  expect(valuesOf(given, "x-amzn-ErrorType")).toEqual([type]);
  // The service's own errors have a member "Message", those of AWS's framework "message".
  const { __type, Message, message: lower = Message } = jsonOf(given) as Readonly<Record<string, string>>;
  expect([__type, lower]).toEqual([type, expect.stringMatching(message)]);
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
    [{ VersionId: GONE }, `VersionId: ${GONE}`],
    [{ VersionStage: "AWSPREVIOUS" }, "staging label: AWSPREVIOUS"],
    [{ VersionId: GONE, VersionStage: "AWSCURRENT" }, `VersionId: ${GONE}`],
  ])("finds no value by %j", async (input, asked) => {
    await expectRefusal(
      call("GetSecretValue", input),
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${asked}`,
    );
  });

  it("refuses a label that the version does not have", async () => {
    const input = { VersionId: version["version_id"], VersionStage: "AWSPREVIOUS" };
    const message = "You provided a VersionStage that is not associated to the provided VersionId.";
    await expectRefusal(call("GetSecretValue", input), "InvalidRequestException", message);
  });

  it("notes the day of the access, for the secret and the version", async () => {
    const described = async () => jsonOf(await call("DescribeSecret"));
    await examples.another(SECRET, { name: "untouched" });
    expect(jsonOf(await call("DescribeSecret", { SecretId: "untouched" }))).not.toHaveProperty("LastAccessedDate");
    await call("GetSecretValue");
    const LastAccessedDate = Date.parse("2026-07-02T00:00:00Z") / 1000;
    expect(await described()).toMatchObject({ LastAccessedDate, LastChangedDate: NOW / 1000 });
    expect(jsonOf(await call("ListSecretVersionIds"))).toMatchObject({ Versions: [{ LastAccessedDate }] });
    time += 86_400_000;
    await call("GetSecretValue");
    expect(await described()).toMatchObject({ LastAccessedDate: LastAccessedDate + 86_400 });
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
    [{ SecretId: undefined }, "ValidationException", /Value null at 'secretId' .* Member must not be null$/],
    [{ SecretId: "" }, "ValidationException", /Value '' at 'secretId' .* length greater than or equal to 1$/],
    [
      { SecretId: "a b" },
      "ValidationException",
      "Invalid name. Must be a valid name containing alphanumeric characters",
    ],
    [{ VersionId: "gone" }, "ValidationException", /Value 'gone' at 'versionId' .* greater than or equal to 32$/],
    [{ SecretId: ["x"] }, "SerializationException", ""],
    [{ VersionId: { a: 1 } }, "SerializationException", ""],
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
      LastAccessedDate: Date.parse("2026-07-02T00:00:00Z") / 1000,
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
  it("gives the secret another value, and moves the labels", async () => {
    const put = await call("PutSecretValue", { SecretString: "new", ClientRequestToken: TOKEN });
    expect(jsonOf(put)).toEqual({ ARN: secret["arn"], Name: NAME, VersionId: TOKEN, VersionStages: ["AWSCURRENT"] });
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: "new", VersionId: TOKEN });
    const previous = await call("GetSecretValue", { VersionStage: "AWSPREVIOUS" });
    expect(jsonOf(previous)).toMatchObject({ SecretString: VALUE, VersionId: version["version_id"] });
  });

  it("shows as drift of the version that Terraform made", async () => {
    await call("PutSecretValue", { SecretString: "new", ClientRequestToken: TOKEN });
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
    [
      "an empty value, without showing it",
      { SecretString: "" },
      "ValidationException",
      "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "a value that is too long, without showing it",
      { SecretString: "x".repeat(65_537) },
      "ValidationException",
      /^1 validation error detected: Value at 'secretString' .* less than or equal to 65536$/,
    ],
    ["a value that is no text", { SecretString: [1] }, "SerializationException", ""],
    [
      "a short token",
      { SecretString: "x", ClientRequestToken: "t" },
      "ValidationException",
      "greater than or equal to 32",
    ],
    [
      "no token",
      { SecretString: "x", ClientRequestToken: undefined },
      "InvalidRequestException",
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    ],
    ["no such secret", { SecretId: "x", SecretString: "x" }, "ResourceNotFoundException", missing],
  ])("refuses %s, and keeps the value", async (_, input, type, message) => {
    await expectRefusal(call("PutSecretValue", { ClientRequestToken: TOKEN, ...input }), type, message);
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: VALUE });
  });

  it("keeps a value with labels of one's own beside the current one", async () => {
    const answer = await call("PutSecretValue", {
      SecretString: "x",
      ClientRequestToken: TOKEN,
      VersionStages: ["mine"],
    });
    expect(jsonOf(answer)).toMatchObject({ VersionStages: ["mine"] });
    expect(jsonOf(await call("GetSecretValue"))).toMatchObject({ SecretString: VALUE });
    expect(jsonOf(await call("GetSecretValue", { VersionStage: "mine" }))).toMatchObject({ SecretString: "x" });
  });
});

describe("what is no call", () => {
  it("refuses a call without a signature", async () => {
    const answer = call("GetSecretValue", {}, REGION, []);
    await expectRefusal(answer, "MissingAuthenticationTokenException", "Missing Authentication Token");
  });

  it.each(["ReplicateSecretToRegions", "BatchGetSecretValue", "constructor", ""])(
    "says that it does not play %j",
    async (operation) => {
      await expectRefusal(
        call(operation),
        "UnknownOperationException",
        new RegExp(`^${operation || "This request"} is not emulated. Emulated: .*GetSecretValue`),
      );
    },
  );
});
