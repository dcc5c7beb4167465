/** Secrets: names that are not free yet, values that replace each other, and policies that let in everybody. */
import { type Attributes, text } from "../../../emulator/attributes";
import { AwsError, UnsupportedError } from "../../../emulator/errors";
import { findSecret, requireSecret } from "../../../emulator/resources/secret-store";
import { Examples } from "../../support/examples";
import { kindOf, NOW, newAccountFile, openAccount, REGION, Workspace } from "../../support/workspace";

const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";
const POLICY = "aws_secretsmanager_secret_policy";
const NAME = "orders/billing";
const DAY = 86_400_000;

const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
const scheduled = invalidRequest(
  "You can't create this secret because a secret with this name is already scheduled for deletion.",
);

let time: number;
let examples: Examples;
beforeEach(() => {
  time = NOW;
  examples = new Examples(new Workspace(openAccount({ clock: () => time })));
});

const found = () => findSecret(examples.workspace.account, REGION, NAME);
const current = () => found()?.state.versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;

describe(SECRET, () => {
  it("has an ARN that ends in six characters that nobody can guess", async () => {
    const { id, arn } = await examples.make(SECRET);
    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders\/billing-[A-Za-z0-9]{6}$/);
    expect(id).toBe(arn);
  });

  it("is there once in a region", async () => {
    await examples.make(SECRET);
    await expect(examples.another(SECRET)).rejects.toEqual(
      new AwsError("ResourceExistsException", `The operation failed because the secret ${NAME} already exists.`),
    );
    const elsewhere = new Examples(new Workspace(examples.workspace.account, "us-east-1"));
    await expect(elsewhere.make(SECRET)).resolves.toMatchObject({ name: NAME });
  });

  it("keeps its name for as long as it can be recovered, even when the account is opened anew", async () => {
    const file = newAccountFile();
    const open = () => new Examples(new Workspace(openAccount({ file, clock: () => time })));
    const before = open();
    await before.workspace.destroy(SECRET, await before.make(SECRET));
    await expect(before.another(SECRET)).rejects.toEqual(scheduled);

    time += 7 * DAY - 1;
    await expect(open().make(SECRET)).rejects.toEqual(scheduled);
    time += 1;
    await expect(open().make(SECRET)).resolves.toMatchObject({ name: NAME });
  });

  it("frees its name at once without a recovery window", async () => {
    const secret = await examples.another(SECRET, { recovery_window_in_days: 0 });
    await examples.workspace.destroy(SECRET, secret);
    await expect(examples.make(SECRET)).resolves.toMatchObject({ name: NAME });
  });

  it("can be recovered for 30 days when nothing is said", async () => {
    expect(await examples.another(SECRET, { recovery_window_in_days: null })).toMatchObject({
      recovery_window_in_days: 30,
    });
  });

  it.each([" ", "a b", "ä", "x".repeat(513), "a\n"])("must not be called %j", async (name) => {
    await expect(examples.another(SECRET, { name })).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("takes its versions and its policy with it, and no others", async () => {
    await examples.make(VERSION);
    await examples.make(POLICY);
    const other = await examples.another(SECRET, { name: "other" });
    await examples.another(VERSION, { secret_id: text(other, "id") });
    await examples.workspace.destroy(SECRET, await examples.make(SECRET));

    const { account } = examples.workspace;
    expect([SECRET, VERSION, POLICY].map((type) => account.list(type).length)).toEqual([1, 1, 0]);
  });

  it("shows its policy when it is read, until that is deleted", async () => {
    const policy = await examples.make(POLICY);
    const secret = await examples.make(SECRET);
    expect(await examples.workspace.refresh(SECRET, secret)).toMatchObject({ policy: policy["policy"] });
    await examples.workspace.destroy(POLICY, policy);
    expect(await examples.workspace.refresh(SECRET, secret)).toMatchObject({ policy: "" });
  });
});

describe("requireSecret", () => {
  const require = (name: string, region = REGION) => requireSecret(examples.workspace.account, region, name);
  const missing = new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

  it("finds it by name and by ARN, in its region", async () => {
    const secret = await examples.make(SECRET);
    expect(require(NAME).attributes).toEqual(secret);
    expect(require(text(secret, "arn")).attributes).toEqual(secret);
    expect(() => require(NAME, "us-east-1")).toThrow(missing);
    expect(() => require("other")).toThrow(missing);
  });

  it("says of a deleted one what happened to it, by name and by ARN", async () => {
    const secret = await examples.make(SECRET);
    await examples.workspace.destroy(SECRET, secret);
    for (const name of [NAME, text(secret, "arn")]) {
      expect(() => require(name)).toThrow(
        invalidRequest("You can't perform this operation on the secret because it was marked for deletion."),
      );
    }
    time += 8 * DAY;
    expect(() => require(NAME)).toThrow(missing);
  });
});

describe(VERSION, () => {
  it("is the current one, and is called after its secret and itself", async () => {
    const { id, version_id, version_stages } = await examples.make(VERSION);
    const secret = await examples.make(SECRET);
    expect(version_stages).toEqual(["AWSCURRENT"]);
    expect(id).toBe(`${secret["id"]}|${version_id}`);
    expect(current()).toBe('{"clientId":"billing"}');
  });

  it("is not shown by Terraform", () => {
    expect(kindOf(VERSION).schema.attributes["secret_string"]).toMatchObject({ sensitive: true });
  });

  it("makes the one before it the previous one, and gives up the one before that", async () => {
    const first = await examples.make(VERSION);
    const second = await examples.another(VERSION, { secret_string: "2" });
    await examples.another(VERSION, { secret_string: "3" });
    const stagesOf = async (state: Attributes) =>
      (await examples.workspace.refresh(VERSION, state))?.["version_stages"];

    expect([await stagesOf(first), await stagesOf(second), current()]).toEqual([[], ["AWSPREVIOUS"], "3"]);
  });

  it("leaves its value when it is deleted, as long as it is the current one", async () => {
    const first = await examples.make(VERSION);
    await examples.workspace.destroy(VERSION, first);
    expect(current()).toBe('{"clientId":"billing"}');

    const second = await examples.another(VERSION, { secret_string: "2" });
    await examples.another(VERSION, { secret_string: "3" });
    await examples.workspace.destroy(VERSION, second);
    expect(found()?.state.versions.map(({ value }) => value)).toEqual(['{"clientId":"billing"}', "3"]);
  });

  it("may name its secret instead of giving its ARN", async () => {
    await examples.make(SECRET);
    const version = await examples.another(VERSION, { secret_id: NAME });
    expect(version["id"]).toBe(`${NAME}|${version["version_id"]}`);
  });

  it.each<readonly [string, Attributes, string]>([
    ["a secret that does not exist", { secret_id: "gone" }, "ResourceNotFoundException"],
    ["no value", { secret_string: null }, "InvalidRequestException"],
    ["more than 64 KB", { secret_string: "ä".repeat(32_769) }, "InvalidParameterException"],
  ])("is refused for %s", async (_, changes, name) => {
    await expect(examples.another(VERSION, changes)).rejects.toMatchObject({ name });
  });

  it("is refused for a secret that is deleted", async () => {
    const config = await examples.configOf(VERSION);
    await examples.workspace.destroy(SECRET, await examples.make(SECRET));
    await expect(examples.workspace.create(VERSION, config)).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  it.each(["secret_binary", "secret_string_wo", "version_stages"])("refuses %s", (name) => {
    expect(kindOf(VERSION).refused).toContain(name);
  });
});

describe(POLICY, () => {
  const statement = (changes: object) => ({
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
    ...changes,
  });
  const policyOf = (...statements: readonly object[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const role = { AWS: "arn:aws:iam::123456789012:role/billing" };
  const isPublic = new AwsError(
    "PublicPolicyException",
    "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.",
  );

  it.each([
    ["*", { Principal: "*" }],
    ["every AWS account", { Principal: { AWS: "*" } }],
    ["every AWS account in a list", { Principal: { AWS: ["arn:aws:iam::123456789012:root", "*"] } }],
    ["everybody but one", { NotPrincipal: role }],
  ])("is refused when it lets in %s and that is blocked", async (_, changes) => {
    const policy = policyOf(statement({ Principal: role }), statement(changes));
    await expect(examples.another(POLICY, { policy })).rejects.toEqual(isPublic);
    const made = await examples.make(POLICY);
    const changed = await examples.configOf(POLICY, { policy });
    await expect(examples.workspace.update(POLICY, made, changed)).rejects.toEqual(isPublic);
    await expect(examples.another(POLICY, { policy, block_public_policy: false })).resolves.toMatchObject({ policy });
  });

  it.each([
    ["one role", { Principal: role }],
    ["nobody, by refusing everybody", { Effect: "Deny", Principal: "*" }],
  ])("is taken when it lets in %s", async (_, changes) => {
    const policy = policyOf(statement(changes));
    await expect(examples.another(POLICY, { policy })).resolves.toMatchObject({ policy });
  });

  it("does not change when it is only written in another way", async () => {
    const made = await examples.make(POLICY);
    const config = await examples.configOf(POLICY);
    const policy = JSON.stringify(JSON.parse(text(config, "policy")), undefined, 2);
    expect(examples.workspace.plan(POLICY, made, { ...config, policy })).toEqual({
      planned: made,
      requiresReplace: [],
    });
  });

  it("is not judged when only a condition could keep it from being public", async () => {
    const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
    const policy = policyOf(statement({ Principal: "*", Condition }));
    await expect(examples.another(POLICY, { policy })).rejects.toBeInstanceOf(UnsupportedError);
  });

  it.each([
    "",
    "{",
    "[]",
    '"x"',
    "{}",
    '{"Statement":[1]}',
    '{"Statement":[{"Effect":"Maybe"}]}',
  ])("is refused when it is %j", async (policy) => {
    await expect(examples.another(POLICY, { policy })).rejects.toEqual(
      new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json"),
    );
  });

  it("is refused for a secret that does not exist", async () => {
    const secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone-000000";
    await expect(examples.another(POLICY, { secret_arn })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
