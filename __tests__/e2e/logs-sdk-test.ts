/** CloudWatch Logs' API by the AWS SDK, on what a function of the stack has really logged. */
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeQueriesCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { AppliedStack, reference } from "../support/applied-stack";
import { refusalOf, sdkOptions, unsigned } from "../support/aws-sdk";
import { trustPolicy } from "../support/examples";

jest.setTimeout(30_000);

const GROUP = "/aws/lambda/orders";
const handler =
  "exports.handler = async ({ say }) => { for (const line of say) console.log(line); return say.length; }";
const SAID = ["order 17 accepted", "order 18 refused", "invoice 18 sent", 'said "enough"'];

const functionOf = (name: string, others: object) => ({
  function_name: name,
  role: reference("aws_iam_role.orders.arn"),
  filename: "orders.zip",
  handler: "index.handler",
  runtime: "nodejs22.x",
  ...others,
});
const groupOf = (name: string) => ({ name, retention_in_days: 14 });
const config = {
  resource: {
    aws_iam_role: { orders: { name: "orders", assume_role_policy: trustPolicy } },
    aws_cloudwatch_log_group: {
      orders: groupOf(GROUP),
      invoices: groupOf("/aws/lambda/invoices"),
      stock: { name: "/aws/lambda/stock" },
      access: groupOf("access"),
    },
    aws_lambda_function: {
      orders: functionOf("orders", { depends_on: ["aws_cloudwatch_log_group.orders"] }),
      invoices: functionOf("invoices", { depends_on: ["aws_cloudwatch_log_group.invoices"] }),
      audit: functionOf("audit", {
        logging_config: {
          log_format: "JSON",
          system_log_level: "DEBUG",
          log_group: reference("aws_cloudwatch_log_group.access.name"),
        },
      }),
    },
  },
  files: { "orders.zip": zipSync({ "index.js": strToU8(handler) }) },
};

let stack: AppliedStack;
let logs: CloudWatchLogsClient;
let lambda: LambdaClient;
/** Milliseconds since 1970, around all that is logged. */
let around: readonly [before: number, after: number];
beforeAll(async () => {
  stack = await AppliedStack.open(config);
  logs = new CloudWatchLogsClient(sdkOptions(stack.emulator));
  lambda = new LambdaClient(sdkOptions(stack.emulator));
  const before = Date.now();
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: "orders", Payload: strToU8(JSON.stringify({ say: SAID })) }),
  );
  around = [before, Date.now()];
  expect(Buffer.from(Payload ?? []).toString()).toBe(String(SAID.length));
});
afterAll(async () => {
  logs.destroy();
  lambda.destroy();
  await stack.close();
});

const eventsOf = async (input: Partial<FilterLogEventsCommandInput> = {}) =>
  (await logs.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }))).events ?? [];

/** What the function said, without what its runtime puts in front and without Lambda's own records. */
const saidIn = (events: Awaited<ReturnType<typeof eventsOf>>) =>
  events.filter(({ message }) => /^\d{4}-/.test(message ?? "")).map(({ message }) => message?.split("\t")[3]);

describe("log groups", () => {
  it("are described with their retention, which is left out when lines are kept for good", async () => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/lambda/" }));
    const arn = `arn:aws:logs:ap-northeast-1:123456789012:log-group:${GROUP}`;
    expect(logGroups?.find(({ logGroupName }) => logGroupName === GROUP)).toMatchObject({
      arn: `${arn}:*`,
      logGroupArn: arn,
      retentionInDays: 14,
      creationTime: expect.any(Number),
      logGroupClass: "STANDARD",
    });
    const stock = logGroups?.find(({ logGroupName }) => logGroupName === "/aws/lambda/stock");
    expect(stock?.retentionInDays).toBeUndefined();
  });

  it("show as drift when somebody changes how long lines are kept, and Terraform puts it right", async () => {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: "access", retentionInDays: 365 }));
    const plan = await stack.plan();
    expect(plan).toMatch(/aws_cloudwatch_log_group\.access will be updated in-place/);
    expect(plan).toMatch(/~ retention_in_days += 365 -> 14/);
    await stack.apply();
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "access" }));
    expect(logGroups).toMatchObject([{ retentionInDays: 14 }]);
  });
});

describe("log events", () => {
  it("are what the function wrote, in order and with what Lambda puts in front", async () => {
    const events = await eventsOf();
    expect(saidIn(events)).toEqual(SAID);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(SAID.length + 4);
    const [init, start, ...others] = events.map(({ message }) => message);
    const [report, end, ...said] = others.reverse();
    expect([init, start, end, report]).toEqual([
      expect.stringMatching(/^INIT_START Runtime Version: nodejs:22\.v/),
      expect.stringMatching(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/),
      expect.stringMatching(/^END RequestId: [0-9a-f-]{36}$/),
      expect.stringMatching(/^REPORT RequestId: [0-9a-f-]{36}\tDuration: .*\tInit Duration: [\d.]+ ms\t$/),
    ]);
    for (const message of said) expect(message).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\tINFO\t/);
    for (const { timestamp, logStreamName } of events) {
      expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
      expect(timestamp).toBeGreaterThanOrEqual(around[0]);
      expect(timestamp).toBeLessThanOrEqual(around[1]);
    }
  });

  it.each([
    ["one word", "refused", [SAID[1]]],
    ["all of several words", "order accepted", [SAID[0]]],
    ["any of several words", "?accepted ?sent", [SAID[0], SAID[2]]],
    ["words but one", "order -accepted", [SAID[1]]],
    ["words in their order", '"order 18"', [SAID[1]]],
    ["a word within quotation marks of its own", '"said \\"enough\\""', [SAID[3]]],
    ["a word in another case", "REFUSED", []],
  ])("are found by %s", async (_, filterPattern, expected) => {
    expect(saidIn(await eventsOf({ filterPattern }))).toEqual(expected);
  });

  it("are found between two moments, both included", async () => {
    const times = (await eventsOf()).map(({ timestamp }) => timestamp ?? 0);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    expect(saidIn(await eventsOf({ startTime: first, endTime: last }))).toEqual(SAID);
    expect(await eventsOf({ startTime: last + 1 })).toEqual([]);
    expect(await eventsOf({ endTime: first - 1 })).toEqual([]);
  });

  it("are found by their stream, whole or by the beginning of its name", async () => {
    const stream = (await eventsOf())[0]?.logStreamName ?? "";
    expect(saidIn(await eventsOf({ logStreamNames: [stream] }))).toEqual(SAID);
    expect(saidIn(await eventsOf({ logStreamNamePrefix: stream.slice(0, 10) }))).toEqual(SAID);
    expect(await eventsOf({ logStreamNames: ["another"] })).toEqual([]);
    expect(await eventsOf({ logStreamNamePrefix: "1999/" })).toEqual([]);
  });

  it("are Lambda's own in JSON as well, in the group that the function names, and in the tail without the start", async () => {
    const invocation = { FunctionName: "audit", LogType: "Tail" } as const;
    const Payload = strToU8(JSON.stringify({ say: ["audited"] }));
    const { LogResult = "" } = await lambda.send(new InvokeCommand({ ...invocation, Payload }));
    const kindOf = (line = "") => JSON.parse(line).type?.replace("platform.", "") ?? JSON.parse(line).message;
    const kinds = (await eventsOf({ logGroupName: "access" })).map(({ message }) => kindOf(message));
    const tail = Buffer.from(LogResult, "base64").toString("utf8").trimEnd().split("\n").map(kindOf);

    const [initStart, ...others] = kinds;
    expect(initStart).toBe("initStart");
    expect(others).toEqual(["initRuntimeDone", "initReport", "start", "audited", "runtimeDone", "report"]);
    expect(tail).toEqual(others);
    expect(await eventsOf({ filterPattern: "audited" })).toEqual([]);
  });

  it.each([
    ["an unknown group", ResourceNotFoundException, { logGroupName: "/aws/lambda/none" }],
    ["a pattern that is none", InvalidParameterException, { filterPattern: '"open' }],
    ["streams by name and by prefix", InvalidParameterException, { logStreamNames: ["a"], logStreamNamePrefix: "a" }],
    ["too many a page", InvalidParameterException, { limit: 10_001 }],
    ["a page that was never offered", InvalidParameterException, { nextToken: "elsewhere" }],
  ])("are refused for %s", async (_, type, input) => {
    expect(await refusalOf(eventsOf(input))).toBeInstanceOf(type);
  });
});

describe("the events that a function received", () => {
  /** @param proxyUrl with or without a password */
  const events = async (proxyUrl: string, query: Readonly<Record<string, string>> = {}) => {
    const { username, password, origin } = new URL(proxyUrl);
    const headers: Record<string, string> =
      password === "" ? {} : { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
    const asked = { region: "ap-northeast-1", logGroup: GROUP, functionName: "orders", ...query };
    const response = await fetch(`${origin}/events?${new URLSearchParams(asked)}`, { headers });
    return { status: response.status, body: await response.text() };
  };

  it("are returned to the owner of the proxy's password alone, and by no operation of CloudWatch Logs", async () => {
    const { proxyUrl } = stack.emulator;
    const { status, body } = await events(proxyUrl);
    expect([status, JSON.parse(body)]).toEqual([200, [expect.objectContaining({ event: { say: SAID } })]]);
    expect(JSON.parse((await events(proxyUrl, { functionName: "audit" })).body)).not.toContainEqual(
      expect.objectContaining({ event: { say: SAID } }),
    );
    expect(JSON.parse((await events(proxyUrl, { since: String(Date.now()) })).body)).toEqual([]);
    expect(await events(new URL(proxyUrl).origin)).toMatchObject({
      status: 401,
      body: expect.not.stringContaining("say"),
    });
    expect((await eventsOf()).some(({ message }) => message?.includes('"say"'))).toBe(false);
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.some(({ logGroupName }) => logGroupName?.includes("event"))).toBe(false);
  });

  it("are deleted with the log group", async () => {
    await lambda.send(new InvokeCommand({ FunctionName: "invoices", Payload: strToU8('{"say":[]}') }));
    const asked = { functionName: "invoices", logGroup: "/aws/lambda/invoices" };
    expect(JSON.parse((await events(stack.emulator.proxyUrl, asked)).body)).toHaveLength(1);
    await logs.send(new DeleteLogGroupCommand({ logGroupName: asked.logGroup }));
    expect(JSON.parse((await events(stack.emulator.proxyUrl, asked)).body)).toEqual([]);
    await stack.apply();
  });
});

describe("a log stream", () => {
  const at = { logGroupName: "/aws/lambda/invoices", logStreamName: "batch" };
  const streams = async (input: object = {}) =>
    (await logs.send(new DescribeLogStreamsCommand({ logGroupName: at.logGroupName, ...input }))).logStreams;
  const arn = `arn:aws:logs:ap-northeast-1:123456789012:log-group:${at.logGroupName}`;

  it("is there as AWS describes it, until it is deleted with its lines", async () => {
    await logs.send(new CreateLogStreamCommand(at));
    const described = [
      {
        arn: `${arn}:log-stream:batch`,
        creationTime: expect.any(Number),
        logStreamName: "batch",
        storedBytes: 0,
      },
    ];
    expect(await streams()).toEqual(described);
    expect(await streams({ logGroupName: undefined, logGroupIdentifier: arn })).toEqual(described);
    expect(await streams({ logStreamNamePrefix: "other" })).toEqual([]);
    const again = await refusalOf(logs.send(new CreateLogStreamCommand(at)));
    expect([again.name, again.message]).toEqual([
      "ResourceAlreadyExistsException",
      "The specified log stream already exists",
    ]);
    const timestamp = Date.now();
    await logs.send(new PutLogEventsCommand({ ...at, logEvents: [{ timestamp, message: "one" }] }));
    expect(await streams()).toMatchObject([{ firstEventTimestamp: timestamp, lastEventTimestamp: timestamp }]);
    await logs.send(new DeleteLogStreamCommand(at));
    expect(await streams()).toEqual([]);
    expect(await eventsOf({ logGroupName: at.logGroupName })).toEqual([]);
  });

  it("takes lines in order, and leaves out what is too old or too new", async () => {
    await logs.send(new CreateLogStreamCommand(at));
    const now = Date.now();
    const put = (...times: readonly number[]) =>
      logs.send(new PutLogEventsCommand({ ...at, logEvents: times.map((timestamp) => ({ timestamp, message: "x" })) }));
    expect((await refusalOf(put(now, now - 1))).message).toBe(
      "Log events in a single PutLogEvents request must be in chronological order.",
    );
    expect((await put(now - 30 * 86_400_000)).rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    expect((await put(now, now + 3 * 3_600_000)).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect((await put(now)).rejectedLogEventsInfo).toBeUndefined();
    expect(
      await refusalOf(logs.send(new PutLogEventsCommand({ ...at, logStreamName: "none", logEvents: [] }))),
    ).toEqual(expect.objectContaining({ name: "InvalidParameterException" }));
    await logs.send(new DeleteLogStreamCommand(at));
  });

  it("is read in both directions from a token", async () => {
    await logs.send(new CreateLogStreamCommand(at));
    const timestamp = Date.now();
    const logEvents = ["a", "b", "c", "d", "e"].map((message) => ({ timestamp, message }));
    await logs.send(new PutLogEventsCommand({ ...at, logEvents }));
    const read = async (input: object) => {
      const page = await logs.send(new GetLogEventsCommand({ ...at, limit: 2, ...input }));
      return { ...page, messages: page.events?.map(({ message }) => message).join("") };
    };
    const last = await read({});
    expect(last.messages).toBe("de");
    const before = await read({ nextToken: last.nextBackwardToken });
    expect(before.messages).toBe("bc");
    expect((await read({ nextToken: before.nextForwardToken })).messages).toBe("de");
    const first = await read({ startFromHead: true });
    expect(first.messages).toBe("ab");
    const end = await read({ nextToken: last.nextForwardToken });
    expect([end.messages, end.nextForwardToken]).toEqual(["", last.nextForwardToken]);
    await logs.send(new DeleteLogStreamCommand(at));
  });
});

describe("what is not played", () => {
  it("is refused by name", async () => {
    const refusal = await refusalOf(logs.send(new DescribeQueriesCommand({})));
    expect(refusal.name).toBe("UnknownOperationException");
    expect(refusal.message).toMatch(/^DescribeQueries is not emulated\. Emulated: AssociateKmsKey, CreateLogGroup, /);
  });

  it("is a pattern for JSON", async () => {
    const refusal = await refusalOf(eventsOf({ filterPattern: '{ $.level = "ERROR" }' }));
    expect(refusal.name).toBe("NotEmulated");
    expect(refusal.message).toContain("filterPattern is not emulated for JSON");
  });

  it("is a request without a signature", async () => {
    const anonymous = new CloudWatchLogsClient({ ...sdkOptions(stack.emulator), signer: unsigned });
    const refusal = await refusalOf(anonymous.send(new DescribeLogGroupsCommand({})));
    anonymous.destroy();
    expect(refusal.name).toBe("MissingAuthenticationTokenException");
  });
});
