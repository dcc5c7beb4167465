import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Asking, NO_ANSWER, type Pace } from "../../../operations/deployed/asking";

type Answer = (response: ServerResponse, asked: number) => void;

let server: Server;
let url = "";
let asked = 0;
let atOnce = 0;
let mostAtOnce = 0;
let answer: Answer = () => {};
const agents: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    agents.push(request.headers["user-agent"]);
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

const open: Asking[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

/** Waits are noted, and over at once. */
function asking(pace: Partial<Pace> = {}, waits: number[] = []): Asking {
  const usual = { concurrency: 4, rate: 1_000_000, timeout: 30, retryFor: 0 };
  const made = new Asking({ ...usual, ...pace }, async (milliseconds) => {
    waits.push(milliseconds);
  });
  open.push(made);
  return made;
}

const question = () => ({ method: "GET", url, headers: {} });
const status =
  (code: number): Answer =>
  (response) =>
    response.writeHead(code).end();

describe("Asking", () => {
  it("says who asks", async () => {
    answer = status(204);

    expect(await asking().send(question())).toMatchObject({ status: 204 });
    expect(agents.at(-1)).toBe("machine-access-verify");
  });

  it("asks again while there are too many requests, waiting longer each time", async () => {
    answer = (response, count) => response.writeHead(count < 3 ? 429 : 200).end();
    const waits: number[] = [];

    expect(await asking({}, waits).send(question())).toMatchObject({ status: 200 });
    expect(waits).toEqual([250, 500]);
  });

  it("gives up on being throttled after five more times", async () => {
    answer = status(429);

    expect(await asking().send(question())).toMatchObject({ status: 429 });
    expect(asked).toBe(6);
  });

  it("takes the 429 of what is behind a route for an answer", async () => {
    answer = status(429);

    expect(await asking().send({ ...question(), isRoute: true })).toMatchObject({ status: 429 });
    expect(asked).toBe(1);
  });

  it("follows no redirection, which may lead anywhere", async () => {
    answer = (response) => response.writeHead(302, { Location: "https://elsewhere.example" }).end();

    expect(await asking().send(question())).toMatchObject({ status: 302 });
  });

  it("waits no longer than it may for an answer", async () => {
    answer = () => {};

    expect(await asking({ timeout: 0.05 }).send(question())).toMatchObject({ status: NO_ANSWER });
  });

  it("says which host cannot be reached, as an error", async () => {
    const unused = { ...question(), url: "http://127.0.0.1:1/" };

    await expect(asking().send(unused)).rejects.toMatchObject({ exitCode: 1, message: /^127\.0\.0\.1:1 cannot/ });
  });

  it("sends so many at once, and all of them", async () => {
    answer = (response) => setImmediate(() => response.end());
    const one = asking({ concurrency: 3 });
    await one.each(Array.from({ length: 20 }), async () => {
      await one.send(question());
    });

    expect(asked).toBe(20);
    expect(mostAtOnce).toBeLessThanOrEqual(3);
  });

  it("keeps to its rate", async () => {
    answer = status(200);
    const waits: number[] = [];
    const one = asking({ rate: 1, concurrency: 1 }, waits);
    await one.each([1, 2, 3], async () => {
      await one.send(question());
    });

    expect(waits.map((wait) => Math.ceil(wait / 1000))).toEqual([1, 2]);
  });

  it("asks nothing more once it was stopped, and drops what is under way", async () => {
    const one = asking({ concurrency: 2 });
    answer = (response, count) => (count === 2 ? response.end() : undefined);
    const results: unknown[] = [];
    await one.each([1, 2, 3, 4], async () => {
      const found = await one.send(question());
      results.push(found?.status);
      if (found !== undefined) one.stop();
    });

    expect(results).toEqual([200, undefined]);
    expect(asked).toBe(2);
  });

  it("waits for no turn any more once it was stopped", async () => {
    answer = status(200);
    const one = new Asking({ concurrency: 1, rate: 0.001, timeout: 30, retryFor: 0 });
    open.push(one);
    await one.send(question());
    const waiting = one.send(question());
    one.stop();

    expect(await waiting).toBeUndefined();
    expect(asked).toBe(1);
  });

  it("asks a wrong answer again while it is patient", async () => {
    const answers = [1, 2, 3];
    const one = asking({ retryFor: 60 });

    expect(
      await one.settle(
        async () => answers.shift(),
        (found) => found === 3,
      ),
    ).toBe(3);
  });

  it("asks a grave answer alone, ever more slowly, while all others wait", async () => {
    const waits: number[] = [];
    const one = asking({ retryFor: 60, concurrency: 3 }, waits);
    const sent: string[] = [];
    await one.each(["a", "grave", "b", "c", "d"], async (name) => {
      let left = 3;
      const ask = async () => {
        sent.push(name);
        return name === "grave" ? --left : 0;
      };
      const found = await one.settle(
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

  it("asks a wrong answer once when it is not", async () => {
    const answers = [1, 2, 3];

    expect(
      await asking().settle(
        async () => answers.shift(),
        (found) => found === 3,
      ),
    ).toBe(1);
  });
});
