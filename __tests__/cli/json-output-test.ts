/** The JSON Schemas of `docs/json/`, which every test that runs a command with `--json` checks its output against. */
import { readFileSync } from "node:fs";
import { generatedSchemas, OUTPUTS, requireValidOutput, schemaFile } from "../support/output-schemas";

it("has a schema of each type, as the types are now; npm run json-schemas updates them", () => {
  for (const [name, text] of generatedSchemas())
    expect([name, readFileSync(schemaFile(name), "utf8")]).toEqual([name, text]);
});

it("has kebab-case words as values", () => {
  for (const name of Object.keys(OUTPUTS)) {
    const values = [...readFileSync(schemaFile(name), "utf8").matchAll(/"enum": \[([^\]]*)\]/g)];
    for (const [, list = ""] of values) {
      for (const [, value] of list.matchAll(/"([^"]*)"/g)) expect(value).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
  }
});

it("refuses an output with another member or value", () => {
  const finding = { check: "account", isRight: true, found: "1", remedy: [] };
  const check = (output: unknown) => requireValidOutput(["preflight", "dev", "--json"], JSON.stringify(output));

  expect(() => check([finding])).not.toThrow();
  expect(() => check([{ ...finding, subject: "account" }])).toThrow("additional");
  expect(() => check([{ ...finding, check: "Account" }])).toThrow("enum");
});
