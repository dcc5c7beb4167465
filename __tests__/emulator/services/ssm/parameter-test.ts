/** Parameters of Systems Manager: their values, what is refused, and what only decryption shows. */
import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { callOperation } from "../../../../emulator/protocols/service";
import { ssm } from "../../../../emulator/services/ssm";
import { NOW, newAccountFile, openAccount, Workspace } from "../../../support/workspace";

const NAME = "/orders/token";
const VALUE = "hunter2";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace(openAccount({ clock: () => NOW }));
});

const call = (operation: string, input: object, at = workspace): Promise<Readonly<Record<string, unknown>>> =>
  callOperation(ssm, { ...at.place, requestId: "1" }, operation, input as never);
const put = (input: object = {}) => call("PutParameter", { Name: NAME, Value: VALUE, Type: "SecureString", ...input });
const get = async (input: object = {}) => (await call("GetParameter", { Name: NAME, ...input }))["Parameter"];

const notFound = new AwsError("ParameterNotFound", "");
const refused = (name: string, message: string | RegExp) =>
  expect.objectContaining({ name, message: expect.stringMatching(message) });

describe("a parameter", () => {
  it("has its value, its version and its ARN", async () => {
    expect(await put({ Type: "String" })).toEqual({ Version: 1, Tier: "Standard" });
    expect(await get()).toEqual({
      Name: NAME,
      Type: "String",
      Value: VALUE,
      Version: 1,
      LastModifiedDate: NOW / 1000,
      ARN: `arn:aws:ssm:eu-west-1:123456789012:parameter${NAME}`,
      DataType: "text",
    });
  });

  it("is listed by its name, without its value", async () => {
    await put();
    await put({ Name: "/orders/token-2", Type: "String" });
    const list = async (...ParameterFilters: readonly object[]) => {
      const { Parameters } = await call("DescribeParameters", { ParameterFilters });
      return Parameters as readonly { readonly Name: string }[];
    };

    expect(await list({ Key: "Name", Values: [NAME, "/other"] })).toEqual([
      {
        Name: NAME,
        Type: "SecureString",
        KeyId: "alias/aws/ssm",
        Version: 1,
        LastModifiedDate: NOW / 1000,
        ARN: `arn:aws:ssm:eu-west-1:123456789012:parameter${NAME}`,
        DataType: "text",
        Tier: "Standard",
      },
    ]);
    const begins = { Key: "Name", Option: "BeginsWith", Values: ["/orders"] };
    expect((await list(begins, { Key: "Name", Option: "Contains", Values: ["-2"] })).map(({ Name }) => Name)).toEqual([
      "/orders/token-2",
    ]);
    await expect(list({ Key: "Type", Values: ["String"] })).rejects.toThrow(UnsupportedError);
  });

  it("is listed in pages", async () => {
    await put();
    await put({ Name: "/orders/token-2" });
    const first = await call("DescribeParameters", { MaxResults: 1 });
    const second = await call("DescribeParameters", { MaxResults: 1, NextToken: first["NextToken"] });

    expect([first, second].map(({ Parameters }) => (Parameters as readonly unknown[]).length)).toEqual([1, 1]);
    expect(second["NextToken"]).toBeUndefined();
  });

  it("that is a SecureString shows its value only decrypted", async () => {
    await put();

    expect(JSON.stringify(await get())).not.toContain(VALUE);
    expect(await get({ WithDecryption: true })).toMatchObject({ Value: VALUE, Type: "SecureString" });
    expect(JSON.stringify(await get({ WithDecryption: false }))).not.toContain(VALUE);
  });

  it("is found by its ARN, without a slash too, and by its newest version", async () => {
    await put({ Name: "plain" });
    const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/plain";

    expect(await get({ Name: arn })).toMatchObject({ Name: "plain", ARN: arn });
    expect(await get({ Name: "plain:1" })).toMatchObject({ Name: "plain", Selector: ":1" });
    await expect(get({ Name: "plain:2" })).rejects.toEqual(
      refused("ParameterVersionNotFound", /^Systems Manager could not find version 2 of plain\./),
    );
  });

  it("is replaced only when that is asked for, and keeps what it is not given", async () => {
    await put();
    await expect(put({ Value: "other" })).rejects.toEqual(
      refused("ParameterAlreadyExists", "set the overwrite option"),
    );
    expect(await call("PutParameter", { Name: NAME, Value: "other", Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await get({ WithDecryption: true })).toMatchObject({ Value: "other", Type: "SecureString", Version: 2 });
    await expect(get({ Name: `${NAME}:1` })).rejects.toThrow(UnsupportedError);
  });

  it("is gone once it is deleted", async () => {
    await put();
    await call("DeleteParameter", { Name: NAME });

    await expect(get()).rejects.toEqual(notFound);
    await expect(call("DeleteParameter", { Name: NAME })).rejects.toEqual(notFound);
  });

  it("is in its region alone, and still there when the account is opened again", async () => {
    const file = newAccountFile();
    const account = openAccount({ file });
    const input = { Name: NAME, Value: VALUE, Type: "String" };
    const result = () => call("PutParameter", input, new Workspace(account));
    await account.change(async () => ({ result: await result(), operation: null }));
    const reopened = openAccount({ file });

    expect(await call("GetParameter", { Name: NAME }, new Workspace(reopened))).toMatchObject({
      Parameter: { Value: VALUE },
    });
    await expect(call("GetParameter", { Name: NAME }, new Workspace(reopened, "us-east-1"))).rejects.toEqual(notFound);
  });

  it.each(["/a b", "a/b", "ssm-a", "/SSM/a", "aws-a", "/a//b", "/a/", "ä"])("must not be called %j", async (Name) => {
    await expect(put({ Name })).rejects.toMatchObject({ name: "ValidationException" });
  });

  it.each<[object, string, string | RegExp]>([
    [{ Name: "/aws/a" }, "AccessDeniedException", "No access to reserved parameter name: /aws/a."],
    [{ Name: "/a".repeat(16) }, "HierarchyLevelLimitExceededException", "maximum of 15 levels"],
    [{ Type: undefined }, "ValidationException", "A parameter type is required when you create a parameter."],
    [{ Type: "Text" }, "ValidationException", /enum value set: \[SecureString, StringList, String\]|enum value set/],
    [{ Type: "String", KeyId: "alias/a" }, "ValidationException", "KeyId is required for SecureString"],
    [{ Value: "v".repeat(4097) }, "ValidationException", "maximum parameter value of 4096 characters"],
    [{ AllowedPattern: "\\d+" }, "ParameterPatternMismatchException", "cannot be validated against allowedPattern"],
    [{ Tier: "Advanced" }, "UnsupportedError", "tier Advanced is not emulated"],
    [{ DataType: "aws:ec2:image" }, "UnsupportedError", "data type aws:ec2:image is not emulated"],
    [{ Tags: [{ Key: "a", Value: "b" }] }, "NotEmulated", "Tags is not emulated"],
  ])("is refused with %j", async (input, name, message) => {
    await expect(put(input)).rejects.toEqual(refused(name, message));
    await expect(get()).rejects.toEqual(notFound);
  });
});

describe("GetParameters", () => {
  it("has those that are there, and the names of the others", async () => {
    await put();
    await put({ Name: "plain", Type: "String", Value: "1" });
    const found = await call("GetParameters", { Names: ["/gone", NAME, "plain"], WithDecryption: true });

    expect(found).toMatchObject({
      Parameters: [
        { Name: NAME, Value: VALUE },
        { Name: "plain", Value: "1" },
      ],
      InvalidParameters: ["/gone"],
    });
    expect(JSON.stringify(await call("GetParameters", { Names: [NAME] }))).not.toContain(VALUE);
  });
});
