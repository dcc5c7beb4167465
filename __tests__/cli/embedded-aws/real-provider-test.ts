import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providerChoice, startProviderFile, startRealProvider } from "../../../cli/embedded-aws/real-provider";

const SOURCE = "registry.terraform.io/hashicorp/aws";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "provider-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the provider's place. */
function program(...lines: readonly string[]): string {
  const file = join(folder, "terraform-provider-aws");
  writeFileSync(file, ["#!/bin/sh", ...lines].join("\n"), { mode: 0o755 });
  return file;
}

/** A program that prints what a provider prints, and stays until it is stopped. */
function provider(changes: object = {}, source = SOURCE): string {
  const Addr = { Network: "unix", String: "/tmp/plugin" };
  const reattach = { [source]: { Protocol: "grpc", ProtocolVersion: 5, Pid: 1, Test: true, Addr, ...changes } };
  return program(
    // Before it is ready, since it may be stopped as soon as it is.
    "trap 'echo stopped > stopped; exit 0' INT",
    'echo "$1 $TMPDIR $AWS_CA_BUNDLE $SSL_CERT_FILE $(pwd)" > started',
    `echo "	TF_REATTACH_PROVIDERS='${JSON.stringify(reattach).replaceAll('"', '\\"')}'"`,
    "while true; do sleep 0.02; done",
  );
}

const start = (file: string, timeoutMs = 10_000, environment = {}) =>
  startProviderFile(file, environment, { workingDirectory: folder, timeoutMs });

describe("startProviderFile", () => {
  it("names the provider under both registries", async () => {
    const started = await start(provider());
    await started.close();

    const { TF_REATTACH_PROVIDERS: value = "" } = started.environment;
    expect(Object.keys(JSON.parse(value))).toEqual([SOURCE, "registry.opentofu.org/hashicorp/aws"]);
    expect(JSON.parse(value)[SOURCE]).toMatchObject({ ProtocolVersion: 5, Addr: { String: "/tmp/plugin" } });
  });

  it("stops the process in order, and removes its folder", async () => {
    const started = await start(provider());
    const [, temporary = ""] = readFileSync(join(folder, "started"), "utf8").split(" ");
    expect(existsSync(temporary)).toBe(true);

    await started.close();

    expect([existsSync(join(folder, "stopped")), existsSync(temporary)]).toEqual([true, false]);
  });

  it("hands it the authority as SSL_CERT_FILE and not as AWS_CA_BUNDLE", async () => {
    const authority = { AWS_CA_BUNDLE: "/ca.pem", SSL_CERT_FILE: "/ca.pem" };
    const started = await start(provider(), 10_000, authority);
    await started.close();

    const text = readFileSync(join(folder, "started"), "utf8").trim();
    expect(text).toMatch(/^-debug \S+ {2}\/ca\.pem /);
    expect(text.endsWith(folder)).toBe(true);
  });

  it("refuses a file that does not exist", async () => {
    await expect(start(join(folder, "none"))).rejects.toThrow(/^--provider: .*none does not exist\. Name the binary/);
    await expect(start("")).rejects.toThrow(/^--provider: the empty name does not exist\. Name the binary/);
  });

  it("refuses a folder", async () => {
    await expect(start(folder)).rejects.toThrow("is not a file");
  });

  it("refuses a file that is not executable", async () => {
    const file = provider();
    chmodSync(file, 0o644);

    await expect(start(file)).rejects.toThrow("is not executable");
  });

  it("refuses a file that is not a program", async () => {
    const file = join(folder, "picture");
    writeFileSync(file, Buffer.from([0, 1, 2, 3]), { mode: 0o755 });

    await expect(start(file)).rejects.toThrow(/picture (cannot be run|is not a Terraform provider)/);
  });

  it("refuses a program that ends, with its last lines", async () => {
    const file = program("echo unknown option -debug >&2", "exit 3");

    await expect(start(file)).rejects.toThrow(
      /is not a Terraform provider: it ended with 3 and printed no TF_REATTACH_PROVIDERS\.[\s\S]*unknown option -debug$/,
    );
  });

  it("refuses a program that prints nothing in time, and stops it", async () => {
    const file = program("trap 'echo stopped > stopped; exit 0' INT", "while true; do sleep 0.02; done");

    await expect(start(file, 500)).rejects.toThrow("printed no TF_REATTACH_PROVIDERS within 0.5 s");
    expect(existsSync(join(folder, "stopped"))).toBe(true);
  });

  it("refuses another protocol", async () => {
    await expect(start(provider({ ProtocolVersion: 6 }))).rejects.toThrow(
      "uses plugin protocol 6; protocol 5 is needed",
    );
  });

  it("refuses another provider", async () => {
    await expect(start(provider({}, "registry.terraform.io/hashicorp/null"))).rejects.toThrow(
      "is the provider registry.terraform.io/hashicorp/null.",
    );
  });
});

describe("startRealProvider", () => {
  const before = process.env["TF_CLI_CONFIG_FILE"];
  afterEach(() => {
    delete process.env["TF_CLI_CONFIG_FILE"];
    if (before !== undefined) process.env["TF_CLI_CONFIG_FILE"] = before;
  });

  const environment = { TF_REATTACH_PROVIDERS: "{}", TF_CLI_CONFIG_FILE: "/empty.rc", NO_PROXY: "localhost" };
  const ofTerraform = async () => {
    const started = await startRealProvider(providerChoice("terraform"), environment, { workingDirectory: folder });
    await started.close();
    return started.environment;
  };

  it("leaves the provider to Terraform, with its own configuration and a way to the registries", async () => {
    process.env["TF_CLI_CONFIG_FILE"] = join(folder, "own.rc");
    writeFileSync(join(folder, "own.rc"), "");

    expect(await ofTerraform()).toMatchObject({
      TF_REATTACH_PROVIDERS: undefined,
      TF_CLI_CONFIG_FILE: join(folder, "own.rc"),
      NO_PROXY: expect.stringMatching(/^localhost,registry\.terraform\.io,releases\.hashicorp\.com,/),
    });
  });

  it("takes the empty configuration in place of one that does not exist", async () => {
    process.env["TF_CLI_CONFIG_FILE"] = join(folder, "none.rc");

    expect(await ofTerraform()).not.toHaveProperty("TF_CLI_CONFIG_FILE");
  });
});
