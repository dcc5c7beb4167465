/** Rotations that are cut off at every call, and that run at the same time, on the embedded AWS. */

import { abort } from "../../operations/rotate/abort";
import { finish } from "../../operations/rotate/ending";
import type { Outcome } from "../../operations/rotate/outcome";
import type { RotatedClient } from "../../operations/rotate/rotated-client";
import { rotate } from "../../operations/rotate/rotation";
import type { RotationContext } from "../../operations/rotate/situation";
import { callAws } from "../../platform/aws-call";
import type { CallAws } from "../../platform/patient-call";
import { clientOf, contextOf, NO_STATE, operationOf, rotatedAccess, takes } from "../support/rotation";
import { seededRandom } from "../support/seeded-random";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const DAY = 86_400_000;
const project = new ServedProject("dev", rotatedAccess());
const before = { ...process.env };
let client: RotatedClient;

beforeAll(async () => {
  await project.serve();
  await project.deploy();
  Object.assign(process.env, project.environment());
  client = await clientOf(project, "billing");
});

afterAll(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await project.remove();
});

const contextWith = (call: CallAws = callAws) => contextOf(project, client, { call, state: NO_STATE });
const delivered = async () => (await contextWith().delivery.current())?.value ?? "";
const secretsOf = async () => (await contextWith().secrets.list()).map(({ id }) => id);

/** What changes something: whether the answer is lost makes a difference. */
const CHANGES = ["AddUserPoolClientSecret", "DeleteUserPoolClientSecret", "PutSecretValue", "UpdateSecretVersionStage"];

/** Fails like a broken connection: before a call is made, or when it is done and its answer is lost. */
const cutOff = (at: number, when: "before" | "after") => {
  const made: string[] = [];
  const call: CallAws = async (request) => {
    made.push(operationOf(request));
    if (made.length === at && when === "before") throw new Error("cut off");
    const answer = await callAws(request);
    if (made.length === at) throw new Error("cut off");
    return answer;
  };
  return { call, isChange: () => CHANGES.includes(made[at - 1] ?? "") };
};

type Step = (context: RotationContext) => Promise<Outcome>;
const toTheEnd: Step = (context) => rotate(context, 0);
const open: Step = (context) => rotate(context);

/** Runs a step again and again, each time cut off one call later, until it comes to its end. */
async function cutEverywhere(step: Step, prepare: () => Promise<unknown>, check: () => Promise<unknown>) {
  for (let at = 1; ; at++) {
    let isChange = true;
    for (const when of ["before", "after"] as const) {
      if (!isChange) continue;
      await prepare();
      const cut = cutOff(at, when);
      const end = await step(contextWith(cut.call)).catch((error: Error) => error.message);
      expect([at, when, await takes(client, await delivered())]).toEqual([at, when, true]);
      if (typeof end !== "string") return at;
      expect(end).toBe("cut off");
      isChange = cut.isChange();
      await check();
    }
  }
}

/** Whatever went on before, nothing goes on any more. */
const inPeace = async () => {
  if ((await secretsOf()).length > 1 || (await contextWith().delivery.pending()) !== undefined) {
    await toTheEnd(contextWith());
  }
  expect([await secretsOf(), await contextWith().delivery.pending()]).toEqual([[expect.any(String)], undefined]);
};

describe("a rotation that is cut off at any call", () => {
  it("is finished by the next run, and services have a secret that is taken all the time", async () => {
    let old = "";
    const calls = await cutEverywhere(
      toTheEnd,
      async () => {
        old = await delivered();
      },
      async () => {
        expect((await toTheEnd(contextWith())).kind).toBe("finished");
        const now = await delivered();
        expect([now === old, await takes(client, now), await takes(client, old)]).toEqual([false, true, false]);
        await inPeace();
      },
    );

    expect(calls).toBeGreaterThan(10);
  });

  it("can be taken back by the next run", async () => {
    let old = "";
    await cutEverywhere(
      open,
      async () => {
        await inPeace();
        old = await delivered();
      },
      async () => {
        await abort(contextWith());
        expect(await delivered()).toBe(old);
        await inPeace();
      },
    );
  });

  it.each<[string, Step, boolean]>([
    ["aborted again", abort, true],
    ["finished", async (context) => await rotate(context, 0), false],
  ])("is %s after an abort that was cut off at any call", async (_what, next, isTakenBack) => {
    let old = "";
    const calls = await cutEverywhere(
      abort,
      async () => {
        await inPeace();
        old = await delivered();
        await open(contextWith());
      },
      async () => {
        await next(contextWith());
        expect(await takes(client, await delivered())).toBe(true);
        await inPeace();
        if (isTakenBack) expect(await delivered()).toBe(old);
      },
    );

    expect(calls).toBeGreaterThan(10);
  });
});

describe("rotations at the same time", () => {
  const random = seededRandom(7);
  /** Lets the others go first now and then. */
  const slowly: CallAws = async (request) => {
    for (let turns = Math.floor(random() * 20); turns > 0; turns--) await new Promise(setImmediate);
    return await callAws(request);
  };

  it("bring one new secret live, while a service gets a token at any moment", async () => {
    await inPeace();
    for (let round = 0; round < 5; round++) {
      const old = await delivered();
      let isOver = false;
      const asked: boolean[] = [];
      const service = (async () => {
        while (!isOver) asked.push(await takes(client, await delivered()));
      })();
      const runs = await Promise.allSettled([1, 2, 3].map(() => rotate(contextWith(slowly), DAY)));
      isOver = true;
      await service;

      expect(runs.map((run) => (run.status === "fulfilled" ? run.value.kind : String(run.reason)))).toEqual(
        Array(3).fill("overlapping"),
      );
      expect(asked.length).toBeGreaterThan(3);
      expect(asked).not.toContain(false);
      expect([await takes(client, old), await secretsOf()]).toEqual([
        true,
        expect.arrayContaining([expect.any(String)]),
      ]);
      expect((await finish(contextWith())).kind).toBe("finished");
      expect(await secretsOf()).toHaveLength(1);
    }
  });

  it("leave services with the new secret when the old one is deleted just before it is delivered again", async () => {
    await inPeace();
    await open(contextWith());
    const fresh = await delivered();
    let isMet = false;
    const met: CallAws = async (request) => {
      if (operationOf(request) === "PutSecretValue" && !isMet) {
        isMet = true;
        expect((await finish(contextWith())).kind).toBe("finished");
      }
      return await callAws(request);
    };

    await expect(abort(contextWith(met))).rejects.toThrow("changed by somebody else");
    expect([isMet, await delivered(), await takes(client, fresh)]).toEqual([true, fresh, true]);
    await inPeace();
  });

  it.each<[string, readonly Step[]]>([
    ["two of them are to end at once", [toTheEnd, toTheEnd, open]],
    ["one is aborted meanwhile", [open, abort, open]],
    ["one is finished and one aborted meanwhile", [finish, abort, open]],
  ])("leave services with a secret that is taken, when %s", async (_what, steps) => {
    for (let round = 0; round < 8; round++) {
      await inPeace();
      if (round % 2 === 1) await open(contextWith());
      await Promise.allSettled(steps.map((step) => step(contextWith(slowly))));

      expect([round, await takes(client, await delivered())]).toEqual([round, true]);
    }
    await inPeace();
  });
});

describe("Secrets Manager, when it shows late what was delivered", () => {
  /** Answers with what was the current value before, so many times after the label was moved. */
  const late = (times: number): CallAws => {
    let left: number | undefined;
    return async (request) => {
      const isRead = operationOf(request) === "GetSecretValue" && request.body?.includes('"AWSCURRENT"');
      if (isRead && left !== undefined && left-- > 0) {
        return await callAws({ ...request, body: request.body?.replace("AWSCURRENT", "AWSPREVIOUS") ?? "" });
      }
      const answer = await callAws(request);
      if (operationOf(request) === "UpdateSecretVersionStage") left ??= times;
      return answer;
    };
  };

  it("is waited for before anything is deleted", async () => {
    await inPeace();
    const old = await delivered();
    expect((await rotate(contextWith(late(5)), 0)).kind).toBe("finished");

    expect([(await delivered()) === old, await takes(client, await delivered())]).toEqual([false, true]);
  });

  it("ends the run with nothing deleted when that takes too long", async () => {
    await inPeace();
    await expect(rotate(contextWith(late(100)), 0)).rejects.toThrow("does not show the new secret yet");

    expect(await secretsOf()).toHaveLength(2);
    expect((await toTheEnd(contextWith())).kind).toBe("finished");
  });
});

describe("the overlap", () => {
  const HOUR = 3_600_000;

  it("is waited for when it is short, from when the new secret was added, and told of when it is long", async () => {
    await inPeace();
    let passed = 0;
    const said: string[] = [];
    const context: RotationContext = {
      ...contextWith(),
      say: (line) => said.push(line),
      now: () => new Date(Date.now() + passed),
      wait: async (milliseconds) => {
        passed += milliseconds;
      },
    };
    const long = await rotate(context, HOUR);
    const [, younger] = await context.secrets.list();
    expect(long).toMatchObject({
      kind: "overlapping",
      overlapEnds: new Date((younger?.createdAt.getTime() ?? 0) + HOUR).toISOString(),
    });
    expect(passed).toBe(0);

    expect((await rotate(context, 120_000)).kind).toBe("finished");
    expect([passed > 100_000, passed <= 120_000]).toEqual([true, true]);
    expect(said).toContainEqual(expect.stringMatching(/^Both secrets are taken for 1\d\d s more, since /));
  });
});

describe("a secret that somebody changed by hand", () => {
  const move = async (to: string | undefined, from: string | undefined) => {
    const input = {
      SecretId: client.store?.arn,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: to,
      RemoveFromVersionId: from,
    };
    const { status } = await callAws({
      service: "secretsmanager",
      region: client.region,
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.UpdateSecretVersionStage",
      },
      body: JSON.stringify(input),
    });
    expect(status).toBe(200);
  };

  it.each<[string, Step]>([
    ["aborted", abort],
    ["gone on with", toTheEnd],
  ])("is not locked out when a rotation that was rolled back by hand is %s", async (_what, step) => {
    await inPeace();
    const old = await contextWith().delivery.current();
    await open(contextWith());
    await move(old?.version, (await contextWith().delivery.current())?.version);
    expect(await delivered()).toBe(old?.value);
    await step(contextWith());

    expect([await takes(client, await delivered()), await secretsOf()]).toEqual([true, [expect.any(String)]]);
  });

  it("is left alone beside a second secret that somebody added, until it is told which one to keep", async () => {
    await inPeace();
    const current = await delivered();
    const foreign = await contextWith().secrets.add("a".repeat(30));
    const said = async (step: Step) => (await step(contextWith()).catch((error: Error) => error)) as Error;

    expect((await said(toTheEnd)).message).toContain("--finish");
    expect(await secretsOf()).toHaveLength(2);
    expect(await delivered()).toBe(current);
    await contextWith().secrets.delete(foreign.id);
  });

  it("is replaced when Cognito does not take it any more", async () => {
    await inPeace();
    const [only] = await contextWith().secrets.list();
    const added = await contextWith().secrets.add("b".repeat(30));
    await contextWith().secrets.delete(only?.id ?? "");
    expect(await takes(client, await delivered())).toBe(false);

    await expect(finish(contextWith())).rejects.toThrow("refuses the secret of Secrets Manager");
    expect((await toTheEnd(contextWith())).kind).toBe("finished");
    expect(await takes(client, await delivered())).toBe(true);
    expect(await secretsOf()).not.toContain(added.id);
  });
});
