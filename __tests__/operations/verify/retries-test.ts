import type { Verdict } from "../../../operations/verify/check";
import { Retries } from "../../../operations/verify/retries";

let clock = 0;
let said: string[] = [];

beforeEach(() => {
  clock = 0;
  said = [];
});

function retries(seconds: number): Retries {
  return new Retries(
    seconds,
    (text) => said.push(text),
    () => clock,
  );
}

const at = (caller: string, route = "GET /a") => ({ route, caller, method: "GET", expected: "allow" }) as const;
const result = (verdict: Verdict, found = "500") => ({ verdict, found });

describe("Retries", () => {
  it("retries failures of functions for ten seconds only, and other results as long as it is told", () => {
    const one = retries(120);
    const found = [0, 9_999, 10_000, 60_000].map((time) => {
      clock = time;
      return [one.isFinal(at("shop"), result("backend-error")), one.isFinal(at("shop"), result("unexpected-deny"))];
    });

    expect(found).toEqual([
      [false, false],
      [false, false],
      [true, false],
      [true, false],
    ]);
  });

  it("retries failures of the token endpoint as long as other results", () => {
    const one = retries(120);
    one.isFinal(at("shop", "token"), result("backend-error"));
    clock = 60_000;

    expect(one.isFinal(at("shop", "token"), result("backend-error"))).toBe(false);
  });

  it("does not retry failures longer than other results", () => {
    const one = retries(2);
    one.isFinal(at("shop"), result("backend-error"));
    clock = 2000;

    expect(one.isFinal(at("shop"), result("backend-error"))).toBe(true);
  });

  it("says what it waits for, and how long at most, every fifteen seconds", () => {
    const one = retries(120);
    for (const [time, caller] of [
      [0, "shop"],
      [1, "billing"],
      [14_999, "shop"],
      [15_000, "shop"],
    ] as const) {
      clock = time;
      one.isFinal(at(caller), result("unexpected-deny", "403"));
    }

    expect(said).toEqual([
      "Not as expected yet: GET /a, shop: 403, unexpected-deny. Trying again for up to 120 s",
      "Not as expected yet: GET /a, shop: 403, unexpected-deny and 1 more. Trying again for up to 120 s",
    ]);
  });

  it("says nothing without retries, and of what is as expected", () => {
    expect(retries(0).isFinal(at("shop"), result("unexpected-deny"))).toBe(true);
    expect(retries(9).isFinal(at("shop"), result("as-expected"))).toBe(true);
    expect(said).toEqual([]);
  });
});
