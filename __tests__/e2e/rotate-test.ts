/** Rotation of secrets on the embedded AWS by the real Terraform, as a user runs it. */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { command } from "../../cli/rotate";
import { Rotation, type RotationContext } from "../../operations/rotate/rotation";
import { TerraformState } from "../../operations/rotate/terraform-state";
import { aws } from "../../platform/aws";
import { UserError } from "../../platform/user-error";
import { type Ended, ended, kill, script, start } from "../support/processes";
import { clientOf, contextOf, rotatedAccess, takes } from "../support/rotation";
import { runTogether } from "../support/run-together";
import { ServedProject } from "../support/served-project";

jest.setTimeout(120_000);

const project = new ServedProject("dev", rotatedAccess());
const before = { ...process.env };
const everything: Ended[] = [];
const secretsSeen = new Set<string>();

const cli = async (...args: readonly string[]): Promise<Ended> => {
  const done = await project.ask("rotate", ...args);
  everything.push(done);
  return done;
};
/** Commands in one process, between which nothing else is done. */
const together = async (...all: readonly (readonly string[])[]): Promise<readonly Ended[]> => {
  const results = await runTogether(project, all);
  everything.push(...results);
  return results;
};
const billing = () => clientOf(project, "billing");
const billingTakes = async (secret: string) => await takes(await billing(), secret);
const contextWith = async (state: object = {}): Promise<RotationContext> => {
  const client = await billing();
  return contextOf(client, { state: Object.assign(new TerraformState(project.stack, client), state) });
};
/** A rotation in this process, where the command itself is not what is tested. */
const rotation = async (client = "billing") => {
  const rotated = await clientOf(project, client);
  return new Rotation(contextOf(rotated, { state: new TerraformState(project.stack, rotated) }));
};
const delivered = async () => {
  const value = (await (await contextWith()).store.read("current"))?.value ?? "";
  secretsSeen.add(value);
  return value;
};
const secretsOf = async () => await (await contextWith()).secrets.list();
const planned = async (...args: readonly string[]) => {
  const done = await project.terraform("plan", "-detailed-exitcode", ...args);
  everything.push(done);
  return done.code;
};
/** All that a rotation changes, with the outputs of it, in half the time. */
const plannedOfSecrets = async () => {
  const { resources } = (await project.state()).root_module;
  const rotated = resources.filter(({ type }) =>
    ["aws_cognito_user_pool_client", "aws_secretsmanager_secret_version"].includes(type),
  );
  return await planned(...rotated.map(({ address }) => `-target=${address}`));
};
/** A JWT begins with `{"` in base64. */
const A_TOKEN = /eyJ[\w-]{10}/;
const EMPTY = 0;

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

describe("npx access rotate", () => {
  it("adds a second secret, delivers it and stops while both are accepted, with nothing left to plan", async () => {
    const [old, { id }] = [await delivered(), await billing()];
    const { code, stderr } = await cli("billing");

    expect([code, stderr]).toEqual([0, expect.stringContaining("✓ a token was issued for the new secret")]);
    const now = await delivered();
    expect([now === old, await billingTakes(old), await billingTakes(now)]).toEqual([false, true, true]);
    expect((await project.deployed()).clientSecrets["billing"]).toBe(now);
    expect([(await billing()).id, await planned()]).toEqual([id, EMPTY]);
  });

  it("deletes the old secret at --finish", async () => {
    const [old, now] = [(await billing()).knownSecret, await delivered()];
    const [beside, done, again, token] = await together(
      ["rotate", "billing", "--overlap", "24h"],
      ["rotate", "billing", "--finish", "--json"],
      ["rotate", "billing", "--finish"],
      ["token", "billing", "--decode"],
    );

    // A rotation that is in progress stays as it is, and other commands find what is delivered.
    expect([beside?.code, await delivered(), token?.code]).toEqual([0, now, 0]);
    expect([done?.code, done?.stderr]).toEqual([
      0,
      expect.stringContaining("✓ a token was issued for the remaining secret"),
    ]);
    expect(JSON.parse(done?.stdout ?? "")).toMatchObject({ kind: "finished" });
    expect(again?.stdout).toContain("so there is nothing to do");
    expect([await billingTakes(old), await billingTakes(await delivered())]).toEqual([false, true]);
  });

  it("leaves nothing to deploy, and what is delivered alone when the stack is deployed afterwards", async () => {
    const current = await delivered();
    const { code, stdout } = await project.terraform("apply", "-auto-approve");

    expect([code, stdout]).toEqual([0, expect.stringContaining("No changes.")]);
    expect([await delivered(), await billingTakes(current)]).toEqual([current, true]);
  });

  it.each(["followVersion", "followClient"])("goes on when it was cut off before %s", async (step) => {
    const fail = () => Promise.reject(new Error("cut off"));
    await expect(new Rotation(await contextWith({ [step]: fail })).rotate(0)).rejects.toThrow("cut off");
    await new Rotation(await contextWith()).rotate(0);

    expect([await secretsOf(), await billingTakes(await delivered())]).toEqual([[expect.anything()], true]);
    expect(await plannedOfSecrets()).toBe(EMPTY);
  });

  it.each(["SIGKILL", "SIGINT"] as const)("goes on after %s in the middle", async (signal) => {
    const old = await delivered();
    const child = start(script("cli/rotate.ts", "billing", "--overlap", "0s"), project.folder, project.environment());
    const result = ended(child);
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (chunk: Buffer) => chunk.includes("a new secret was stored") && resolve());
    });
    await kill(child, signal);
    everything.push(await result);
    expect((await result).code).not.toBe(0);
    expect(await billingTakes(await delivered())).toBe(true);

    await (await rotation()).rotate(0);
    expect([await billingTakes(old), await secretsOf()]).toEqual([false, [expect.anything()]]);
  });

  it("takes the new secret back, and delivers the old one again", async () => {
    const old = await delivered();
    await (await rotation()).rotate();
    const taken = await delivered();
    const { code, stderr } = await cli("billing", "--abort");

    expect([code, stderr]).toEqual([0, expect.stringContaining("✓ the old secret was delivered again")]);
    expect([await delivered(), await billingTakes(old), await billingTakes(taken)]).toEqual([old, true, false]);
    expect(await plannedOfSecrets()).toBe(EMPTY);
  });

  it("keeps an unmanaged second secret until --keep names the one that services read", async () => {
    const [mine] = await secretsOf();
    const foreign = (await (await contextWith()).secrets.add("f".repeat(30))) ?? "";
    await expect((await rotation()).finish(foreign)).rejects.toThrow(UserError);
    expect(await secretsOf()).toHaveLength(2);

    const [unsure, kept] = await together(
      ["rotate", "billing"],
      ["rotate", "billing", "--finish", "--keep", mine?.id ?? "", "--json"],
    );
    expect([unsure?.code, unsure?.stderr]).toEqual([
      1,
      expect.stringContaining("does not record which one replaces the other"),
    ]);
    // The refusal changed nothing, so that there was a second one to delete.
    expect([kept?.code, JSON.parse(kept?.stdout ?? "")]).toMatchObject([0, { kind: "finished" }]);
    expect((await secretsOf()).map(({ id }) => id)).toEqual([mine?.id]);
  });

  it("delivers the same secret with other scopes, once those are deployed", async () => {
    const scope = async () => {
      const current = await (await contextWith()).store.read("current");
      return JSON.parse(current?.version?.text ?? "{}").scope;
    };
    const current = await delivered();
    project.write("access.yaml", rotatedAccess("orders/read, orders/write"));
    await project.deploy();
    expect(await scope()).toBe("orders/read");
    const { code } = await cli("billing", "--deliver");

    expect([code, await scope(), await delivered()]).toEqual([0, "orders/read orders/write", current]);
    expect([await billingTakes(current), await plannedOfSecrets()]).toEqual([true, EMPTY]);
  });

  it("leaves other out-of-band changes to the next plan", async () => {
    const { region, userPoolId } = await billing();
    const { id } = await clientOf(project, "reports");
    await (await aws(region).cognito()).updateUserPoolClient({ UserPoolId: userPoolId, ClientId: id });

    await (await rotation()).rotate(0);
    const { code, stdout } = await project.terraform("apply", "-auto-approve");
    expect([code, stdout]).toEqual([0, expect.stringContaining("0 added, 1 changed, 0 destroyed")]);
  });

  it("delivers a new secret where Terraform wrote an empty one, and ends that only at --finish", async () => {
    const { store } = await billing();
    const address = `aws_secretsmanager_secret_version.${store?.versionName}`;
    expect((await project.terraform("apply", "-auto-approve", `-replace=${address}`)).code).toBe(0);
    expect(await delivered()).toBe("");

    const [unseen, done] = await together(["token", "billing"], ["rotate", "billing", "--overlap", "0s"]);
    expect([unseen?.code, unseen?.stderr]).toEqual([1, expect.stringContaining("npx access rotate")]);
    expect([done?.code, done?.stderr]).toEqual([0, expect.stringContaining("It is replaced by a new one")]);
    await (await rotation()).finish();
    expect([await secretsOf(), await billingTakes(await delivered())]).toEqual([[expect.anything()], true]);
    expect(await plannedOfSecrets()).toBe(EMPTY);
  });
});

describe("npx access rotate --if-due", () => {
  const withAge = (days: number) => {
    const text = rotatedAccess("orders/read, orders/write");
    project.write("access.yaml", `${text}\ndefaults: { rotateAfterDays: ${days} }\n`);
  };

  it("changes nothing while no secret is due, and needs no stack that is synthesized", async () => {
    withAge(30);
    const before = [await delivered(), await secretsOf()];
    rmSync(project.stack, { recursive: true });
    const { code, stdout } = await cli("--if-due");

    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^"billing" is not due until \S+Z, .*\n"reports" is not due until \S+Z, .*\n$/),
    ]);
    expect([await delivered(), await secretsOf()]).toEqual(before);
  });

  it("ends a rotation that is in progress, while another client has nothing to do", async () => {
    await (await rotation()).rotate();
    const { code, stdout } = await cli("--if-due", "--overlap", "0s", "--json");
    const [one] = await secretsOf();

    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      [
        { client: "billing", outcome: { kind: "finished", secretId: one?.id }, error: null },
        { client: "reports", outcome: expect.objectContaining({ kind: "not-due" }), error: null },
      ],
    ]);
    expect([await billingTakes(await delivered()), (await secretsOf()).length, await plannedOfSecrets()]).toEqual([
      true,
      1,
      EMPTY,
    ]);
  });

  it("fails for a client that cannot be rotated, and goes on to the next one", async () => {
    const foreign = (await (await contextWith()).secrets.add("e".repeat(30))) ?? "";
    const { code, stdout, stderr } = await cli("--if-due", "--overlap", "0s");
    await (await contextWith()).secrets.delete(foreign);

    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^"reports" is not due until \S+Z, so nothing was changed\.\n$/),
    ]);
    expect(stderr).toContain('error: "billing" was not rotated: client "billing" has two secrets');
  });
});

describe("a secret that is scheduled for deletion while it is deployed", () => {
  const preflight = () => project.ask("preflight", "dev");

  it("is not ready for a deployment until it is restored and, after a failed deployment, imported", async () => {
    const { store, region } = await billing();
    const manager = await aws(region).secretsManager();
    const SecretId = store?.arn;
    await manager.deleteSecret({ SecretId });
    const deployed = await preflight();
    await expect((await rotation()).rotate()).rejects.toThrow("restore-secret");
    expect([deployed.code, deployed.stdout]).toEqual([
      2,
      expect.stringMatching(/although it is deployed.*restore-secret/s),
    ]);
    expect(deployed.stdout).not.toContain("terraform -chdir");

    expect((await project.terraform("apply", "-auto-approve")).stderr).toContain("scheduled for deletion");
    await manager.restoreSecret({ SecretId });
    const restored = await preflight();
    expect([restored.code, restored.stdout]).toEqual([2, expect.stringContaining("ResourceExistsException")]);
    const imports = [...restored.stdout.matchAll(/terraform -chdir=\S+ import (\S+) '?([^'\s]+)/g)];
    expect(imports).toHaveLength(2);
    for (const [, address = "", id = ""] of imports) {
      expect((await project.terraform("import", address, id)).code).toBe(0);
    }

    expect([(await preflight()).code, (await project.terraform("apply", "-auto-approve")).code]).toEqual([0, 0]);
    expect([await billingTakes(await delivered()), await planned()]).toEqual([true, EMPTY]);
  });
});

describe("npx access rotate --to", () => {
  const file = join(project.folder, "reports.json");
  const read = () => JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>;
  const reports = () => clientOf(project, "reports");
  const reportsTake = async (secret: string) => await takes(await reports(), secret);
  const idsOf = async () => {
    const { id, userPoolId, region } = await reports();
    const listed = await (await aws(region).cognito()).listUserPoolClientSecrets({
      UserPoolId: userPoolId,
      ClientId: id,
    });
    return listed.ClientSecrets?.length;
  };

  it("is asked for, and is where the new secret goes, for its owner only, with nothing left to plan", async () => {
    const old = (await reports()).knownSecret;
    const [unnamed, named] = await together(["rotate", "reports"], ["rotate", "reports", "--to", file]);
    expect([unnamed?.code, unnamed?.stderr]).toEqual([
      64,
      expect.stringContaining("Name a file for its credentials with --to"),
    ]);
    // The client still has two secrets, so the first command added none.
    expect([named?.code, await idsOf(), statSync(file).mode & 0o777]).toEqual([0, 2, 0o600]);
    const secret = String(read()["client_secret"]);
    secretsSeen.add(secret);
    expect([await reportsTake(old), await reportsTake(secret), await plannedOfSecrets()]).toEqual([true, true, EMPTY]);

    const [elsewhere, finished, token] = await together(
      ["rotate", "reports", "--to", "elsewhere.json"],
      ["rotate", "reports", "--to", file, "--finish", "--json"],
      ["token", "reports"],
    );
    expect([elsewhere?.code, elsewhere?.stderr]).toEqual([1, expect.stringContaining("has two secrets")]);
    // Both were left until then.
    expect([finished?.code, JSON.parse(finished?.stdout ?? "")]).toMatchObject([0, { kind: "finished" }]);
    expect([await reportsTake(old), await reportsTake(secret), await plannedOfSecrets()]).toEqual([false, true, EMPTY]);
    expect(readdirSync(project.folder).filter((name) => name.startsWith("reports.json"))).toEqual(["reports.json"]);
    expect(token?.stderr).toContain("was rotated");
  });

  it("keeps what the file has when the client gets a secret in Secrets Manager later, until --finish", async () => {
    const inFile = String(read()["client_secret"]);
    project.write(
      "access.yaml",
      rotatedAccess("orders/read, orders/write", ', secret: { readers: ["arn:aws:iam::123456789012:role/reports"] }'),
    );
    await project.deploy();
    await (await rotation("reports")).rotate(0);
    const now = (await contextOf(await reports()).store.read("current"))?.value ?? "";
    secretsSeen.add(now);
    expect([await reportsTake(inFile), await reportsTake(now)]).toEqual([true, true]);
    await (await rotation("reports")).finish();
    expect([await reportsTake(inFile), await reportsTake(now), await planned()]).toEqual([false, true, EMPTY]);
  });
});

describe("a client that was changed out of band", () => {
  const cognito = async () => await aws((await billing()).region).cognito();
  const input = async () => {
    const { userPoolId, id } = await clientOf(project, "reports");
    return { UserPoolId: userPoolId, ClientId: id };
  };

  it("gets no second secret when no token is issued for any", async () => {
    await (await cognito()).updateUserPoolClient(await input());
    const { code, stderr } = await cli("reports");
    const { ClientSecrets } = await (await cognito()).listUserPoolClientSecrets(await input());

    expect([code, stderr]).toEqual([1, expect.stringMatching(/refuses the client with any secret.*npx access drift/)]);
    expect(ClientSecrets).toHaveLength(1);
  });

  it("is reported when it was deleted, and what cannot be done is an error", async () => {
    await (await cognito()).deleteUserPoolClient(await input());
    const wrong: readonly (readonly [code: number, args: readonly string[], message: unknown])[] = [
      [1, ["reports"], expect.stringMatching(/^error: Cognito has no client "reports" \(\w+\)/m)],
      [64, ["unknown"], 'error: dev has no client "unknown". It has billing, reports.\n'],
      [64, ["billing", "--to", "file"], expect.stringContaining("Remove --to")],
      [64, ["billing", "--finish", "--to", "file"], expect.stringContaining("Remove --to")],
      [64, ["billing", "--overlap", "1h30m"], expect.stringContaining("Expected a duration")],
      [64, ["billing", "--keep", "1"], expect.stringContaining("--keep requires --finish")],
    ];
    const results = await together(...wrong.map(([, args]) => ["rotate", ...args]));

    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(
      wrong.map(([code, , message]) => [code, message]),
    );
  });
});

describe("the output of npx access rotate", () => {
  it("is an error for --finish with --abort", () => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    expect(() => command.parse(["billing", "--finish", "--abort"], { from: "user" })).toThrow("cannot be used with");
  });

  it("holds no secret", () => {
    const printed = everything.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
    secretsSeen.delete("");

    expect(secretsSeen.size).toBeGreaterThan(5);
    expect(printed).not.toMatch(A_TOKEN);
    for (const secret of secretsSeen) expect(printed).not.toContain(secret);
  });
});
