/** Secrets: names that are not free yet, values that replace each other, and policies that let in everybody. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { callOperation } from "../../../../emulator/protocols/service";
import { secretsManager } from "../../../../emulator/services/secretsmanager";
import { findSecret } from "../../../../emulator/services/secretsmanager/records";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { normalizeJson } from "../../../../emulator/terraform/policy-texts";
import { Examples } from "../../../support/examples";
import { kindOf, NOW, newAccountFile, openAccount, Workspace } from "../../../support/workspace";

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

const call = (operation: string, input: object): Promise<object> =>
  callOperation(secretsManager, { ...examples.workspace.place, requestId: "1" }, operation, input as never);
const found = () => findSecret(examples.workspace.place, NAME);
const current = () => found()?.versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.text;

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
    const { workspace } = examples;
    const version = await examples.make(VERSION);
    const policy = await examples.make(POLICY);
    const other = await examples.another(SECRET, { name: "other" });
    const kept = await examples.another(VERSION, { secret_id: text(other, "id") });
    await workspace.destroy(SECRET, await examples.make(SECRET));

    const states = [workspace.refresh(VERSION, version), workspace.refresh(VERSION, kept)];
    expect(await Promise.all(states)).toEqual([null, kept]);
    await expect(workspace.refresh(POLICY, policy)).resolves.toBeNull();
  });

  it("keeps policy, description and tags when it is restored", async () => {
    const secret = await examples.another(SECRET, { description: "Billing", tags: { team: "orders" } });
    const statement = { Effect: "Deny", Action: "*", Resource: "*", Principal: "*" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await examples.workspace.create(POLICY, { secret_arn: secret["id"] ?? null, policy });
    const before = await examples.workspace.refresh(SECRET, secret);
    await examples.workspace.destroy(SECRET, secret);
    expect(await examples.workspace.refresh(SECRET, secret)).toBeNull();
    await call("RestoreSecret", { SecretId: NAME });
    expect(await examples.workspace.refresh(SECRET, secret)).toEqual(before);
  });

  it("has a name that begins with the prefix when one is given, and a policy of its own", async () => {
    const policy = text(await examples.configOf(POLICY), "policy");
    const secret = await examples.another(SECRET, { name: null, name_prefix: "orders/", policy });
    expect(secret["name"]).toMatch(/^orders\/[0-9]{18}[0-9a-f]{8}$/);
    expect(secret).toMatchObject({ name_prefix: "orders/", policy: normalizeJson(policy) });
    const bare = await examples.workspace.update(SECRET, secret, { name_prefix: "orders/", policy: "{}" });
    expect((await examples.workspace.refresh(SECRET, bare))?.["policy"]).toBe("");
  });

  it("shows its policy when it is read, until that is deleted", async () => {
    const policy = await examples.make(POLICY);
    const secret = await examples.make(SECRET);
    expect(await examples.workspace.refresh(SECRET, secret)).toMatchObject({ policy: policy["policy"] });
    await examples.workspace.destroy(POLICY, policy);
    expect(await examples.workspace.refresh(SECRET, secret)).toMatchObject({ policy: "" });
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
    await examples.workspace.destroy(VERSION, (await examples.workspace.refresh(VERSION, second)) ?? {});
    const versions = found()?.versions.map((version) => [version.text, version.stages]);
    expect(versions).toEqual([
      ['{"clientId":"billing"}', []],
      ["2", []],
      ["3", ["AWSCURRENT"]],
    ]);
  });

  it("may name its secret instead of giving its ARN", async () => {
    await examples.make(SECRET);
    const version = await examples.another(VERSION, { secret_id: NAME });
    expect(version["id"]).toBe(`${NAME}|${version["version_id"]}`);
  });

  it.each<readonly [string, Attributes, string]>([
    ["a secret that does not exist", { secret_id: "gone" }, "ResourceNotFoundException"],
    ["no value", { secret_string: null }, "InvalidRequestException"],
    ["too many characters", { secret_string: "x".repeat(65_537) }, "ValidationException"],
    ["more than 64 KB", { secret_string: "ä".repeat(32_769) }, "InvalidParameterException"],
  ])("is refused for %s", async (_, changes, name) => {
    await expect(examples.another(VERSION, changes)).rejects.toMatchObject({ name });
  });

  it("is refused for a secret that is deleted", async () => {
    const config = await examples.configOf(VERSION);
    await examples.workspace.destroy(SECRET, await examples.make(SECRET));
    await expect(examples.workspace.create(VERSION, config)).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  it("may have bytes in Base64", async () => {
    const version = await examples.another(VERSION, { secret_string: null, secret_binary: "AAEC/w==" });
    expect(version).toMatchObject({ secret_binary: "AAEC/w==", secret_string: "" });
    expect(await examples.workspace.refresh(VERSION, version)).toEqual(version);
  });

  it("has the stages that are given, and moves them in place", async () => {
    const first = await examples.make(VERSION);
    const stages = { secret_string: "2", version_stages: ["AWSPENDING", "mine"] };
    const second = await examples.another(VERSION, stages);
    expect(second["version_stages"]).toEqual(["AWSPENDING", "mine"]);
    expect(current()).toBe('{"clientId":"billing"}');
    const config = { ...(await examples.configOf(VERSION, stages)), version_stages: ["AWSCURRENT", "mine"] };
    const moved = await examples.workspace.update(VERSION, second, config);
    expect(moved["version_stages"]).toEqual(["AWSCURRENT", "mine"]);
    expect(await examples.workspace.refresh(VERSION, first)).toMatchObject({ version_stages: ["AWSPREVIOUS"] });
  });

  it("neither plans nor shows a value that is only in the configuration", async () => {
    expect(kindOf(VERSION).schema.attributes["secret_string_wo"]).toMatchObject({ write_only: true, sensitive: true });
    const config = { ...(await examples.configOf(VERSION)), secret_string: null, secret_string_wo: "hidden" };
    const { planned } = examples.workspace.plan(VERSION, null, { ...config, secret_string_wo_version: 1 });
    expect(planned).toMatchObject({ secret_string_wo: null, secret_string_wo_version: 1 });
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
    await expect(examples.another(POLICY, { policy, block_public_policy: false })).resolves.toMatchObject({
      policy: normalizeJson(policy),
    });
  });

  it.each([
    ["one role", { Principal: role }],
    ["nobody, by refusing everybody", { Effect: "Deny", Principal: "*" }],
  ])("is taken when it lets in %s", async (_, changes) => {
    const policy = policyOf(statement(changes));
    await expect(examples.another(POLICY, { policy })).resolves.toMatchObject({ policy: normalizeJson(policy) });
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

  it.each(["", "{}"])("is refused when it is empty: %j", async (policy) => {
    await expect(examples.another(POLICY, { policy })).rejects.toMatchObject({ name: "ValidationException" });
  });

  it.each(["{", "[]", '"x"', '{"Statement":[1]}', '{"Statement":[{"Effect":"Maybe"}]}'])(
    "is refused when it is %j",
    async (policy) => {
      await expect(examples.another(POLICY, { policy })).rejects.toEqual(
        new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json"),
      );
    },
  );
});

/** As recorded on AWS: which version has which labels after each step. */
describe("staging labels", () => {
  const token = (number: number) => String(number).padStart(32, "0");
  const put = (number: number, ...VersionStages: string[]) => {
    const stages = VersionStages.length === 0 ? {} : { VersionStages };
    return call("PutSecretValue", { SecretId: "s", SecretString: "x", ClientRequestToken: token(number), ...stages });
  };
  const promote = (from: number, to: number) =>
    call("UpdateSecretVersionStage", {
      SecretId: "s",
      VersionStage: "AWSCURRENT",
      RemoveFromVersionId: token(from),
      MoveToVersionId: token(to),
    });
  const listed = async (IncludeDeprecated = false) => {
    const { Versions } = (await call("ListSecretVersionIds", { SecretId: "s", IncludeDeprecated })) as {
      readonly Versions: readonly { readonly VersionId: string; readonly VersionStages?: readonly string[] }[];
    };
    return Object.fromEntries(
      Versions.map(({ VersionId, VersionStages = [] }) => [Number(VersionId), VersionStages.toSorted()]),
    );
  };
  beforeEach(() => call("CreateSecret", { Name: "s", SecretString: "x", ClientRequestToken: token(1) }));

  it("leave a pending version that becomes current pending, until another one is", async () => {
    await put(2, "AWSPENDING");
    expect(await listed()).toEqual({ 1: ["AWSCURRENT"], 2: ["AWSPENDING"] });
    await promote(1, 2);
    expect(await listed()).toEqual({ 1: ["AWSPREVIOUS"], 2: ["AWSCURRENT", "AWSPENDING"] });
    await put(3);
    expect(await listed()).toEqual({ 2: ["AWSPREVIOUS"], 3: ["AWSCURRENT"] });
  });

  it("of one's own stay where they are when AWSCURRENT moves on", async () => {
    await put(2, "AWSCURRENT", "PUT0");
    await put(3, "AWSPENDING", "PUT1");
    await promote(2, 3);
    expect(await listed()).toEqual({ 2: ["AWSPREVIOUS", "PUT0"], 3: ["AWSCURRENT", "AWSPENDING", "PUT1"] });
    await put(4, "AWSPENDING", "PUT2");
    await promote(3, 4);
    const last = { 2: ["PUT0"], 3: ["AWSPREVIOUS", "PUT1"], 4: ["AWSCURRENT", "AWSPENDING", "PUT2"] };
    expect(await listed()).toEqual(last);
  });

  it("of one's own move to the version that is put with them", async () => {
    await put(2, "one", "two", "three");
    await put(3, "one", "two", "four");
    expect(await listed()).toEqual({ 1: ["AWSCURRENT"], 2: ["three"], 3: ["four", "one", "two"] });
  });

  it("are gone from versions that are deprecated, which are listed on request", async () => {
    await put(2);
    await put(3);
    expect(await listed()).toEqual({ 2: ["AWSPREVIOUS"], 3: ["AWSCURRENT"] });
    expect(await listed(true)).toEqual({ 1: [], 2: ["AWSPREVIOUS"], 3: ["AWSCURRENT"] });
  });

  it("include AWSCURRENT for the first version, whatever it is put with", async () => {
    await call("CreateSecret", { Name: "t" });
    const put = { SecretId: "t", SecretString: "x", ClientRequestToken: token(1), VersionStages: ["AWSPENDING"] };
    expect(await call("PutSecretValue", put)).toMatchObject({ VersionStages: ["AWSPENDING", "AWSCURRENT"] });
  });
});
