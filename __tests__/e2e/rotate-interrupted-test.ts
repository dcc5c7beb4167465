/** Rotations that are killed after each change that they make, and that run at the same time, on the embedded AWS. */
import { type Outcome, Rotation } from "../../operations/rotate/rotation";
import type { Send } from "../support/aws-endpoint";
import {
  abort,
  finish,
  lookInto,
  type OpenedRotation,
  open,
  openRotation,
  operationOf,
  PLACES,
  rotate,
  type Step,
} from "../support/rotation";
import { seededRandom } from "../support/seeded-random";

jest.setTimeout(60_000);

/** The module itself, whose functions can be replaced. */
const files = jest.requireActual<typeof import("node:fs/promises")>("node:fs/promises");

const DAY = 86_400_000;
const isSoak = process.env["SOAK"] !== undefined;
/** How often rotations meet each other in another order; with SOAK more often. */
const [SAME_ROUNDS, OTHER_ROUNDS] = isSoak ? [5, 16] : [2, 4];
/** After every how many changes a rotation is killed. Those in a file are fast; the others have SOAK for the rest. */
const EVERY = { "a file": 1, "Secrets Manager": isSoak ? 1 : 2 };
/** Operations that change something. */
const CHANGES = /\.(?:AddUserPoolClientSecret|DeleteUserPoolClientSecret|PutSecretValue|UpdateSecretVersionStage)$/;

afterEach(() => jest.restoreAllMocks());

/**
 * Runs a step, killed after the change of that number: of the AWS account, or of a file.
 * @returns the outcome; `undefined` when it was killed
 */
async function runKilled(opened: OpenedRotation, step: Step, at: number): Promise<Outcome | undefined> {
  let changes = 0;
  const change = async <Result>(make: () => Promise<Result>): Promise<Result> => {
    if (changes === at) throw new Error("killed");
    const result = await make();
    if (++changes === at) throw new Error("killed");
    return result;
  };
  const send: Send = (request) =>
    CHANGES.test(operationOf(request)) ? change(() => opened.send(request)) : opened.send(request);
  const reals = { rename: files.rename, link: files.link, rm: files.rm };
  for (const name of ["rename", "link", "rm"] as const) {
    const real = reals[name] as (...args: readonly unknown[]) => Promise<void>;
    const isScratch = (args: readonly unknown[]) => name === "rm" && /\.[0-9a-f]{8}$/.test(String(args[0]));
    jest
      .spyOn(files, name)
      .mockImplementation((...args: readonly unknown[]) =>
        isScratch(args) ? real(...args) : change(() => real(...args)),
      );
  }
  const outcome = await step(new Rotation(opened.context({ send }))).catch((error: Error) => {
    if (changes !== at) throw error;
    return undefined;
  });
  jest.restoreAllMocks();
  return outcome;
}

describe.each(PLACES)("a rotation of credentials in %s, killed after any change", (place) => {
  const cases: readonly (readonly [what: string, before: readonly Step[], killed: Step, next: Step, isOld: boolean])[] =
    [
      ["is finished by the next run", [], rotate, rotate, false],
      ["is aborted by the next run", [], open, abort, true],
      ["is aborted again after an abort", [open], abort, abort, true],
      ["is finished after an abort", [open], abort, rotate, false],
    ];

  it.each(cases)(
    "%s, while services have an accepted secret at any time",
    async (what, before, killed, next, isOld) => {
      const opened = await openRotation(place);
      const { secrets, store, delivered, isServed, run, settle } = lookInto(opened);
      await run(rotate);
      // Where only some are tried, each case tries others than the one before it.
      let kills = cases.findIndex(([name]) => name === what) % EVERY[place];
      let tried = 0;
      for (let isKilled = true; isKilled; kills += EVERY[place], tried++) {
        await settle();
        const old = await delivered();
        for (const step of before) await run(step);
        isKilled = (await runKilled(opened, killed, kills + 1)) === undefined;
        expect([kills, await isServed()]).toEqual([kills, true]);
        if (!isKilled) continue;
        await run(next);
        expect([kills, await isServed()]).toEqual([kills, true]);
        const [only] = (await secrets.list()).length === 1 ? [await store.read("pending")] : ["two secrets"];
        if (isOld) expect([only, await delivered()]).toEqual([undefined, old]);
      }
      expect(tried).toBeGreaterThan(3 / EVERY[place]);
    },
  );

  it("can be aborted before services read anything, and the new secret is deleted", async () => {
    if (place !== "a file") return;
    for (let at = 1; at <= 2; at++) {
      const opened = await openRotation(place);
      const { secrets, store, ids, run } = lookInto(opened);
      await runKilled(opened, open, at);
      await run(abort);
      expect([await store.read("current"), await store.read("pending")]).toEqual([undefined, undefined]);
      expect([await ids(), await secrets.isAccepted(opened.client.knownSecret)]).toEqual([[expect.any(String)], true]);
    }
  });
});

describe("rotations at the same time", () => {
  const random = seededRandom(7);
  /** Lets others go first at times. */
  const slowly =
    (send: Send): Send =>
    async (request) => {
      for (let turns = Math.floor(random() * 20); turns > 0; turns--) await new Promise(setImmediate);
      return await send(request);
    };

  it("deliver one new secret, while a service gets a token at any moment", async () => {
    const opened = await openRotation("Secrets Manager");
    const { secrets, delivered, isServed, ids, run } = lookInto(opened);
    for (let round = 0; round < SAME_ROUNDS; round++) {
      const old = await delivered();
      let isOver = false;
      const served: boolean[] = [];
      const service = (async () => {
        while (!isOver) {
          served.push(await isServed());
          await new Promise(setImmediate);
        }
      })();
      const day: Step = (rotation) => rotation.rotate(DAY);
      const runs = await Promise.allSettled([1, 2, 3].map(() => run(day, { send: slowly(opened.send) })));
      isOver = true;
      await service;

      expect(runs.map((one) => (one.status === "fulfilled" ? one.value.kind : String(one.reason)))).toEqual(
        Array(3).fill("overlapping"),
      );
      expect([served.length > 3, served.includes(false)]).toEqual([true, false]);
      expect([await secrets.isAccepted(old), (await ids()).length]).toEqual([true, 2]);
      expect([(await run(finish)).kind, (await ids()).length]).toEqual(["finished", 1]);
    }
  });

  it("leave services with the new secret when the old one is deleted just before it is delivered again", async () => {
    const opened = await openRotation("Secrets Manager");
    const { delivered, isServed, run, settle } = lookInto(opened);
    await run(open);
    const fresh = await delivered();
    let isMet = false;
    const send: Send = async (request) => {
      if (operationOf(request).endsWith("PutSecretValue") && !isMet) {
        isMet = true;
        expect((await run(finish)).kind).toBe("finished");
      }
      return await opened.send(request);
    };

    await expect(run(abort, { send })).rejects.toThrow("changed by another run");
    expect([isMet, await delivered(), await isServed()]).toEqual([true, fresh, true]);
    await settle();
  });

  it.each<[string, readonly Step[]]>([
    ["two of them are to end at once", [rotate, rotate, open]],
    ["one is aborted meanwhile", [open, abort, open]],
    ["one is finished and one aborted meanwhile", [finish, abort, open]],
  ])("leave services with a secret that is accepted, when %s", async (_, steps) => {
    const opened = await openRotation("Secrets Manager");
    const { isServed, run, settle } = lookInto(opened);
    for (let round = 0; round < OTHER_ROUNDS; round++) {
      await settle();
      if (round % 2 === 1) await run(open);
      await Promise.allSettled(steps.map((step) => run(step, { send: slowly(opened.send) })));

      expect([round, await isServed()]).toEqual([round, true]);
    }
    await settle();
  });
});
