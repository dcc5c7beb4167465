import { parseTime } from "../../platform/duration";

describe("a time on the command line", () => {
  it("is a time, a day or a duration before now", () => {
    expect(parseTime("2026-01-31")).toBe(Date.UTC(2026, 0, 31));
    expect(parseTime("2026-01-31T12:00Z")).toBe(Date.UTC(2026, 0, 31, 12));
    expect(parseTime("2026-02-28T23:00-05:00")).toBe(Date.UTC(2026, 2, 1, 4));
    expect(Math.abs(Date.now() - 7_200_000 - parseTime("2h"))).toBeLessThan(60_000);
  });

  it.each(["2026-02-30", "2026-11-31T12:00Z", "2026-13-01", "2026-01-31T25:00Z", "yesterday", "3w"])(
    "is not %s",
    (text) => expect(() => parseTime(text)).toThrow("Expected a duration such as 30m or 2h, or a time such as"),
  );
});
