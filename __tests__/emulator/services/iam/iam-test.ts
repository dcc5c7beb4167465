/** What IAM refuses, in its own words. */
import { AwsError } from "../../../../emulator/errors";
import { isTrustedBy } from "../../../../emulator/services/iam";
import { attachedPolicies, rolePolicies } from "../../../../emulator/services/iam/records";
import { Examples } from "../../../support/examples";

const ROLE = "aws_iam_role";
const POLICY = "aws_iam_role_policy";
const ATTACHMENT = "aws_iam_role_policy_attachment";
const ROOT = "arn:aws:iam::123456789012:root";
const NOBODY = "arn:aws:iam::123456789012:role/nobody";

const malformed = new AwsError("MalformedPolicyDocument", "This policy contains invalid Json");

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

describe.each([
  [ROLE, "assume_role_policy"],
  [POLICY, "policy"],
])("%s.%s", (type, name) => {
  it.each(["{", "[]", "null", '"text"', "<policy/>"])("is refused when it is no JSON object: %j", async (policy) => {
    await expect(examples.another(type, { [name]: policy })).rejects.toEqual(malformed);

    const made = await examples.make(type);
    const changed = await examples.configOf(type, { [name]: policy });
    await expect(examples.workspace.update(type, made, changed)).rejects.toEqual(malformed);
  });
});

describe("a policy that is JSON, but no policy", () => {
  const allow = { Effect: "Allow", Action: "sts:AssumeRole" };
  const syntax = "Syntax errors in policy.";
  const sids = "Statement IDs (SID)";
  const vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

  it.each<[string, object, string]>([
    ["without statements", { Version: "2012-10-17", Foo: 1 }, syntax],
    ["with statements and more", { Version: "2012-10-17", Statement: [], Foo: 1 }, syntax],
    ["of another version", { Version: "2013-01-01", Statement: [] }, syntax],
    ["with a statement that is text", { Statement: ["Allow"] }, syntax],
    ["without an effect", { Statement: { Action: "*" } }, syntax],
    ["with another effect", { Statement: [{ ...allow, Effect: "Maybe" }] }, syntax],
    ["with more in a statement", { Statement: [{ ...allow, Actions: "*" }] }, syntax],
    ["with actions and all but them", { Statement: [{ ...allow, NotAction: "*" }] }, syntax],
    ["with an action that is no text", { Statement: [{ ...allow, Action: { Ref: "a" } }] }, syntax],
    [
      "with an id twice",
      {
        Statement: [
          { ...allow, Sid: "A" },
          { ...allow, Sid: "A" },
        ],
      },
      `${sids} in a single policy must be unique.`,
    ],
    [
      "with signs in an id",
      { Statement: [{ ...allow, Sid: "a-b" }] },
      `${sids} must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*`,
    ],
  ])("is refused %s, whichever it is", async (_, policy, message) => {
    const refusal = new AwsError("MalformedPolicyDocument", message);

    await expect(examples.another(ROLE, { assume_role_policy: JSON.stringify(policy) })).rejects.toEqual(refusal);
    await expect(examples.another(POLICY, { policy: JSON.stringify(policy) })).rejects.toEqual(refusal);
  });

  it.each<[string, object, string]>([
    ["principal", { Effect: "Allow", Action: "*" }, "Missing required field Principal"],
    ["action", { Effect: "Allow", Principal: "*" }, "Missing required field Action"],
    [
      "actions of STS",
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject" },
      "AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    ["anybody", { ...allow, Principal: { AWS: [] } }, "The passed in policy has a statement with no principals!"],
    [
      "a role that is there",
      { ...allow, Principal: { AWS: [ROOT, NOBODY] } },
      `Invalid principal in policy: "AWS":"${NOBODY}"`,
    ],
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
    ["an action of no service", { ...allow, Action: "GetObject", Resource: "*" }, vendor],
    ["two colons", { ...allow, Action: "s3:a:b", Resource: "*" }, "Actions/Condition can contain only one colon."],
    ["no ARN", { ...allow, Resource: ["*", "a"] }, 'Resource a must be in ARN format or "*".'],
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

    const made = await examples.another(POLICY, { policy });
    expect(JSON.parse(String(made["policy"]))).toEqual(JSON.parse(policy));
  });
});

describe(ROLE, () => {
  it("is there once in the account", async () => {
    await examples.make(ROLE);

    await expect(examples.another(ROLE)).rejects.toEqual(
      new AwsError("EntityAlreadyExists", "Role with name orders already exists.", 409),
    );
    await expect(examples.another(ROLE, { name: "Orders" })).rejects.toThrow("Role with name Orders already exists.");
  });

  it("takes the policies with it that a refresh has read, and no other role's", async () => {
    const role = await examples.another(ROLE, { name: "other" });
    await examples.another(POLICY, { role: "other" });
    await examples.another(ATTACHMENT, { role: "other" });
    await examples.make(POLICY);
    const read = await examples.workspace.refresh(ROLE, role);
    await examples.workspace.destroy(ROLE, read ?? {});

    expect(rolePolicies.list(examples.workspace)).toMatchObject([{ RoleName: "orders" }]);
    expect(attachedPolicies.list(examples.workspace)).toEqual([]);
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
    "arn:aws:iam::aws:policy/NoSuchPolicy",
    "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/job-function/AWSLambdaVPCAccessExecutionRole",
  ])("needs a policy that exists: %s", async (policy_arn) => {
    await expect(examples.another(ATTACHMENT, { policy_arn })).rejects.toEqual(
      new AwsError("NoSuchEntity", `Policy ${policy_arn} does not exist or is not attachable.`, 404),
    );
  });

  it.each(["AWSLambdaBasicExecutionRole", "arn:aws:iam:policy/orders"])("needs an ARN: %s", async (policy_arn) => {
    await expect(examples.another(ATTACHMENT, { policy_arn })).rejects.toEqual(
      new AwsError("ValidationError", "Invalid ARN:  Could not be parsed!"),
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
    expect(attachedPolicies.list(examples.workspace)).toHaveLength(1);
  });
});

describe("isTrustedBy", () => {
  const SERVICE = "lambda.amazonaws.com";
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: SERVICE } };
  const trust = (...Statement: readonly unknown[]) => ({ AssumeRolePolicyDocument: JSON.stringify({ Statement }) });

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
    expect(isTrustedBy({ AssumeRolePolicyDocument: JSON.stringify({ Statement: statement }) }, SERVICE)).toBe(true);
    expect(isTrustedBy({ AssumeRolePolicyDocument: "{}" }, SERVICE)).toBe(false);
    expect(isTrustedBy(trust("allow", null), SERVICE)).toBe(false);
  });
});

describe("a policy that is written in other words", () => {
  const statement = { Effect: "Allow", Action: ["logs:PutLogEvents", "logs:CreateLogStream"] };
  const other = { Action: [...statement.Action].reverse(), Effect: "Allow" };

  it.each([
    [
      ROLE,
      "assume_role_policy",
      { Action: "sts:AssumeRole", Principal: { AWS: ["123456789012"] } },
      { Action: ["sts:AssumeRole"], Principal: { AWS: ROOT } },
    ],
    [POLICY, "policy", { Resource: "*" }, { Resource: ["*"] }],
  ])("is no change of %s.%s", async (type, name, more, same) => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, ...more }] });
    const rewritten = JSON.stringify({ Statement: { ...other, ...same }, Version: "2012-10-17" }, null, 2);
    const made = await examples.another(type, { [name]: policy });
    const config = await examples.configOf(type, { [name]: rewritten });

    expect(examples.workspace.plan(type, made, config).planned).toBe(made);
  });

  it("is kept with its keys sorted, and the version of a role policy first", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, Resource: "*<a>&b" }] });
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Principal: "*", ...statement, Action: "sts:AssumeRole" }],
    });
    const actions = '"Action":["logs:PutLogEvents","logs:CreateLogStream"],"Effect":"Allow"';

    expect(await examples.another(ROLE, { name: "other", assume_role_policy: trust })).toMatchObject({
      assume_role_policy:
        '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":"*"}],"Version":"2012-10-17"}',
    });
    expect(await examples.another(POLICY, { policy })).toMatchObject({
      policy: `{"Version":"2012-10-17","Statement":[{${actions},"Resource":"*\\u003ca\\u003e\\u0026b"}]}`,
    });
  });
});

describe(`${ROLE} with policies of its own`, () => {
  const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

  it("shows those that others wrote, and keeps them when the configuration has none", async () => {
    const role = await examples.make(ROLE);
    await examples.make(POLICY);
    await examples.make(ATTACHMENT);
    const read = (await examples.workspace.refresh(ROLE, role)) ?? {};

    expect(read).toMatchObject({
      inline_policy: [{ name: "logs" }],
      managed_policy_arns: [managed("service-role/AWSLambdaBasicExecutionRole")],
    });
    expect(examples.workspace.plan(ROLE, read, await examples.configOf(ROLE)).planned).toBe(read);
  });

  it("attaches and detaches managed policies", async () => {
    const [first, second] = [managed("ReadOnlyAccess"), managed("SecurityAudit")];
    const role = await examples.another(ROLE, { managed_policy_arns: [first] });
    const config = await examples.configOf(ROLE, { managed_policy_arns: [second] });
    const updated = await examples.workspace.update(ROLE, role, config);

    expect(updated["managed_policy_arns"]).toEqual([second]);
    expect(attachedPolicies.list(examples.workspace)).toEqual([{ RoleName: "orders", PolicyArn: second }]);
  });

  it("is not deleted with policies that its state does not know, unless it is told to force it", async () => {
    const conflict = (what: string) => new AwsError("DeleteConflict", `Cannot delete entity, must ${what} first.`, 409);
    const role = await examples.make(ROLE);
    await examples.make(POLICY);
    await expect(examples.workspace.destroy(ROLE, role)).rejects.toEqual(conflict("delete policies"));
    await examples.make(ATTACHMENT);
    await expect(examples.workspace.destroy(ROLE, role)).rejects.toEqual(conflict("detach all policies"));

    await examples.workspace.destroy(ROLE, { ...role, force_detach_policies: true });
    expect(await examples.workspace.refresh(ROLE, role)).toBeNull();
  });
});

describe("a name that the configuration only begins", () => {
  it.each([
    [ROLE, "name"],
    [POLICY, "name"],
  ])("is completed for %s, and its beginning read from it", async (type, name) => {
    const made = await examples.another(type, { [name]: null, name_prefix: "orders-" });

    expect(made).toMatchObject({ [name]: expect.stringMatching(/^orders-\d{18}[0-9a-f]{8}$/), name_prefix: "orders-" });
  });
});

describe(`${ROLE}.permissions_boundary`, () => {
  const permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess";

  it("is set, changed and taken away", async () => {
    const role = await examples.another(ROLE, { permissions_boundary });
    expect(role).toMatchObject({ permissions_boundary });
    const config = await examples.configOf(ROLE, {});
    expect(await examples.workspace.update(ROLE, role, config)).toMatchObject({ permissions_boundary: "" });
  });

  it("may be a policy of the account, which is not emulated", async () => {
    const permissions_boundary = `arn:aws:iam::${examples.workspace.account.id}:policy/access/boundary`;

    expect(await examples.another(ROLE, { permissions_boundary })).toMatchObject({ permissions_boundary });
  });

  it.each(["210987654321:policy/gone", "aws:policy/gone"])("needs a policy that exists: %s", async (name) => {
    const gone = `arn:aws:iam::${name}`;
    await expect(examples.another(ROLE, { permissions_boundary: gone })).rejects.toEqual(
      new AwsError("NoSuchEntity", `Scope ARN: ${gone} does not exist or is not attachable.`, 404),
    );
  });
});
