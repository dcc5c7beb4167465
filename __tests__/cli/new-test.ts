import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAccessModel } from "../../access/access-model";
import { cleanEnvironment, copyOfProject } from "../support/processes";
import { runTogether } from "../support/run-together";

jest.setTimeout(120_000);

const folder = copyOfProject();
const file = (name: string) => join(folder, name);
const project = {
  folder,
  environment: cleanEnvironment,
};
/** Runs `access new` with each of the arguments, one after the other. */
const news = (...all: readonly (readonly string[])[]) =>
  runTogether(
    project,
    all.map((args) => ["new", ...args]),
  );
const DONE = { code: 0, stderr: "" };
const yaml = () => readFileSync(file("access.yaml"), "utf8");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npx access new", () => {
  it("adds a scope, a client, and a route with its function and a test", async () => {
    const before = yaml();
    const results = await news(
      ["scope", "stock/read", "--description", "Read stock"],
      ["scope", "stock/write", "--description", "Change stock"],
      ["client", "partner", "--scopes", "stock/read,test_resource/test"],
      ["route", "get", "/stock/{id}", "--lambda", "stock", "--scopes", "stock/read,stock/write", "--cors"],
    );
    expect(results).toMatchObject([DONE, DONE, DONE, DONE]);
    const model = readAccessModel(file("access.yaml"));

    expect(model.clients.map(({ name, scopes }) => [name, scopes])).toContainEqual([
      "partner",
      ["stock/read", "test_resource/test"],
    ]);
    expect(model.routes.find(({ path }) => path === "/stock/{id}")).toMatchObject({
      method: "GET",
      backend: { kind: "lambda", lambda: "stock" },
      scopes: ["stock/read", "stock/write"],
    });
    const added = yaml()
      .split("\n")
      .filter((line) => !before.includes(line));
    expect(added).toHaveLength(3);
    const { handler } = require(file("lambda/stock.ts"));
    expect(await handler({ caller: { name: "shop" } })).toEqual({ statusCode: 200, body: '{"caller":"shop"}' });
    expect(readFileSync(file("__tests__/lambda/stock-test.ts"), "utf8")).toContain('from "../../lambda/stock"');
  });

  it("writes nothing when access.yaml would have mistakes, or has the entry", async () => {
    const before = yaml();
    const [refused, twice, there] = await news(
      ["route", "POST", "/x", "--lambda", "fresh", "--scopes", "nowhere/read"],
      ["client", "test-server", "--scopes", "test_resource/test"],
      ["function", "access"],
    );

    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /nothing was written.*:\n {2}[^\n]*nowhere\/read[\s\S]*\nFirst add:\n {2}npx access new scope nowhere\/read --description "<text>"\n$/,
      ),
    });
    // The file that the positions would be about is not written.
    expect(refused?.stderr).not.toMatch(/access\.yaml:\d/);
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining("already has clients › test-server") });
    expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining("lambda/access.ts exists already") });
    expect(yaml()).toBe(before);
    expect(existsSync(file("lambda/fresh.ts"))).toBe(false);
  });

  it("writes into the file of a team: that of the owner, of the prefix, or of the resource server", async () => {
    const main = yaml();
    const team = "access.d/sales.yaml";
    const owners =
      "owners:\n  ops: { contact: ops }\n  sales: { contact: s, prefixes: { clients: [sales-], routes: [/sales] } }";
    const owned = main
      .replace(/^clients:/m, `${owners}\nclients:`)
      .replaceAll(/^( {2}[\w-]+: \{ )(?=scopes: \[)/gm, "$1owner: ops, ");
    mkdirSync(file("access.d"));
    writeFileSync(file("access.yaml"), owned);
    writeFileSync(file(team), "# Sales\nresourceServers:\n  sales: { scopes: { read: Read } } # all of it\n");
    const [twice, ...results] = (
      await news(
        ["scope", "sales/write", "--description", "Sell"],
        ["client", "sales-job", "--scopes", "sales/write"],
        ["client", "other", "--scopes", "sales/write", "--owner", "ops"],
        ["route", "POST", "/sales/{id}", "--lambda", "sales", "--scopes", "sales/write"],
        ["client", "sales-job", "--scopes", "sales/write", "--owner", "ops"],
      )
    ).toReversed();

    expect(results).toMatchObject([DONE, DONE, DONE, DONE]);
    expect(readFileSync(file(team), "utf8")).toBe(`# Sales
resourceServers:
  sales: { scopes: { read: Read, write: Sell } } # all of it
clients: { sales-job: { scopes: [sales/write] } }
routes: { "POST /sales/{id}": { lambda: sales, scopes: [sales/write] } }
`);
    expect(yaml()).toContain("other: { owner: ops, scopes: [sales/write] }");
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining("which access.yaml has as well") });
    rmSync(file("access.d"), { recursive: true });
    writeFileSync(file("access.yaml"), main);
  });

  it("prints commands for the embedded AWS where the folder is deployed there alone", async () => {
    const [onAws] = await news(["client", "clerk", "--scope", "test_resource/test"]);
    mkdirSync(file(".local/cdktf.out/stacks/dev"), { recursive: true });
    writeFileSync(file(".local/terraform.dev.tfstate"), '{"resources": [{}]}');
    const [local, unknown] = await runTogether(project, [
      ["new", "client", "waiter", "--scopes", "test_resource/test"],
      ["call", "POST", "/access"],
    ]);

    expect(onAws).toMatchObject({ code: 0, stdout: expect.stringContaining("\n  npx access deploy\n") });
    expect(local).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        "\n  npx access local npx access deploy\n  npx access local npx access token waiter --decode\n",
      ),
    });
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: dev is deployed on the embedded AWS, and not on AWS from this folder\.\n {2}On the embedded AWS: +npx access local npx access call POST \/access\n/,
      ),
    });
  });

  it("explains wrong usage", async () => {
    const wrong = [
      [["route", "POST", "/x", "--scopes", "a/b"], "Name what answers"],
      [["route", "POST", "/x", "--lambda", "x"], "Name --scopes"],
      [["route", "POST", "/x", "--lambda", "x", "--public"], "and its --reason"],
      [["scope", "bare", "--description", "x"], "is not a scope's full name"],
      [["function", "no name"], "is not a function's name"],
      [["function", "constructor"], "has a name that every JavaScript object has"],
    ] as const;
    const results = await news(...wrong.map(([args]) => args));

    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(
      wrong.map(([, text]) => [64, expect.stringContaining(text)]),
    );
  });
});
