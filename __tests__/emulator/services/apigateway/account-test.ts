/** The account's settings for API Gateway, over the REST protocol. */
import { createEndpoint } from "../../../../emulator/hosts";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { idleRuntime } from "../../../support/runtime";
import { newAccountFile, openAccount, REGION } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;
const ROLE = "arn:aws:iam::123456789012:role/apigateway-cloudwatch-logs";
const SETTINGS = {
  apiKeyVersion: "4",
  features: ["UsagePlans"],
  throttleSettings: { burstLimit: 5000, rateLimit: 10000 },
};

let file: string;
let account: ReturnType<typeof openAccount>;
beforeEach(() => {
  file = newAccountFile();
  account = openAccount({ file });
});

const ask = (given: Parameters<typeof requestOf>[0] = {}, region = REGION) =>
  createEndpoint({ account, runner: idleRuntime(account).runner })(
    requestOf({ host: `apigateway.${region}.amazonaws.com`, path: "/account", headers: [SIGNED], ...given }),
  );

const patch = (...patchOperations: readonly object[]) =>
  ask({ method: "PATCH", body: JSON.stringify({ patchOperations }) });
const replaceRole = (value?: string | null) => patch({ op: "replace", path: "/cloudwatchRoleArn", value });

describe("API Gateway's settings of an account", () => {
  it("tells the account's settings", async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(valuesOf(answer, "Content-Type")).toEqual(["application/json"]);
    expect(jsonOf(answer)).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
  });

  it.each([[""], [undefined], [null]])("takes the logging role away by %j, in its region alone", async (value) => {
    expect(jsonOf(await replaceRole(value))).toEqual(SETTINGS);
    expect(jsonOf(await ask())).toEqual(SETTINGS);
    expect(jsonOf(await ask({}, "us-east-1"))).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
  });

  it("gives it back, and keeps what it did when the account is opened anew", async () => {
    await replaceRole("");
    account = openAccount({ file });
    expect(jsonOf(await ask())).toEqual(SETTINGS);
    expect(jsonOf(await replaceRole(ROLE))).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
    account = openAccount({ file });
    expect(jsonOf(await ask())).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
  });

  it("leaves nothing that somebody would have to be told of", async () => {
    await replaceRole("");
    expect(openAccount({ file }).leftovers).toEqual([]);
  });

  it("refuses a role that API Gateway may not assume, and changes nothing", async () => {
    const answer = await replaceRole("arn:aws:iam::123456789012:role/other");
    expect(answer.status).toBe(400);
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["BadRequestException"]);
    expect(jsonOf(answer)).toEqual({
      message:
        "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
    });
    expect(jsonOf(await ask())).toMatchObject({ cloudwatchRoleArn: ROLE });
  });

  it.each([
    ["another operation", { op: "remove", path: "/cloudwatchRoleArn" }],
    ["another path", { op: "replace", path: "/features", value: "" }],
    ["a value that is not a text", { op: "replace", path: "/cloudwatchRoleArn", value: 1 }],
  ])("refuses %s", async (_, refused: object) => {
    const answer = await patch(refused);
    expect(answer.status).toBe(400);
    expect(jsonOf(await ask())).toMatchObject({ cloudwatchRoleArn: ROLE });
  });

  it.each(["x", "[]"])("refuses the body %j", async (body) => {
    const answer = await ask({ method: "PATCH", body });
    expect(answer.status).toBe(400);
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["SerializationException"]);
  });

  it.each([
    ["no signature", []],
    ["a bearer token", [["Authorization", "Bearer x"]]],
  ] as const)("refuses %s before it looks at anything else", async (_, headers) => {
    for (const given of [{ headers }, { headers, path: "/restapis" }, { headers, method: "PATCH" }]) {
      const answer = await ask(given);
      expect(answer.status).toBe(403);
      expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["MissingAuthenticationTokenException"]);
      expect(jsonOf(answer)).toEqual({ message: "Missing Authentication Token" });
    }
  });

  it.each([
    ["GET", "/vpclinks"],
    ["DELETE", "/account"],
    ["GET", "/"],
  ])("says that it does not play %s %s", async (method, path) => {
    const answer = await ask({ method, path });
    expect(answer.status).toBe(404);
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["UnknownOperationException"]);
    expect(jsonOf(answer)).toEqual({
      message: expect.stringMatching(`^${method} ${path} is not emulated. Emulated: Create`),
    });
  });
});
