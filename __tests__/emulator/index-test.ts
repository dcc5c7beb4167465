/** An embedded AWS as a whole, over its proxy: calls signed as SDKs sign them, domains of one's own, and what is counted. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProxyAgent, request } from "undici";
import { type Emulator, startEmulator } from "../../emulator";

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
  it.each([
    "sts.amazonaws.com",
    "sts.eu-west-1.amazonaws.com",
  ])("tells a signed caller at %s which account it is in", async (host) => {
    await start([], ["111111111111", "222222222222"]);
    const answer = await sendSigned("sts", `https://${host}/`, "POST", GET_CALLER, FORM);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("<Account>111111111111</Account>") });
  });

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
