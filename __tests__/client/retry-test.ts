/** Which requests are sent again, after how long, and what an AbortSignal ends, through a `MachineClient`. */
import { laterClock, untilAborted, waitByTimer } from "../../client/retry";
import { API_URL, answer, later, ScriptedFetch, type Step, tokenAnswer, unreachable } from "../support/scripted-fetch";

const stream = () => new ReadableStream({ start: (controller) => controller.close() });
const soon = { "Retry-After": "1" };

/** How often the call is sent when the first time ends so. */
async function sendsOf(step: Step, init: RequestInit): Promise<number> {
  const script = new ScriptedFetch([], [step]);
  await script
    .client()
    .fetch(API_URL, init)
    .catch(() => undefined);
  return script.calls.length;
}

describe("a call", () => {
  const idempotent = ["GET", "get", "HEAD", "OPTIONS", "PUT", "DELETE"];
  const other = ["POST", "post", "PATCH", "PURGE"];
  const refusals: readonly (readonly [string, Step])[] = [
    ["429", answer(429)],
    ["503 with Retry-After", answer(503, soon)],
  ];
  const failures: readonly (readonly [string, Step])[] = [
    ["500", answer(500)],
    ["502", answer(502)],
    ["503", answer(503)],
    ["504 with Retry-After", answer(504, soon)],
    ["a network error", unreachable],
  ];
  const combine = (methods: readonly string[], steps: typeof refusals) =>
    methods.flatMap((method) => steps.map(([name, step]) => [method, name, step] as const));

  it.each(combine(idempotent, [...refusals, ...failures]))("by %s is sent again after %s", async (method, _, step) => {
    expect(await sendsOf(step, { method })).toBe(2);
  });

  it.each(combine(other, refusals))("by %s is sent again after %s", async (method, _, step) => {
    expect(await sendsOf(step, { method })).toBe(2);
  });

  it.each(combine(other, failures))("by %s is not sent again after %s", async (method, _, step) => {
    expect(await sendsOf(step, { method })).toBe(1);
  });

  it.each([...refusals, ...failures])("whose body is a stream is not sent again after %s", async (_, step) => {
    expect(await sendsOf(step, { method: "PUT", body: stream(), duplex: "half" })).toBe(1);
  });

  it.each([
    ["text", "text"],
    ["a form", new URLSearchParams()],
    ["form data", new FormData()],
    ["a blob", new Blob(["x"])],
    ["bytes", new Uint8Array(1)],
    ["a buffer", new ArrayBuffer(1)],
    ["null", null],
  ])("whose body is %s is sent again", async (_, body) => {
    expect(await sendsOf(answer(429), { method: "POST", body })).toBe(2);
  });

  it.each([400, 403, 404, 409])("that is answered with %i is not sent again", async (status) => {
    expect(await sendsOf(answer(status), {})).toBe(1);
  });

  it("is sent so often as is set, and ends in the last answer", async () => {
    const script = new ScriptedFetch([], [answer(500), answer(502), answer(503), answer(504)]);
    expect((await script.client({ maxTries: 3 }).fetch(API_URL)).status).toBe(503);
    expect(script.calls).toHaveLength(3);
  });

  it("rejects as fetch does without any answer", async () => {
    const script = new ScriptedFetch([], Array<Step>(4).fill(unreachable));
    await expect(script.client().fetch(API_URL)).rejects.toThrow("fetch failed");
    expect(script.calls).toHaveLength(4);
  });

  it("gives back the connection of an answer that is not the last", async () => {
    const cancel = jest.fn();
    const script = new ScriptedFetch([], [() => new Response(new ReadableStream({ cancel }), { status: 500 })]);
    await script.client().fetch(API_URL);
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

describe("a token request", () => {
  it.each([
    ["429", answer(429)],
    ["500", answer(500)],
    ["503", answer(503)],
    ["a network error", unreachable],
    ["a body that breaks off", () => new Response(new ReadableStream({ pull: (body) => body.error(new Error()) }))],
  ] as const)("is sent again after %s", async (_, step) => {
    const script = new ScriptedFetch([step]);
    expect(await script.client().token()).toBe("token-2");
  });

  it("is sent so often as is set, and ends in the status of the last answer", async () => {
    const script = new ScriptedFetch(Array<Step>(9).fill(answer(503)));
    await expect(script.client().token()).rejects.toMatchObject({ code: undefined, status: 503 });
    expect(script.tokenRequests).toHaveLength(4);
  });
});

describe("the wait before the next try", () => {
  it("has an upper limit that doubles up to ten seconds, and is anything below", async () => {
    const script = new ScriptedFetch([], Array<Step>(8).fill(answer(500)));
    script.random = 0.5;
    await script.client({ maxTries: 9 }).fetch(API_URL);
    expect(script.waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it.each([
    ["seconds", "7", 7000],
    ["no time at all", "0", 0],
    ["a date", "Thu, 02 Jul 2026 11:42:57 GMT", 10_000],
    ["a date that is over", "Thu, 02 Jul 2026 11:00:00 GMT", 0],
    ["the longest that is waited for", "60", 60_000],
  ])("is as long as Retry-After asks: %s", async (_, value, ms) => {
    const script = new ScriptedFetch([], [answer(503, { "Retry-After": value })]);
    await script.client().fetch(API_URL);
    expect(script.waits).toEqual([ms]);
  });

  it("has jitter on top of Retry-After", async () => {
    const script = new ScriptedFetch([], [answer(429, soon)]);
    script.random = 0.5;
    await script.client().fetch(API_URL);
    expect(script.waits).toEqual([1100]);
  });

  it.each(["61", "Thu, 02 Jul 2026 12:42:47 GMT"])("is not made when Retry-After is %s", async (value) => {
    const script = new ScriptedFetch([], [answer(429, { "Retry-After": value })]);
    expect((await script.client().fetch(API_URL)).status).toBe(429);
  });

  it.each(["-1", "soon", "2026-07-02", ""])("takes a Retry-After of %j for none", async (value) => {
    expect(await sendsOf(answer(503, { "Retry-After": value }), { method: "POST" })).toBe(1);
  });
});

describe("an abort", () => {
  const reason = new Error("enough");

  it("before the call has nothing sent", async () => {
    const script = new ScriptedFetch();
    await expect(script.client().fetch(API_URL, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(script.tokenRequests).toEqual([]);
  });

  it("ends the wait for a token, which others still get", async () => {
    const slow = later();
    const script = new ScriptedFetch([slow.step]);
    const [client, controller] = [script.client(), new AbortController()];
    const [call, token] = [client.fetch(API_URL, { signal: controller.signal }), client.token()];
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    slow.resolve(await tokenAnswer("late")({}));
    expect(await token).toBe("late");
    expect(script.calls).toEqual([]);
  });

  it("ends the wait before the next try, even if the wait does not look at it", async () => {
    const controller = new AbortController();
    const script = new ScriptedFetch([], [answer(500)]);
    const wait = () => {
      controller.abort(reason);
      return new Promise<void>(() => undefined);
    };
    await expect(script.client({ wait }).fetch(API_URL, { signal: controller.signal })).rejects.toBe(reason);
    expect(script.calls).toHaveLength(1);
  });

  it.each(["GET", "POST"])("during a try by %s is no network error", async (method) => {
    const controller = new AbortController();
    const abort: Step = () => {
      controller.abort(reason);
      throw new TypeError("fetch failed");
    };
    const script = new ScriptedFetch([], [abort]);
    await expect(script.client().fetch(API_URL, { method, signal: controller.signal })).rejects.toBe(reason);
    expect([script.calls.length, script.waits]).toEqual([1, []]);
  });
});

describe("waitByTimer", () => {
  it("ends with its time, and with its signal", async () => {
    const controller = new AbortController();
    await expect(waitByTimer(0)).resolves.toBeUndefined();
    const waiting = untilAborted(waitByTimer(1e8, controller.signal), controller.signal);
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
  });
});

describe("laterClock", () => {
  afterEach(() => jest.restoreAllMocks());

  it("follows the machine's clock, but not backwards", () => {
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + 1e9);
    expect(laterClock()).toBe(now + 1e9);
    jest.spyOn(Date, "now").mockReturnValue(0);
    expect(Math.abs(laterClock() - now)).toBeLessThan(60_000);
  });
});
