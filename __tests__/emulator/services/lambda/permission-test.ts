/** Who may invoke a function: statements as Terraform manages them, and what they mean. */

import { AwsError } from "../../../../emulator/errors";
import { mayInvoke, type Statement } from "../../../../emulator/services/lambda/permission";
import { text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { openAccount, REGION, Workspace } from "../../../support/workspace";

const FUNCTION = "aws_lambda_function";
const PERMISSION = "aws_lambda_permission";

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

/** Gives the function version 1. */
async function publish(): Promise<void> {
  const config = await examples.configOf(FUNCTION, { publish: true });
  await examples.workspace.update(FUNCTION, await examples.make(FUNCTION), config);
}

describe(PERMISSION, () => {
  it("needs a function that exists", async () => {
    const arn = `arn:aws:lambda:${REGION}:123456789012:function:gone`;

    await expect(examples.another(PERMISSION, { function_name: "gone" })).rejects.toEqual(
      new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, 404),
    );
  });

  it("takes the function's ARN for its name", async () => {
    const function_name = text(await examples.make(FUNCTION), "arn");

    await expect(examples.another(PERMISSION, { function_name })).resolves.toMatchObject({ function_name, id: "api" });
  });

  it("is there once for each statement id of a qualifier", async () => {
    await publish();
    const made = await examples.another(PERMISSION);
    const ofVersion = await examples.another(PERMISSION, { qualifier: "1" });

    expect([made["id"], ofVersion["id"], ofVersion["qualifier"]]).toEqual(["api", "api", "1"]);
    await expect(examples.another(PERMISSION)).rejects.toEqual(
      new AwsError(
        "ResourceConflictException",
        "The statement id (api) provided already exists. Please provide a new statement id, or remove the existing statement.",
        409,
      ),
    );
  });

  it.each([
    [null, "terraform-"],
    ["gateway-", "gateway-"],
  ])("has a statement id of its own when none is given, with the prefix %s", async (statement_id_prefix, prefix) => {
    const given = { statement_id: null, statement_id_prefix };
    const [a, b] = [await examples.another(PERMISSION, given), await examples.another(PERMISSION, given)];

    expect(a["statement_id"]).toMatch(new RegExp(`^${prefix}20260702114354\\d{4}[0-9a-f]{8}$`));
    expect(a["statement_id_prefix"]).toBe(prefix);
    expect(a["statement_id"]).not.toBe(b["statement_id"]);
  });

  it.each([
    [{ source_account: "123456789012" }],
    [{ event_source_token: "amzn1.ask.skill.1" }],
    [{ principal_org_id: "o-1234567890", principal: "*" }],
    [{ qualifier: "1" }],
  ])("keeps %j, and needs no change when it is planned again", async (given) => {
    await publish();
    const made = await examples.another(PERMISSION, given);

    expect(made).toMatchObject(given);
    expect(examples.workspace.plan(PERMISSION, made, await examples.configOf(PERMISSION, given)).planned).toBe(made);
  });

  it("is imported with the qualifier in the function's name", async () => {
    await publish();
    const made = await examples.another(PERMISSION, { qualifier: "1" });

    expect(await examples.workspace.import(PERMISSION, "orders:1/api")).toEqual(made);
  });

  it("goes with its function, but not with a namesake of it in another region", async () => {
    const account = openAccount();
    const here = new Examples(new Workspace(account));
    const there = new Workspace(account, "us-east-1");
    const other = await here.make(PERMISSION);
    const fn = await there.create(FUNCTION, await here.configOf(FUNCTION));
    const made = await there.create(PERMISSION, await here.configOf(PERMISSION));
    await here.workspace.destroy(FUNCTION, await here.make(FUNCTION));

    expect(await there.refresh(PERMISSION, made)).toEqual(made);
    expect(await here.workspace.refresh(PERMISSION, other)).toBeNull();
    await there.destroy(FUNCTION, fn);
    expect(await there.refresh(PERMISSION, made)).toBeNull();
  });

  it("is refused when the policy gets too long, in bytes", async () => {
    const source_arn = `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/${"x".repeat(200)}`;
    const add = (index: number) =>
      examples.another(PERMISSION, { statement_id: `statement-${index}`, source_arn: `${source_arn}${index}` });
    const addAll = async (index = 10): Promise<AwsError> => {
      const refusal = await add(index).catch((error: AwsError) => error);
      return refusal instanceof AwsError ? refusal : await addAll(index + 1);
    };
    const { name, message } = await addAll();
    const [, size = ""] = /^The final policy size \((\d+)\) is bigger than the limit \(20480\)\.$/.exec(message) ?? [];

    expect(name).toBe("PolicyLengthExceededException");
    expect(Number(size)).toBeGreaterThan(20_480);
    expect(Number(size)).toBeLessThan(21_100);
  });
});

describe("mayInvoke", () => {
  const sourceArn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/orders";
  const invoker = { principal: "apigateway.amazonaws.com", sourceArn, sourceAccount: "123456789012" };
  const statement: Statement = {
    Sid: "api",
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
  };
  const forSource = (pattern: string) => ({ Condition: { ArnLike: { "AWS:SourceArn": pattern } } });

  it.each<[string, Partial<Statement>]>([
    ["any source when none is named", {}],
    ["every function action", { Action: "lambda:*" }],
    ["every action", { Action: "*" }],
    ["the very source", forSource(sourceArn)],
    ["any stage, method and path", forSource(sourceArn.replace("dev/GET/orders", "*"))],
    ["any stage of the method", forSource(sourceArn.replace("/dev/", "/*/"))],
    ["one letter of any kind", forSource(sourceArn.replace("dev", "d?v"))],
    ["the account of the source", { Condition: { StringEquals: { "AWS:SourceAccount": "123456789012" } } }],
  ])("allows %s", (_, changes) => {
    expect(mayInvoke([{ ...statement, ...changes }], invoker)).toBe(true);
  });

  it.each<[string, Partial<Statement>]>([
    ["another principal", { Principal: { Service: "events.amazonaws.com" } }],
    ["an account", { Principal: { AWS: "arn:aws:iam::123456789012:root" } }],
    ["another action", { Action: "lambda:GetFunction" }],
    ["another API", forSource(sourceArn.replace("a1b2c3d4e5", "other"))],
    ["another method", forSource(sourceArn.replace("GET", "POST"))],
    ["a longer path", forSource(sourceArn.replace("/orders", "/order"))],
    ["a dot that would stand for any letter", forSource(sourceArn.replace("orders", "order."))],
    ["two letters for one", forSource(sourceArn.replace("dev", "d?ev"))],
    ["another account", { Condition: { StringEquals: { "AWS:SourceAccount": "210987654321" } } }],
    ["a token of an Alexa skill", { Condition: { StringEquals: { "lambda:EventSourceToken": "amzn1" } } }],
    ["an organization", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }],
    [
      "the source, but another account",
      { Condition: { ...forSource(sourceArn).Condition, StringEquals: { "AWS:SourceAccount": "210987654321" } } },
    ],
  ])("does not allow %s", (_, changes) => {
    expect(mayInvoke([{ ...statement, ...changes }], invoker)).toBe(false);
  });

  it("allows nothing without a statement", () => {
    expect(mayInvoke([], invoker)).toBe(false);
  });
});
