/** Rotation of a secret by a function, and passwords drawn at random. */
import type { DeployedFunction, InvocationResult } from "../../../../emulator/runtime/deployed-function";
import { text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { Operations } from "../../../support/operations";

const SecretId = "orders/billing";
const [FIRST, SECOND] = ["1".repeat(32), "2".repeat(32)];
const RotationRules = { AutomaticallyAfterDays: 1 };

let examples: Examples;
let secrets: Operations;
let steps: (readonly [Step: string, ClientRequestToken: string])[];
/** What the function does in a step. */
let work: (step: string, id: string) => Promise<unknown>;
let finished: Promise<unknown>;
beforeEach(async () => {
  examples = new Examples();
  steps = [];
  work = async () => null;
  let finish: (value?: unknown) => void = () => undefined;
  finished = new Promise((resolve) => {
    finish = resolve;
  });
  const invoke = async (_: DeployedFunction, event: unknown): Promise<InvocationResult> => {
    const { Step, ClientRequestToken: id } = event as { readonly Step: string; readonly ClientRequestToken: string };
    steps.push([Step, id]);
    const payload = await work(Step, id).catch(() => undefined);
    if (Step === "finishSecret" || payload === undefined) setImmediate(finish);
    return payload === undefined
      ? { kind: "error", errorType: "Error", errorMessage: "" }
      : { kind: "answer", payload };
  };
  secrets = new Operations(examples.workspace, "secretsmanager", { runner: { invoke } });
  await secrets.call("CreateSecret", { Name: SecretId, SecretString: "one", ClientRequestToken: FIRST });
});

/** ARN of a function that Secrets Manager may invoke. */
async function rotationFunction(): Promise<string> {
  const fn = await examples.make("aws_lambda_function");
  const function_name = text(fn, "function_name");
  const principal = "secretsmanager.amazonaws.com";
  await examples.another("aws_lambda_permission", { function_name, principal, source_arn: null });
  return text(fn, "arn");
}

const rotate = (more: object = {}) =>
  secrets.call("RotateSecret", { SecretId, ClientRequestToken: SECOND, RotationRules, ...more });

describe("RotateSecret", () => {
  it("has the function make the next value, which becomes the current one", async () => {
    const RotationLambdaARN = await rotationFunction();
    work = async (step, id) => {
      if (step === "createSecret") {
        expect((await secrets.refusal("GetSecretValue", { SecretId, VersionStage: "AWSPENDING" }))[0]).toBe(
          "ResourceNotFoundException",
        );
        const value = { ClientRequestToken: id, SecretString: "two", VersionStages: ["AWSPENDING"] };
        await secrets.call("PutSecretValue", { SecretId, ...value });
      }
      if (step !== "finishSecret") return null;
      const moved = { VersionStage: "AWSCURRENT", MoveToVersionId: id, RemoveFromVersionId: FIRST };
      await secrets.call("UpdateSecretVersionStage", { SecretId, ...moved });
      return null;
    };

    expect(await rotate({ RotationLambdaARN })).toMatchObject({ Name: SecretId, VersionId: SECOND });
    await finished;

    expect(steps).toEqual(["createSecret", "setSecret", "testSecret", "finishSecret"].map((step) => [step, SECOND]));
    expect(await secrets.call("GetSecretValue", { SecretId })).toMatchObject({ SecretString: "two" });
    expect(await secrets.call("DescribeSecret", { SecretId })).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN,
      RotationRules,
      LastRotatedDate: expect.any(Number),
      NextRotationDate: Date.parse("2026-07-03T23:59:59Z") / 1000,
      VersionIdsToStages: { [FIRST]: ["AWSPREVIOUS"] },
    });
  });

  it("leaves the version pending when a step fails, and the next rotation waits", async () => {
    const RotationLambdaARN = await rotationFunction();
    work = async () => Promise.reject(new Error("no"));
    await rotate({ RotationLambdaARN });
    await finished;

    expect(steps).toHaveLength(1);
    expect(await secrets.call("DescribeSecret", { SecretId })).toMatchObject({
      VersionIdsToStages: { [FIRST]: ["AWSCURRENT"], [SECOND]: ["AWSPENDING"] },
    });
    expect((await secrets.refusal("RotateSecret", { SecretId, ClientRequestToken: "3".repeat(32) }))[0]).toBe(
      "InvalidRequestException",
    );
  });

  // As recorded on AWS.
  it.each([
    [{ ClientRequestToken: undefined }, "InvalidParameterException", /^You must provide a ClientRequestToken value\./],
    [{}, "InvalidRequestException", /^No Lambda rotation function ARN is associated with this secret\.$/],
    [
      { RotationLambdaARN: "arn:aws:lambda:eu-west-1:123456789012:function:gone" },
      "AccessDeniedException",
      /^Secrets Manager cannot invoke the specified Lambda function\./,
    ],
  ])("is refused with %j", async (more, name, message) => {
    expect(await secrets.refusal("RotateSecret", { SecretId, ClientRequestToken: SECOND, ...more })).toEqual([
      name,
      expect.stringMatching(message),
    ]);
  });

  it("can be configured without a rotation, and turned off", async () => {
    const RotationLambdaARN = await rotationFunction();
    await rotate({ RotationLambdaARN, RotateImmediately: false });
    await secrets.call("CancelRotateSecret", { SecretId });

    expect(await secrets.call("DescribeSecret", { SecretId })).toMatchObject({ RotationEnabled: false });
    expect(steps).toEqual([]);
  });
});

describe("GetRandomPassword", () => {
  const draw = async (input: object = {}) =>
    String((await secrets.call("GetRandomPassword", { ...input }))["RandomPassword"]);

  it("has 32 characters of every kind, but for spaces", async () => {
    expect(await draw()).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z0-9 ])[!-~]{32}$/);
  });

  it("has no characters that are excluded", async () => {
    const input = { PasswordLength: 100, ExcludeCharacters: "xyzDje@?!.", ExcludePunctuation: true };
    expect(await draw(input)).toMatch(/^[a-df-ik-wA-CE-Z0-9]{100}$/);
  });
});
