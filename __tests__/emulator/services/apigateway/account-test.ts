/** API Gateway's settings of an account, over the REST protocol: the role for its logs, and what is refused. */
import { createEndpoint } from "../../../../emulator/hosts";
import { text } from "../../../../emulator/terraform/attributes";
import { Examples, trustPolicy } from "../../../support/examples";
import { jsonOf, requestOf, valuesOf } from "../../../support/requests";
import { idleRuntime } from "../../../support/runtime";
import { newAccountFile, openAccount, REGION, Workspace } from "../../../support/workspace";

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

const send = (given: Parameters<typeof requestOf>[0] = {}, region = REGION) =>
  createEndpoint({ account, runner: idleRuntime(account).runner })(
    requestOf({ host: `apigateway.${region}.amazonaws.com`, path: "/account", headers: [SIGNED], ...given }),
  );
const settings = async (region?: string) => jsonOf(await send({}, region));
const patch = (...patchOperations: readonly object[]) =>
  send({ method: "PATCH", body: JSON.stringify({ patchOperations }) });
const replaceRole = (value?: string | null) => patch({ op: "replace", path: "/cloudwatchRoleArn", value });

describe("the role for API Gateway's logs", () => {
  it.each([REGION, "us-east-1"])("is there from the start in %s", async (region) => {
    const answer = await send({}, region);
    expect([answer.status, valuesOf(answer, "Content-Type")]).toEqual([200, ["application/json"]]);
    expect(jsonOf(answer)).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
  });

  it.each([[""], [undefined], [null]])("is removed by %j in one region, until it is set again", async (value) => {
    expect(jsonOf(await replaceRole(value))).toEqual(SETTINGS);
    expect(await settings("us-east-1")).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
    account = openAccount({ file });
    expect(account.leftovers).toEqual([]);
    expect(await settings()).toEqual(SETTINGS);
    await replaceRole(ROLE);
    account = openAccount({ file });
    expect(await settings()).toEqual({ ...SETTINGS, cloudwatchRoleArn: ROLE });
  });

  it("is any role that API Gateway may assume", async () => {
    const assume_role_policy = trustPolicy.replace("lambda.", "apigateway.");
    const examples = new Examples(new Workspace(account));
    const arn = text(await examples.another("aws_iam_role", { name: "logs", assume_role_policy }), "arn");
    expect(jsonOf(await replaceRole(arn))).toMatchObject({ cloudwatchRoleArn: arn });
  });

  it("is not a role that does not exist, nor one that only Lambda may assume", async () => {
    const lambda = text(await new Examples(new Workspace(account)).make("aws_iam_role"), "arn");
    for (const arn of [lambda, "arn:aws:iam::123456789012:role/gone", "x"]) {
      const answer = await replaceRole(arn);
      expect([answer.status, valuesOf(answer, "x-amzn-ErrorType")]).toEqual([400, ["BadRequestException"]]);
      expect(jsonOf(answer)).toEqual({
        message:
          "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
      });
    }
    expect(await settings()).toMatchObject({ cloudwatchRoleArn: ROLE });
  });

  it("is the first account's when there are several, and any other's on request", async () => {
    const [first = "", second = ""] = ["111111111111", "222222222222"].map((id) => ROLE.replace("123456789012", id));
    account = openAccount({ ids: ["111111111111", "222222222222"] });
    expect(await settings()).toMatchObject({ cloudwatchRoleArn: first });
    expect(jsonOf(await replaceRole(second))).toMatchObject({ cloudwatchRoleArn: second });
  });

  it.each([
    ["another operation", { op: "remove", path: "/cloudwatchRoleArn" }],
    ["another path", { op: "replace", path: "/features", value: "" }],
    ["a value that is not a text", { op: "replace", path: "/cloudwatchRoleArn", value: 1 }],
  ])("is not changed by %s", async (_what, refused: object) => {
    expect((await patch(refused)).status).toBe(400);
    expect(await settings()).toMatchObject({ cloudwatchRoleArn: ROLE });
  });
});

describe("API Gateway's REST protocol", () => {
  it.each(["x", "[]"])("refuses the body %j", async (body) => {
    const answer = await send({ method: "PATCH", body });
    expect([answer.status, valuesOf(answer, "x-amzn-ErrorType")]).toEqual([400, ["SerializationException"]]);
  });

  it.each([
    ["no signature", []],
    ["a bearer token", [["Authorization", "Bearer x"]]],
  ] as const)("refuses %s before anything else", async (_what, headers) => {
    for (const given of [{ headers }, { headers, path: "/restapis" }, { headers, method: "PATCH" }]) {
      const answer = await send(given);
      expect(answer.status).toBe(403);
      expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["MissingAuthenticationTokenException"]);
      expect(jsonOf(answer)).toEqual({ message: "Missing Authentication Token" });
    }
  });

  it.each([
    ["GET", "/vpclinks"],
    ["DELETE", "/account"],
    ["GET", "/"],
  ])("refuses %s %s, which is not emulated, by name", async (method, path) => {
    const answer = await send({ method, path });
    expect([answer.status, valuesOf(answer, "x-amzn-ErrorType")]).toEqual([404, ["UnknownOperationException"]]);
    const message = expect.stringMatching(`^${method} ${path} is not emulated. Emulated: Create`);
    expect(jsonOf(answer)).toEqual({ message });
  });
});
