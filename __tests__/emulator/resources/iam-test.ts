/** What IAM refuses, in its own words. */
import { AwsError } from "../../../emulator/errors";
import { isTrustedBy } from "../../../emulator/resources/iam";
import { Examples } from "../../support/examples";

const ROLE = "aws_iam_role";
const POLICY = "aws_iam_role_policy";
const ATTACHMENT = "aws_iam_role_policy_attachment";

const malformed = new AwsError("MalformedPolicyDocument", "This policy contains invalid Json");

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

describe.each([
  [ROLE, "assume_role_policy"],
  [POLICY, "policy"],
])("%s.%s", (type, name) => {
  it.each([
    "",
    "{",
    "[]",
    "null",
    '"text"',
    "<policy/>",
  ])("is refused when it is no JSON object: %j", async (policy) => {
    await expect(examples.another(type, { [name]: policy })).rejects.toEqual(malformed);

    const made = await examples.make(type);
    const changed = await examples.configOf(type, { [name]: policy });
    await expect(examples.workspace.update(type, made, changed)).rejects.toEqual(malformed);
  });
});

describe("a policy that is JSON, but no policy", () => {
  const allow = { Effect: "Allow", Action: "sts:AssumeRole" };
  const syntax = "Syntax errors in policy.";

  it.each<[string, object, string]>([
    ["without statements", { Foo: 1 }, syntax],
    ["with statements and more", { Statement: [], Foo: 1 }, syntax],
    ["of another version", { Version: "2013-01-01", Statement: [] }, syntax],
    ["with a statement that is text", { Statement: ["Allow"] }, syntax],
    ["without an effect", { Statement: { Action: "*" } }, syntax],
    ["with another effect", { Statement: [{ ...allow, Effect: "Maybe" }] }, syntax],
    ["with more in a statement", { Statement: [{ ...allow, Actions: "*" }] }, syntax],
    ["with actions and all but them", { Statement: [{ ...allow, NotAction: "*" }] }, syntax],
  ])("is refused %s, whichever it is", async (_, policy, message) => {
    const refusal = new AwsError("MalformedPolicyDocument", message);

    await expect(examples.another(ROLE, { assume_role_policy: JSON.stringify(policy) })).rejects.toEqual(refusal);
    await expect(examples.another(POLICY, { policy: JSON.stringify(policy) })).rejects.toEqual(refusal);
  });

  it.each<[string, object, string]>([
    ["principal", { Effect: "Allow", Action: "*" }, "Missing required field Principal"],
    ["action", { Effect: "Allow", Principal: "*" }, "Missing required field Action"],
  ])("trusts nobody without %s", async (_, statement, message) => {
    await expect(
      examples.another(ROLE, { assume_role_policy: JSON.stringify({ Statement: [statement] }) }),
    ).rejects.toEqual(new AwsError("MalformedPolicyDocument", message));
  });

  it("trusts for the role and nothing else", async () => {
    const assume_role_policy = JSON.stringify({ Statement: [{ ...allow, Principal: "*", Resource: "*" }] });

    await expect(examples.another(ROLE, { assume_role_policy })).rejects.toEqual(
      new AwsError("MalformedPolicyDocument", "Has prohibited field Resource"),
    );
  });

  it.each<[string, object, string]>([
    ["a principal", { ...allow, Resource: "*", Principal: "*" }, "Policy document should not specify a principal."],
    ["no actions", { Effect: "Allow", Resource: "*" }, "Policy statement must contain actions."],
    ["no resources", allow, "Policy statement must contain resources."],
  ])("allows a role nothing with %s", async (_, statement, message) => {
    const refusal = new AwsError("MalformedPolicyDocument", message);
    const policy = JSON.stringify({ Statement: [statement] });
    const made = await examples.make(POLICY);

    await expect(examples.another(POLICY, { name: "other", policy })).rejects.toEqual(refusal);
    const changed = await examples.configOf(POLICY, { policy });
    await expect(examples.workspace.update(POLICY, made, changed)).rejects.toEqual(refusal);
  });

  it("is none with everything that a statement may have", async () => {
    const rest = { Sid: "All", Condition: { Bool: { "aws:SecureTransport": "true" } } };
    const statement = { Effect: "Deny", NotAction: ["s3:*"], NotResource: "*", ...rest };
    const policy = JSON.stringify({ Version: "2012-10-17", Id: "own", Statement: statement });

    await expect(examples.another(POLICY, { policy })).resolves.toMatchObject({ policy });
  });
});

describe(ROLE, () => {
  it("is there once in the account", async () => {
    await examples.make(ROLE);

    await expect(examples.another(ROLE)).rejects.toEqual(
      new AwsError("EntityAlreadyExists", "Role with name orders already exists.", 409),
    );
  });

  it("takes its policies with it, and no other role's", async () => {
    const role = await examples.another(ROLE, { name: "other" });
    await examples.another(POLICY, { role: "other" });
    await examples.another(ATTACHMENT, { role: "other" });
    await examples.make(POLICY);
    await examples.workspace.destroy(ROLE, role);

    expect(examples.workspace.account.list(POLICY)).toMatchObject([{ role: "orders" }]);
    expect(examples.workspace.account.list(ATTACHMENT)).toEqual([]);
  });

  it("has an ARN with its path, and a unique id", async () => {
    expect(await examples.another(ROLE, { path: "/service/" })).toMatchObject({
      arn: "arn:aws:iam::123456789012:role/service/orders",
      unique_id: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    });
  });
});

describe(POLICY, () => {
  it("needs a role that exists", async () => {
    await expect(examples.another(POLICY, { role: "gone" })).rejects.toEqual(
      new AwsError("NoSuchEntity", "The role with name gone cannot be found.", 404),
    );
  });
});

describe(ATTACHMENT, () => {
  it("needs a role that exists", async () => {
    await expect(examples.another(ATTACHMENT, { role: "gone" })).rejects.toEqual(
      new AwsError("NoSuchEntity", "The role with name gone cannot be found.", 404),
    );
  });

  it.each([
    "arn:aws:iam::123456789012:policy/own",
    "arn:aws:iam::aws:role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/",
    "AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/NoSuchPolicy",
    "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/job-function/AWSLambdaVPCAccessExecutionRole",
  ])("needs a policy that exists: %s", async (policy_arn) => {
    await expect(examples.another(ATTACHMENT, { policy_arn })).rejects.toEqual(
      new AwsError("NoSuchEntity", `Policy ${policy_arn} does not exist or is not attachable.`, 404),
    );
  });

  it.each([
    "AmazonS3ReadOnlyAccess",
    "AWSXRayDaemonWriteAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "job-function/ViewOnlyAccess",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  ])("may be of AWS's own policy %s", async (path) => {
    const policy_arn = `arn:aws:iam::aws:policy/${path}`;

    await expect(examples.another(ATTACHMENT, { policy_arn })).resolves.toMatchObject({ policy_arn });
  });

  it("is there once, however often it is made", async () => {
    const made = await examples.make(ATTACHMENT);

    expect(await examples.another(ATTACHMENT)).toEqual(made);
    expect(made).toMatchObject({
      id: "orders/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    });
    expect(examples.workspace.account.list(ATTACHMENT)).toHaveLength(1);
  });
});

describe("isTrustedBy", () => {
  const SERVICE = "lambda.amazonaws.com";
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: SERVICE } };
  const trust = (...Statement: readonly unknown[]) => ({ assume_role_policy: JSON.stringify({ Statement }) });

  it.each<[string, object]>([
    ["the service alone", {}],
    ["the service among others", { Principal: { Service: ["ec2.amazonaws.com", SERVICE] } }],
    ["a list of actions", { Action: ["sts:TagSession", "sts:AssumeRole"] }],
    ["an action in lower case", { Action: "sts:assumerole" }],
    ["any action of STS", { Action: "sts:*" }],
    ["any action", { Action: "*" }],
    ["a condition", { Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }],
  ])("is true for %s", (_, changes) => {
    expect(isTrustedBy(trust({ ...statement, ...changes }), SERVICE)).toBe(true);
  });

  it.each<[string, object]>([
    ["another service", { Principal: { Service: "ec2.amazonaws.com" } }],
    ["a service whose name only holds this one's", { Principal: { Service: "replicator.lambda.amazonaws.com" } }],
    ["an account of the service's name", { Principal: { AWS: SERVICE } }],
    ["nobody", { Principal: undefined }],
    ["everybody, who is no service", { Principal: "*" }],
    ["the service, which may only tag", { Action: "sts:TagSession" }],
    ["no action", { Action: undefined }],
    ["a denial", { Effect: "Deny" }],
    ["no effect", { Effect: undefined }],
    ["the service in the statement's id only", { Sid: SERVICE, Principal: { Service: "ec2.amazonaws.com" } }],
  ])("is false for %s", (_, changes) => {
    expect(isTrustedBy(trust({ ...statement, ...changes }), SERVICE)).toBe(false);
  });

  it("is true when one of several statements allows it, and false when another denies it", () => {
    const other = { ...statement, Principal: { Service: "ec2.amazonaws.com" } };

    expect(isTrustedBy(trust(other, statement), SERVICE)).toBe(true);
    expect(isTrustedBy(trust(statement, { ...statement, Effect: "Deny" }), SERVICE)).toBe(false);
    expect(isTrustedBy(trust(statement, { ...other, Effect: "Deny" }), SERVICE)).toBe(true);
  });

  it("takes one statement that stands for a list, and no policy without any", () => {
    expect(isTrustedBy({ assume_role_policy: JSON.stringify({ Statement: statement }) }, SERVICE)).toBe(true);
    expect(isTrustedBy({ assume_role_policy: "{}" }, SERVICE)).toBe(false);
    expect(isTrustedBy(trust("allow", null), SERVICE)).toBe(false);
  });
});

describe("a policy that is written in other words", () => {
  it.each([
    [ROLE, "assume_role_policy"],
    [POLICY, "policy"],
  ])("is no change of %s.%s", async (type, name) => {
    const made = await examples.make(type);
    const reformatted = JSON.stringify(JSON.parse(String(made[name])), null, 2);
    expect(reformatted).not.toBe(made[name]);
    const config = await examples.configOf(type, { [name]: reformatted });

    expect(examples.workspace.plan(type, made, config).planned).toBe(made);
  });
});
