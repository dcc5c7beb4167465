import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { detachedTerraform, startTerraform } from "../../platform/detached-terraform";
import { uninterrupted } from "../../platform/interruption";
import { start, untilWritten } from "../support/processes";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A folder with a program in Terraform's place that notes each signal, and goes on until the file `end` is there. */
function folderWithTerraform(): string {
  const folder = mkdtempSync(join(tmpdir(), "shielded-"));
  const program = join(folder, "terraform");
  const traps =
    "trap 'echo INT >> heard; echo heard' INT; trap 'echo TERM >> heard' TERM; trap 'echo HUP >> heard' HUP";
  const lines = ["#!/bin/sh", traps, ": > heard", "echo ready", "until [ -e end ]; do sleep 0.05; done", "exit 1"];
  writeFileSync(program, lines.join("\n"), { mode: 0o755 });
  process.env["TERRAFORM_BINARY_NAME"] = program;
  return folder;
}

afterEach(() => {
  delete process.env["TERRAFORM_BINARY_NAME"];
});

describe("uninterrupted", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("lets the work end at %s, and knows the exit code", async (signal, exitCode) => {
    let asked = 0;
    const found = await uninterrupted(
      async (interruption) => {
        process.emit(signal, signal);
        process.emit("SIGINT", "SIGINT");
        return interruption;
      },
      () => {
        asked += 1;
      },
    );

    expect([found, asked]).toEqual([{ isAsked: true, exitCode, check: expect.any(Function) }, 1]);
    expect(() => found.check("interrupted here")).toThrow(
      expect.objectContaining({ message: "interrupted here", exitCode }),
    );
  });

  it("lets steps go on while nobody asks", async () => {
    await expect(uninterrupted(async ({ check }) => check("interrupted"))).resolves.toBeUndefined();
  });

  it("goes on when the terminal is gone, and ends as it would", async () => {
    const module = JSON.stringify(join(__dirname, "../../platform/interruption.ts"));
    const code = `const { uninterrupted } = require(${module});
      uninterrupted(async () => {
        console.log("ready");
        await new Promise((go) => process.once("SIGHUP", go));
        for (const stream of [process.stdout, process.stderr, process.stdout, process.stderr])
          await new Promise((go) => stream.write("more", go));
      }).then(() => { process.exitCode = 7; });
      const alive = setInterval(() => {}, 1000);
      process.once("SIGHUP", () => clearInterval(alive));`;
    const child = start([process.execPath, "--require", "./cli/typescript.cjs", "-e", code], join(__dirname, "../.."));
    await untilWritten(child, "ready");
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill("SIGHUP");

    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(7);
  });

  it("listens no longer than it lasts", async () => {
    const before = SIGNALS.map((name) => process.listenerCount(name));
    await uninterrupted(async () => undefined);

    expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual(before);
  });
});

describe("startTerraform", () => {
  it.each(SIGNALS)("tells Terraform of %s as a Ctrl-C, once, whatever comes then", async (signal) => {
    const folder = folderWithTerraform();
    const child = startTerraform(folder, ["plan"]);
    const closed = new Promise((resolve) => child.once("close", resolve));
    const said = () => new Promise((resolve) => child.stdout.once("data", resolve));
    await said();
    const heard = said();
    process.emit(signal, signal);
    // Signals that wait together count once.
    await heard;
    for (const next of SIGNALS) process.emit(next, next);
    writeFileSync(join(folder, "end"), "");
    await closed;

    expect(readFileSync(join(folder, "heard"), "utf8")).toBe("INT\n");
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });

  it("runs it where the signals of the terminal do not come", async () => {
    const child = startTerraform(folderWithTerraform(), ["plan"]);
    const closed = new Promise((resolve) => child.once("close", resolve));

    // There is a group of that id only where it leads its own.
    expect(process.kill(-(child.pid ?? 0), "SIGKILL")).toBe(true);
    await closed;
  });
});

describe("detachedTerraform", () => {
  it("gives what is printed, or says what Terraform says", async () => {
    process.env["TERRAFORM_BINARY_NAME"] = "echo";

    expect(await detachedTerraform(tmpdir(), ["plan"])).toBe("plan\n");

    process.env["TERRAFORM_BINARY_NAME"] = "ls";
    await expect(detachedTerraform(tmpdir(), ["not-there"])).rejects.toThrow(/^ls not-there ended with 2 in .*:\nls:/s);
  });
});
