/** IAM's own API as the AWS SDK asks it. */
import { GetRoleCommand, GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { policyFor, trustIn } from "../support/access-api";
import { AppliedStack, reference } from "../support/applied-stack";
import { sdkOptions } from "../support/aws-sdk";
import { driftOf } from "../support/terraform-drift";

jest.setTimeout(300_000);

const RoleName = "orders";
const TRUST = trustIn("lambda.amazonaws.com");
/** Has every sign that an encoding could lose. */
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Action: "logs:*", Effect: "Allow", Resource: "arn:aws:logs:*:*:log-group:/a b/(c)'!~+%2B", Sid: "Logs" },
  ],
});

let stack: AppliedStack;
let sdk: IAMClient;
beforeAll(async () => {
  const ofRole = { role: reference("aws_iam_role.one.name") };
  stack = await AppliedStack.open({
    resource: {
      aws_iam_role: {
        one: { name: RoleName, assume_role_policy: TRUST, description: "Runs <orders> & more", tags: { Team: "a b" } },
        bare: { name: "bare", assume_role_policy: TRUST, path: "/service/" },
      },
      aws_iam_role_policy: {
        logs: { ...ofRole, name: "logs", policy: POLICY },
        more: { ...ofRole, name: "more", policy: policyFor("xray:*") },
      },
    },
    outputs: { role: "aws_iam_role.one.unique_id" },
  });
  sdk = new IAMClient(sdkOptions(stack.emulator));
});
afterAll(async () => {
  sdk.destroy();
  await stack.close();
});

const policy = async (PolicyName: string) =>
  (await sdk.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument;
const put = (PolicyName: string, PolicyDocument: string) =>
  sdk.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));

describe("what the AWS SDK reads of a role", () => {
  it("is the role, its trust policy percent-encoded", async () => {
    const { Role } = await sdk.send(new GetRoleCommand({ RoleName }));

    expect(Role).toEqual({
      Path: "/",
      RoleName,
      RoleId: (await stack.outputs())["role"],
      Arn: "arn:aws:iam::123456789012:role/orders",
      CreateDate: expect.any(Date),
      AssumeRolePolicyDocument: expect.stringMatching(/^%7B%22Statement%22%3A%5B[\w%.~-]+%7D$/),
      Description: "Runs <orders> & more",
      MaxSessionDuration: 3600,
      Tags: [{ Key: "Team", Value: "a b" }],
      RoleLastUsed: {},
    });
    expect(JSON.parse(decodeURIComponent(`${Role?.AssumeRolePolicyDocument}`))).toEqual(JSON.parse(TRUST));
  });
});

/** Each test leaves things as Terraform made them, which it shows. */
describe("what the AWS SDK changes of a role", () => {
  afterEach(async () => {
    await stack.apply();
    expect(await stack.plan()).toBeUndefined();
    expect(decodeURIComponent(`${await policy("logs")}`)).toBe(POLICY);
  });

  it("is a policy that it replaces, drift until it is applied again", async () => {
    const open = policyFor("*");
    await put("logs", open);

    expect(decodeURIComponent(`${await policy("logs")}`)).toBe(open);
    expect(await driftOf(stack)).toContainEqual({
      address: "aws_iam_role_policy.logs",
      attribute: "policy",
      before: POLICY,
      after: '{"Version":"2012-10-17","Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}]}',
    });
  });
});
