/** Who the caller is, over the query protocol. */
import { answerSts } from "../../../../emulator/endpoints/aws-apis/sts-api";
import { requestOf, valuesOf } from "../../../support/requests";
import { openAccount, Workspace } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;
const CALL = "Action=GetCallerIdentity&Version=2011-06-15";

const ask = (given: Parameters<typeof requestOf>[0] = {}, ids: readonly string[] = []) =>
  answerSts(openAccount({ ids }), requestOf({ method: "POST", headers: [SIGNED], body: CALL, ...given }));

/** What is in the element. */
const inElement = (body: string | Uint8Array, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(Buffer.from(body).toString())?.[1];

describe("answerSts", () => {
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
    ["another action", "Action=AssumeRole&RoleArn=x", "AssumeRole is not emulated. Emulated: GetCallerIdentity."],
    ["no action", "", "This request is not emulated. Emulated: GetCallerIdentity."],
    ["two actions", `${CALL}&Action=AssumeRole`, /is not emulated/],
    ["markup", "Action=%3Cb%3E%26", "&lt;b&gt;&amp; is not emulated. Emulated: GetCallerIdentity."],
  ])("says that it does not play %s", async (_, body, message) => {
    const answer = await ask({ body });
    expect(answer.status).toBe(400);
    expect(valuesOf(answer, "Content-Type")).toEqual(["text/xml"]);
    expect(inElement(answer.body, "Code")).toBe("InvalidAction");
    expect(inElement(answer.body, "Message")).toEqual(expect.stringMatching(message));
  });
});
