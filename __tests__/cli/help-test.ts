/** What each command says of itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, script } from "../support/processes";

const project = join(__dirname, "..", "..");
const { scripts } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const commands = Object.entries(scripts).flatMap(([name, text]) => {
  const [, file] = /cli\/([\w-]+)\.ts$/.exec(text) ?? [];
  return file === undefined ? [] : [[name, file] as const];
});
const helpOf = async (file: string, ...args: readonly string[]) =>
  await run(script(`cli/${file}.ts`, ...args, "--help"), project);

/** Commands that operate an environment: machines run them, too. */
const OPERATING = ["review", "apply", "verify", "drift", "teardown", "rotate", "bootstrap", "postman", "preflight"];

describe("npm run", () => {
  it.each(commands)("%s -- --help lists the exit codes", async (name, file) => {
    const { code, stdout } = await helpOf(file);

    expect([code, stdout]).toEqual([0, expect.stringMatching(/exit codes?/i)]);
    if (OPERATING.includes(name)) expect(stdout).toMatch(/^ {2}--json /m);
  });

  it.each(["comment", "drift-issue"])("github -- %s --help lists the exit codes as well", async (name) => {
    expect((await helpOf("github", name)).stdout).toMatch(/Exit codes/);
  });
});
