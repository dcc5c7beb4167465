import { execFileSync } from "node:child_process";
import { quoted } from "../../platform/shell";
import { dangersInLines, HOSTILE_TEXTS } from "../support/hostile-texts";

describe("quoted", () => {
  it.each([
    ["plain-name", "plain-name"],
    ["a b", "'a b'"],
    ["it's", "'it'\\''s'"],
    ["a\n'b\\", "$'a\\U0000000a\\'b\\\\'"],
  ])("writes %j as %s", (word, expected) => {
    expect(quoted(word)).toBe(expected);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("is the same word for a shell, and can be seen: %s", (_, word) => {
    expect(dangersInLines(quoted(word))).toEqual([]);
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const seen = execFileSync("bash", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8", env });
    expect(seen).toBe(word);
  });
});
