import { parseDuration } from "../../../operations/rotate/duration";

describe("parseDuration", () => {
  it.each([
    ["0s", 0],
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
  ])("takes %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "24", "h", "-1h", "1.5h", "1h30m", "1w", " 1h", "9999999s"])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow("is no length of time");
  });
});
