/** The embedded AWS is killed in the middle of an apply, as a laptop is closed or a process runs out of memory. */
import { cdktf, type Ended, kill, run, script } from "../support/processes";
import { namedLeftovers, ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const project = new ServedProject();
afterEach(() => project.forget());
afterAll(() => project.remove());

let synthesized: Promise<void> | undefined;

/** Applies, kills the emulator once the account holds that many things, and waits for Terraform to give up. */
async function applyAndKill(count: number): Promise<void> {
  const { server } = await project.serve();
  // What was synthesized stays, whatever is forgotten.
  synthesized ??= project.synthesize();
  await synthesized;
  const apply = project.terraform("apply", "-auto-approve");
  await project.untilAccount((made) => made >= count, apply);
  await kill(server, "SIGKILL");
  expect((await apply).code).toBe(1);
}

function expectOk({ code, stderr }: Ended): void {
  expect([code, stderr]).toEqual([0, ""]);
}

describe("an embedded AWS that is killed in the middle of an apply", () => {
  it.each([1, 3, 6, 10, 14, 17, 20])("loses nothing that Terraform was told of, with %d things made", async (count) => {
    await applyAndKill(count);
    const left = project.inAccount().filter((thing) => !project.inState().includes(thing));
    expect(project.inState().filter((thing) => !project.inAccount().includes(thing))).toEqual([]);
    expect(left.length).toBeLessThanOrEqual(1);

    const { server, result } = await project.serve();
    expectOk(await project.terraform("apply", "-auto-approve"));
    expect((await project.terraform("plan", "-detailed-exitcode")).code).toBe(0);
    expectOk(await project.terraform("destroy", "-auto-approve"));
    const leftAfterAll = project.inAccount();
    await kill(server, "SIGINT");

    expect(left).toEqual(expect.arrayContaining([...leftAfterAll]));
    // At most the one whose answer was under way; Terraform may have heard of it all the same.
    const named = namedLeftovers(await result);
    expect(named.length).toBeLessThanOrEqual(1);
    expect(named).toEqual(expect.arrayContaining(left.map((thing) => thing.split(" ")[0])));
  });

  it("is put right by running cdktf deploy again", async () => {
    await applyAndKill(12);

    const deploy = script("cli/local.ts", ...cdktf("deploy", "dev", "--auto-approve"));
    expect((await run(deploy, project.folder)).code).toBe(0);
    expect(project.inState()).toHaveLength(25);
    const { stdout } = await run(
      script("cli/local.ts", "terraform", "-chdir=.local/cdktf.out/stacks/dev", "plan", "-no-color"),
      project.folder,
    );
    expect(stdout).toContain("No changes.");
  });
});
