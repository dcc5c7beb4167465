import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ClientLimits, RateLimitedClient, TIMED_OUT } from "../../../operations/deployed/rate-limited-client";

type Respond = (response: ServerResponse, asked: number) => void;

let server: Server;
let url = "";
let asked = 0;
let atOnce = 0;
let mostAtOnce = 0;
let answer: Respond = () => {};
const agents: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((incoming, response) => {
    asked += 1;
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    agents.push(incoming.headers["user-agent"]);
    response.on("close", () => {
      atOnce -= 1;
    });
    answer(response, asked);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => server.close());

beforeEach(() => {
  asked = 0;
  mostAtOnce = 0;
});

const open: RateLimitedClient[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

/** Its waits are recorded, and over at once. */
function client(limits: Partial<ClientLimits> = {}, waits: number[] = []): RateLimitedClient {
  const usual = { concurrency: 4, rate: 1_000_000, timeout: 30, retryFor: 0 };
  const made = new RateLimitedClient({ ...usual, ...limits }, async (milliseconds) => {
    waits.push(milliseconds);
  });
  open.push(made);
  return made;
}

const request = () => ({ method: "GET", url, headers: {} });
const status =
  (code: number): Respond =>
  (response) =>
    response.writeHead(code).end();

describe("RateLimitedClient", () => {
  it("identifies itself as the user agent", async () => {
    answer = status(204);

    expect(await client().send(request())).toMatchObject({ status: 204 });
    expect(agents.at(-1)).toBe("machine-access-verify");
  });

  it("retries a throttled request with exponential backoff", async () => {
    answer = (response, count) => response.writeHead(count < 3 ? 429 : 200).end();
    const waits: number[] = [];

    expect(await client({}, waits).send(request())).toMatchObject({ status: 200 });
    expect(waits).toEqual([250, 500]);
  });

  it("returns the response after five retries of a throttled request", async () => {
    answer = status(429);

    expect(await client().send(request())).toMatchObject({ status: 429 });
    expect(asked).toBe(6);
  });

  it("returns a 429 of a backend without a retry", async () => {
    answer = status(429);

    expect(await client().send({ ...request(), isRoute: true })).toMatchObject({ status: 429 });
    expect(asked).toBe(1);
  });

  it("follows no redirect", async () => {
    answer = (response) => response.writeHead(302, { Location: "https://elsewhere.example" }).end();

    expect(await client().send(request())).toMatchObject({ status: 302 });
  });

  it("times out", async () => {
    answer = () => {};

    expect(await client({ timeout: 0.05 }).send(request())).toMatchObject({ status: TIMED_OUT });
  });

  it("throws an error that names a host that cannot be reached", async () => {
    const unused = { ...request(), url: "http://127.0.0.1:1/" };

    await expect(client().send(unused)).rejects.toMatchObject({ exitCode: 1, message: /^127\.0\.0\.1:1 cannot/ });
  });

  it("sends all requests within its concurrency", async () => {
    answer = (response) => setImmediate(() => response.end());
    const one = client({ concurrency: 3 });
    await one.forEach(Array.from({ length: 20 }), async () => {
      await one.send(request());
    });

    expect(asked).toBe(20);
    expect(mostAtOnce).toBeLessThanOrEqual(3);
  });

  it("keeps to its rate", async () => {
    answer = status(200);
    const waits: number[] = [];
    const one = client({ rate: 1, concurrency: 1 }, waits);
    await one.forEach([1, 2, 3], async () => {
      await one.send(request());
    });

    expect(waits.map((wait) => Math.ceil(wait / 1000))).toEqual([1, 2]);
  });

  it("sends nothing more once it was stopped, and drops requests under way", async () => {
    const one = client({ concurrency: 2 });
    answer = (response, count) => (count === 2 ? response.end() : undefined);
    const results: unknown[] = [];
    await one.forEach([1, 2, 3, 4], async () => {
      const found = await one.send(request());
      results.push(found?.status);
      if (found !== undefined) one.stop();
    });

    expect(results).toEqual([200, undefined]);
    expect(asked).toBe(2);
  });

  it("does not wait for its rate once it was stopped", async () => {
    answer = status(200);
    const one = new RateLimitedClient({ concurrency: 1, rate: 0.001, timeout: 30, retryFor: 0 });
    open.push(one);
    await one.send(request());
    const waiting = one.send(request());
    one.stop();

    expect(await waiting).toBeUndefined();
    expect(asked).toBe(1);
  });

  it("retries an unexpected result within retryFor", async () => {
    const answers = [1, 2, 3];
    const one = client({ retryFor: 60 });

    expect(
      await one.retry(
        async () => answers.shift(),
        (found) => found === 3,
      ),
    ).toBe(3);
  });

  it("retries a critical result with exponential backoff while every other request waits", async () => {
    const waits: number[] = [];
    const one = client({ retryFor: 60, concurrency: 3 }, waits);
    const sent: string[] = [];
    await one.forEach(["a", "grave", "b", "c", "d"], async (name) => {
      let left = 3;
      const ask = async () => {
        sent.push(name);
        return name === "grave" ? --left : 0;
      };
      const found = await one.retry(
        ask,
        (count) => count === 0,
        (count) => count > 0,
      );
      if (found !== 0) one.stop();
    });

    expect(waits).toEqual([1000, 2000]);
    expect(sent.slice(0, 5).filter((name) => name !== "grave").length).toBeLessThanOrEqual(2);
    expect(sent.filter((name) => name === "grave")).toHaveLength(3);
    expect(sent.toSorted()).toEqual(["a", "b", "c", "d", "grave", "grave", "grave"]);
  });

  it("does not retry an unexpected result without retryFor", async () => {
    const answers = [1, 2, 3];

    expect(
      await client().retry(
        async () => answers.shift(),
        (found) => found === 3,
      ),
    ).toBe(1);
  });
});
