/**
 * No secret and no token in anything that is printed, logged or left behind, by any command: each is run on an
 * environment with known secrets, and then everything is searched.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { aws } from "../../platform/aws";
import { KeptCommands } from "../support/kept-commands";
import { kill } from "../support/processes";
import { clientOf, rotatedAccess } from "../support/rotation";
import { type Served, ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const PASSPHRASE = "a passphrase that is no secret here";
/** A JWT begins with `{"` in base64. */
const A_TOKEN = /eyJ[\w-]{10}/;
/** Where secrets are at home: what the account and Terraform's state are kept in. */
const AT_HOME = /^\.local\/(?:account\.|terraform\.\w+\.tfstate)/;

const project = new ServedProject("dev", rotatedAccess());
const before = { ...process.env };
const temporary = join(project.folder, "tmp");
const canaries = new Set<string>();
const texts = new Map<string, string>();
let served: Served;
let kept: KeptCommands;

/** Runs commands, and keeps what each says. */
async function said(...commands: readonly (readonly string[])[]): Promise<void> {
  for (const args of commands) {
    const { stdout, stderr } = await kept.run(args);
    const command = args.join(" ");
    // What is searched is what all of them say.
    expect(texts.has(command)).toBe(false);
    texts.set(command, `${stdout}\n${stderr}`);
  }
}

/** A secret, and the forms in which it may be hidden. */
function watch(secret: string): void {
  expect(secret.length).toBeGreaterThan(20);
  for (const form of [secret, encodeURIComponent(secret)]) canaries.add(form);
  canaries.add(Buffer.from(secret).toString("base64").replace(/=+$/, ""));
}

async function watchState(): Promise<void> {
  for (const secret of Object.values((await project.deployed()).clientSecrets)) if (secret) watch(secret);
  for (const name of ["billing", "reports"]) {
    const { knownSecret, id } = await clientOf(project, name);
    if (knownSecret === "") continue;
    watch(knownSecret);
    canaries.add(Buffer.from(`${id}:${knownSecret}`).toString("base64"));
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules" || entry.name === ".terraform" || entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function leaks(text: string): boolean {
  return A_TOKEN.test(text) || [...canaries].some((canary) => text.includes(canary));
}

beforeAll(async () => {
  mkdirSync(temporary);
  served = await project.serve();
  await project.deploy();
  Object.assign(process.env, project.environment());
  const variables = { CI: "", PLAN_PASSPHRASE: PASSPHRASE, TMPDIR: temporary };
  kept = new KeptCommands(project.folder, { ...project.environment(), ...variables });
  await watchState();
});

afterAll(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await kept.end();
  await project.remove();
});

/** What the functions and the API logged. */
async function logged(): Promise<void> {
  const logs = await aws("ap-northeast-1").logs();
  for (const logGroupName of ["/aws/lambda/demo-dev-access", "/aws/apigateway/demo-dev/dev"]) {
    texts.set(logGroupName, JSON.stringify(await logs.filterLogEvents({ logGroupName })));
  }
  expect(texts.get("/aws/apigateway/demo-dev/dev")).toContain("requestId");
}

describe("secrets and tokens", () => {
  it("are in nothing that the commands say and that is logged while a stack is operated", async () => {
    await said(
      ["preflight", "dev"],
      ["matrix", "--json"],
      ["verify", "dev", "--json"],
      ["call", "POST", "/access", "--client", "billing"],
      ["drift", "dev", "--json"],
      ["rotate", "billing"],
    );
    await watchState();
    await said(
      ["drift", "dev"],
      ["rotate", "billing", "--abort", "--json"],
      ["rotate", "billing", "--overlap", "0s"],
      ["rotate", "reports", "--to", "reports.json"],
    );
    await watchState();
    watch(JSON.parse(readFileSync(join(project.folder, "reports.json"), "utf8")).client_secret);
    project.write("access.yaml", rotatedAccess("orders/read, orders/write"));
    await said(
      ["rotate", "reports", "--to", "reports.json", "--finish"],
      ["verify", "dev"],
      ["postman", "dev", "--json"],
      ["handout", "billing"],
      ["report", "dev"],
      ["postman", "dev", "--with-secrets", "--out", "with-secrets"],
      ["policy", "apply", "--env", "dev"],
      ["review", "dev", "--json", "--save-data", "data.plan"],
      ["review", "dev", "--from-data", "data.plan"],
      ["apply", "dev.plan", "--keep"],
      ["apply", "dev.plan"],
      ["rotate", "billing", "--deliver"],
    );
    await watchState();
    await logged();
    await said(["teardown", "nobody"], ["teardown", "dev", "--yes", "--json"], ["teardown", "dev", "--yes"]);

    expect(canaries.size).toBeGreaterThanOrEqual(12);
    expect([...texts].filter(([, text]) => leaks(text)).map(([command]) => command)).toEqual([]);
    // What is searched are the real runs, not errors before them.
    expect(texts.get("verify dev")).toContain("partially verified: dev");
    expect(texts.get("call POST /access --client billing")).toContain("200");
    expect(texts.get("apply dev.plan --keep")).toContain("✓");
    expect(texts.get("apply dev.plan")).toContain("stale");
    expect(texts.get("review dev --from-data data.plan")).toContain("orders/write");
    expect(texts.get("drift dev")).toContain("2 secrets are valid");
    expect(texts.get("rotate billing --overlap 0s")).toContain("done:");
    expect(texts.get("teardown dev --yes --json")).toContain('"destroyed"');
  });

  it("are in no file but those that are made for them, and those are for their owner only", async () => {
    await kill(served.server, "SIGTERM");
    const { stdout, stderr } = await served.result;
    expect(leaks(`${stdout}\n${stderr}`)).toBe(false);

    const found = filesBelow(project.folder)
      .filter((file) => leaks(readFileSync(file).toString("latin1")))
      .map((file) => relative(project.folder, file))
      .filter((file) => !AT_HOME.test(file));
    expect(found.toSorted()).toEqual(["reports.json", "with-secrets/dev.postman_environment.json"]);
    for (const file of found) expect(statSync(join(project.folder, file)).mode & 0o077).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
