/** IAM's own API as the AWS SDK asks it. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { policyFor, trustIn } from "../../support/access-api";
import { AppliedStack, reference } from "../../support/applied-stack";
import { refusalOf, sdkOptions } from "../../support/aws-sdk";
import { driftOf } from "../../support/terraform-drift";

jest.setTimeout(300_000);

const RoleName = "orders";
const TRUST = trustIn("lambda.amazonaws.com");
/** Has every sign that an encoding could lose. */
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Sid: "Logs", Effect: "Allow", Action: "logs:*", Resource: "arn:aws:logs:*:*:log-group:/a b/(c)'!~+%2B" },
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
      AssumeRolePolicyDocument: expect.stringMatching(/^%7B%22Version%22%3A%222012-10-17%22%2C[\w%.~-]+%7D$/),
      Description: "Runs <orders> & more",
      MaxSessionDuration: 3600,
      Tags: [{ Key: "Team", Value: "a b" }],
      RoleLastUsed: {},
    });
    expect(decodeURIComponent(`${Role?.AssumeRolePolicyDocument}`)).toBe(TRUST);
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
      after: open,
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

describe("what the AWS SDK is refused of a role", () => {
  const NO_ROLE = "The role with name nobody cannot be found.";
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

  it.each([
    [
      "making a role",
      () => sdk.send(new CreateRoleCommand({ RoleName: "new", AssumeRolePolicyDocument: TRUST })),
      "CreateRole",
    ],
    ["deleting one", () => sdk.send(new DeleteRoleCommand({ RoleName: "bare" })), "DeleteRole"],
  ])("is %s, which is not emulated", async (_, ask: () => Promise<object>, operation) => {
    const refusal = await refusalOf(ask());

    expect(refusal).toMatchObject({
      name: "InvalidAction",
      message: expect.stringContaining(`${operation} is not emulated. Emulated: AttachRolePolicy, `),
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect((await sdk.send(new GetRoleCommand({ RoleName: "bare" }))).Role?.RoleName).toBe("bare");
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
