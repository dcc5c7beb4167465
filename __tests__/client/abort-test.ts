/** What an AbortSignal ends, and what it leaves alone. */
import { untilAborted, waitByTimer } from "../../client/retry";
import { API_URL, answer, later, ScriptedFetch, type Step, tokenAnswer } from "../support/scripted-fetch";

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
