/** The embedded AWS is killed in the middle of an apply, as a laptop is closed or a process runs out of memory. */
import { existsSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { AccountStore } from "../../emulator/account-store";
import { text } from "../../emulator/attributes";
import {
  cdktf,
  cleanEnvironment,
  copyOfProject,
  type Ended,
  ended,
  kill,
  run,
  script,
  start,
  untilWritten,
} from "../support/processes";

jest.setTimeout(120_000);

const folder = copyOfProject();
const stack = join(folder, ".local", "cdktf.out", "stacks", "dev");
const terraform = (...args: readonly string[]) => run(["terraform", ...args], stack, environment());

/** A file of the embedded AWS's folder; what is empty when it is not there yet. */
function read(name: string) {
  const file = join(folder, ".local", name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { resources: [], variables: [] };
}

/** Starts to serve, and waits until it does. */
async function serve() {
  const server = start(script("cli/local.ts"), folder);
  const result = ended(server);
  await untilWritten(server, "The embedded AWS is ready");
  return { server, result };
}

/** What the running one tells those who join it. */
function environment(): NodeJS.ProcessEnv {
  const { variables } = read("environment.json") as {
    readonly variables: readonly (readonly [string, string | null])[];
  };
  return cleanEnvironment(Object.fromEntries(variables.filter((pair): pair is [string, string] => pair[1] !== null)));
}

/** Ids of all that the account holds, by type. */
function inAccount(): readonly string[] {
  const entries = new AccountStore(join(folder, ".local", "account.json"), () => true).read()?.entries ?? new Map();
  return [...entries].flatMap(([type, of]) =>
    [...of.values()].map(({ attributes }) => `${type} ${text(attributes, "id")}`),
  );
}

/** Ids of all that Terraform knows of, by type. */
function inState(): readonly string[] {
  const { resources } = read("terraform.dev.tfstate") as {
    readonly resources: readonly {
      readonly type: string;
      readonly instances: readonly { readonly attributes: { readonly id: string } }[];
    }[];
  };
  return resources.flatMap(({ type, instances }) => instances.map(({ attributes }) => `${type} ${attributes.id}`));
}

/** Resolves as soon as the account holds that many things. */
function untilAccountHolds(count: number): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(join(folder, ".local"), () => {
      if (inAccount().length < count) return;
      watcher.close();
      resolve();
    });
  });
}

/** Applies, kills the emulator once the account holds that many things, and waits for Terraform to give up. */
async function applyAndKill(count: number): Promise<void> {
  const { server } = await serve();
  await run(script("main.ts"), folder, {
    ...environment(),
    CDKTF_OUTDIR: ".local/cdktf.out",
  });
  expect((await terraform("init")).code).toBe(0);
  const enough = untilAccountHolds(count);
  const apply = terraform("apply", "-auto-approve");
  await enough;
  await kill(server, "SIGKILL");
  expect((await apply).code).toBe(1);
}

function expectOk({ code, stderr }: Ended): void {
  expect([code, stderr]).toEqual([0, ""]);
}

describe("an embedded AWS that is killed in the middle of an apply", () => {
  it.each([1, 3, 6, 10, 14, 17, 20])("loses nothing that Terraform was told of, with %d things made", async (count) => {
    await applyAndKill(count);
    const left = inAccount().filter((thing) => !inState().includes(thing));
    expect(inState().filter((thing) => !inAccount().includes(thing))).toEqual([]);
    expect(left.length).toBeLessThanOrEqual(1);

    const { server, result } = await serve();
    expectOk(await terraform("apply", "-auto-approve"));
    expect((await terraform("plan", "-detailed-exitcode")).code).toBe(0);
    expectOk(await terraform("destroy", "-auto-approve"));
    const leftAfterAll = inAccount();
    await kill(server, "SIGINT");

    expect(left).toEqual(expect.arrayContaining([...leftAfterAll]));
    // At most the one whose answer was under way; Terraform may have heard of it all the same.
    const named = (await result).stderr.match(/left over: \S+/g) ?? [];
    expect(named.length).toBeLessThanOrEqual(1);
    expect(named).toEqual(expect.arrayContaining(left.map((thing) => `left over: ${thing.split(" ")[0]}`)));
    await run(["rm", "-rf", ".local"], folder);
  });

  it("is put right by running cdktf deploy again", async () => {
    await applyAndKill(12);

    const deploy = script("cli/local.ts", ...cdktf("deploy", "dev", "--auto-approve"));
    expect((await run(deploy, folder)).code).toBe(0);
    expect(inState()).toHaveLength(25);
    const { stdout } = await run(
      script("cli/local.ts", "terraform", "-chdir=.local/cdktf.out/stacks/dev", "plan", "-no-color"),
      folder,
    );
    expect(stdout).toContain("No changes.");
  });
});
