/** Literals, as the languages themselves read them: those that the machine has. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { visible } from "../../../access/visible";
import { type Language, literal } from "../../../operations/handout/literals";
import { HOSTILE_TEXTS } from "../../support/hostile-texts";
import { isInstalled } from "../../support/programs";

const LANGUAGES = ["javascript", "python", "go", "java"] as const satisfies readonly Language[];
const texts = [
  ...Object.values(HOSTILE_TEXTS).map((text) => text.slice(0, 2_000)),
  'a"b\\c\\"d',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is not a template here
  "\\u0022 \\u{41} \\x41 \\101 \\n %s ${x} $(id) `id` #{x} {x}",
  "\u0000\u0001\t\n\r\u007f\u0085",
  "é 漢 😀",
];

const folder = mkdtempSync(join(tmpdir(), "literals-"));
afterAll(() => rmSync(folder, { recursive: true }));

const inHex = (text: string) => Buffer.from(text, "utf8").toString("hex");

/** What a program writes that holds the literals. */
function outputOf(program: string, file: string, source: string): readonly string[] {
  writeFileSync(join(folder, file), source);
  return execFileSync(program, [join(folder, file)], { encoding: "utf8" })
    .trim()
    .split(/\r?\n/);
}

describe("a literal", () => {
  it.each(LANGUAGES)("is one line in which everything can be seen, in %s", (language) => {
    for (const text of texts) {
      const written = literal(text, language);
      expect(visible(written)).toBe(written);
      expect(written).toMatch(/^"(?:[^"\\]|\\.)*"$/);
    }
  });

  it("is the text in JavaScript", () => {
    const source = `for (const text of [${texts.map((text) => literal(text, "javascript")).join(",\n")}])
      console.log(Buffer.from(text, "utf8").toString("hex"));`;
    expect(outputOf(process.execPath, "literals.cjs", source)).toEqual(texts.map(inHex));
  });

  (isInstalled("python3") ? it : it.skip)("is the text in Python", () => {
    const list = texts.map((text) => literal(text, "python")).join(",\n");
    expect(
      outputOf("python3", "literals.py", `for text in [${list}]:\n    print(text.encode("utf-8").hex())\n`),
    ).toEqual(texts.map(inHex));
  });

  (isInstalled("java") ? it : it.skip)("is the text in Java", () => {
    const list = texts.map((text) => literal(text, "java")).join(",\n");
    const source = `class Literals { public static void main(String[] args) {
      for (String text : new String[] {${list}}) {
        StringBuilder hex = new StringBuilder();
        for (byte one : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) hex.append(String.format("%02x", one));
        System.out.println(hex);
      }
    } }`;
    writeFileSync(join(folder, "Literals.java"), source);
    const java = ["-Dfile.encoding=UTF-8", join(folder, "Literals.java")];
    expect(execFileSync("java", java, { encoding: "utf8" }).trim().split("\n")).toEqual(texts.map(inHex));
  });
});
