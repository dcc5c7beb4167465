/** Who the caller is and what sessions of roles may do, over the query protocol. */
import type { HttpRequest } from "../../../../emulator/protocols/http";
import { answerService } from "../../../../emulator/protocols/service";
import { functionCredentials } from "../../../../emulator/runtime/function-credentials";
import { sts } from "../../../../emulator/services/sts";
import { text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { requestOf, valuesOf } from "../../../support/requests";
import { idleRuntime } from "../../../support/runtime";
import { NOW, openAccount, REGION, Workspace } from "../../../support/workspace";

const SIGNED = [
  "Authorization",
  "AWS4-HMAC-SHA256 Credential=x/20260702/us-east-1/sts/aws4_request, Signature=y",
] as const;
const CALL = "Action=GetCallerIdentity&Version=2011-06-15";

type Given = Parameters<typeof requestOf>[0];

const answerSts = (account = openAccount(), request: HttpRequest = requestOf({}), accountId = account.id) =>
  answerService(sts, { account, accountId, region: REGION, runtime: idleRuntime(account) }, request);

const ask = (given: Given = {}, ids: readonly string[] = []) =>
  answerSts(openAccount({ ids }), requestOf({ method: "POST", headers: [SIGNED], body: CALL, ...given }));

/** What is in the element. */
const inElement = (body: string | Uint8Array, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(Buffer.from(body).toString())?.[1];

describe("GetCallerIdentity", () => {
  it("tells the account, and who is taken to have called", async () => {
    const answer = await ask();
    const requestId = inElement(answer.body, "RequestId");
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer).toEqual({
      status: 200,
      headers: [
        ["Content-Type", "text/xml"],
        ["x-amzn-RequestId", requestId],
      ],
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/embedded-aws</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>\n`,
    });
  });

  it("tells another account of whoever is in that", async () => {
    const request = requestOf({ method: "POST", headers: [SIGNED], body: CALL });
    const { body } = await answerSts(openAccount({ ids: ["111111111111"] }), request, "222222222222");

    expect([inElement(body, "Account"), inElement(body, "Arn")]).toEqual([
      "222222222222",
      "arn:aws:iam::222222222222:user/embedded-aws",
    ]);
  });

  it("says the same as Terraform is told", async () => {
    const accountId = "111111111111";
    const { body } = await ask({}, [accountId]);
    const told = await new Workspace().read("aws_caller_identity", {}, { accountId });
    expect(told).toMatchObject({
      account_id: inElement(body, "Account"),
      arn: inElement(body, "Arn"),
      user_id: inElement(body, "UserId"),
    });
  });

  it("takes parameters of the URL as well", async () => {
    expect(await ask({ method: "GET", query: CALL, body: "" })).toMatchObject({ status: 200 });
  });

  it.each([
    ["no signature", []],
    ["a bearer token", [["Authorization", "Bearer x"]]],
    ["two signatures", [SIGNED, SIGNED]],
  ] as const)("refuses %s", async (_, headers) => {
    const { status, body } = await ask({ headers });
    expect(status).toBe(403);
    expect(inElement(body, "Code")).toBe("MissingAuthenticationToken");
    expect(inElement(body, "Message")).toBe("Request is missing Authentication Token");
  });

  it.each([
    ["another action", "Action=GetAccessKeyInfo", /^GetAccessKeyInfo is not emulated. Emulated: AssumeRole, /],
    ["no action", "", /^This request is not emulated. Emulated: AssumeRole, /],
    ["two actions", `${CALL}&Action=AssumeRole`, /is not emulated/],
    ["markup", "Action=%3Cb%3E%26", /^&lt;b&gt;&amp; is not emulated. Emulated: /],
  ])("says that it does not play %s", async (_, body, message) => {
    const answer = await ask({ body });
    expect(answer.status).toBe(400);
    expect(valuesOf(answer, "Content-Type")).toEqual(["text/xml"]);
    expect(inElement(answer.body, "Code")).toBe("InvalidAction");
    expect(inElement(answer.body, "Message")).toEqual(expect.stringMatching(message));
  });
});

describe("AssumeRole", () => {
  const trust = (Principal: object, Action = "sts:AssumeRole") =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Principal }] });
  const ARN = "arn:aws:iam::123456789012:role/orders";
  let time = NOW;
  let examples: Examples;
  beforeEach(() => {
    time = NOW;
    examples = new Examples(new Workspace(openAccount({ clock: () => time })));
  });
  const call = (parameters: Readonly<Record<string, string>>, headers: Given["headers"] = [SIGNED]) => {
    const body = new URLSearchParams({ Version: "2011-06-15", ...parameters }).toString();
    return answerSts(examples.workspace.account, requestOf({ method: "POST", headers, body }));
  };
  const assume = (more: Readonly<Record<string, string>> = {}) =>
    call({ Action: "AssumeRole", RoleArn: ARN, RoleSessionName: "ci", ...more });
  const refusal = async (answer: ReturnType<typeof call>) => {
    const { status, body } = await answer;
    return [status, inElement(body, "Code"), inElement(body, "Message")];
  };

  it("opens a session, and the caller is the role until it ends", async () => {
    const role = await examples.another("aws_iam_role", { assume_role_policy: trust({ AWS: "123456789012" }) });
    const { status, body } = await assume();
    const key = inElement(body, "AccessKeyId");
    const session = ["Authorization", `AWS4-HMAC-SHA256 Credential=${key}/x, Signature=y`] as const;
    const identity = await call({ Action: "GetCallerIdentity" }, [session]);

    expect(status).toBe(200);
    expect(key).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(inElement(body, "AssumedRoleId")).toBe(`${role["unique_id"]}:ci`);
    expect(inElement(body, "Expiration")).toBe("2026-07-02T12:43:54Z");
    expect(inElement(identity.body, "Arn")).toBe("arn:aws:sts::123456789012:assumed-role/orders/ci");
    expect(inElement(identity.body, "UserId")).toBe(`${role["unique_id"]}:ci`);

    time += 3_600_000;
    expect(await refusal(call({ Action: "GetCallerIdentity" }, [session]))).toEqual([
      403,
      "ExpiredToken",
      "The security token included in the request is expired",
    ]);
  });

  it("keeps transitive tags, which further roles cannot set, whatever their case", async () => {
    await examples.another("aws_iam_role", { assume_role_policy: trust({ AWS: "123456789012" }) });
    const tagged = (key: string) => ({ "Tags.member.1.Key": key, "Tags.member.1.Value": "1" });
    const first = await assume({ ...tagged("Team"), "TransitiveTagKeys.member.1": "Team" });
    const key = inElement(first.body, "AccessKeyId");
    const session = ["Authorization", `AWS4-HMAC-SHA256 Credential=${key}/x, Signature=y`] as const;
    const next = { Action: "AssumeRole", RoleArn: ARN, RoleSessionName: "next" };

    for (const name of ["Team", "team"]) {
      expect(await refusal(call({ ...next, ...tagged(name) }, [session]))).toEqual([
        400,
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      ]);
    }
    expect((await call({ ...next, ...tagged("Other") }, [session])).status).toBe(200);
  });

  it.each(["orders", "o"])("is what the function %s did before it calls", async (function_name) => {
    const { arn, unique_id } = await examples.make("aws_iam_role");
    const fn = await examples.another("aws_lambda_function", {
      function_name,
      role: text({ arn: arn ?? null }, "arn"),
    });
    const { AWS_ACCESS_KEY_ID: key } = functionCredentials(text(fn, "arn"), "a process");
    const signed = ["Authorization", `AWS4-HMAC-SHA256 Credential=${key}/x, Signature=y`] as const;
    const { body } = await call({ Action: "GetCallerIdentity" }, [signed]);
    const session = function_name === "o" ? "o@lambda_function" : function_name;

    expect(key).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(inElement(body, "Arn")).toBe(`arn:aws:sts::123456789012:assumed-role/orders/${session}`);
    expect(inElement(body, "UserId")).toBe(`${unique_id}:${session}`);
  });

  it("is refused by a role that does not trust the caller, and for a role of another account", async () => {
    await examples.make("aws_iam_role");
    const denied = (arn: string) => [
      403,
      "AccessDenied",
      `User: arn:aws:iam::123456789012:user/embedded-aws is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    ];
    const elsewhere = "arn:aws:iam::999999999999:role/orders";
    expect(await refusal(assume())).toEqual(denied(ARN));
    expect(await refusal(assume({ RoleArn: elsewhere }))).toEqual(denied(elsewhere));
  });

  it("takes a role that is not in the account for one that was prepared for deployments", async () => {
    expect(inElement((await assume()).body, "Arn")).toBe("arn:aws:sts::123456789012:assumed-role/orders/ci");
  });

  // As recorded on AWS.
  it.each([
    ["nothing-valid-in-here", "nothing-valid-in-here is invalid"],
    ["arn::b:::something/test-role", "arn::b:::something/test-role is invalid"],
    ["arn:a::::something/test-role", "arn:a::::something/test-role is invalid"],
    ["arn:a:::something/test-role", "arn:a:::something/test-role is invalid"],
    ["arn:a:a::aaaaaaaaaa:", "arn:a:a::aaaaaaaaaa: is invalid"],
  ])("needs an ARN: %s", async (RoleArn, message) => {
    expect(await refusal(assume({ RoleArn }))).toEqual([400, "ValidationError", message]);
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      "name of the session",
      { RoleSessionName: "Session1:2" },
      "ValidationError",
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      "transitive key",
      { "TransitiveTagKeys.member.1": "a" },
      "InvalidParameterValue",
      "The specified transitive tag key must be included in the requested tags.",
    ],
    [
      "key that is there twice",
      { "Tags.member.1.Key": "a", "Tags.member.1.Value": "1", "Tags.member.2.Key": "A", "Tags.member.2.Value": "2" },
      "InvalidParameterValue",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ],
  ])("refuses a %s", async (_, parameters, code, message) => {
    expect(await refusal(assume(parameters))).toEqual([400, code, message]);
  });

  it("is open to the web identity that the role trusts", async () => {
    const Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    const policy = trust({ Federated }, "sts:AssumeRoleWithWebIdentity");
    await examples.another("aws_iam_role", { assume_role_policy: policy });
    const token = (iss: string) =>
      ["{}", JSON.stringify({ iss, sub: "repo:a/b", aud: "sts.amazonaws.com" }), ""]
        .map((part) => Buffer.from(part).toString("base64url"))
        .join(".");
    const ofToken = (WebIdentityToken: string) =>
      call({ Action: "AssumeRoleWithWebIdentity", RoleArn: ARN, RoleSessionName: "ci", WebIdentityToken });
    const { body } = await ofToken(token("https://token.actions.githubusercontent.com"));

    expect(inElement(body, "SubjectFromWebIdentityToken")).toBe("repo:a/b");
    expect(inElement(body, "Audience")).toBe("sts.amazonaws.com");
    expect((await refusal(ofToken(token("https://other.example"))))[1]).toBe("AccessDenied");
    expect((await refusal(ofToken("none")))[1]).toBe("InvalidIdentityToken");
  });
});
