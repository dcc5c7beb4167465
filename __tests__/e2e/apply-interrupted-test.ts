/** What is left when review or apply is interrupted or fails: real Terraform over an embedded AWS. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { normalizedStack } from "../../constructs/contract/stack-json";
import { typeAndName } from "../../operations/plan-file/resource-name";
import { KeptCommands } from "../support/kept-commands";
import { type Ended, ended, kill, script } from "../support/processes";
import { type Served, ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const ROUTES = Array.from({ length: 12 }, (_, index) => `  GET /r${index}: { lambda: access, scopes: [orders/read] }`);

const ACCESS = `environments:
  dev: { region: eu-west-1, domainPrefix: interrupted-dev, ephemeral: true }
resourceServers:
  orders: { scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read] }
routes:
${ROUTES.join("\n")}
`;

const project = new ServedProject("dev", ACCESS);
const scratch = join(project.folder, "scratch");

const variables = () => ({ ...project.environment(), CI: "", PLAN_PASSPHRASE: "", TMPDIR: scratch });

/** Runs a command in a group of its own, as a shell does, and signals all of the group once it has written that. */
async function interrupt(
  command: string,
  args: readonly string[],
  written: string,
  signal: NodeJS.Signals,
): Promise<Ended> {
  const [program = "", ...rest] = script(`cli/${command}.ts`, ...args);
  const child = spawn(program, rest, {
    cwd: project.folder,
    env: variables(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let isSignalled = false;
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (isSignalled || !said.includes(written)) return;
    isSignalled = true;
    process.kill(-(child.pid ?? 0), signal);
  });
  return await ended(child);
}

const planned = () => existsSync(join(project.folder, "dev.plan"));
const leftBehind = () => readdirSync(scratch).filter((name) => name.startsWith("review-") || name.startsWith("apply-"));

describe("npx access review and npx access apply", () => {
  let served: Served;
  /** Those that no signal interrupts. */
  let commands: KeptCommands;
  const serve = async () => {
    served = await project.serve();
    commands = new KeptCommands(project.folder, variables());
  };
  const cli = (command: string, ...args: readonly string[]) => commands.ask(command, ...args);

  // One after the other, over one account.
  beforeAll(async () => {
    mkdirSync(scratch);
    await serve();
  });
  afterAll(async () => {
    await commands.end();
    await project.remove();
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("leave no plan behind when %s comes while it is made", async (signal, code) => {
    const result = await interrupt("review", ["dev"], "Planning dev", signal);

    expect([result.code, result.stdout, planned(), leftBehind()]).toEqual([code, "", false, []]);
    expect(result.stderr).toMatch(/error: interrupted: no plan was saved, and nothing changed\.\n$/);
  });

  it("apply the same plan again when nothing was done", async () => {
    expect((await cli("review", "dev")).code).toBe(0);
    await kill(served.server, "SIGKILL");
    const failed = await cli("apply", "dev.plan");
    await commands.end();
    await serve();

    expect([failed.code, planned(), leftBehind()]).toEqual([1, true, []]);
    expect(failed.stderr).toMatch(/fix the error, and run the same command again\.\n$/);
  });

  it("end what was begun when a signal comes, save the state, and say what is next", async () => {
    const result = await interrupt("apply", ["dev.plan"], "✓", "SIGHUP");
    const done = result.stderr.match(/(?<=^✓ create ).+$/gm) ?? [];
    const { stdout } = await project.terraform("state", "list");
    const { resource } = normalizedStack(JSON.parse(readFileSync(join(project.stack, "cdk.tf.json"), "utf8")));
    const names = stdout.split("\n").map((address) => typeAndName(address, resource));

    expect([result.code, result.stdout, planned(), leftBehind()]).toEqual([129, "", true, []]);
    expect(result.stderr).toContain("Interrupted: Terraform completes the operations in progress");
    expect(result.stderr).toMatch(
      /error: interrupted\.\n[^}]*they are in the state.*: npx access local npx access review dev\n$/s,
    );
    expect(done.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(done));
    expect(project.inState().length).toBe(project.inAccount().length);

    const stale = await cli("apply", "dev.plan");
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining("the plan is stale")]);
  });

  it("go on from there, but not while a state is not saved", async () => {
    expect((await cli("review", "dev")).code).toBe(0);
    const stack = join(project.folder, ".local", "cdktf.out", "stacks", "dev");
    writeFileSync(join(stack, "errored.tfstate"), "{}");
    const refused = [await cli("apply", "dev.plan"), await cli("review", "dev")];
    rmSync(join(stack, "errored.tfstate"));

    for (const { code, stderr } of refused) {
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("`terraform -chdir=.local/cdktf.out/stacks/dev state push errored"),
      ]);
    }
    const applied = await cli("apply", "dev.plan");

    expect([applied.code, planned()]).toEqual([0, false]);
  });

  it("refuse what is no plan and no place for one", async () => {
    const results = [
      await cli("apply", "scratch"),
      await cli("apply", "access.yaml/dev.plan"),
      await cli("review", "dev", "--out", "scratch"),
      await cli("review", "dev", "--out", "access.yaml/dev.plan"),
    ];

    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(results.map(() => [1, ""]));
    expect(results.map(({ stderr }) => stderr.trimEnd())).toEqual([
      `error: ${scratch} is a folder. Name the file that review saved.`,
      expect.stringMatching(
        /^error: the plan .*access\.yaml\/dev\.plan does not exist\. Create it: npx access local npx access review/,
      ),
      `error: ${scratch} is a folder. Name another file with --out.`,
      expect.stringMatching(/^error: .*access\.yaml is not a folder\. Name another file with --out\.$/),
    ]);
  });
});
