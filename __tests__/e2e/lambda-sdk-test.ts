/** Lambda's own API as the AWS SDK asks it, and what callers of the API in front of the function hear meanwhile. */

import { createHash } from "node:crypto";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListLayersCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { AccessApi, CODE_ZIP } from "../support/access-api";
import { refusalOf, sdkOptions } from "../support/aws-sdk";
import { REGION } from "../support/pretend-account";
import { driftOf } from "../support/terraform-drift";

jest.setTimeout(300_000);

const FunctionName = "orders";
const ARN = `arn:aws:lambda:${REGION}:123456789012:function:orders`;

let api: AccessApi;
let sdk: LambdaClient;
beforeAll(async () => {
  api = await AccessApi.open();
  sdk = new LambdaClient(sdkOptions(api.stack.emulator));
});
afterAll(async () => {
  sdk.destroy();
  await api.close();
});

const invoke = (event: object | string, given: Partial<InvokeCommandInput> = {}) => {
  const Payload = Buffer.from(typeof event === "string" ? event : JSON.stringify(event));
  return sdk.send(new InvokeCommand({ FunctionName, Payload, ...given }));
};
const update = (given: Omit<UpdateFunctionConfigurationCommandInput, "FunctionName">) =>
  sdk.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...given }));
const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("utf8");
/** What the function told of itself in its answer. */
const told = async () => JSON.parse(JSON.parse(textOf((await invoke({})).Payload)).body);
/** What Terraform left, in the function's own words. */
const AS_DEPLOYED = { greeting: "hello", memory: "128", limit: "128" };

describe("what the AWS SDK reads of a function", () => {
  it("is where its code can be loaded from", async () => {
    const { Code, Configuration } = await sdk.send(new GetFunctionCommand({ FunctionName }));
    const location = new URL(Code?.Location ?? "");
    const zip = await api.download(location);
    const refused = await api.download(new URL(location.pathname, location));

    expect(location.host).toBe(`awslambda-${REGION}-tasks.s3.${REGION}.amazonaws.com`);
    expect(createHash("sha256").update(zip.body).digest("base64")).toBe(Configuration?.CodeSha256);
    expect(refused.status).toBe(403);
  });
});

describe("an invocation by the AWS SDK", () => {
  it("is answered with what the function returns", async () => {
    const { StatusCode, ExecutedVersion, FunctionError, LogResult, Payload } = await invoke({});

    expect({ StatusCode, ExecutedVersion, FunctionError, LogResult }).toEqual({
      StatusCode: 200,
      ExecutedVersion: "$LATEST",
    });
    expect(JSON.parse(textOf(Payload))).toEqual({ statusCode: 200, body: JSON.stringify(AS_DEPLOYED) });
  });

  it("tells an error of the function apart from its answer", async () => {
    const { StatusCode, FunctionError, Payload } = await invoke({ fail: "nothing is ordered" });

    expect([StatusCode, FunctionError]).toEqual([200, "Unhandled"]);
    expect(JSON.parse(textOf(Payload))).toEqual({
      errorType: "TypeError",
      errorMessage: "nothing is ordered",
      trace: expect.arrayContaining(["TypeError: nothing is ordered"]),
    });
  });

  it("brings the end of the log when it is asked for that", async () => {
    const { LogResult = "", $metadata } = await invoke({ say: "an order" }, { LogType: "Tail" });
    const log = Buffer.from(LogResult, "base64").toString("utf8");

    expect($metadata.httpStatusCode).toBe(200);
    const [start, said, end, report, ...others] = log.split("\n");
    const [, id = ""] = /^START RequestId: (\S+) Version: \$LATEST$/.exec(start ?? "") ?? [];
    expect(said?.split("\t").slice(1)).toEqual([id, "INFO", "an order"]);
    expect(end).toBe(`END RequestId: ${id}`);
    expect(report).toMatch(/^REPORT RequestId: \S+\tDuration: [\d.]+ ms\t.*\tMax Memory Used: \d+ MB\t/);
    expect(others).toEqual([""]);
  });

  it("brings at most 4 KB of the log, the last ones", async () => {
    const { LogResult = "" } = await invoke({ say: "x".repeat(10_000) }, { LogType: "Tail" });
    const log = Buffer.from(LogResult, "base64");

    expect(log).toHaveLength(4096);
    expect(log.toString("utf8")).toMatch(/^x+\nEND RequestId: \S+\nREPORT RequestId: .*\n$/);
  });

  it("does not run the function when it is a dry run", async () => {
    const { StatusCode, Payload, LogResult } = await invoke({ fail: "it ran" }, { InvocationType: "DryRun" });

    expect([StatusCode, textOf(Payload), LogResult]).toEqual([204, "", undefined]);
  });

  it("is only taken when it is an event, of which the log tells", async () => {
    const { StatusCode, Payload, FunctionError } = await invoke({ say: "by event" }, { InvocationType: "Event" });
    const failing = await invoke({ fail: "much later" }, { InvocationType: "Event" });
    const logs = new CloudWatchLogsClient(sdkOptions(api.stack.emulator));
    const logged = async (filterPattern: string): Promise<number> => {
      const found = await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/orders", filterPattern }));
      return found.events?.length || logged(filterPattern);
    };
    const counts = [await logged('"by event"'), await logged('"much later"')];
    logs.destroy();

    expect([StatusCode, textOf(Payload), FunctionError]).toEqual([202, "", undefined]);
    expect([failing.StatusCode, failing.FunctionError]).toEqual([202, undefined]);
    expect(counts).toEqual([1, 1]);
  });

  it.each([
    ["RequestResponse", 6_291_456],
    ["Event", 1_048_576],
  ] as const)("takes a payload of %s of %d bytes and no more", async (InvocationType, most) => {
    const event = JSON.stringify({ padding: "" });
    const padded = event.replace('""', `"${"x".repeat(most - event.length)}"`);
    const taken = await invoke(padded, { InvocationType });
    const refusal = await refusalOf(invoke(`${padded} `, { InvocationType }));

    expect(taken.FunctionError).toBeUndefined();
    expect(refusal).toMatchObject({
      name: "RequestEntityTooLargeException",
      message: `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
      $metadata: { httpStatusCode: 413 },
    });
  });

  it("tells the function of the client and of the qualifier", async () => {
    const client = { custom: { foo: "bar" }, client: { snap: ["crackle", "pop"] }, env: { fizz: "buzz" } };
    const ClientContext = Buffer.from(JSON.stringify(client)).toString("base64");
    const seen = async (given: Partial<InvokeCommandInput>) =>
      JSON.parse(textOf((await invoke({ context: true }, given)).Payload));

    expect(await seen({ ClientContext })).toEqual({ arn: ARN, client });
    expect(await seen({ Qualifier: "$LATEST" })).toEqual({ arn: `${ARN}:$LATEST` });
    expect(await seen({ FunctionName: `${ARN}:$LATEST` })).toEqual({ arn: `${ARN}:$LATEST` });
  });

  it("is refused when its client context is not JSON in base64", async () => {
    expect(await refusalOf(invoke({}, { ClientContext: "string" }))).toMatchObject({
      name: "InvalidRequestContentException",
      message: "Client context must be a valid Base64-encoded JSON object.",
      $metadata: { httpStatusCode: 400 },
    });
  });
});

/** Each test leaves things as Terraform made them, which it shows. */
describe("what the AWS SDK changes of a function", () => {
  afterEach(async () => {
    await api.stack.apply();
    expect(await api.stack.plan()).toBeUndefined();
    expect(await told()).toEqual(AS_DEPLOYED);
    expect((await api.call("read"))[0]).toBe(200);
  });

  it("is what the next invocation runs with, by callers of the API as well, and drift until it is applied again", async () => {
    const before = await api.call("read");
    await update({ Environment: { Variables: { GREETING: "goodbye" } } });

    expect(before).toEqual([200, AS_DEPLOYED]);
    expect(await told()).toEqual({ ...AS_DEPLOYED, greeting: "goodbye" });
    expect(await api.call("read")).toEqual([200, { ...AS_DEPLOYED, greeting: "goodbye" }]);
    expect(await driftOf(api.stack)).toContainEqual({
      address: "aws_lambda_function.one",
      attribute: "environment",
      before: [{ variables: { GREETING: "hello" } }],
      after: [{ variables: { GREETING: "goodbye" } }],
    });
  });

  it("is the code that answers next, of which neither a plan nor a deployment takes notice", async () => {
    const zip = (code: string) => zipSync({ "index.js": strToU8(code) });
    const replace = (ZipFile: Uint8Array) => sdk.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    const before = await sdk.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const changed = await replace(zip('exports.handler = async () => ({ statusCode: 200, body: "\\"mine\\"" });'));

    expect([before.CodeSha256 === changed.CodeSha256, changed.LastUpdateStatus]).toEqual([false, "InProgress"]);
    expect(await api.call("read")).toEqual([200, "mine"]);
    expect(await api.stack.plan()).toBeUndefined();
    await api.stack.apply();
    expect(await api.call("read")).toEqual([200, "mine"]);
    const broken = await refusalOf(replace(strToU8("no zip")));
    expect(broken).toMatchObject({ name: "InvalidParameterValueException" });
    await replace(CODE_ZIP);
    expect((await sdk.send(new GetFunctionConfigurationCommand({ FunctionName }))).CodeSha256).toBe(before.CodeSha256);
  });

  it("is gone with who may invoke it when it is deleted, and callers hear of no cause", async () => {
    await sdk.send(new DeleteFunctionCommand({ FunctionName }));

    expect(await api.call("read")).toEqual([500, { message: "Internal server error" }]);
    expect(await refusalOf(sdk.send(new DeleteFunctionCommand({ FunctionName })))).toMatchObject({
      name: "ResourceNotFoundException",
    });
    for (const address of ["aws_lambda_function.one", "aws_lambda_permission.one"]) {
      expect(await driftOf(api.stack)).toContainEqual(
        expect.objectContaining({ address, attribute: "*", after: null }),
      );
    }
  });

  it("shuts API Gateway out when its permission is removed", async () => {
    const before = await api.call("read");
    await sdk.send(new RemovePermissionCommand({ FunctionName, StatementId: "gateway" }));

    expect(before[0]).toBe(200);
    expect(await api.call("read")).toEqual([500, { message: "Internal server error" }]);
    expect(await refusalOf(sdk.send(new GetPolicyCommand({ FunctionName })))).toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource you requested does not exist.",
    });
    expect(await driftOf(api.stack)).toContainEqual(
      expect.objectContaining({ address: "aws_lambda_permission.one", attribute: "*", after: null }),
    );
  });
});

describe("what the AWS SDK is refused of Lambda", () => {
  it("is an operation that is not emulated", async () => {
    const refusal = await refusalOf(sdk.send(new ListLayersCommand({})));

    expect(refusal).toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining("GET /2018-10-31/layers is not emulated. Emulated: AddPermission, "),
    });
  });

  it("is a request that nobody signed, even one that would run the function", async () => {
    const unsigned = new LambdaClient({
      ...sdkOptions(api.stack.emulator),
      signer: { sign: async (request) => request },
    });
    const refusals = [
      await refusalOf(unsigned.send(new InvokeCommand({ FunctionName }))),
      await refusalOf(unsigned.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }))),
    ];
    unsigned.destroy();

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        name: "MissingAuthenticationTokenException",
        message: "Missing Authentication Token",
        $metadata: { httpStatusCode: 403 },
      });
    }
    expect(await driftOf(api.stack)).toEqual([]);
  });
});
