/** Names that every JavaScript object has, and names and reasons that try to be more than text, through every command. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dangersInLines, dangersInMarkdown, HOSTILE_TEXTS } from "../support/hostile-texts";
import { type Ended, requireDone, run } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

/** As much as Cognito accepts. */
const SERVER = "<!--|@octocat|[x](javascript:1)|</details>";
const SCOPE = "::error::#1`##[add-mask]dev";
const REASON = "See @octocat and #1 | <!-- `x` ##[error]x </details> [x](javascript:1)";

const project = new ServedProject(
  "dev",
  `environments:
  dev: { region: eu-west-1, domainPrefix: hostile-dev, ephemeral: true }
tags: { constructor: toString, valueOf: x }
resourceServers:
  constructor: { scopes: { valueOf: Read, toString: Write } }
  "${SERVER}": { name: odd, scopes: { "${SCOPE}": "${REASON}" } }
clients:
  constructor: { scopes: [constructor/valueOf], secret: { readers: ["arn:aws:iam::123456789012:role/billing"] } }
  hasOwnProperty: { scopes: [constructor/toString, "${SERVER}/${SCOPE}"] }
routes:
  GET /constructor: { lambda: access, scopes: [constructor/valueOf] }
  GET /__proto__/{valueOf}: { lambda: access, scopes: [constructor/toString] }
  POST /toString: { lambda: access, scopes: ["${SERVER}/${SCOPE}"] }
  GET /isPrototypeOf: { lambda: access, public: true, reason: "${REASON}" }
`,
);

beforeAll(async () => {
  await project.serve();
  await project.deploy();
});
afterAll(() => project.remove());

const command = async (name: string, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await project.cli(name, ...args);
  expect(dangersInLines(stderr)).toEqual([]);
  return { code, stdout, stderr };
};

/** Runs commands one after the other, in one process where each of its own takes most of the time to start. */
const commands = async (all: readonly (readonly string[])[]): Promise<readonly Ended[]> => {
  project.write("commands.json", JSON.stringify(all));
  const together = [process.execPath, join(__dirname, "../support/commands-together.cjs"), "commands.json"];
  const results: readonly Ended[] = JSON.parse(
    requireDone(await run(together, project.folder, project.environment())).stdout,
  );
  for (const { stderr } of results) expect(dangersInLines(stderr)).toEqual([]);
  return results;
};

it("are planned without a change", async () => {
  expect((await project.terraform("plan", "-detailed-exitcode")).code).toBe(0);
});

it("are called as the matrix says", async () => {
  const { code, stdout } = await command("verify", "dev");
  expect([code, dangersInLines(stdout)]).toEqual([0, []]);
  expect(stdout).toMatch(/✓ +GET \/constructor +constructor +allow/);
  expect(stdout).toMatch(/✓ +POST \/toString +hasOwnProperty +allow/);
});

it("are shown by the matrix as text, as Markdown and as JSON", async () => {
  const [{ stdout: text = "" } = {}, { stdout: markdown = "" } = {}, { stdout: json = "" } = {}] = await commands([
    ["matrix"],
    ["matrix", "--markdown"],
    ["matrix", "--json"],
  ]);
  expect(dangersInLines(text)).toEqual([]);
  expect(text).toContain("See @octocat and #1 | <!--");
  expect(dangersInMarkdown(markdown)).toEqual([]);
  expect(markdown).toContain("@octocat");
  expect(dangersInLines(json)).toEqual([]);
  const [{ clients, routes }] = JSON.parse(json);
  expect(clients).toEqual(["constructor", "hasOwnProperty"]);
  expect(routes.flatMap(({ scopes }: { scopes: readonly string[] }) => scopes)).toContain(`${SERVER}/${SCOPE}`);
  expect(routes.flatMap(({ notes }: { notes: readonly string[] }) => notes).join()).toContain(REASON);
});

it("are reviewed, and found without drift", async () => {
  const { stdout } = await command("review", "dev", "--out", "x.plan");
  expect(dangersInMarkdown(stdout)).toEqual([]);
  expect(stdout).toContain("Nothing changes");
  const drift = await command("drift", "dev");
  expect([drift.code, dangersInLines(drift.stdout)]).toEqual([0, []]);
});

it("get tokens, and no other name of an object does", async () => {
  const { stdout } = await command("token", "constructor", "--decode");
  expect(JSON.parse(stdout)).toMatchObject({ claims: { scope: "constructor/valueOf" } });
  const other = await command("token", "toString");
  expect([other.code, other.stderr]).toEqual([
    64,
    expect.stringContaining('dev has no client "toString". It has constructor, hasOwnProperty.'),
  ]);
  const unknown = await command("token", HOSTILE_TEXTS["the terminal"] ?? "");
  expect(unknown.code).toBe(64);
});

it("are written for Postman exactly", async () => {
  await command("postman", "dev");
  const text = readFileSync(join(project.folder, "dev.postman_collection.json"), "utf8");
  expect(text.includes(JSON.stringify(`${SERVER}/${SCOPE} constructor/toString`))).toBe(true);
});

describe("every other command", () => {
  const everything = Object.values(HOSTILE_TEXTS).join(" ").replaceAll("\0", "").slice(0, 4_000);

  it("prints what the deployment holds without harm", async () => {
    const refused = await command("call", "POST", "/toString", "--client", "constructor");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("the route requires the scope")]);
    const everyCommand = [
      ["deploy", "dev", "--yes"],
      ["logs"],
      ["handout", "hasOwnProperty"],
      ["report", "dev"],
      ["report", "dev", "--html"],
      ["report", "dev", "--csv"],
      ["preflight", "dev"],
      ["policy", "apply", "--env", "dev", "--account", "123456789012"],
      ["call", "POST", "/toString", "--client", "hasOwnProperty", "--curl"],
    ];
    for (const [index, { code, stdout }] of (await commands(everyCommand)).entries()) {
      const [name] = everyCommand[index] ?? [];
      // The environment has no remote state, which a policy needs, and preflight finds fault with.
      const isReady = name !== "preflight" && name !== "policy";
      expect([name, code, dangersInLines(stdout)]).toEqual([name, isReady ? 0 : expect.any(Number), []]);
    }
  });

  const refused = [
    ["call", everything, "/x"],
    ["call", "GET", everything],
    ["call", "POST", "/toString", "--data", everything],
    ["logs", everything],
    ["rotate", everything],
    ["teardown", everything, "--yes"],
    ["review", everything],
    ["deploy", everything, "--yes"],
    ["apply", everything],
    ["bootstrap", everything, "--yes"],
    ["preflight", everything],
    ["policy", everything],
    ["postman", "dev", "--client", everything],
    ["handout", everything],
    ["report", "dev", "--since", everything],
    ["new", "client", everything, "--scopes", everything],
    ["new", "function", everything],
    ["github", "preview", "--from", everything, "--pr", "1"],
    ["completion", everything],
  ];
  let results: readonly Ended[];
  beforeAll(async () => {
    results = await commands(refused);
  });

  it.each(
    refused.map(([name = ""], index) => [name, index] as const),
  )("%s refuses what it does not know, and shows it without harm", (_name, index) => {
    const result = results[index];

    expect(result?.code).toBeGreaterThan(0);
    expect(dangersInLines(result?.stdout ?? "\0")).toEqual([]);
  });

  it("is refused in a process of its own in the same way", async () => {
    expect(await command("call", everything, "/x")).toEqual(results[0]);
  });
});
