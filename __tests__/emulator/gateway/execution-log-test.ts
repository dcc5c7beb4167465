/** The execution log and the reasons of calls that failed inside the API, in API Gateway's recorded words. */

import type { InvocationResult } from "../../../emulator/runtime/invoke";
import { logGroups } from "../../../emulator/services/logs";
import { text } from "../../../emulator/terraform/attributes";
import { decisionsOf, failed, type GuardedApi, openGuardedApi } from "../../support/guarded-api";
import { REGION } from "../../support/pretend-account";
import { valuesOf } from "../../support/requests";

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
});

const setLevel = (logging_level: string) => api.addSettings({ logging_level });
const groupOfLog = () => `API-Gateway-Execution-Logs_${text(api.pretend.made.api, "id")}/dev`;
const logged = () => api.logs.of({ region: REGION, logGroup: groupOfLog() }).map(({ message }) => message);

/** A call whose function does not answer in time. */
async function callTooSlow() {
  api.result = () => new Promise(() => undefined);
  await api.pretend.addMethod({ http_method: "PUT" }, { timeout_milliseconds: 50 });
  await api.pretend.deploy();
  return await api.call({ method: "PUT" });
}

const EXIT = "RequestId: 1 Error: Runtime exited with error: signal: aborted";

describe("the log and the reason of a failure", () => {
  it.each<[string, InvocationResult, string, string]>([
    [
      "a malformed proxy response",
      { kind: "answer", payload: { statusCode: 200, body: { secret: "canary" } } },
      'returned a malformed proxy response: "body" is not a string',
      "Execution failed due to configuration error: Malformed Lambda proxy response",
    ],
    ...[
      ["TypeError", "no order", ""],
      ["Sandbox.Timedout", "RequestId: 1 Error: Task timed out after 3.00 seconds", ""],
      ["Runtime.ExitError", EXIT, " (perhaps it needs more than its 128 MB)"],
      ["Runtime.HandlerNotFound", "index.handler is undefined or not exported", ""],
    ].map(([type = "", message = "", hint]): [string, InvocationResult, string, string] => [
      type,
      failed(message, type),
      `ended with ${type}: ${message}${hint}`,
      `Lambda execution failed with status 200 due to customer function error: ${message}. Lambda request id: ID`,
    ]),
  ])("are for %s", async (_what, outcome, explained, line) => {
    await setLevel("ERROR");
    api.result = () => outcome;
    const response = await api.call();
    expect(response).toMatchObject({ status: 502, body: '{"message": "Internal server error"}' });
    expect(decisionsOf(response).at(-1)).toBe(`integration refused: the function access ${explained}`);
    const { requestId = "" } = api.invocations[0] ?? {};
    expect(logged()).toEqual([
      expect.stringContaining(`) ${line.replace("ID", requestId)}`),
      expect.stringContaining(") Method completed with status: 502"),
    ]);
  });

  it("are for a timeout of the integration, and for a function that was deleted", async () => {
    await setLevel("ERROR");
    const tooSlow = decisionsOf(await callTooSlow()).at(-1);
    expect(tooSlow).toBe("integration refused: the function access did not answer within the integration's 50 ms");
    await api.pretend.remove("aws_lambda_function", api.pretend.made.function);
    const deleted = "integration refused: the integration's URI names no function of this account: arn:";
    expect(decisionsOf(await api.call()).at(-1)).toContain(deleted);
    expect(logged()).toEqual([
      expect.stringContaining(") Execution failed due to a timeout error"),
      expect.stringContaining(") Method completed with status: 504"),
      expect.stringContaining(") Execution failed due to configuration error: Invalid permissions on Lambda function"),
      expect.stringContaining(") Method completed with status: 500"),
    ]);
  });
});

describe("the level", () => {
  it("INFO has every call, in a log group of the account", async () => {
    await setLevel("INFO");
    const [id] = valuesOf(await api.call(), "x-amzn-RequestId");
    const { account } = api.pretend;
    await account.change(async () => ({ result: undefined, operation: null }));
    const begun = [
      expect.stringMatching(/^\(.+\) Extended Request Id: [\w=-]+$/),
      `(${id}) Starting execution for request: ${id}`,
      `(${id}) HTTP Method: POST, Resource Path: /access`,
    ];
    const ended = [`(${id}) Successfully completed execution`, `(${id}) Method completed with status: 200`];
    expect(logged()).toEqual([...begun, ...ended]);
    const groups = logGroups.list({ account, region: REGION }).map(({ logGroupName }) => logGroupName);
    expect(groups).toContain(groupOfLog());
    api.result = () => ({ kind: "answer", payload: null });
    await api.call();
    expect(logged()).toHaveLength(10);
  });

  it("ERROR has no call that succeeded, OFF none at all", async () => {
    await setLevel("ERROR");
    expect([(await api.call()).status, logged()]).toEqual([200, []]);
    await setLevel("OFF");
    api.result = () => ({ kind: "answer", payload: null });
    await api.call();
    expect(logged()).toEqual([]);
  });
});
