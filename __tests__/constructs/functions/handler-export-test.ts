import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunction, FunctionBundleError } from "../../../constructs/functions/function-bundle";

const folder = mkdtempSync(join(tmpdir(), "handlers-"));
const file = join(folder, "fn.ts");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  writeFileSync(join(folder, "list.ts"), "export const handler = [1];");
  writeFileSync(join(folder, "wrap.ts"), "export const wrap = <T>(value: T): T => value;");
  writeFileSync(join(folder, "types.ts"), "export type handler = () => void;");
});

const EXAMPLE = "export async function handler(event: ApiEvent) { … }";
const NO_HANDLER = `The function "handler" is not exported. Export it: ${EXAMPLE}`;
const NO_FUNCTION = `The exported "handler" is not a function. Export one: ${EXAMPLE}`;

/** Why the file is refused, after its name; `undefined` when it is bundled. */
function refusalOf(code: string): string | undefined {
  writeFileSync(file, code);
  try {
    bundleFunction(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof FunctionBundleError)) throw error;
    return error.message.replace(file, "");
  }
}

describe("a file without a handler", () => {
  it.each([
    ["another name", "\nexport const handle = async () => 1;", ":2:1"],
    ["a default export", "/** handler */\n\nexport default async () => 1;", ":3:1"],
    ["a default export of that name", "export default async function handler() {}", ":1:31"],
    ["a function that is not exported", "const one = 1;\nasync function handler() { return one; }", ":2:16"],
    ["module.exports", "// a function\nmodule.exports = async () => 1;", ":2:1"],
    ["a type", "export type handler = () => void;", ":1:13"],
    ["an interface", "export interface handler { (): void }", ":1:18"],
    ["a type of another file", 'export type { handler } from "./types";', ":1:15"],
    ["a type of another file, exported like a value", 'export { handler } from "./types";', ":1:10"],
    ["nothing", "", ":1:1"],
  ])("is refused with its name and position: %s", (_what, code, position) => {
    expect(refusalOf(code)).toBe(`${position}: ${NO_HANDLER}`);
  });
});

describe("an exported handler that is not a function", () => {
  it.each([
    ["an object", "export const handler: object = { a: 1, b: () => 2 };", ":1:14"],
    ["an object of many lines", "export const handler = {\n  a: 1,\n  b() { return { c: 1 }; },\n};", ":1:14"],
    ["a list", "export const handler = [() => 1];", ":1:14"],
    ["a number", "// one\nexport const\n  handler = -1.5 as unknown as () => number;", ":3:3"],
    ["a text", "const text = `a\n`; export { text as handler };", ":2:21"],
    ["nothing", "export let handler: unknown;", ":1:12"],
    ["undefined", "export const handler = undefined;", ":1:14"],
    ["a class", "export class handler { a = 1 }", ":1:14"],
    ["one of another file", 'export { handler } from "./list";', ":1:10"],
    ["a module", 'import * as handler from "./list";\nexport { handler };', ":2:10"],
    ["a number of a CommonJS module", "exports.handler = 5;", ":1:9"],
    ["an object of a CommonJS module", "exports.handler = {\n  a: 1,\n};", ":1:9"],
  ])("is refused with its name and position: %s", (_what, code, position) => {
    expect(refusalOf(code)).toBe(`${position}: ${NO_FUNCTION}`);
  });
});

describe("a handler that may be a function", () => {
  it.each([
    ["a function", "export function handler() {}"],
    ["an arrow function", "export const handler = async () => ({ statusCode: 200 });"],
    ["one of another name", "const $a = () => 1; export { $a as handler };"],
    ["a wrapped one", 'import { wrap } from "./wrap"; export const handler = wrap(async () => 1);'],
    ["a proxy", "export const handler = new Proxy(() => 1, {});"],
    ["a member", "export const handler = { a() { return 1; } }.a;"],
    ["an element", "const one = () => 1; export const handler = [one][0];"],
    ["a fallback", "export const handler = { a: () => ({}) }.a || {};"],
    ["one of several", "const made = () => ({ handler() {} }); export const { handler } = made();"],
    ["a conditional one", "export const handler = process.env.A ? () => 1 : undefined;"],
    ["one that is set later", "export let handler: unknown = null; handler = async () => 1;"],
    ["a member of exports", "exports.handler = async () => 1;"],
    ["a member of module.exports", "module.exports = { handler: async () => 1 };"],
    ["an assignment", "const handler = async () => 1; export = { handler };"],
    ["another module", 'module.exports = require("./list");'],
  ])("is bundled: %s", (_what, code) => {
    expect(refusalOf(code)).toBeUndefined();
  });
});
