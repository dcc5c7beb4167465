/** SECURITY.md claims nothing without a test. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const project = join(__dirname, "..");
const text = readFileSync(join(project, "SECURITY.md"), "utf8");
const sections = new Map(text.split(/^## /m).map((section) => [section.split("\n")[0] ?? "", section]));
const statements = (section: string) => sections.get(section)?.match(/^- .*$/gm) ?? [];

it("has a way to report, what is protected, what is not, and what is not proven", () => {
  expect([...sections.keys()].slice(1)).toEqual([
    "Report a vulnerability",
    "What is protected, and against whom",
    "What is not protected",
    "What is not proven",
  ]);
  for (const section of [...sections.keys()].slice(2)) expect(statements(section).length).toBeGreaterThan(2);
});

it.each(statements("What is protected, and against whom"))("%s", (statement) => {
  const tests = [...statement.matchAll(/\[test\]\(([^)]+)\)/g)].map(([, file = ""]) => file);

  expect(tests.length).toBeGreaterThan(0);
  for (const file of tests) {
    expect(existsSync(join(project, file)) ? file : `${file} is missing`).toBe(file);
  }
});
