/** `npx access kill`, from the first token to the last: on AWS, in access.yaml, and in the plans after it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findDrift } from "../../operations/drift/find-drift";
import { call, dispatcherFor, tokenOf } from "../support/every-pair";
import { type Ended, requireDone } from "../support/processes";
import { runTogether } from "../support/run-together";
import { ServedProject } from "../support/served-project";

jest.setTimeout(180_000);

const ACCESS = `# Who may call what.
environments:
  dev: { region: eu-west-1, domainPrefix: kill-dev }
  prod: { region: eu-west-1, domainPrefix: kill-prod }
resourceServers:
  orders: { scopes: { read: Read, write: Write } }
clients:
  billing: { scopes: [orders/read, orders/write] }   # every night
  shop:
    scopes:
      - orders/read # the catalogue
  twin: &twin { scopes: [orders/read] }
  other: *twin
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
  POST /orders: { lambda: access, scopes: [orders/write] }
`;

const project = new ServedProject("dev", ACCESS);
const environment = { ...process.env };
beforeAll(async () => {
  await project.serve();
  await project.deploy();
  Object.assign(process.env, project.environment());
});
afterAll(async () => {
  process.env = environment;
  await project.remove();
});

const access = () => readFileSync(join(project.folder, "access.yaml"), "utf8");
const kill = (...args: readonly string[]) => project.ask("kill", ...args);
const NOTHING: Ended = { code: null, stdout: "", stderr: "" };

/** Whether the token endpoint issues a token now. */
async function getsToken(client: string): Promise<boolean> {
  const deployed = await project.deployed();
  const dispatcher = dispatcherFor(deployed);
  try {
    return (await tokenOf(client, deployed, dispatcher)) !== "";
  } catch {
    return false;
  } finally {
    await dispatcher.close();
  }
}

/** The app client as the account keeps it, its secrets included. */
function settingsOf(client: string): Readonly<Record<string, unknown>> {
  const records = new Map(project.accountRecords()["cognito-idp/UserPoolClient"] as ReadonlyMap<string, object>);
  const found = [...records.values()].find((one) => JSON.stringify(one).includes(`"ClientName":"${client}"`));
  const { LastModifiedDate: _, ...settings } = Object(found);
  return settings;
}

describe("npx access kill", () => {
  let before: ReturnType<typeof settingsOf>;
  let issued = "";
  let synthesized = "";
  let [refused, again, review, verify] = [NOTHING, NOTHING, NOTHING, NOTHING];

  it("changes nothing without a confirmation", async () => {
    before = settingsOf("billing");
    synthesized = readFileSync(join(project.stack, "cdk.tf.json"), "utf8");
    const { code, stderr } = await kill("billing", "dev");

    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("requires a terminal, so nothing was changed. Add --yes."),
    ]);
    expect(access()).toBe(ACCESS);
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    issued = await tokenOf("billing", deployed, dispatcher);
    await dispatcher.close();
    expect(before).toMatchObject({ AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ["client_credentials"] });
  });

  it("ends the client's tokens with the next request, and nothing else of it", async () => {
    let done = NOTHING;
    [done = NOTHING, refused = NOTHING, again = NOTHING, review = NOTHING, verify = NOTHING] = await runTogether(
      project,
      [
        ["kill", "billing", "dev", "--yes"],
        ["token", "billing", "--env", "dev"],
        ["kill", "billing", "dev", "--yes", "--json"],
        ["review", "dev", "--detailed-exitcode", "--json"],
        ["verify", "dev", "--json"],
      ],
    );
    const { code, stdout, stderr } = done;

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "<time>")).toBe(
      [
        'done: "billing" gets no more tokens in dev.',
        "Tokens that it has are valid until <time> at the latest, 60 minutes after the change.",
        "access.yaml was changed: commit it. There is nothing to deploy.",
        "To enable it again: npx access local npx access kill billing dev --undo",
        "",
      ].join("\n"),
    );
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("The client is disabled or expired: it gets no tokens."),
    ]);
    expect(await getsToken("shop")).toBe(true);
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    const answer = await call("GET /orders", deployed, { Authorization: issued }, dispatcher);
    await dispatcher.close();
    expect(answer).toBe(`answered to ${deployed.clientIds["billing"]}`);
    expect(settingsOf("billing")).toEqual({ ...before, AllowedOAuthFlowsUserPoolClient: false });
  });

  it("writes the environment into access.yaml, and keeps the rest", () => {
    expect(access()).toBe(
      ACCESS.replace("orders/write] }   # every", "orders/write], enabled: { dev: false } }   # every"),
    );
  });

  it("leaves nothing to deploy, no drift, and a deployment that verify finds as expected", async () => {
    const drift = await findDrift(project.stack);

    expect([review.code, JSON.parse(review.stdout)]).toEqual([
      0,
      expect.objectContaining({ hasChanges: false, access: [] }),
    ]);
    expect(drift.findings).toEqual([]);
    const { checks, notApplied } = JSON.parse(verify.stdout);
    expect(checks).toContainEqual(
      expect.objectContaining({
        caller: "billing",
        expected: "deny-disabled",
        found: "invalid_grant",
        verdict: "as-expected",
      }),
    );
    expect([verify.code, notApplied.clients]).toEqual([0, []]);
  });

  it("survives a deployment, with the same id and secret", async () => {
    // Of what the commands before synthesized.
    expect(readFileSync(join(project.stack, "cdk.tf.json"), "utf8")).toContain(
      '"allowed_oauth_flows_user_pool_client": false',
    );
    requireDone(await project.terraform("apply", "-auto-approve"));

    expect(await getsToken("billing")).toBe(false);
    expect(settingsOf("billing")).toEqual({ ...before, AllowedOAuthFlowsUserPoolClient: false });
  });

  it("changes nothing when it is run again", () => {
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ isEnabled: false, isClientChanged: false, isFileChanged: false });
  });

  it("restores exactly what was there with --undo", async () => {
    const { code, stdout } = await kill("billing", "dev", "--undo", "--yes");

    expect([code, stdout]).toEqual([0, expect.stringContaining('done: "billing" gets tokens again in dev.')]);
    expect(access()).toBe(ACCESS);
    expect(settingsOf("billing")).toEqual(before);
    expect(await getsToken("billing")).toBe(true);
    // Of the same access.yaml.
    writeFileSync(join(project.stack, "cdk.tf.json"), synthesized);
    expect(await project.review()).toMatchObject({ hasChanges: false });
  });

  describe("where less can be done", () => {
    const ended = ACCESS.replace("orders/write] }", "orders/write], expires: 2026-10-31 }");
    let [unchanged, unknown, tooLate] = [NOTHING, NOTHING, NOTHING];

    beforeAll(async () => {
      project.write("access.yaml", ended);
      [unchanged = NOTHING, unknown = NOTHING, tooLate = NOTHING] = await runTogether(project, [
        ["kill", "other", "dev", "--yes"],
        ["kill", "biling", "dev", "--yes"],
        ["kill", "billing", "dev", "--undo", "--yes"],
      ]);
    });

    it("prints what is done and what is not when access.yaml cannot be changed", async () => {
      const { code, stderr } = unchanged;

      expect(code).toBe(1);
      expect(stderr).toContain('On AWS, "other" gets no more tokens in dev; tokens that it has are valid until ');
      expect(stderr).toContain("access.yaml was not changed, so that the next deployment enables it again.");
      expect(stderr).toContain('Set enabled of client "other" to false in access.yaml, or run the command again.');
      expect(access()).toBe(ended);
      expect(await getsToken("other")).toBe(false);
      expect(await getsToken("twin")).toBe(true);
    });

    it("refuses a client that is not deployed, with the nearest name", () => {
      expect([unknown.code, unknown.stderr]).toEqual([
        64,
        expect.stringContaining('dev has no client "biling". Did you mean "billing"?'),
      ]);
    });

    it("does not enable a client whose access ended", () => {
      expect([tooLate.code, tooLate.stderr]).toEqual([
        1,
        expect.stringContaining('nothing was changed: the access of "billing" ended on 2026-10-31.'),
      ]);
    });
  });

  it("disables a client although access.yaml has mistakes, and reports them", async () => {
    project.write("access.yaml", ACCESS.replace("lambda: access", "lambda: acess"));
    const { code, stderr } = await kill("shop", "dev", "--yes");
    project.write("access.yaml", ACCESS);

    expect([code, stderr]).toEqual([1, expect.stringContaining('names lambda "acess"')]);
    expect(await getsToken("shop")).toBe(false);
  });

  it("writes into the file of the team that has the client", async () => {
    const shop = ACCESS.slice(ACCESS.indexOf("  shop:"), ACCESS.indexOf("  twin:"));
    const owners = "owners:\n  sales: { contact: sales@example.com, prefixes: { clients: [shop] } }\n";
    const owned = ACCESS.replaceAll("{ scopes: [orders", "{ owner: sales, scopes: [orders");
    mkdirSync(join(project.folder, "access.d"), { recursive: true });
    project.write("access.yaml", owners + owned.replace(shop, ""));
    project.write("access.d/sales.yaml", `clients:\n${shop}`);
    const main = access();
    const { code, stdout, stderr } = await kill("shop", "dev", "--yes", "--json");

    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      file: "access.d/sales.yaml",
      isFileChanged: true,
      isClientChanged: false,
    });
    expect(readFileSync(join(project.folder, "access.d/sales.yaml"), "utf8")).toBe(
      `clients:\n${shop}    enabled: { dev: false }\n`,
    );
    expect(access()).toBe(main);
    rmSync(join(project.folder, "access.d"), { recursive: true });
    project.write("access.yaml", ACCESS);
  });
});
