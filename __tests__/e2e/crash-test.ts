/** The embedded AWS is killed in the middle of an apply, as a laptop is closed or a process runs out of memory. */
import { type Ended, kill, run, script } from "../support/processes";
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

/** What only the account has: at most one thing, and all that Terraform knows of. */
function leftOver(): readonly string[] {
  const [made, known] = [project.inAccount(), project.inState()];
  const left = made.filter((thing) => !known.includes(thing));
  expect(known.filter((thing) => !made.includes(thing))).toEqual([]);
  expect(left.length).toBeLessThanOrEqual(1);
  return left;
}

function expectOk({ code, stderr }: Ended): void {
  expect([code, stderr]).toEqual([0, ""]);
}

describe("an embedded AWS that is killed in the middle of an apply", () => {
  // At the first thing and at one of the last; every few with SOAK. The one in the middle is below.
  const counts = process.env["SOAK"] ? [1, 3, 6, 10, 14, 17, 20] : [1, 20];

  it.each(counts)("loses nothing that Terraform was told of, with %d things made", async (count) => {
    await applyAndKill(count);
    const left = leftOver();

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

  it("is put right by an apply with an embedded AWS of its own", async () => {
    await applyAndKill(12);
    leftOver();

    const terraform = "terraform -chdir=.local/cdktf.out/stacks/dev";
    const commands = `${terraform} apply -auto-approve && ${terraform} plan -detailed-exitcode -no-color`;
    const { code, stdout } = await run(script("cli/local.ts", "bash", "-c", commands), project.folder);

    expect([code, stdout]).toEqual([0, expect.stringContaining("No changes.")]);
    expect(project.inState()).toHaveLength(25);
  });
});
