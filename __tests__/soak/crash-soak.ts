/**
 * The embedded AWS is killed at random points of apply and of destroy, over and over.
 *
 * `SOAK_KILLS` says how often (default 100), `SOAK_SEED` where (default 20260702).
 */
import { type Ended, kill } from "../support/processes";
import { seededRandom } from "../support/seeded-random";
import { namedLeftovers, type Served, ServedProject } from "../support/served-project";

const KILLS = Number(process.env["SOAK_KILLS"] ?? 100);
const SEED = Number(process.env["SOAK_SEED"] ?? 20_260_702);
/** Milliseconds in which Terraform gets from its start to the first change, and from one change to the next. */
const BEFORE_FIRST = 600;
const BETWEEN_TWO = 12;

jest.setTimeout(60 * 60_000);

const project = new ServedProject();
const random = seededRandom(SEED);
/** How many things the whole stack is. */
let whole = 0;
/** How many kills Terraform noticed, and how often it had not been told of a creation or a deletion. */
const times = { cutOff: 0, untoldCreation: 0, untoldDeletion: 0 };

/** Where the emulator is killed. */
interface Point {
  readonly action: "apply" | "destroy";
  /** How much of the stack has been made or destroyed, from 0 to 1. */
  readonly share: number;
  /** How much of the time to the next change has gone by, from 0 to 1. */
  readonly after: number;
}

beforeAll(async () => {
  const { server } = await project.serve();
  await project.synthesize();
  expectDone(await project.terraform("apply", "-auto-approve"));
  whole = project.inAccount().length;
  await kill(server, "SIGINT");
  await project.forget();
});
afterEach(() => project.forget());
afterAll(() => project.remove());

function randomPoint(action: Point["action"]): Point {
  return { action, share: random(), after: random() };
}

/** Runs Terraform and kills what it talks to. */
async function killAt({ action, share, after }: Point, { server }: Served): Promise<void> {
  const before = project.inAccount().length;
  const changes = Math.floor(share * (whole + 1));
  const running = project.terraform(action, "-auto-approve");
  await project.untilAccount((count) => Math.abs(count - before) >= changes, running);
  await new Promise((resolve) => setTimeout(resolve, after * (changes === 0 ? BEFORE_FIRST : BETWEEN_TWO)));
  await kill(server, "SIGKILL");
  if ((await running).code !== 0) times.cutOff++;
}

function expectDone({ code, stdout, stderr }: Ended): void {
  if (code !== 0) throw new Error(`terraform ended with ${code}:\n${stdout.slice(-2000)}\n${stderr}`);
}

/** A new apply puts everything right. */
async function expectRepair(): Promise<void> {
  expectDone(await project.terraform("apply", "-auto-approve"));
  expect((await project.terraform("plan", "-detailed-exitcode")).code).toBe(0);
  // Without a response of its own, UNAUTHORIZED is answered as DEFAULT_4XX, which is the same here: nothing to repair.
  expect(missing().filter((thing) => !/gateway_response .*-UNAUTHORIZED$/.test(thing))).toEqual([]);
}

/** What Terraform knows of, and the account does not hold. */
function missing(): readonly string[] {
  const held = project.inAccount();
  return project.inState().filter((thing) => !held.includes(thing));
}

/** What the account holds, and Terraform does not know of. */
function unknown(): readonly string[] {
  const known = project.inState();
  return project.inAccount().filter((thing) => !known.includes(thing));
}

const rounds = Array.from({ length: KILLS / 2 }, (_, index) => ({
  round: index + 1,
  apply: randomPoint("apply"),
  destroy: randomPoint("destroy"),
}));

describe(`an embedded AWS that is killed ${KILLS} times, with seed ${SEED}`, () => {
  it.each(rounds)("loses nothing and leaves at most what was under way: round $round", async ({ apply, destroy }) => {
    const first = await project.serve();
    await killAt(apply, first);
    expect(missing()).toEqual([]);
    const left = unknown();
    expect(left.length).toBeLessThanOrEqual(1);
    times.untoldCreation += left.length;

    const second = await project.serve();
    await expectRepair();
    await killAt(destroy, second);
    const named = namedLeftovers(await second.result);
    expect(named.length).toBeLessThanOrEqual(1);
    expect(named).toEqual(expect.arrayContaining(left.map((thing) => thing.split(" ")[0])));
    // At most one deletion that Terraform was not told of.
    expect(missing().length).toBeLessThanOrEqual(1);
    times.untoldDeletion += missing().length;
    expect(left).toEqual(expect.arrayContaining([...unknown()]));

    const third = await project.serve();
    await expectRepair();
    expectDone(await project.terraform("destroy", "-auto-approve"));
    expect(left).toEqual(expect.arrayContaining([...project.inAccount()]));
    await kill(third.server, "SIGINT");
  });

  it("was killed while Terraform was at work, nearly always", () => {
    process.stdout.write(`seed ${SEED}: of ${rounds.length * 2} kills ${JSON.stringify(times)}\n`);
    expect(times.cutOff).toBeGreaterThan(0.8 * rounds.length * 2);
  });
});
