/** One issue for the drift of an environment, against what stands in for GitHub. */

import { driftBody, keepIssue, parseReport } from "../../../operations/github/drift-issue";
import { GitHub, settingsIn } from "../../../operations/github/github";
import { BOT, type Issue, MALLORY, PretendGitHub } from "../../support/pretend-github";

const MARKER = "<!-- machine-access-drift environment=dev -->";

const finding = {
  address: "aws_cognito_user_pool_client.billing",
  attribute: "access_token_validity",
  expected: "60",
  found: "1440",
  verdict: "out-of-band-change",
  severity: "warning",
};
const report = (findings: readonly object[] = [finding], environment = "dev") =>
  parseReport(
    JSON.stringify({
      environment,
      isClean: false,
      findings,
      remedies: { "out-of-band-change": "npx access deploy dev" },
    }),
    environment,
  );

const server = new PretendGitHub();
let github: GitHub;

beforeAll(async () => {
  await server.start();
  github = new GitHub(settingsIn(server.environment));
});
afterAll(() => server.stop());
beforeEach(() => server.clear());

const keep = (found?: ReturnType<typeof report>) => keepIssue(github, "dev", found, BOT.login);
const open = (): readonly Issue[] => server.issues.filter(({ state }) => state === "open");

describe("keepIssue", () => {
  it("opens an issue that tells what was found", async () => {
    expect(await keep(report())).toEqual({ done: "opened", number: server.issues[0]?.number });
    expect(server.issues).toMatchObject([{ title: "Drift in dev", state: "open" }]);
    expect(server.issues[0]?.body?.split("\n")[0]).toBe(MARKER);
    expect(server.issues[0]?.body).toContain(
      "| `aws_cognito_user_pool_client.billing` | `access_token_validity` | `60` | `1440` | out-of-band-change |",
    );
  });

  it("says nothing more while the drift is the same", async () => {
    await keep(report());

    expect(await keep(report())).toMatchObject({ done: "unchanged" });
    expect(server.issues).toHaveLength(1);
    expect(server.comments).toEqual([]);
  });

  it("brings the issue up to date and tells those who follow it when the drift changes", async () => {
    await keep(report());

    expect(await keep(report([{ ...finding, found: "5" }]))).toMatchObject({ done: "updated" });
    expect(server.issues).toHaveLength(1);
    expect(server.issues[0]?.body).toContain("| `60` | `5` |");
    expect(server.comments).toHaveLength(1);
  });

  it("closes the issue when the drift is gone, and opens another when it comes back", async () => {
    await keep(report());

    expect(await keep()).toMatchObject({ done: "closed" });
    expect(open()).toEqual([]);
    expect(server.comments.map(({ body }) => body)).toEqual(["The drift was resolved."]);
    expect(await keep()).toEqual({ done: "nothing" });
    expect(await keep(report())).toMatchObject({ done: "opened" });
    expect(open()).toHaveLength(1);
  });

  it("makes one of two", async () => {
    const first = server.addIssue({ body: `${MARKER}\nold` });
    const second = server.addIssue({ body: `${MARKER}\nold` });

    expect(await keep(report())).toEqual({ done: "updated", number: first.number });
    expect(open()).toEqual([first]);
    expect(server.comments).toContainEqual(
      expect.objectContaining({ issue: second.number, body: `Duplicate of #${first.number}.` }),
    );
  });

  it("finds its issue behind 150 others", async () => {
    for (let count = 0; count < 150; count++) server.addIssue({ body: "It is broken.", user: MALLORY });
    const own = server.addIssue({ body: `${MARKER}\nold` });

    expect(await keep()).toEqual({ done: "closed", number: own.number });
  });

  it.each([
    ["of somebody who forged the hidden line", { body: `${MARKER}\nold`, user: MALLORY }],
    ["about another environment", { body: MARKER.replace("dev", "dev-2") }],
    ["that is a pull request", { body: MARKER, pull_request: {} }],
    ["without a text", { body: null }],
  ])("never touches an issue %s", async (_which, other) => {
    const issue = { ...server.addIssue(other) };

    expect(await keep()).toEqual({ done: "nothing" });
    expect(await keep(report())).toMatchObject({ done: "opened" });
    expect(server.issues[0]).toEqual(issue);
  });
});

describe("driftBody", () => {
  it("shows what is in names and values as code that ends no table and calls nobody", () => {
    const body = driftBody(report([{ ...finding, found: '"a | b @everyone\n# `title`"' }]));

    expect(body).toContain('`` "a \\| b @everyone # `title`" ``');
  });

  it("leaves out provider noise", () => {
    const body = driftBody(report([finding, { ...finding, attribute: "schema", verdict: "provider-noise" }]));

    expect(body).toContain("1 difference.");
    expect(body).not.toContain("schema");
  });

  it("names the consequences of critical findings first", () => {
    const open = { ...finding, severity: "critical", effect: "shop can get tokens" };

    expect(driftBody(report([open]))).toContain("> [!CAUTION]\n> `shop can get tokens`.");
  });

  it("cuts what GitHub would refuse for its length, and says how much", () => {
    const body = driftBody(report(Array.from({ length: 2000 }, () => finding)));

    expect(body.length).toBeLessThanOrEqual(65_536);
    const shown = body.split("\n").filter((line) => line.includes("out-of-band-change |")).length;
    expect(shown).toBeGreaterThan(400);
    expect(body).toContain(`_Cut here: ${(2000 - shown).toLocaleString("en")} more differences._`);
    expect(body).toContain("`npx access drift dev`");
  });
});

describe("driftBody, of unmanaged resources", () => {
  const added = (undo: string) => ({ ...finding, address: "aws_lambda_function.one", attribute: "policy", undo });

  it("has the commands that undo them before those that deploy", () => {
    const stillLive = { ...finding, route: "GET /b", verdict: "still-live", severity: "critical" };
    const told = report([added("aws apigateway delete-method"), stillLive]);
    const body = driftBody({ ...told, remedies: { "still-live": "replace the deployment" } });

    expect(body).toContain("| `aws_lambda_function.one` | `policy` | `60` | `1440` | out-of-band-change |");
    expect(body).toContain(
      "These commands undo it; a deployment does not:\n\n- `aws apigateway delete-method`\n\n- still-live: `replace the deployment`\n",
    );
  });

  it("keeps short, however many commands there are, and whatever is in them", () => {
    const body = driftBody(report(Array.from({ length: 20 }, (_, index) => added(`${index} ${"`|<!--".repeat(99)}`))));

    expect(body).toContain("- and 12 more");
    expect(body.length).toBeLessThan(20_000);
    expect(body.match(/^- .*/gm)?.every((line) => line.length < 500)).toBe(true);
  });
});

describe("parseReport", () => {
  it.each(["", "{}", JSON.stringify({ environment: "prod", isClean: true, findings: [] })])(
    "refuses a text that is not a report of the environment: %s",
    (text) => {
      expect(() => parseReport(text, "dev")).toThrow("the file is not a report of dev.");
    },
  );
});
