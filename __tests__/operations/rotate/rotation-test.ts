import { Readable } from "node:stream";
import { bytesOf, type Send } from "../../support/aws-endpoint";
import { abort, finish, lookInto, open, openRotation, operationOf, rotate, type Step } from "../../support/rotation";

const DAY = 86_400_000;

describe("Secrets Manager, when it shows late what was delivered", () => {
  /** Returns the previous value in place of the current one, so many times after AWSCURRENT was moved. */
  const late = (send: Send, times: number): Send => {
    let left: number | undefined;
    return async (request) => {
      const body = bytesOf(request).toString();
      if (
        left !== undefined &&
        left > 0 &&
        body.includes('"AWSCURRENT"') &&
        /GetSecretValue$/.test(operationOf(request))
      ) {
        left--;
        return await send({ ...request, body: body.replace("AWSCURRENT", "AWSPREVIOUS") });
      }
      const answer = await send(request);
      if (/UpdateSecretVersionStage$/.test(operationOf(request))) left ??= times;
      return answer;
    };
  };

  it.each([
    [5, "finished", 1],
    [100, "Secrets Manager, billing does not show the new secret yet. Run the command again.", 2],
  ])("%i times, is waited for before anything is deleted", async (times, end, secretsLeft) => {
    const opened = await openRotation("Secrets Manager");
    const { isServed, ids, run, settle } = lookInto(opened);
    const send = late(opened.send, times);
    const ended = await run(rotate, { send }).then(
      ({ kind }) => kind,
      (error: Error) => error.message,
    );

    expect([ended, (await ids()).length, await isServed()]).toEqual([end, secretsLeft, true]);
    await settle();
  });
});

describe("the overlap", () => {
  it("is waited for when it is short, from when the new secret was added, and reported when it is long", async () => {
    const opened = await openRotation("Secrets Manager");
    const { secrets, run } = lookInto(opened);
    const start = opened.context().now().getTime();
    let passed = 0;
    const reported: string[] = [];
    const given = {
      report: (line: string) => void reported.push(line),
      now: () => new Date(start + passed),
      wait: async (milliseconds: number) => {
        passed += milliseconds;
      },
    };
    const long = await run((rotation) => rotation.rotate(DAY), given);
    const [, younger] = await secrets.list();
    const overlapEnds = new Date((younger?.createdAt.getTime() ?? 0) + DAY).toISOString();
    expect([long, passed]).toEqual([expect.objectContaining({ kind: "overlapping", overlapEnds }), 0]);

    expect((await run((rotation) => rotation.rotate(120_000), given)).kind).toBe("finished");
    expect([passed > 100_000, passed <= 130_000]).toEqual([true, true]);
    expect(reported).toContainEqual(expect.stringMatching(/^Both secrets are accepted for 1\d\d s more\.$/));
  });
});

describe("a rotation if it is due", () => {
  const LIMIT = 30;
  const openDays = async () => {
    const opened = await openRotation("Secrets Manager");
    const inside = lookInto(opened);
    const [first] = await inside.secrets.list();
    const created = first?.createdAt.getTime() ?? 0;
    /** Moves AWS's clock. */
    const pass = async (milliseconds: number) => await opened.context().wait(milliseconds);
    const due: Step = (rotation) => rotation.rotateIfDue(LIMIT, 0.8 * DAY);
    const untilDue = created + LIMIT * DAY - opened.context().now().getTime();
    return { ...inside, opened, first, created, pass, due, untilDue };
  };

  it("changes nothing until the day, and sends nothing that could", async () => {
    const { opened, run, created, pass, untilDue, due, first, delivered, ids } = await openDays();
    const before = await delivered();
    const sent: string[] = [];
    const send: Send = async (request) => {
      sent.push(operationOf(request).split(".").at(-1) ?? "");
      return await opened.send(request);
    };
    await pass(untilDue - 1);

    expect(await run(due, { send })).toEqual({
      kind: "not-due",
      secretId: first?.id,
      dueAt: new Date(created + LIMIT * DAY).toISOString(),
    });
    expect([await delivered(), await ids()]).toEqual([before, [first?.id]]);
    expect([...new Set(sent)].toSorted()).toEqual(["GetSecretValue", "ListUserPoolClientSecrets"]);
  });

  it("rotates on the day, deletes the old secret once the overlap is over, and is not due then", async () => {
    const { pass, run, due, untilDue, delivered, isServed, ids, first } = await openDays();
    const before = await delivered();
    await pass(untilDue);

    expect((await run(due)).kind).toBe("overlapping");
    expect([(await delivered()) === before, await isServed(), (await ids()).length]).toEqual([false, true, 2]);
    await pass(0.5 * DAY);
    expect([(await run(due)).kind, (await ids()).length]).toEqual(["overlapping", 2]);
    await pass(0.5 * DAY);
    expect([(await run(due)).kind, await isServed(), (await ids()).length]).toEqual(["finished", true, 1]);
    expect([(await run(due)).kind, await ids()]).toEqual(["not-due", [expect.not.stringMatching(`${first?.id}`)]]);
  });

  it("continues a rotation of a secret that is not due: one that is delivered, and one that is pending", async () => {
    const { pass, run, due, ids, store, settle } = await openDays();
    await run(open);
    await pass(DAY);
    expect([(await run(due)).kind, (await ids()).length]).toEqual(["finished", 1]);

    const cut = Object.assign(Object.create(store), { finish: () => Promise.reject(new Error("cut off")) });
    await expect(run(rotate, { store: cut })).rejects.toThrow("cut off");
    expect(await store.read("pending")).toBeDefined();
    expect([(await run(due)).kind, (await ids()).length]).toEqual(["overlapping", 2]);
    await settle();
  });

  it("deletes nothing without an overlap, however often it runs", async () => {
    const { pass, run, untilDue, ids } = await openDays();
    for (const _run of ["first", "second"]) {
      await pass(untilDue);
      expect((await run((rotation) => rotation.rotateIfDue(LIMIT))).kind).toBe("overlapping");
    }
    expect(await ids()).toHaveLength(2);
  });
});

describe("a secret that was changed outside this command", () => {
  it.each<[string, Step]>([
    ["aborted", abort],
    ["gone on with", rotate],
  ])("is not locked out when a rotation that was rolled back is %s", async (_, step) => {
    const opened = await openRotation("Secrets Manager");
    const { store, delivered, isServed, ids, run } = lookInto(opened);
    const old = await store.read("current");
    await run(open);
    const fresh = await store.read("current");
    if (fresh === undefined || old === undefined) throw new Error("nothing is delivered");
    await store.deliver(fresh, old);
    expect(await delivered()).toBe(old?.value);
    await run(step);

    expect([await isServed(), await ids()]).toEqual([true, [expect.any(String)]]);
  });

  it("is replaced when Cognito refuses it, and not ended", async () => {
    const opened = await openRotation("Secrets Manager");
    const { secrets, isServed, ids, run } = lookInto(opened);
    const [only = ""] = await ids();
    const added = await secrets.add("b".repeat(30));
    await secrets.delete(only);
    expect(await isServed()).toBe(false);

    await expect(run(finish)).rejects.toThrow("refuses the secret of Secrets Manager");
    expect((await run(rotate)).kind).toBe("finished");
    expect([await isServed(), (await ids()).includes(added ?? "")]).toEqual([true, false]);
  });

  it("stays when services read the new secret and no older one is known", async () => {
    const opened = await openRotation("Secrets Manager");
    const { store, ids, run } = lookInto(opened);
    await run(rotate);
    await run(open);
    const forgetful = Object.assign(Object.create(store), {
      read: async (label: "current") => (String(label) === "previous" ? undefined : await store.read(label)),
    });

    await expect(run(abort, { store: forgetful })).rejects.toThrow("no older one is known");
    expect(await ids()).toHaveLength(2);
  });
});

describe("a rotation without a permission", () => {
  it("changes nothing, and names the permission but nothing of the response", async () => {
    const opened = await openRotation("Secrets Manager");
    const { delivered, ids, run } = lookInto(opened);
    const body = JSON.stringify({ __type: "AccessDeniedException", message: opened.client.knownSecret });
    const send: Send = async (request) =>
      operationOf(request).endsWith("PutSecretValue")
        ? { response: { statusCode: 400, headers: {}, body: Readable.from([Buffer.from(body)]) } }
        : await opened.send(request);

    await expect(run(rotate, { send })).rejects.toThrow(
      /^AWS refused secretsmanager:PutSecretValue: AccessDeniedException \(400\)\. .* permission secretsmanager:PutSecretValue\.$/,
    );
    expect([(await ids()).length, await delivered()]).toEqual([1, opened.client.knownSecret]);
  });
});
