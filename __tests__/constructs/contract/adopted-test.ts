/** adopted.json as main.ts reads it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAdopted } from "../../../constructs/contract/adopted";

const folder = mkdtempSync(join(tmpdir(), "adopted-"));
afterAll(() => rmSync(folder, { recursive: true }));
const reading = (text: string) => () => {
  writeFileSync(join(folder, "adopted.json"), text);
  return readAdopted(folder);
};

it("is empty without the file", () => {
  expect(readAdopted(join(folder, "none"))).toEqual({});
});

it("can omit imports once they are deployed", () => {
  const keep = { "aws_lambda_function.a": { function_name: "A", tags: { team: "x" }, description: null } };

  expect(reading(JSON.stringify({ dev: { keep } }))()).toEqual({ dev: { imports: {}, keep, ignore: {} } });
});

it.each([
  ["{", "adopted.json is not valid JSON."],
  ['{"dev":{"import":{}}}', 'adopted.json has a mistake at dev: Unrecognized key: "import".'],
  ['{"dev":{"imports":{"a.b":1}}}', "adopted.json has a mistake at dev › imports › a.b: "],
])("refuses %s with what to do", (text, message) => {
  expect(reading(text)).toThrow(message);
  expect(reading(text)).toThrow("Restore the file that npx access adopt wrote.");
});
