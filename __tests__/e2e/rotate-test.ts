/** Rotation of secrets on the embedded AWS by the real Terraform: whole, and cut off after every step. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callAws, callCognito } from "../../cli/aws-call";
import type { CallAws } from "../../cli/rotate/aws";
import { ClientSecrets } from "../../cli/rotate/client-secrets";
import { FileDelivery } from "../../cli/rotate/file-delivery";
import { ManagerDelivery } from "../../cli/rotate/manager-delivery";
import { findClient } from "../../cli/rotate/rotated-client";
import { abort, type Outcome, rotate } from "../../cli/rotate/rotation";
import type { RotationContext } from "../../cli/rotate/situation";
import { StateKeeper } from "../../cli/rotate/state-keeper";
import { readState } from "../../cli/state-json";
import { askForToken } from "../../cli/token-request";
import { fileWith } from "../support/access-text";
import { type Ended, ended, kill, script, start } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(120_000);

const READER = "arn:aws:iam::123456789012:role/billing";
const accessYaml = (scopes: string) =>
  fileWith({
    environments: "  dev: { region: ap-northeast-1, domainPrefix: demo-dev, ephemeral: true }",
    clients: [
      `  billing: { scopes: [${scopes}], secret: { readers: ["${READER}"] } }`,
      "  reports: { scopes: [orders/read] }",
    ].join("\n"),
  });
const project = new ServedProject("dev", accessYaml("orders/read"));
const folder = join(project.folder, ".local", "cdktf.out", "stacks", "dev");
const before = { ...process.env };
const everything: Ended[] = [];
const secretsSeen = new Set<string>();

const cli = async (...args: readonly string[]): Promise<Ended> => {
  const done = await project.cli("rotate", ...args);
  everything.push(done);
  return done;
};
const clientOf = async (name: string) => findClient("dev", await readState(folder), name);
const takes = async (name: string, secret: string) => {
  const { tokenUrl, id } = await clientOf(name);
  return "access_token" in (await askForToken(tokenUrl, { id, secret }, undefined));
};
const outputOf = async (name: string) => String((await project.deployed()).clientSecrets[name]);
const isPlanEmpty = async () => (await project.terraform("plan", "-detailed-exitcode")).code === 0;

/** A call that does what it is asked for, and then fails as a broken connection would. */
const failingAfter =
  (operation: string): CallAws =>
  async (request) => {
    const answer = await callAws(request);
    if (!request.headers?.["X-Amz-Target"]?.endsWith(`.${operation}`)) return answer;
    throw new Error("cut off");
  };

async function contextWith(given: { readonly call?: CallAws; readonly state?: object } = {}) {
  const client = await clientOf("billing");
  const call = given.call ?? callAws;
  const said: string[] = [];
  if (client.store === undefined) throw new Error("there is no secret");
  const state = Object.assign(new StateKeeper(folder, client), given.state);
  const context: RotationContext = {
    client,
    secrets: new ClientSecrets(call, client),
    delivery: new ManagerDelivery(call, client, client.store),
    state,
    say: (line) => said.push(line),
    wait: async () => undefined,
    now: () => new Date(),
  };
  return { context, said };
}

/** What services read. */
async function delivered(): Promise<string> {
  const { context } = await contextWith();
  const value = (await context.delivery.current())?.value ?? "";
  secretsSeen.add(value);
  return value;
}

async function scopeDelivered(): Promise<{ readonly scope: string }> {
  const { client, delivery } = (await contextWith()).context;
  if (!(delivery instanceof ManagerDelivery)) throw new Error(`${client.name} is delivered otherwise`);
  return JSON.parse((await delivery.version("AWSCURRENT"))?.text ?? "{}");
}

beforeAll(async () => {
  await project.serve();
  await project.deploy();
  Object.assign(process.env, project.environment());
  for (const secret of Object.values((await project.deployed()).clientSecrets)) secretsSeen.add(secret);
});

afterAll(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await project.remove();
});

describe("npm run rotate", () => {
  it("adds a second secret, delivers it and stops while both are taken, with nothing left to plan", async () => {
    const [old, id] = [await outputOf("billing"), (await clientOf("billing")).id];
    const { code, stderr } = await cli("billing");

    expect([code, stderr]).toEqual([4, expect.stringContaining("✓ a token was issued for the old secret, too")]);
    expect(await delivered()).not.toBe(old);
    expect([await takes("billing", old), await takes("billing", await delivered())]).toEqual([true, true]);
    expect(await outputOf("billing")).toBe(await delivered());
    expect((await clientOf("billing")).id).toBe(id);
    expect(await isPlanEmpty()).toBe(true);
  });

  it("changes nothing more when it is run again in the overlap", async () => {
    const current = await delivered();
    const { code } = await cli("billing", "--overlap", "24h");

    expect([code, await delivered()]).toEqual([4, current]);
  });

  it("deletes the old secret when it is told that the overlap is over, with nothing left to plan", async () => {
    const old = (await clientOf("billing")).knownSecret;
    const { code, stdout, stderr } = await cli("billing", "--finish", "--json");

    expect([code, stderr]).toEqual([0, expect.stringContaining("✓ the old secret is refused now")]);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "finished" });
    expect([await takes("billing", old), await takes("billing", await delivered())]).toEqual([false, true]);
    expect(await isPlanEmpty()).toBe(true);
  });

  it("has nothing to end a second time", async () => {
    const { code, stdout } = await cli("billing", "--finish");

    expect([code, stdout]).toEqual([0, '"billing" has one secret, so there is nothing to end.\n']);
  });

  it("leaves what is delivered alone when the stack is deployed afterwards", async () => {
    const current = await delivered();
    expect((await project.terraform("apply", "-auto-approve")).code).toBe(0);

    expect([await delivered(), await takes("billing", current)]).toEqual([current, true]);
  });

  it("lets the other commands get tokens with the new secret", async () => {
    expect((await project.cli("token", "billing", "--decode")).code).toBe(0);
  });

  it.each([
    "AddUserPoolClientSecret",
    "PutSecretValue",
    "DeleteUserPoolClientSecret",
  ])("goes on when it was cut off after %s", async (operation) => {
    const old = await delivered();
    const { context } = await contextWith({ call: failingAfter(operation) });
    await expect(rotate(context, 0)).rejects.toThrow("cut off");
    expect(await takes("billing", await delivered())).toBe(true);

    const again = await rotate((await contextWith()).context, 0);
    expect(again.kind).toBe("finished" satisfies Outcome["kind"]);
    expect(await delivered()).not.toBe(old);
    expect([await takes("billing", old), await takes("billing", await delivered())]).toEqual([false, true]);
    expect(await (await contextWith()).context.secrets.list()).toHaveLength(1);
    expect(await isPlanEmpty()).toBe(true);
  });

  it.each(["followVersion", "followClient"])("goes on when it was cut off before %s", async (step) => {
    const fail = () => Promise.reject(new Error("cut off"));
    await expect(rotate((await contextWith({ state: { [step]: fail } })).context, 0)).rejects.toThrow("cut off");
    await rotate((await contextWith()).context, 0);

    expect(await (await contextWith()).context.secrets.list()).toHaveLength(1);
    expect(await takes("billing", await delivered())).toBe(true);
    expect(await isPlanEmpty()).toBe(true);
  });

  it.each(["SIGKILL", "SIGINT"] as const)("goes on after %s in the middle", async (signal) => {
    const old = await delivered();
    const child = start(script("cli/rotate.ts", "billing", "--overlap", "0s"), project.folder, project.environment());
    const result = ended(child);
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (chunk: Buffer) => chunk.includes("a second secret is added") && resolve());
    });
    await kill(child, signal);
    everything.push(await result);
    expect((await result).code).not.toBe(0);
    expect(await takes("billing", await delivered())).toBe(true);

    expect((await cli("billing", "--overlap", "0s")).code).toBe(0);
    expect(await takes("billing", old)).toBe(false);
    expect(await (await contextWith()).context.secrets.list()).toHaveLength(1);
    expect(await isPlanEmpty()).toBe(true);
  });

  it("takes the new secret back, and delivers the old one again", async () => {
    const old = await delivered();
    await rotate((await contextWith()).context);
    const taken = await delivered();
    const { code, stderr } = await cli("billing", "--abort");

    expect([code, stderr]).toEqual([0, expect.stringContaining("✓ the new secret is refused now")]);
    expect([await delivered(), await takes("billing", old), await takes("billing", taken)]).toEqual([old, true, false]);
    expect(await isPlanEmpty()).toBe(true);
  });

  it("takes back nothing when services use the new secret and the old one is not known", async () => {
    const { context } = await contextWith();
    await rotate(context);
    const forgetful = Object.assign(Object.create(context.delivery), { previous: async () => undefined });

    await expect(abort({ ...context, delivery: forgetful })).rejects.toThrow("It cannot be taken back");
    expect(await context.secrets.list()).toHaveLength(2);
    await rotate(context, 0);
  });

  it("says that nothing is changed when Secrets Manager refuses the new value", async () => {
    const old = await delivered();
    const denied: CallAws = async (request) =>
      request.headers?.["X-Amz-Target"]?.endsWith(".PutSecretValue")
        ? { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", message: old }) }
        : await callAws(request);
    const { context } = await contextWith({ call: denied });
    const failed = await rotate(context, 0).catch((error: Error) => error.message);

    expect(failed).toBe(
      "AWS refused secretsmanager:PutSecretValue: AccessDeniedException (400). The credentials of the environment need the permission secretsmanager:PutSecretValue. The second secret is deleted again.",
    );
    expect(await context.secrets.list()).toHaveLength(1);
    expect(await delivered()).toBe(old);
  });

  it("leaves a second secret alone that somebody else added long ago, and says what to do", async () => {
    const { context } = await contextWith();
    const foreign = await context.secrets.add();
    const later = { ...context, now: () => new Date(Date.now() + 7_200_000) };

    await expect(rotate(later, 0)).rejects.toThrow(`--client-secret-id ${foreign.id}`);
    expect(await context.secrets.list()).toHaveLength(2);
    await context.secrets.delete(foreign);
  });

  it("keeps the old secret when the new one is not what is delivered", async () => {
    const { context } = await contextWith();
    const foreign = await context.secrets.add();
    const { code, stderr } = await cli("billing", "--finish");

    expect([code, stderr]).toEqual([1, expect.stringContaining("so the old one stays")]);
    expect(await context.secrets.list()).toHaveLength(2);
    await context.secrets.delete(foreign);
  });

  it("delivers the same secret with other scopes, once those are deployed", async () => {
    const current = await delivered();
    project.write("access.yaml", accessYaml("orders/read, orders/write"));
    await project.deploy();
    expect((await scopeDelivered()).scope).toBe("orders/read");
    const { code } = await cli("billing", "--deliver");

    expect([code, (await scopeDelivered()).scope]).toEqual([0, "orders/read orders/write"]);
    expect([await delivered(), await takes("billing", current)]).toEqual([current, true]);
    expect(await isPlanEmpty()).toBe(true);
  });

  it("does not take other changes for granted", async () => {
    const { region, userPoolId } = await clientOf("billing");
    await callCognito(region, "UpdateUserPoolClient", {
      UserPoolId: userPoolId,
      ClientId: (await clientOf("reports")).id,
    });
    const { code } = await cli("billing", "--overlap", "0s");

    expect(code).toBe(0);
    expect(await isPlanEmpty()).toBe(false);
    expect((await project.terraform("apply", "-auto-approve")).code).toBe(0);
  });
});

describe("npm run rotate --to", () => {
  const file = join(project.folder, "reports.json");
  const read = () => JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>;

  it("is asked for before anything is changed", async () => {
    const { code, stderr } = await cli("reports");

    expect([code, stderr]).toEqual([2, expect.stringContaining("name a file with --to")]);
    const { id, userPoolId, region } = await clientOf("reports");
    const { body } = await callCognito(region, "ListUserPoolClientSecrets", { UserPoolId: userPoolId, ClientId: id });
    expect(JSON.parse(body).ClientSecrets).toHaveLength(1);
  });

  it("is not written over when it holds something else", async () => {
    writeFileSync(join(project.folder, "other.json"), "{}");

    expect((await cli("reports", "--to", "other.json")).stderr).toContain("holds something else");
  });

  it("is where the new secret goes, for its owner only, with nothing left to plan at any time", async () => {
    const old = await outputOf("reports");
    await new FileDelivery(file, await clientOf("reports")).prepare();
    const lost = new ClientSecrets(callAws, await clientOf("reports"));
    await lost.add();
    const { code, stderr } = await cli("reports", "--to", file);
    expect([code, stderr]).toEqual([4, expect.stringContaining("was added, but never delivered")]);
    expect(await lost.list()).toHaveLength(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secret = String(read()["client_secret"]);
    secretsSeen.add(secret);
    expect([await takes("reports", old), await takes("reports", secret)]).toEqual([true, true]);
    expect(await isPlanEmpty()).toBe(true);

    const elsewhere = await cli("reports", "--to", "elsewhere.json");
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining("was not delivered by")]);
    expect(await takes("reports", secret)).toBe(true);

    expect((await cli("reports", "--to", file, "--finish")).code).toBe(0);
    expect([await takes("reports", old), await takes("reports", secret)]).toEqual([false, true]);
    expect(await isPlanEmpty()).toBe(true);
    expect((await project.cli("token", "reports")).stderr).toContain("was rotated");
  });
});

describe("what is said of a rotation", () => {
  it.each([
    [["nobody"], 2, 'error: dev has no client "nobody". It has billing, reports.\n'],
    [["billing", "--to", "file"], 2, expect.stringContaining("leave --to out")],
    [["billing", "--overlap", "soon"], 2, expect.stringContaining('"soon" is no length of time')],
    [["billing", "--finish", "--abort"], 2, expect.stringContaining("cannot be used with")],
  ])("is for %j a clear error", async (args, exitCode, message) => {
    const { code, stderr } = await cli(...args);

    expect([code, stderr]).toEqual([exitCode, message]);
  });

  it("holds no secret", () => {
    const said = everything.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");

    expect(secretsSeen.size).toBeGreaterThan(5);
    for (const secret of secretsSeen) expect(said).not.toContain(secret);
  });
});
