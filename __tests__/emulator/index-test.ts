/** An embedded AWS as a whole, over its proxy: calls signed as SDKs sign them, domains of one's own, and what is counted. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { ProxyAgent, request } from "undici";
import { type Emulator, startEmulator } from "../../emulator";
import { sdkOptions } from "../support/aws-sdk";

let folder: string;
let emulator: Emulator | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-"));
});
afterEach(async () => {
  await emulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(customDomains: readonly string[] = [], accountIds: readonly string[] = []): Promise<Emulator> {
  await emulator?.close();
  emulator = await startEmulator({ folder, workingDirectories: () => [], customDomains, accountIds });
  return emulator;
}

/** Sends a request through the proxy, trusting only the embedded AWS's authority. */
async function send(url: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { environment = {} } = emulator ?? {};
  const ca = readFileSync(environment["NODE_EXTRA_CA_CERTS"] ?? "", "utf8");
  const dispatcher = new ProxyAgent({ uri: environment["HTTPS_PROXY"] ?? "", requestTls: { ca } });
  const { method = "GET", ...rest } = init;
  const { statusCode, body } = await request(url, { method: method as "GET", dispatcher, ...rest });
  const text = await body.text();
  await dispatcher.close();
  return { status: statusCode, text };
}

/** The embedded AWS does not check signatures; it reads the credential's scope. */
async function sendSigned(service: string, url: string, method: string, body?: string, type = "application/json") {
  const credential = `embedded/20260702/eu-west-1/${service}/aws4_request`;
  const Authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const headers = { Authorization, "Content-Type": type };
  return await send(url, { method, headers, ...(body === undefined ? {} : { body }) });
}

const GET_CALLER = "Action=GetCallerIdentity&Version=2011-06-15";
const FORM = "application/x-www-form-urlencoded";

describe("startEmulator", () => {
  it.each(["sts.amazonaws.com", "sts.eu-west-1.amazonaws.com"])(
    "tells a signed caller at %s which account it is in",
    async (host) => {
      await start([], ["111111111111", "222222222222"]);
      const answer = await sendSigned("sts", `https://${host}/`, "POST", GET_CALLER, FORM);
      expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("<Account>111111111111</Account>") });
    },
  );

  it("keeps what an account is set to when it is started anew, and does not count it as left behind", async () => {
    await start();
    const url = "https://apigateway.eu-west-1.amazonaws.com/account";
    const patchOperations = [{ op: "replace", path: "/cloudwatchRoleArn", value: "" }];
    await sendSigned("apigateway", url, "PATCH", JSON.stringify({ patchOperations }));
    const { leftovers, resourceCount } = await start();
    expect(JSON.parse((await sendSigned("apigateway", url, "GET")).text)).not.toHaveProperty("cloudwatchRoleArn");
    expect([leftovers, resourceCount()]).toEqual([[], {}]);
  });

  it("refuses an unsigned call", async () => {
    await start();
    const answer = await send("https://apigateway.eu-west-1.amazonaws.com/account");
    expect(answer).toEqual({ status: 403, text: '{"message":"Missing Authentication Token"}' });
  });

  it("does not play a domain that nobody has made, though it has a certificate for it", async () => {
    await start(["api.example.com"]);
    await expect(send("https://api.example.com/")).rejects.toThrow("502");
  });
});

describe("log lines", () => {
  const at = { logGroupName: "orders", logStreamName: "batch" };
  const DAY = 86_400_000;

  /** A client of the embedded AWS, started again; the test's lines are put through it. */
  async function restarted() {
    const logs = new CloudWatchLogsClient(sdkOptions(await start()));
    const put = async (...lines: readonly (readonly [age: number, message: string])[]) => {
      const logEvents = lines.map(([age, message]) => ({ timestamp: Date.now() - age, message }));
      await logs.send(new PutLogEventsCommand({ ...at, logEvents }));
    };
    const events = async () =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName: at.logGroupName }))).events ?? [];
    return { logs, put, events, end: () => logs.destroy() };
  }
  const messagesOf = (events: readonly FilteredLogEvent[]) => events.map(({ message }) => message);

  it("are the same after a restart, until their group is deleted", async () => {
    const first = await restarted();
    await first.logs.send(new CreateLogGroupCommand({ logGroupName: at.logGroupName }));
    await first.logs.send(new CreateLogStreamCommand(at));
    await first.put([5, "one"], [5, "two"]);
    const before = await first.events();
    first.end();
    const second = await restarted();
    expect(messagesOf(before)).toEqual(["one", "two"]);
    expect(await second.events()).toEqual(before);
    await second.put([0, "three"]);
    const after = await second.events();
    expect(messagesOf(after)).toEqual(["one", "two", "three"]);
    expect(new Set(after.map(({ eventId }) => eventId)).size).toBe(3);

    await second.logs.send(new DeleteLogGroupCommand({ logGroupName: at.logGroupName }));
    expect(readdirSync(join(folder, "logs"))).toEqual([]);
    second.end();
  });

  it("are kept as long as their group says", async () => {
    const { logs, put, events, end } = await restarted();
    await logs.send(new CreateLogGroupCommand({ logGroupName: at.logGroupName }));
    await logs.send(new CreateLogStreamCommand(at));
    await put([1.5 * DAY, "old"], [0.5 * DAY + 1, "new"]);
    expect(messagesOf(await events())).toEqual(["old", "new"]);
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: at.logGroupName, retentionInDays: 1 }));
    expect(messagesOf(await events())).toEqual(["new"]);
    end();
  });

  it("can be read when the folder was deleted, which is not made again", async () => {
    const { logs, put, events, end } = await restarted();
    await logs.send(new CreateLogGroupCommand({ logGroupName: at.logGroupName }));
    await logs.send(new CreateLogStreamCommand(at));
    await put([0, "not on disk yet"]);
    rmSync(folder, { recursive: true });
    expect(messagesOf(await events())).toEqual(["not on disk yet"]);
    end();
    await emulator?.close();
    expect(existsSync(folder)).toBe(false);
  });
});

describe("an embedded AWS that is to end", () => {
  const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const SETTINGS = [0, 0, 0, 4, 0, 0, 0, 0, 0];
  const frame = (...bytes: readonly number[]) =>
    Buffer.concat([Buffer.from(PREFACE), Buffer.from([...SETTINGS, ...bytes])]);

  function socketOf({ environment }: Emulator): string {
    const [{ Addr: address }] = Object.values(JSON.parse(environment["TF_REATTACH_PROVIDERS"] ?? "")) as [
      { Addr: { String: string } },
    ];
    return address.String;
  }

  it.each([
    ["sends nothing", Buffer.alloc(0)],
    ["breaks off in a frame", frame(0, 0, 50, 1, 4)],
    ["sends a frame that is too long", frame(255, 255, 255, 153, 255, 0, 0, 0, 1, 1)],
    ["sends headers that cannot be decoded", frame(0, 0, 4, 1, 4, 0, 0, 0, 1, 255, 255, 255, 255)],
  ])("does not wait for a caller of its provider that %s", async (_what, bytes) => {
    const running = await start();
    const caller = connect(socketOf(running))
      .on("error", () => undefined)
      .resume();
    const closed = new Promise((resolve) => caller.once("close", resolve));
    await new Promise<void>((resolve) => caller.once("connect", () => caller.write(bytes, () => resolve())));

    await running.waitUntilFree(50);
    await running.close();
    await closed;
  });

  it("does not wait for a lease whose holder does nothing", async () => {
    const running = await start();
    const lease = await new Promise<IncomingMessage>((resolve) => get(`${running.proxyUrl}/hold`, resolve));

    await running.waitUntilFree(50);
    lease.destroy();
  });

  it("waits for a lease without a limit", async () => {
    const running = await start();
    const lease = await new Promise<IncomingMessage>((resolve) => get(`${running.proxyUrl}/hold`, resolve));
    const ended: string[] = [];
    const free = running.waitUntilFree().then(() => ended.push("free"));
    await running.waitUntilFree(50);
    ended.push("idle");
    lease.destroy();
    await free;

    expect(ended).toEqual(["idle", "free"]);
  });
});
