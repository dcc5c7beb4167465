import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { bundleFunction, FunctionBundleError, zipFiles } from "../../../constructs/functions/function-bundle";

const project = join(__dirname, "..", "..", "..");
const entry = join(project, "lambda", "access.ts");
const bytes = (text: string) => new TextEncoder().encode(text);

function fileWith(code: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "bundle ")), "fn.ts");
  writeFileSync(file, code);
  return file;
}

describe("bundleFunction", () => {
  it("makes a zip with a file that exports the handler, and its source map", () => {
    const files = unzipSync(bundleFunction(entry).zip);

    expect(Object.keys(files)).toEqual(["index.js", "index.js.map"]);
    expect(Buffer.from(files["index.js"] ?? []).toString()).toContain("handler");
  });

  it("adds what reads variables, below 4.5 kB, for a function that has some, and leaves the rest as it is", () => {
    const files = unzipSync(bundleFunction(entry, "load.handler").zip);

    expect(Object.keys(files)).toEqual(["index.js", "index.js.map", "load.mjs"]);
    expect(files["index.js"]).toEqual(unzipSync(bundleFunction(entry).zip)["index.js"]);
    expect(files["load.mjs"]?.length).toBeLessThan(4608);
  });

  it("keeps the shipped function below 2 kB, with the check of its callers", () => {
    expect(bundleFunction(entry).zip.length).toBeLessThan(2048);
  });

  it("makes the same bytes of the same code in another folder and at another time", () => {
    const code = "export const handler = async () => 1;";
    const [one, other] = [fileWith(code), fileWith(code)];
    utimesSync(other, 1, 1);

    expect(bundleFunction(other)).toEqual(bundleFunction(one));
  });

  it.each(["Pacific/Kiritimati", "America/Los_Angeles"])("makes the same bytes in %s", (TZ) => {
    const script = `process.stdout.write(require("./constructs/functions/function-bundle").bundleFunction(${JSON.stringify(entry)}).sha256)`;
    const there = execFileSync(process.execPath, ["--require", "./cli/typescript.cjs", "-e", script], {
      cwd: project,
      env: { ...process.env, TZ },
      encoding: "utf8",
    });

    expect(there).toBe(bundleFunction(entry).sha256);
  });

  it("makes other bytes of other code", () => {
    const [one, other] = [fileWith("export const handler = () => 1;"), fileWith("export const handler = () => 2;")];

    expect(bundleFunction(other).sha256).not.toBe(bundleFunction(one).sha256);
  });

  it("refuses code that does not compile, with file, line and column", () => {
    const file = fileWith("\nexport const handler = async () => =>;");

    expect(() => bundleFunction(file)).toThrow(`${file}:2:36: Unexpected "=>"`);
  });
});

describe("bundleFunction, of the source map", () => {
  const mapOf = (file: string) =>
    JSON.parse(Buffer.from(unzipSync(bundleFunction(file).zip)["index.js.map"] ?? []).toString());

  it("names the sources as seen from the project, packages by their names, and has no text of them", () => {
    const file = fileWith(`import { shared } from "./shared/a b";
import { packaged } from "packaged";
import { above } from "../above";
export const handler = () => [shared(), packaged(), above()];`);
    const folder = dirname(file);
    for (const [name, code] of [
      ["shared/a b.ts", "export const shared = () => 1;"],
      ["node_modules/packaged/index.js", "exports.packaged = () => 1;"],
      ["../above.ts", "export const above = () => 1;"],
    ] as const) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), code);
    }
    const { sources, sourcesContent } = mapOf(file);
    rmSync(join(folder, "../above.ts"));

    expect(sources.toSorted()).toEqual([
      "above.ts",
      "lambda/fn.ts",
      "lambda/shared/a b.ts",
      "node_modules/packaged/index.js",
    ]);
    expect(sourcesContent).toBeUndefined();
  });

  it("is the same where the function's folder is a symbolic link", () => {
    const file = fileWith("export const handler = () => 1;");
    const link = `${dirname(file)}-link`;
    symlinkSync(dirname(file), link);

    expect(bundleFunction(join(link, "fn.ts"))).toEqual(bundleFunction(file));
  });

  it("leaves the check out, of which it would be mostly", () => {
    const map = mapOf(entry);

    expect(map.sources).toEqual(["lambda/access.ts"]);
    expect(JSON.stringify(map).length).toBeLessThan(400);
  });
});

describe("bundleFunction, of what Lambda's runtime contains", () => {
  /** A function's file in a project that has installed the packages. */
  function fileInProject(code: string, installed: readonly string[]): string {
    const file = fileWith(code);
    for (const name of installed) {
      const folder = join(dirname(file), "node_modules", name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "index.js"), "exports.marker = 'not to be packaged'");
    }
    return file;
  }
  const codeOf = (file: string) => Buffer.from(unzipSync(bundleFunction(file).zip)["index.js"] ?? []).toString();

  it.each(["@aws-sdk/client-sts", "@smithy/core"])("leaves %s out of the zip", (name) => {
    const code = `import { marker } from "${name}";\nexport const handler = async () => marker;`;
    const bundled = codeOf(fileInProject(code, [name]));

    expect(bundled).toContain(`require("${name}")`);
    expect(bundled).not.toContain("not to be packaged");
  });

  it("requires what is imported dynamically", () => {
    const code = 'export const handler = async () => (await import("@aws-sdk/client-sts")).marker;';

    expect(codeOf(fileInProject(code, ["@aws-sdk/client-sts"]))).toContain('require("@aws-sdk/client-sts")');
  });

  it("refuses an import that is not installed, with file, line and what to do", () => {
    const file = fileWith(
      'import { STSClient } from "@aws-sdk/client-sts";\nimport { A } from "@aws-sdk/client-stss";\nexport const handler = () => [STSClient, A];',
    );
    const installed = join(dirname(file), "node_modules/@aws-sdk/client-sts");
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, "index.js"), "");

    expect(() => bundleFunction(file)).toThrow(
      new FunctionBundleError(
        `${file}:2:19: Could not resolve "@aws-sdk/client-stss". Lambda's runtime contains the AWS SDK; to run the function here, install it: npm install --save-dev @aws-sdk/client-stss`,
      ),
    );
  });

  it("names the file that imports it, which need not be the function's own", () => {
    const file = fileWith('import { made } from "./made";\nexport const handler = () => made;');
    const other = join(dirname(file), "made.ts");
    writeFileSync(other, '\n\nimport { A } from "@aws-sdk/gone/part";\nexport const made = new A();');

    expect(() => bundleFunction(file)).toThrow(`${other}:3:19: Could not resolve "@aws-sdk/gone/part".`);
  });

  it("refuses a file that an installed package does not have, and asks for no installation", () => {
    const code = 'import { A } from "@aws-sdk/one/gone";\nexport const handler = () => A;';
    const file = fileInProject(code, ["@aws-sdk/one"]);

    expect(() => bundleFunction(file)).toThrow(
      new FunctionBundleError(
        `${file}:1:19: Could not resolve "@aws-sdk/one/gone". The package @aws-sdk/one has no such file for require.`,
      ),
    );
  });

  it("refuses a package that require cannot find, as Lambda would", () => {
    const code = 'import { A } from "@smithy/modern";\nexport const handler = () => A;';
    const file = fileInProject(code, ["@smithy/modern"]);
    const exports = { ".": { import: "./index.js" } };
    writeFileSync(join(dirname(file), "node_modules/@smithy/modern/package.json"), JSON.stringify({ exports }));

    expect(() => bundleFunction(file)).toThrow("The package @smithy/modern has no such file for require.");
  });

  it("finds packages in a parent folder, and behind a symbolic link", () => {
    const code = 'import { marker } from "@aws-sdk/one";\nexport const handler = () => marker;';
    const parent = dirname(fileInProject("", ["@aws-sdk/one"]));
    const linked = fileWith(code);
    mkdirSync(join(parent, "app/lambda"), { recursive: true });
    writeFileSync(join(parent, "app/lambda/fn.ts"), code);
    symlinkSync(join(parent, "node_modules"), join(dirname(linked), "node_modules"));

    expect(() => bundleFunction(join(parent, "app/lambda/fn.ts"))).not.toThrow();
    expect(() => bundleFunction(linked)).not.toThrow();
  });

  it("does not ask for a package of which only types are imported", () => {
    const code = 'import type { A } from "@aws-sdk/gone";\nexport const handler = (): A | undefined => undefined;';

    expect(() => bundleFunction(fileWith(code))).not.toThrow();
  });

  it("refuses any other package that cannot be found, with file, line and column", () => {
    const file = fileWith('import { gone } from "gone";\nexport const handler = () => gone;');

    expect(() => bundleFunction(file)).toThrow(
      `${file}:1:22: Could not resolve "gone". Install the package: npm install gone`,
    );
  });
});

describe("bundleFunction, of the check around the handler", () => {
  const environment = process.env;
  afterEach(() => {
    process.env = environment;
  });

  /** Loads the bundle as Lambda does, and calls what it exports. */
  function call(file: string, client: string, variables: Readonly<Record<string, string>> = {}): unknown {
    process.env = { ALLOWED_BY_ROUTE: "dev;1=GET /", ALLOWED_CLIENT_IDS: "one", ...variables };
    const code = Buffer.from(unzipSync(bundleFunction(file).zip)["index.js"] ?? []).toString();
    const module = { exports: {} as { readonly handler?: (event: unknown) => unknown } };
    new Function("module", "exports", "require", code)(module, module.exports, require);
    const requestContext = { stage: "dev", authorizer: { claims: { client_id: client, scope: "a/read" } } };
    return module.exports.handler?.({ httpMethod: "GET", resource: "/", headers: {}, requestContext });
  }

  it.each([
    ["has no check of its own", "export const handler = async () => 'called';"],
    [
      "changes its variables",
      "process.env.ALLOWED_BY_ROUTE = 'dev;*=GET /'; export const handler = async () => 'called';",
    ],
    ["sets module.exports", "export const handler = async () => 'called'; module.exports = { handler };"],
    ["is a CommonJS module", "exports.handler = async () => 'called';"],
    ["is an assignment", "const handler = async () => 'called'; export = { handler };"],
  ])("refuses callers where the file %s", async (_what, code) => {
    const file = fileWith(code);

    expect(await call(file, "one")).toBe("called");
    expect(await call(file, "two")).toMatchObject({ statusCode: 403 });
  });

  it("refuses nothing else of a handler of the previous version, which checks by itself", async () => {
    const previous = join(__dirname, "previous-version", "access.ts");
    const variables = { CORS_ORIGINS: '{"GET /":["*"]}' };
    const headers = { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" };
    const body = JSON.stringify({ caller: "one", claims: { client_id: "one", scope: "a/read" } });

    expect(await call(previous, "one", variables)).toEqual({ statusCode: 200, headers, body });
    expect(await call(previous, "two", variables)).toMatchObject({ statusCode: 403, headers });
    expect(bundleFunction(previous).zip.length).toBeLessThan(5000);
  });
});

describe("zipFiles", () => {
  it("does not depend on the order in which files are given", () => {
    const one = zipFiles({ "a.js": bytes("a"), "b.js": bytes("b") });

    expect(zipFiles({ "b.js": bytes("b"), "a.js": bytes("a") })).toEqual(one);
  });

  it.each([
    ["a renamed file", { "c.js": bytes("a") }],
    ["other contents", { "a.js": bytes("b") }],
  ])("differs for %s", (_what, files) => {
    expect(zipFiles(files)).not.toEqual(zipFiles({ "a.js": bytes("a") }));
  });
});
