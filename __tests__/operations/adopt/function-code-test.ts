/** The code of adopted functions. */
import { strToU8, zipSync } from "fflate";
import { codeOf, filesIn, readCode } from "../../../operations/adopt/function-code";
import { functionOf } from "../../support/existing-systems";

const files = (...paths: readonly string[]) => new Map(paths.map((path) => [path, strToU8(`// ${path}`)]));
const entryOf = (handler: string, ...paths: readonly string[]) => {
  const entry = codeOf("orders", handler, files(...paths)).files.get("orders.ts");
  return Buffer.from(entry ?? [])
    .toString()
    .split("\n")[1];
};

it.each([
  ["index.handler", "index.js", 'export { handler } from "./orders/index.js";'],
  ["index.handler", "index.mjs", 'export { handler } from "./orders/index.mjs";'],
  ["src/app.main", "src/app.cjs", 'export { main as handler } from "./orders/src/app.cjs";'],
  ["./dist/index.handler", "dist/index.js", 'export { handler } from "./orders/dist/index.js";'],
])("leads to the handler %s in %s", (handler, path, line) => {
  expect(entryOf(handler, path, "other.js")).toBe(line);
});

it("keeps every file, and names those that the bundle will not have", () => {
  const code = codeOf(
    "orders",
    "index.handler",
    files("index.js", "package.json", "README.md", "mail.html", "a/b.wasm"),
  );

  expect([...code.files.keys()].sort()).toEqual([
    ...[
      "orders.ts",
      "orders/README.md",
      "orders/a/b.wasm",
      "orders/index.js",
      "orders/mail.html",
      "orders/package.json",
    ],
  ]);
  expect(code.remarks).toEqual([
    "The zip of orders contains 2 files such as a/b.wasm: the bundle has only what is imported, so code that reads it would fail.",
  ]);
});

it("refuses a handler without a file", () => {
  expect(() => codeOf("orders", "main.handler", files("index.js"))).toThrow(
    "has the handler main.handler, which its zip has no file for",
  );
});

it.each([
  ["is a container image, and not a zip", { configuration: { PackageType: "Image" as const }, codeUrl: undefined }],
  ["has the runtime python3.13, and only Node.js is supported", { configuration: { Runtime: "python3.13" as const } }],
])("refuses a function that %s", async (message, changes) => {
  await expect(readCode("orders", functionOf("orders", changes))).rejects.toThrow(message);
});

it.each(["../evil.js", "/etc/evil.js", "a/../../evil.js", "a\\\\..\\\\evil.js", "a//evil.js"])(
  "refuses a zip with the path %s",
  (path) => {
    expect(() => filesIn(zipSync({ [path]: strToU8("1") }))).toThrow("which leads out of it");
  },
);

it("refuses what is not a zip, and leaves out folders", () => {
  expect(() => filesIn(strToU8("not a zip"))).toThrow("has a zip that cannot be read");
  expect([...filesIn(zipSync({ "a/": new Uint8Array(), "a/b.js": strToU8("1") })).keys()]).toEqual(["a/b.js"]);
});
