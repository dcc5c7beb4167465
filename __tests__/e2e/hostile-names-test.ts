/** Names that every JavaScript object has, and names and reasons that try to be more than text, through every command. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessMatrix } from "../../operations/access-graph/access-matrix";
import { matrixJson, matrixMarkdown, matrixText } from "../../operations/access-graph/access-matrix-text";
import { dangersInLines, dangersInMarkdown, HOSTILE_TEXTS } from "../support/hostile-texts";
import type { Ended } from "../support/processes";
import { runTogether } from "../support/run-together";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const STYLE = { width: 100, alarm: String, heading: String };

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

const everything = Object.values(HOSTILE_TEXTS).join(" ").replaceAll("\0", "").slice(0, 4_000);

/** What it is deployed with, and what the deployment is shown with. */
const SHOWING = {
  deploy: ["deploy", "dev", "--yes"],
  verify: ["verify", "dev"],
  json: ["matrix", "--json"],
  review: ["review", "dev", "--out", "x.plan"],
  drift: ["drift", "dev"],
  token: ["token", "constructor", "--decode"],
  otherToken: ["token", "toString"],
  hostileToken: ["token", HOSTILE_TEXTS["the terminal"] ?? ""],
  postman: ["postman", "dev"],
  refusedCall: ["call", "POST", "/toString", "--client", "constructor"],
} as const;

const OTHERS = [
  ["logs"],
  ["handout", "hasOwnProperty"],
  ["report", "dev"],
  ["report", "dev", "--html"],
  ["report", "dev", "--csv"],
  ["preflight", "dev"],
  ["policy", "apply", "--env", "dev", "--account", "123456789012"],
  ["call", "POST", "/toString", "--client", "hasOwnProperty", "--curl"],
];

const REFUSED = [
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

/** By the names of {@link SHOWING}. */
let shown: Readonly<Record<string, Ended>>;
let others: readonly Ended[];
let refused: readonly Ended[];
const resultOf = (name: keyof typeof SHOWING): Ended => shown[name] ?? { code: null, stdout: "", stderr: "" };

beforeAll(async () => {
  await project.serve();
  const showing = Object.values(SHOWING);
  const results = await runTogether(project, [...showing, ...OTHERS, ...REFUSED]);
  shown = Object.fromEntries(Object.keys(SHOWING).map((name, index) => [name, results[index] as Ended]));
  others = results.slice(showing.length, showing.length + OTHERS.length);
  refused = results.slice(showing.length + OTHERS.length);
});
afterAll(() => project.remove());

it("are in no command's messages as more than text", () => {
  const all = [...Object.values(shown), ...others, ...refused];
  expect(all).toHaveLength(Object.keys(SHOWING).length + OTHERS.length + REFUSED.length);
  expect(all.flatMap(({ stderr }) => dangersInLines(stderr))).toEqual([]);
});

it("are reviewed and deployed", () => {
  const { code, stdout } = resultOf("deploy");
  expect([code, dangersInLines(stdout)]).toEqual([0, []]);
  expect(stdout).toMatch(/hasOwnProperty +gains .*POST \/toString/);
  expect(stdout).toMatch(/deployed: dev, \d+ added, 0 changed, 0 destroyed/);
});

it("are called as the matrix says", () => {
  const { code, stdout } = resultOf("verify");
  expect([code, dangersInLines(stdout)]).toEqual([0, []]);
  expect(stdout).toMatch(/✓ +GET \/constructor +constructor +allow/);
  expect(stdout).toMatch(/✓ +POST \/toString +hasOwnProperty +allow/);
});

it("are shown by the matrix as text, as Markdown and as JSON", () => {
  const json = resultOf("json").stdout;
  const found = [accessMatrix("dev", JSON.parse(readFileSync(join(project.stack, "cdk.tf.json"), "utf8")))];
  const [text, markdown] = [found.map((one) => matrixText(one, STYLE)).join("\n"), matrixMarkdown(found)];
  expect(dangersInLines(text)).toEqual([]);
  expect(text).toContain("See @octocat and #1 | <!--");
  expect(dangersInMarkdown(markdown)).toEqual([]);
  expect(markdown).toContain("@octocat");
  expect(dangersInLines(json)).toEqual([]);
  expect(json.trimEnd()).toBe(matrixJson(found).trimEnd());
  const [{ clients, routes }] = JSON.parse(json);
  expect(clients).toEqual(["constructor", "hasOwnProperty"]);
  expect(routes.flatMap(({ scopes }: { scopes: readonly string[] }) => scopes)).toContain(`${SERVER}/${SCOPE}`);
  expect(routes.flatMap(({ notes }: { notes: readonly string[] }) => notes).join()).toContain(REASON);
});

it("change nothing in a second review, and are found without drift", () => {
  const { stdout } = resultOf("review");
  expect(dangersInMarkdown(stdout)).toEqual([]);
  expect(stdout).toContain("Nothing changes");
  const drift = resultOf("drift");
  expect([drift.code, dangersInLines(drift.stdout)]).toEqual([0, []]);
});

it("get tokens, and no other name of an object does", () => {
  const { stdout } = resultOf("token");
  expect(JSON.parse(stdout)).toMatchObject({ claims: { scope: "constructor/valueOf" } });
  const other = resultOf("otherToken");
  expect([other.code, other.stderr]).toEqual([
    64,
    expect.stringContaining('dev has no client "toString". It has constructor, hasOwnProperty.'),
  ]);
  expect(resultOf("hostileToken").code).toBe(64);
});

it("are written for Postman exactly", () => {
  const text = readFileSync(join(project.folder, "dev.postman_collection.json"), "utf8");
  expect(text.includes(JSON.stringify(`${SERVER}/${SCOPE} constructor/toString`))).toBe(true);
});

describe("every other command", () => {
  it("prints what the deployment holds without harm", () => {
    const { code, stderr } = resultOf("refusedCall");
    expect([code, stderr]).toEqual([2, expect.stringContaining("the route requires the scope")]);
    for (const [index, { code, stdout }] of others.entries()) {
      const [name] = OTHERS[index] ?? [];
      // The environment has no remote state, which a policy needs, and preflight finds fault with.
      const isReady = name !== "preflight" && name !== "policy";
      expect([name, code, dangersInLines(stdout)]).toEqual([name, isReady ? 0 : expect.any(Number), []]);
    }
  });

  it.each(REFUSED.map(([name = ""], index) => [name, index] as const))(
    "%s refuses what it does not know, and shows it without harm",
    (_name, index) => {
      const result = refused[index];

      expect(result?.code).toBeGreaterThan(0);
      expect(dangersInLines(result?.stdout ?? "\0")).toEqual([]);
    },
  );

  it("is refused in a process of its own in the same way", async () => {
    expect(await project.cli("call", everything, "/x")).toEqual(refused[0]);
  });
});
