/** The handout of a client, whose programs are run as they are printed; and the report. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Handout } from "../../operations/handout/handout";
import type { AccessReport } from "../../operations/report/report";
import { run, script } from "../support/processes";
import { isInstalled } from "../support/programs";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const ODD = "it's<|#`$odd/a`$(id)#'##[x";
const project = new ServedProject(
  "dev",
  `environments:
  dev: { region: eu-west-1, domainPrefix: handout-dev, ephemeral: true }
resourceServers:
  orders: { scopes: { read: Read orders } }
  "it's<|#\`$odd": { name: odd, scopes: { "a\`$(id)#'##[x": Odd } }
clients:
  shop: { scopes: [orders/read, "${ODD}"], secret: { readers: ["arn:aws:iam::123456789012:role/shop"] } }
  reports: { scopes: [orders/read] }
routes:
  GET /orders/{id}: { lambda: access, scopes: [orders/read] }
  POST /odd: { lambda: access, scopes: ["${ODD}"] }
`,
);

let markdown: string;
let secret: string;

beforeAll(async () => {
  await project.serve();
  await project.deploy();
  const { code, stdout, stderr } = await project.ask("handout", "shop", "--local");
  expect([code, stderr]).toEqual([0, ""]);
  markdown = stdout;
  secret = (await project.deployed()).clientSecrets["shop"] ?? "";
});
afterAll(() => project.remove());

/** The code blocks of a language. */
const blocks = (language: string) =>
  [...markdown.matchAll(/^(`{3,})(\w+)\n([\s\S]*?)\n\1$/gm)].filter((one) => one[2] === language).map((one) => one[3]);

/** Runs a program of the handout, with the secret where the handout says. */
const runAs = (command: readonly string[]) =>
  run(command, project.folder, { ...project.environment(), CLIENT_SECRET: secret });

describe("npx access handout", () => {
  it("prints how to read the secret, which is read that way", async () => {
    const [read, call] = blocks("sh");
    project.write("call.sh", `${read}\n${call}\n`);
    const { code, stdout } = await run(["bash", "call.sh"], project.folder, project.environment());

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ caller: expect.stringMatching(/^[a-z0-9]{26}$/) });
  });

  it("prints a program for Node.js that calls the route", async () => {
    project.write("call.ts", blocks("ts")[0] ?? "");
    const { code, stdout, stderr } = await runAs(script("call.ts"));

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^200 \{"caller":"[a-z0-9]{26}"/);
  });

  (isInstalled("python3", "--version") ? it : it.skip)("prints a program for Python", async () => {
    project.write("call.py", blocks("python")[0] ?? "");
    expect(await runAs(["python3", "-m", "py_compile", "call.py"])).toMatchObject({ code: 0, stderr: "" });
  });

  (isInstalled("python3", "-c", "import authlib, requests") ? it : it.skip)(
    "whose program for Python calls",
    async () => {
      project.write("call.py", blocks("python")[0] ?? "");
      const { code, stdout } = await runAs(["python3", "call.py"]);

      expect([code, stdout]).toEqual([0, expect.stringMatching(/^200 \{"caller":"[a-z0-9]{26}"/)]);
    },
  );

  it("never prints the secret, also as JSON", async () => {
    const { code, stdout } = await project.ask("handout", "shop", "dev", "--json");
    const handout: Handout = JSON.parse(stdout);

    expect(code).toBe(0);
    expect(handout).toMatchObject({ exampleRoute: "POST /odd", secret: { name: "handout-dev/shop" } });
    expect(handout.scopes).toEqual([ODD, "orders/read"]);
    expect(stdout + markdown).not.toContain(secret);
  });

  it("says what to do where the secret is in no store, the client is not deployed or unknown, or nothing is", async () => {
    const { code, stdout, stderr } = await project.ask("handout", "reports");
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining("not in a secret store"),
      expect.stringContaining("secret: { readers:"),
    ]);
    expect(await project.ask("handout", "shp")).toMatchObject({
      code: 64,
      stderr: 'error: dev has no client "shp". Did you mean "shop"?\n',
    });
  });
});

describe("npx access report", () => {
  const git = (...args: readonly string[]) => {
    const date = "2026-03-01T10:00:00Z";
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    const identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    execFileSync("git", [...identity, ...args], { cwd: project.folder, env, stdio: "ignore" });
  };

  it("needs neither git nor Terraform, and says what is missing", async () => {
    git("init", "--initial-branch", "main");
    const { code, stdout, stderr } = await run(script("cli/report.ts", "dev"), project.folder, {
      ...project.environment(),
      PATH: project.folder,
      ACCESS_TODAY: "2026-11-30",
    });

    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: the report is of access\.yaml alone: Terraform 1\.10 or later is needed/);
    expect(stdout).toMatch(/Made on 2026-11-30 from access\.yaml\.\n/);
    expect(stdout).toMatch(/Note:.* not compared with a deployment/);
    expect(stdout).toMatch(/Note:.* git is not on PATH/);
  });

  it("compares access.yaml with the deployment, and has since when each call is granted", async () => {
    git("add", "access.yaml");
    git("commit", "--message", "Grant access");
    const today = new Date().toISOString().slice(0, 10);
    const { code, stdout } = await project.ask("report", "dev", "--json");
    const report: AccessReport = JSON.parse(stdout);

    expect(code).toBe(0);
    expect(report).toMatchObject({ environment: "dev", isDirty: false, usageDays: 90, deployedOnly: [] });
    // The programs of the handout got a token and called.
    const shop = { use: { verdict: "used", lastToken: today, lastCall: today, secretAgeDays: 0 } };
    expect(report.clients).toMatchObject([{ client: "reports", use: { lastToken: null } }, shop]);
    const calls = report.clients.flatMap(({ client, calls }) => calls.map((call) => ({ client, ...call })));
    const same = { since: { date: "2026-03-01" }, isDeployed: true, callerCheck: "client-id" };
    expect(calls).toMatchObject([
      { client: "reports", route: "GET /orders/{id}", ...same },
      { client: "shop", route: "GET /orders/{id}", ...same },
      { client: "shop", route: "POST /odd", scopes: [ODD], ...same },
    ]);
  });

  it("prints who gained and who lost which call since a commit, as Markdown, CSV and HTML", async () => {
    const text = readFileSync(join(project.folder, "access.yaml"), "utf8");
    project.write("access.yaml", text.replace(/ {2}reports:.*\n/, "  other: { scopes: [orders/read] }\n"));
    const outputs = await Promise.all(
      [[], ["--csv"], ["--html"]].map((form) => project.ask("report", "--since", "HEAD", "--no-usage", ...form)),
    );

    expect(outputs.map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, ""]));
    const [markdown, csv, html] = outputs.map(({ stdout }) => stdout);
    expect(markdown).toContain("| gained | `other` | `GET /orders/{id}` | `orders/read` |");
    expect(markdown).toContain(
      "| `GET /orders/{id}` | `orders/read` | not committed | no date | **no** | unknown | client id |",
    );
    expect(markdown).toContain("## Deployed, and not in access.yaml");
    expect(csv).toMatch(/^dev,[0-9a-f]{40},[0-9a-f]{40},lost,,reports,GET \/orders\/\{id\},orders\/read$/m);
    expect(html).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
  });

  it("refuses what is not a commit", async () => {
    const { code, stderr } = await project.ask("report", "--since", "nothing");

    expect([code, stderr]).toEqual([
      64,
      'error: "nothing" is not a commit of this repository. Name an id, a branch or a tag.\n',
    ]);
  });
});
