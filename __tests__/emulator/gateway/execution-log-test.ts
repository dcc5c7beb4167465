/** What people and the execution log are told of a call that failed inside the API, in API Gateway's recorded words. */

import { answerExecuteApi } from "../../../emulator/gateway/execute-api";
import type { InvocationResult } from "../../../emulator/runtime/invoke";
import { LogEvents } from "../../../emulator/runtime/log-events";
import { logGroups } from "../../../emulator/services/logs";
import { text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { mintToken, requestOf } from "../../support/requests";

let pretend: PretendAccount;
let token: string;
let logs: LogEvents;
let notices: string[];
let result: InvocationResult | Promise<InvocationResult>;
let requestIds: string[];
beforeEach(async () => {
  pretend = await openPretendAccount();
  token = await mintToken(pretend.pool);
  logs = new LogEvents(() => pretend.time);
  notices = [];
  requestIds = [];
  result = { kind: "answer", payload: { statusCode: 200 } };
});

const runner = {
  invoke: async (_fn: unknown, _event: unknown, requestId: string) => {
    requestIds.push(requestId);
    return await result;
  },
};

async function ask(method = "POST") {
  const { account, made } = pretend;
  const apiId = text(made.api, "id");
  const host = `${apiId}.execute-api.${REGION}.amazonaws.com`;
  const request = requestOf({ method, host, path: "/dev/access", headers: [["Authorization", token]] });
  const gateway = { account, runner, logs, onNotice: (notice: string) => notices.push(notice) };
  return await answerExecuteApi(gateway, REGION, apiId, request);
}

/** Sets how much the stage logs of all its methods. */
async function setLevel(logging_level: string): Promise<void> {
  const rest_api_id = text(pretend.made.api, "id");
  const at = { rest_api_id, stage_name: "dev", method_path: "*/*" };
  await pretend.create("aws_api_gateway_method_settings", { ...at, settings: [{ logging_level }] });
}

function logged(): readonly string[] {
  const logGroup = `API-Gateway-Execution-Logs_${text(pretend.made.api, "id")}/dev`;
  return logs.of({ region: REGION, logGroup }).map(({ message }) => message);
}

const failed = (errorType: string, errorMessage: string): InvocationResult => ({
  kind: "error",
  errorType,
  errorMessage,
});

describe("people are told why the answer is 502", () => {
  const name = () => text(pretend.made.function, "function_name");

  it.each<[string, InvocationResult, string]>([
    [
      "a malformed proxy response",
      { kind: "answer", payload: { statusCode: 200, body: { secret: "canary" } } },
      'returned a malformed proxy response: "body" is not a string',
    ],
    ["an error of the handler", failed("TypeError", "no order"), "ended with TypeError: no order"],
    [
      "a timeout",
      failed("Sandbox.Timedout", "RequestId: 1 Error: Task timed out after 3.00 seconds"),
      "ended with Sandbox.Timedout: RequestId: 1 Error: Task timed out after 3.00 seconds",
    ],
    [
      "too little memory",
      failed("Runtime.ExitError", "RequestId: 1 Error: Runtime exited with error: signal: aborted"),
      "ended with Runtime.ExitError: RequestId: 1 Error: Runtime exited with error: signal: aborted (perhaps it needs more than its 128 MB)",
    ],
    [
      "a handler that is missing",
      failed("Runtime.HandlerNotFound", "index.handler is undefined or not exported"),
      "ended with Runtime.HandlerNotFound: index.handler is undefined or not exported",
    ],
  ])("for %s", async (_what, outcome, explained) => {
    result = outcome;
    const { status, body } = await ask();

    expect([status, body]).toEqual([502, '{"message": "Internal server error"}']);
    expect(notices).toEqual([`POST /dev/access was answered with 502: the function ${name()} ${explained}`]);
  });

  it("and why it is 504", async () => {
    result = new Promise(() => undefined);
    await pretend.addMethod({ http_method: "PUT" }, { timeout_milliseconds: 50 });
    await pretend.deploy();
    await ask("PUT");

    expect(notices).toEqual([
      `PUT /dev/access was answered with 504: the function ${name()} did not answer within the integration's 50 ms`,
    ]);
  });

  it("and why it is 500", async () => {
    await pretend.remove("aws_lambda_function", pretend.made.function);
    await ask();

    expect(notices).toEqual([
      expect.stringMatching(
        /^POST \/dev\/access was answered with 500: the integration's URI names no function of this account: arn:/,
      ),
    ]);
  });

  it("and nothing when the function answers", async () => {
    await setLevel("ERROR");
    expect([(await ask()).status, notices, logged()]).toEqual([200, [], []]);
  });
});

describe("the execution log", () => {
  it.each(["ERROR", "INFO"])("has the failure and the status at level %s, under the request's id", async (level) => {
    await setLevel(level);
    result = { kind: "answer", payload: null };
    const id = (await ask()).headers.find(([name]) => name === "x-amzn-RequestId")?.[1];

    expect(logged().slice(-2)).toEqual([
      `(${id}) Execution failed due to configuration error: Malformed Lambda proxy response`,
      `(${id}) Method completed with status: 502`,
    ]);
    expect(logged()).toHaveLength(level === "INFO" ? 5 : 2);
  });

  it("has every call at level INFO, in a group of the account", async () => {
    await setLevel("INFO");
    const { headers } = await ask();
    const id = headers.find(([name]) => name === "x-amzn-RequestId")?.[1];
    const { account } = pretend;
    await account.change(async () => ({ result: undefined, operation: null }));

    expect(logged()).toEqual([
      expect.stringMatching(/^\(.+\) Extended Request Id: [\w=-]+$/),
      `(${id}) Starting execution for request: ${id}`,
      `(${id}) HTTP Method: POST, Resource Path: /access`,
      `(${id}) Successfully completed execution`,
      `(${id}) Method completed with status: 200`,
    ]);
    expect(logGroups.list({ account, region: REGION }).map(({ logGroupName }) => logGroupName)).toContain(
      `API-Gateway-Execution-Logs_${text(pretend.made.api, "id")}/dev`,
    );
  });

  it("has the function's error with the id of the invocation", async () => {
    await setLevel("ERROR");
    result = failed("TypeError", "no order");
    await ask();

    expect(logged()[0]).toMatch(
      `) Lambda execution failed with status 200 due to customer function error: no order. Lambda request id: ${requestIds[0]}`,
    );
  });

  it("has the integration's timeout", async () => {
    await setLevel("ERROR");
    result = new Promise(() => undefined);
    await pretend.addMethod({ http_method: "PUT" }, { timeout_milliseconds: 50 });
    await pretend.deploy();
    await ask("PUT");

    expect(logged()).toEqual([
      expect.stringContaining(") Execution failed due to a timeout error"),
      expect.stringContaining(") Method completed with status: 504"),
    ]);
  });

  it("has a function that may not be invoked", async () => {
    await setLevel("ERROR");
    await pretend.remove("aws_lambda_function", pretend.made.function);
    await ask();

    expect(logged()[0]).toMatch(
      ") Execution failed due to configuration error: Invalid permissions on Lambda function",
    );
  });

  it("is not written without a level, nor with OFF", async () => {
    result = { kind: "answer", payload: null };
    await ask();
    await setLevel("OFF");
    await ask();

    expect(logged()).toEqual([]);
  });
});
