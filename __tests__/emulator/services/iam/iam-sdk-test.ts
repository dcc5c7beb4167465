/** IAM's own API as the AWS SDK asks it. */
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { policyFor, trustIn } from "../../../support/access-api";
import { AppliedStack, reference } from "../../../support/applied-stack";
import { refusalOf, sdkOptions } from "../../../support/aws-sdk";
import { driftOf } from "../../../support/terraform-drift";

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

const policyNames = async (name = RoleName) =>
  (await sdk.send(new ListRolePoliciesCommand({ RoleName: name }))).PolicyNames;
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

  it("has no tags and no description when the role has none", async () => {
    const { Role } = await sdk.send(new GetRoleCommand({ RoleName: "bare" }));

    expect(Role).toMatchObject({ Path: "/service/", Arn: "arn:aws:iam::123456789012:role/service/bare" });
    expect([Role?.Tags, Role?.Description]).toEqual([undefined, undefined]);
  });

  it("is a policy, percent-encoded", async () => {
    const { $metadata, PolicyDocument, ...names } = await sdk.send(
      new GetRolePolicyCommand({ RoleName, PolicyName: "logs" }),
    );

    expect(names).toEqual({ RoleName, PolicyName: "logs" });
    expect(PolicyDocument).toMatch(/^[\w%.~-]+$/);
    expect(decodeURIComponent(`${PolicyDocument}`)).toBe(POLICY);
  });

  it("is the names of its policies, page by page", async () => {
    const all = await sdk.send(new ListRolePoliciesCommand({ RoleName }));
    const first = await sdk.send(new ListRolePoliciesCommand({ RoleName, MaxItems: 1 }));
    const second = await sdk.send(new ListRolePoliciesCommand({ RoleName, MaxItems: 1, Marker: first.Marker }));

    expect([all.PolicyNames, all.IsTruncated, all.Marker]).toEqual([["logs", "more"], false, undefined]);
    expect([first.PolicyNames, first.IsTruncated]).toEqual([["logs"], true]);
    expect([second.PolicyNames, second.IsTruncated, second.Marker]).toEqual([["more"], false, undefined]);
  });

  it("is no policy when the role has none", async () => {
    expect(await policyNames("bare")).toEqual([]);
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

  it("is a policy that it deletes, made anew when it is applied again", async () => {
    await sdk.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "logs" }));

    expect(await policyNames()).toEqual(["more"]);
    expect(await driftOf(stack)).toContainEqual(
      expect.objectContaining({ address: "aws_iam_role_policy.logs", attribute: "*", after: null }),
    );
  });

  it("is a policy that Terraform knows nothing of, until it is deleted", async () => {
    await put("by-hand", policyFor("s3:*"));
    const names = await policyNames();
    await sdk.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "by-hand" }));

    expect(names).toEqual(["by-hand", "logs", "more"]);
    expect(await policyNames()).toEqual(["logs", "more"]);
  });
});

describe("AWS's own policies on a role", () => {
  const POLICIES = ["AdministratorAccess", "service-role/AWSLambdaBasicExecutionRole"].map(
    (name) => `arn:aws:iam::aws:policy/${name}`,
  );
  const attach = (PolicyArn?: string, name = RoleName) =>
    sdk.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
  const detach = (PolicyArn?: string) => sdk.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const attached = (more: { readonly MaxItems?: number; readonly Marker?: string | undefined } = {}, name = RoleName) =>
    sdk.send(new ListAttachedRolePoliciesCommand({ RoleName: name, ...more }));

  it("are none at first", async () => {
    expect(await attached()).toMatchObject({ AttachedPolicies: [], IsTruncated: false });
  });

  it("are attached once each, listed page by page, and detached, of all of which Terraform hears nothing", async () => {
    for (const arn of [...POLICIES, ...POLICIES]) await attach(arn);
    const all = await attached();
    const first = await attached({ MaxItems: 1 });
    const second = await attached({ MaxItems: 1, Marker: first.Marker });

    expect(all.AttachedPolicies).toEqual([
      { PolicyName: "AdministratorAccess", PolicyArn: POLICIES[0] },
      { PolicyName: "AWSLambdaBasicExecutionRole", PolicyArn: POLICIES[1] },
    ]);
    expect([first.AttachedPolicies, first.IsTruncated]).toEqual([all.AttachedPolicies?.slice(0, 1), true]);
    expect([second.AttachedPolicies, second.IsTruncated]).toEqual([all.AttachedPolicies?.slice(1), false]);
    expect((await attached({}, "bare")).AttachedPolicies).toEqual([]);
    expect(await stack.plan()).toBeUndefined();

    for (const arn of POLICIES) await detach(arn);
    expect((await attached()).AttachedPolicies).toEqual([]);
  });

  it.each([
    ["attached to nobody", () => attach(POLICIES[0], "nobody"), "NoSuchEntityException"],
    ["attached when there is none", () => attach("arn:aws:iam::aws:policy/Nonsense"), "NoSuchEntityException"],
    ["attached without a name", () => attach(undefined), "ValidationError"],
    ["detached when they are not attached", () => detach(POLICIES[0]), "NoSuchEntityException"],
    ["listed of nobody", () => attached({}, "nobody"), "NoSuchEntityException"],
    ["listed by hundreds of thousands", () => attached({ MaxItems: 100_000 }), "ValidationError"],
  ])("cannot be %s", async (_what, ask: () => Promise<object>, name) => {
    expect((await refusalOf(ask())).name).toBe(name);
    expect((await attached()).AttachedPolicies).toEqual([]);
  });
});

/** As recorded on AWS: what is answered right after a creation, to a reader, and in a list. */
describe("a role that the AWS SDK makes", () => {
  const Role = {
    Path: "/made/",
    RoleName: "made",
    RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    Arn: "arn:aws:iam::123456789012:role/made/made",
    CreateDate: expect.any(Date),
    AssumeRolePolicyDocument: expect.stringMatching(/^%7B/),
  };
  const Tags = [{ Key: "test", Value: "value" }];

  it("is answered with as much as AWS answers, and deleted", async () => {
    const made = { RoleName: "made", Path: "/made/", AssumeRolePolicyDocument: TRUST, Tags };
    const created = await sdk.send(new CreateRoleCommand(made));
    const read = await sdk.send(new GetRoleCommand({ RoleName: "made" }));
    const list = await sdk.send(new ListRolesCommand({ PathPrefix: "/made/" }));
    const policy = await sdk.send(new CreatePolicyCommand({ PolicyName: "own", PolicyDocument: policyFor("s3:*") }));
    const PolicyArn = policy.Policy?.Arn;
    await sdk.send(new AttachRolePolicyCommand({ RoleName: "made", PolicyArn }));
    const entities = await sdk.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    const conflicts = [
      await refusalOf(sdk.send(new DeleteRoleCommand({ RoleName: "made" }))),
      await refusalOf(sdk.send(new DeletePolicyCommand({ PolicyArn }))),
    ];
    await sdk.send(new DetachRolePolicyCommand({ RoleName: "made", PolicyArn }));
    await sdk.send(new DeleteRoleCommand({ RoleName: "made" }));
    await sdk.send(new DeletePolicyCommand({ PolicyArn }));

    expect(created.Role).toEqual({ ...Role, Tags });
    expect(read.Role).toEqual({ ...Role, MaxSessionDuration: 3600, RoleLastUsed: {}, Tags });
    expect(list).toMatchObject({ IsTruncated: false, Roles: [{ ...Role, MaxSessionDuration: 3600 }] });
    expect([list.Roles?.[0]?.Tags, list.Roles?.[0]?.RoleLastUsed]).toEqual([undefined, undefined]);
    expect(policy.Policy).toEqual({
      PolicyName: "own",
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: "arn:aws:iam::123456789012:policy/own",
      Path: "/",
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: expect.any(Date),
      UpdateDate: expect.any(Date),
    });
    expect(entities).toMatchObject({ PolicyRoles: [{ RoleName: "made" }], PolicyUsers: [], PolicyGroups: [] });
    expect(conflicts).toMatchObject([
      { name: "DeleteConflictException", message: "Cannot delete entity, must detach all policies first." },
      { name: "DeleteConflictException", message: "Cannot delete a policy attached to entities." },
    ]);
  });
});

describe("what the AWS SDK is refused of a role", () => {
  const NO_ROLE = "The role with name nobody cannot be found.";
  const SIGNS =
    "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-";
  const LENGTH =
    "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64";
  const NO_POLICY = "The role policy with name nothing cannot be found.";

  it.each([
    ["a role that is not there", () => sdk.send(new GetRoleCommand({ RoleName: "nobody" })), NO_ROLE],
    ["its policies", () => sdk.send(new ListRolePoliciesCommand({ RoleName: "nobody" })), NO_ROLE],
    ["one of them", () => sdk.send(new GetRolePolicyCommand({ RoleName: "nobody", PolicyName: "logs" })), NO_ROLE],
    [
      "a new one for it",
      () => sdk.send(new PutRolePolicyCommand({ RoleName: "nobody", PolicyName: "logs", PolicyDocument: POLICY })),
      NO_ROLE,
    ],
    [
      "a policy that is not there",
      () => sdk.send(new GetRolePolicyCommand({ RoleName, PolicyName: "nothing" })),
      NO_POLICY,
    ],
    ["deleting it", () => sdk.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "nothing" })), NO_POLICY],
  ])("is %s", async (_, ask: () => Promise<object>, message) => {
    const refusal = await refusalOf(ask());

    expect(refusal).toMatchObject({ name: "NoSuchEntityException", message, $metadata: { httpStatusCode: 404 } });
  });

  it.each([
    ["", "ValidationError"],
    ["{", "MalformedPolicyDocumentException"],
    ["[]", "MalformedPolicyDocumentException"],
    ["\u2026", "ValidationError"],
  ])("is the policy document %j", async (document, name) => {
    expect((await refusalOf(put("logs", document))).name).toBe(name);
    expect(decodeURIComponent(`${await policy("logs")}`)).toBe(POLICY);
  });

  it("is an operation that is not emulated", async () => {
    expect(await refusalOf(sdk.send(new CreateUserCommand({ UserName: "new" })))).toMatchObject({
      name: "InvalidAction",
      message: expect.stringContaining("CreateUser is not emulated. Emulated: AttachRolePolicy, "),
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it.each([
    ["a name with a sign that it may not have", "or ders", SIGNS],
    ["a name that is too long", "a".repeat(65), LENGTH],
  ])("is %s", async (_, name, message) => {
    const refusal = await refusalOf(sdk.send(new GetRoleCommand({ RoleName: name })));

    expect(refusal).toMatchObject({ name: "ValidationError", message, $metadata: { httpStatusCode: 400 } });
  });

  it("is a request that nobody signed, even one that would change something", async () => {
    const unsigned = new IAMClient({ ...sdkOptions(stack.emulator), signer: { sign: async (request) => request } });
    const change = new PutRolePolicyCommand({ RoleName, PolicyName: "logs", PolicyDocument: policyFor("*") });
    const refusals = [
      await refusalOf(unsigned.send(new GetRoleCommand({ RoleName }))),
      await refusalOf(unsigned.send(change)),
    ];
    unsigned.destroy();

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        name: "MissingAuthenticationToken",
        message: "Request is missing Authentication Token",
        $metadata: { httpStatusCode: 403 },
      });
    }
    expect(await driftOf(stack)).toEqual([]);
  });
});
