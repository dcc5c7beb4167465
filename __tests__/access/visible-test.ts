import { oneLine, visible, visibleLines } from "../../access/visible";
import { dangersInLines, HOSTILE_TEXTS } from "../support/hostile-texts";

describe("visible", () => {
  it.each([
    ["plain", "plain"],
    ["日本語　とスペース", "日本語　とスペース"],
    ["a\nb\t\u001b[31m", "a\\u{a}b\\u{9}\\u{1b}[31m"],
    ["a\u202e\u200b\u3164\u{e0041}", "a\\u{202e}\\u{200b}\\u{3164}\\u{e0041}"],
    ["a\u00a0b\u2003c\u2800", "a\\u{a0}b\\u{2003}c\\u{2800}"],
    ["\ud800", "\\u{d800}"],
    ["##[error]# #[", "\\u{23}#[error]# #["],
    ["a  b", "a  b"],
  ])("writes %j as %s", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe("oneLine", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("leaves nothing of %s", (_, text) => {
    expect(oneLine(text)).not.toContain("\n");
    expect(dangersInLines(`x ${oneLine(text)}`)).toEqual([]);
  });
});

describe("visibleLines", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("keeps lines, and leaves nothing else of %s", (_, text) => {
    const lines = visibleLines(text);
    expect(lines.split("\n")).toHaveLength(text.split("\n").length);
    expect(dangersInLines(lines).filter((danger) => !danger.startsWith("line: "))).toEqual([]);
  });
});
