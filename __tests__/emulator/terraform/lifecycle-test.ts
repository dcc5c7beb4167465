/** Creating, changing, deleting, reading and importing resources, and what is left when one of them is refused. */
import { Account } from "../../../emulator/account/account";
import { AccountStore } from "../../../emulator/account/store";
import { AwsError } from "../../../emulator/errors";
import { userPools } from "../../../emulator/services/cognito/records";
import { roles } from "../../../emulator/services/iam/records";
import { logGroups } from "../../../emulator/services/logs/records";
import { readResource } from "../../../emulator/terraform/lifecycle";
import { Examples } from "../../support/examples";
import { kindOf, newAccountFile, openAccount, REGION, Workspace } from "../../support/workspace";

jest.mock("../../../emulator/services/cognito/signing-keys", () => ({
  generateSigningKeys: async () => [{ kid: "a" }],
}));

const GROUP = "aws_cloudwatch_log_group";
const ROLE = "aws_iam_role";
const POOL = "aws_cognito_user_pool";

/** Tables of the account that groups and roles are kept in. */
const [GROUPS, ROLES] = [logGroups.type, roles.type];

/** Examples in an account of which the file is known, and what is on disk. */
function withFile() {
  const file = newAccountFile();
  const examples = new Examples(new Workspace(new Account({ file })));
  const onDisk = (type: string) =>
    Object.fromEntries(new AccountStore(file, () => true).read()?.entries.get(type) ?? []);
  return { file, examples, onDisk };
}

describe("creating", () => {
  it("has the resource on disk, by type, region and id", async () => {
    const { examples, onDisk } = withFile();
    await examples.make(GROUP);

    expect(onDisk(GROUPS)).toEqual({
      [`${REGION}//aws/lambda/orders`]: expect.objectContaining({ logGroupName: "/aws/lambda/orders" }),
    });
  });

  it("keeps what belongs to no region without one", async () => {
    const { examples, onDisk } = withFile();
    await examples.make(ROLE);

    expect(Object.keys(onDisk(ROLES))).toEqual(["orders"]);
  });

  it("does not tell Terraform what AWS keeps to itself", async () => {
    const { examples } = withFile();
    const pool = await examples.make(POOL);

    expect(userPools.get(examples.workspace, String(pool["id"]))?.keys).toEqual([{ kid: "a" }]);
    expect(JSON.stringify(pool)).not.toContain("kid");
  });

  it("leaves account and file as they were when AWS refuses", async () => {
    const { examples, onDisk } = withFile();
    await examples.make(GROUP);
    const before = onDisk(GROUPS);

    await expect(examples.another(GROUP)).rejects.toThrow(AwsError);
    expect(onDisk(GROUPS)).toEqual(before);
    expect(examples.workspace.account.count()).toEqual({ [GROUPS]: 1 });
  });
});

describe("changing", () => {
  it("is refused when the resource is gone", async () => {
    const { examples } = withFile();
    const group = await examples.make(GROUP);
    await examples.workspace.destroy(GROUP, group);

    await expect(examples.workspace.update(GROUP, group, { name: "/aws/lambda/orders" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    expect(examples.workspace.account.count()).toEqual({});
  });
});

describe("deleting", () => {
  it("is no mistake when the resource is gone already", async () => {
    const { examples } = withFile();
    const group = await examples.make(GROUP);
    await examples.workspace.destroy(GROUP, group);

    await expect(examples.workspace.destroy(GROUP, group)).resolves.toBeUndefined();
  });

  it("is decided by what the account says, not by what Terraform remembers", async () => {
    const { examples } = withFile();
    const pool = await examples.make(POOL);
    await examples.workspace.update(POOL, pool, { name: "machines", deletion_protection: "ACTIVE" });

    await expect(examples.workspace.destroy(POOL, pool)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});

describe("reading", () => {
  it("shows what was changed by hand", async () => {
    const { examples } = withFile();
    const group = await examples.make(GROUP);
    const { workspace } = examples;
    const record = logGroups.get(workspace, String(group["id"]));
    if (record !== undefined) logGroups.put(workspace, { ...record, retentionInDays: 1 });

    expect(await examples.workspace.refresh(GROUP, group)).toEqual({ ...group, retention_in_days: 1, tags: {} });
  });

  it("does not see tags that the provider ignores", async () => {
    const { examples } = withFile();
    const group = await examples.another(GROUP, { tags: { team: "orders", pod: "a" } });
    const place = { ...examples.workspace.place, isIgnoredTag: (key: string) => key === "pod" };

    expect(await readResource(kindOf(GROUP), place, group)).toMatchObject({
      tags: { team: "orders" },
      tags_all: { team: "orders" },
    });
  });

  it("has empty collections where a creation keeps what was planned", async () => {
    const { examples } = withFile();
    const pool = await examples.make(POOL);

    expect(pool).toMatchObject({ auto_verified_attributes: null, alias_attributes: null });
    expect(await examples.workspace.refresh(POOL, pool)).toMatchObject({
      auto_verified_attributes: [],
      alias_attributes: null,
    });
  });
});

describe("importing", () => {
  it("finds the resource of the provider's region, or of the one behind the id", async () => {
    const account = openAccount();
    const [here, there] = [new Workspace(account), new Workspace(account, "us-east-1")];
    const group = await new Examples(here).make(GROUP);
    const other = await new Examples(there).make(GROUP);

    expect(await here.import(GROUP, "/aws/lambda/orders")).toEqual({ ...group, tags: {} });
    expect(await there.import(GROUP, "/aws/lambda/orders")).toEqual({ ...other, tags: {} });
    expect(await here.import(GROUP, "/aws/lambda/orders@us-east-1")).toEqual({ ...other, tags: {} });
  });

  it("finds what belongs to no region from anywhere", async () => {
    const account = openAccount();
    const role = await new Examples(new Workspace(account)).make(ROLE);

    expect(await new Workspace(account, "us-east-1").import(ROLE, "orders")).toEqual({ ...role, tags: {} });
  });

  it("finds nothing when there is no such resource, and is refused for an id of another form", async () => {
    expect(await new Workspace().import(GROUP, "orders")).toBeNull();
    expect(() => new Workspace().import("aws_lambda_alias", "orders")).toThrow(
      new AwsError("InvalidId", "unexpected format of ID (orders), expected function_name/name"),
    );
  });
});

describe("what a cut-off run left behind", () => {
  /** A workspace after a run that was cut off while it made the example. */
  async function afterCutOff(type: string) {
    const { examples, file } = withFile();
    const left = await examples.make(type);
    return { left, examples: new Examples(new Workspace(new Account({ file }))) };
  }

  it("gives way to what Terraform makes in its place", async () => {
    const { examples } = await afterCutOff(GROUP);
    const made = await examples.another(GROUP, { retention_in_days: 1 });

    expect(made).toMatchObject({ retention_in_days: 1 });
    expect(examples.workspace.account.leftovers).toEqual([]);
    expect(examples.workspace.account.count()).toEqual({ [GROUPS]: 1 });
  });

  it("gives way once: what was made in its place stays", async () => {
    const { examples } = await afterCutOff(GROUP);
    const made = await examples.another(GROUP, { retention_in_days: 1 });

    await expect(examples.another(GROUP)).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
    expect(await examples.workspace.refresh(GROUP, made)).toEqual({ ...made, tags: {} });
  });

  it("does not give way once Terraform has read it", async () => {
    const { examples, left } = await afterCutOff(GROUP);
    await examples.workspace.refresh(GROUP, left);

    await expect(examples.another(GROUP)).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
  });

  it("does not give way once it is imported", async () => {
    const { examples } = await afterCutOff(GROUP);
    await examples.workspace.import(GROUP, "/aws/lambda/orders");

    await expect(examples.another(GROUP)).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
  });

  it("stays when it is not in the way", async () => {
    const { examples } = await afterCutOff(GROUP);
    await examples.another(GROUP, { name: "other" });

    expect(examples.workspace.account.count()).toEqual({ [GROUPS]: 2 });
  });

  it("stays when what is made is refused for another reason", async () => {
    const { examples, left } = await afterCutOff(ROLE);

    await expect(examples.another(ROLE, { name: "other", assume_role_policy: "{" })).rejects.toMatchObject({
      name: "MalformedPolicyDocument",
    });
    expect(await examples.workspace.refresh(ROLE, left)).toEqual({ ...left, tags: {} });
  });
});
