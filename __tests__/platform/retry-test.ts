import { retry } from "../../platform/retry";

describe("retry", () => {
  it("repeats until a result is final, and waits in between", async () => {
    const waits: number[] = [];
    let attempts = 0;
    const result = await retry(
      async () => ++attempts,
      (last, count) => (last < 3 ? count * 10 : undefined),
      async (milliseconds) => waits.push(milliseconds),
    );

    expect([result, waits]).toEqual([3, [10, 20]]);
  });

  it("repeats nothing that throws", async () => {
    const attempt = jest.fn().mockRejectedValue(new Error("no"));
    await expect(retry(attempt, () => 1)).rejects.toThrow("no");
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});
