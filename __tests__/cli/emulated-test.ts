/** The page about what the embedded AWS emulates. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emulatedMarkdown } from "../../cli/emulated-text";
import { emulatedFeatures } from "../../emulator/index";
import { dataSourceTypes, resourceTypes } from "../../emulator/terraform/schema/resource-types";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";

const page = join(__dirname, "..", "..", "docs", "emulated.md");

describe("docs/emulated.md", () => {
  it("is up to date; npx access emulated --write updates it", () => {
    expect(readFileSync(page, "utf8")).toBe(`${emulatedMarkdown(emulatedFeatures())}\n`);
  });
});

describe("what is emulated", () => {
  const { kinds, dataSources, hosts, operations } = emulatedFeatures();

  it("has every resource type and data source of the provider's schema", () => {
    expect(kinds.map(({ type }) => type)).toEqual([...resourceTypes].sort());
    expect(dataSources).toEqual([...dataSourceTypes].sort());
  });

  it("has the attributes that a resource type refuses", () => {
    const refused = kinds.find(({ type }) => type === "aws_lambda_function")?.refused;
    expect(refused).toEqual(expect.arrayContaining(["image_uri", "snap_start"]));
  });

  it("has the attributes that it stores without effect", () => {
    expect(kinds.find(({ type }) => type === "aws_lambda_function")?.kept).toEqual(["layers", "vpc_config"]);
  });

  it("has operations for every service whose host is emulated", () => {
    const services = hosts.flatMap(
      (host) => /^(?:<bucket>\.)?([a-z0-9-]+)\.(?:<region>\.)?amazonaws\.com$/.exec(host)?.[1] ?? [],
    );
    const apis = services.filter((service) => service !== "issuer-cognito-idp");

    expect(operations.map(({ service }) => service)).toEqual([...apis].sort());
    expect(operations.find(({ service }) => service === "sts")?.names).toContain("GetCallerIdentity");
  });
});

describe("access emulated", () => {
  const folder = copyOfProject();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const emulated = (...args: readonly string[]) =>
    run(script(join(folder, "cli", "emulated.ts"), ...args), folder, cleanEnvironment({ NO_COLOR: "1" }));

  it("finds a stale page with --check and updates it with --write", async () => {
    writeFileSync(join(folder, "docs", "emulated.md"), "stale");

    expect(await emulated("--check")).toMatchObject({ code: 2, stderr: expect.stringContaining("--write") });
    expect(await emulated("--write")).toMatchObject({ code: 0 });
    expect(await emulated("--check")).toMatchObject({ code: 0, stdout: "up to date: docs/emulated.md\n" });
    expect((await emulated()).stdout).toBe(readFileSync(page, "utf8"));
  });
});
