/** What the embedded AWS plays, for people: from its registries, and in the README as it is now. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filledIn, playedMarkdown } from "../../cli/played-text";
import { type Played, whatIsPlayed } from "../../emulator/index";
import { dataSourceTypes, resourceTypes } from "../../emulator/terraform/schema/resource-types";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";

const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");

describe("README.md", () => {
  it("says what is played now; npm run played -- --write puts it right", () => {
    expect(readme).toBe(filledIn(readme, playedMarkdown(whatIsPlayed())));
  });
});

describe("whatIsPlayed", () => {
  const { kinds, dataSources, hosts, operations } = whatIsPlayed();

  it("has every resource kind and every data source", () => {
    expect(kinds.map(({ type }) => type)).toEqual([...resourceTypes].sort());
    expect(dataSources).toEqual([...dataSourceTypes].sort());
  });

  it("has what a kind refuses", () => {
    expect(kinds.find(({ type }) => type === "aws_lambda_function")?.refused).toEqual(
      expect.arrayContaining(["layers", "vpc_config"]),
    );
  });

  it("has the hosts and the operations of AWS's APIs", () => {
    expect(hosts).toContain("<api>.execute-api.<region>.amazonaws.com");
    expect(operations.find(({ service }) => service === "sts")?.names).toContain("GetCallerIdentity");
    expect(operations.find(({ service }) => service === "cognito-idp")?.names).toContain("UpdateUserPoolClient");
  });
});

describe("the operations of AWS's APIs", () => {
  it("are known of every service whose host is played", () => {
    const { hosts, operations } = whatIsPlayed();
    const services = hosts.flatMap(
      (host) => /^(?:<bucket>\.)?([a-z0-9-]+)\.(?:<region>\.)?amazonaws\.com$/.exec(host)?.[1] ?? [],
    );
    const apis = services.filter((service) => service !== "issuer-cognito-idp");

    expect(services).toContain("sts");
    expect(operations.map(({ service }) => service)).toEqual([...apis].sort());
  });
});

describe("playedMarkdown", () => {
  const played: Played = {
    kinds: [
      { type: "aws_a", refused: ["one", "two"] },
      { type: "aws_b", refused: [] },
    ],
    dataSources: ["aws_c"],
    hosts: ["d.amazonaws.com"],
    operations: [{ service: "e", names: ["F", "G"] }],
  };

  it("is a folded block of tables", () => {
    const lines = playedMarkdown(played).split("\n");

    expect(lines[0]).toBe("<details>");
    expect(lines.at(-1)).toBe("</details>");
    expect(lines.filter((line) => line.startsWith("|"))).toEqual([
      "| resource kind | refused by name when set |",
      "| --- | --- |",
      "| `aws_a` | `one`, `two` |",
      "| `aws_b` | nothing |",
      "| data source |",
      "| --- |",
      "| `aws_c` |",
      "| host of callers |",
      "| --- |",
      "| `d.amazonaws.com` |",
      "| AWS API | operations |",
      "| --- | --- |",
      "| `e` | `F`, `G` |",
    ]);
  });
});

describe("filledIn", () => {
  it("replaces what is between the comments, and nothing else", () => {
    expect(filledIn("before\n<!-- played -->\nold\n<!-- /played -->\nafter\n", "new")).toBe(
      "before\n<!-- played -->\nnew\n<!-- /played -->\nafter\n",
    );
  });

  it.each([
    "no comments",
    "<!-- played -->",
    "<!-- /played -->",
    "<!-- /played --> <!-- played -->",
    "<!-- played --> <!-- played --> <!-- /played -->",
    "<!-- played --> <!-- /played --> <!-- /played -->",
  ])("leaves a document alone that has not both comments once: %s", (document) => {
    expect(filledIn(document, "new")).toBeUndefined();
  });
});

describe("npm run played", () => {
  const folder = copyOfProject();
  const file = join(folder, "README.md");
  const played = (...args: readonly string[]) =>
    run(script("cli/played.ts", ...args), folder, cleanEnvironment({ NO_COLOR: "1" }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("finds a README.md that is stale, and puts it right", async () => {
    writeFileSync(file, "# Title\n\n<!-- played -->\n<!-- /played -->\n");

    expect(await played("--check")).toEqual({
      code: 1,
      stdout: "",
      stderr: "stale: README.md. Run: npm run played -- --write\n",
    });
    expect(await played("--write")).toMatchObject({ code: 0 });
    expect(await played("--check")).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).toBe(
      `# Title\n\n<!-- played -->\n${playedMarkdown(whatIsPlayed())}\n<!-- /played -->\n`,
    );
  });

  it("refuses a README.md without a place for it", async () => {
    writeFileSync(file, "# Title\n");

    expect(await played("--write")).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: README.md needs <!-- played --> and <!-- /played -->, each once, for what comes between\n",
    });
    expect(readFileSync(file, "utf8")).toBe("# Title\n");
  });
});
