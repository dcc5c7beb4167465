/** What a plan is reviewed as, and that only the reviewed plan is applied: real Terraform over an embedded AWS. */
import { existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reviewMarkdown } from "../../operations/review/review-markdown";
import { runAwsCommand } from "../support/aws-command";
import { KeptCommands } from "../support/kept-commands";
import { type Ended, run, script } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const PASSPHRASE = "a passphrase for tests";

const FIRST = `environments:
  dev: { region: eu-west-1, domainPrefix: reviewed-dev }
resourceServers:
  orders: { scopes: { read: Read orders, write: Write orders } }
clients:
  shop: { scopes: [orders/read] }
  audit: { scopes: [orders/read] }
  old: { scopes: [orders/write] }
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
  POST /orders: { lambda: access, scopes: [orders/write] }
  GET /health: { lambda: access, scopes: [orders/read] }
`;

/** Another scope for shop, no client old, a public route, and no deletion protection. */
const SECOND = FIRST.replace("reviewed-dev }", "reviewed-dev, ephemeral: true }")
  .replace("shop: { scopes: [orders/read] }", "shop: { scopes: [orders/read, orders/write] }")
  .replace(/ {2}old: .*\n/, "")
  .replace(
    "GET /health: { lambda: access, scopes: [orders/read] }",
    `GET /health: { lambda: access, public: true, reason: "Asked by @everyone | <b>probes</b>" }`,
  );

const project = new ServedProject("dev", FIRST);
const before = { ...process.env };
const everything: Ended[] = [];

const variables = (passphrase: string) => ({ ...project.environment(), CI: "", PLAN_PASSPHRASE: passphrase });
/** Processes that are kept, by the passphrase that they have. */
const kept = new Map<string, KeptCommands>();

/** Runs a command of the project in a process of its own; those variables are changed. */
async function cli(command: string, args: readonly string[], changes: Readonly<Record<string, string>>) {
  const env = { ...variables(""), ...changes };
  const result = await run(script(`cli/${command}.ts`, ...args), project.folder, env);
  everything.push(result);
  return result;
}

/** Runs a command of the project in the process that is kept for that passphrase. */
async function ask(args: readonly [string, ...string[]], passphrase = ""): Promise<Ended> {
  const commands = kept.get(passphrase) ?? new KeptCommands(project.folder, variables(passphrase));
  kept.set(passphrase, commands);
  const result = await commands.ask(...args);
  everything.push(result);
  return result;
}

async function git(...args: readonly string[]): Promise<void> {
  const who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  const { code, stderr } = await run(["git", ...who, ...args], project.folder);
  if (code !== 0) throw new Error(stderr);
}

const planFile = (name: string) => join(project.folder, name);
const fingerprintIn = (markdown: string) => /fingerprint=(\w+) -->/.exec(markdown)?.[1] ?? "";
const alertsIn = (markdown: string) => markdown.match(/^> (?!\[!).*$/gm) ?? [];

describe("npx access review and npx access apply", () => {
  // One after the other, over one account.
  beforeAll(async () => {
    await project.serve();
    Object.assign(process.env, project.environment());
  });
  afterAll(async () => {
    process.env = before;
    for (const commands of kept.values()) await commands.end();
    await project.remove();
  });

  /** Fingerprint of the second access.yaml's change. */
  let reviewed = "";

  it("deploy for the first time", async () => {
    const reviewed = await cli("review", ["dev", "--detailed-exitcode"], { CI: "1" });

    expect([reviewed.code, alertsIn(reviewed.stdout)]).toEqual([2, []]);
    expect(reviewed.stdout).toContain("| `GET /orders` | `audit` | - → ✓ | gains |\n");
    expect(reviewed.stdout).toContain("| app client | $0.00 | 0 → 3 |\n");
    expect(reviewed.stderr).toContain("warning: the saved plan is not encrypted and holds secrets.");
    expect(reviewed.stderr).toContain("warning: this folder is not in git");
    expect(statSync(planFile("dev.plan")).mode & 0o777).toBe(0o600);

    const applied = await ask(["apply", "dev.plan"]);

    expect(applied.code).toBe(0);
    expect(applied.stdout).toMatch(
      /^applied to dev: \d+ added, 0 changed, 0 destroyed\. The plan cannot be applied again, and dev\.plan was deleted\.\n$/,
    );
    expect(applied.stderr).toContain("warning: this folder is not in git");
    expect(applied.stderr).toMatch(/^✓ create aws_cognito_user_pool_client: identity\/client-\S+$/m);
    expect(existsSync(planFile("dev.plan"))).toBe(false);
    expect(statSync(planFile(".local/terraform.dev.tfstate")).mode & 0o777).toBe(0o600);
  });

  it("report that the state is lost where its resources exist", async () => {
    const state = planFile(".local/terraform.dev.tfstate");
    renameSync(state, `${state}.lost`);
    const review = await project.review();
    renameSync(`${state}.lost`, state);

    expect(alertsIn(reviewMarkdown(review))).toEqual([
      expect.stringMatching(
        /^> The state is empty, but resources of the same names exist: `user pool reviewed-dev \(.*`REST API/,
      ),
    ]);
  });

  it("report what was added out of band as drift does, with the commands that remove it", async () => {
    const region = "eu-west-1";
    const [pool, api] = ["aws_cognito_user_pool ", "aws_api_gateway_rest_api "].map((type) =>
      project
        .inState()
        .flatMap((thing) => (thing.startsWith(type) ? [thing.slice(type.length)] : []))
        .join(),
    );
    for (const added of [
      `cognito-idp create-user-pool-client --region ${region} --user-pool-id ${pool} --client-name added`,
      `apigateway put-gateway-response --region ${region} --rest-api-id ${api} --response-type UNAUTHORIZED --status-code 200`,
      `lambda add-permission --region ${region} --function-name reviewed-dev-access --statement-id added --action lambda:InvokeFunction --principal '*'`,
    ]) {
      await runAwsCommand(`aws ${added}`);
    }
    const { code, stdout } = await ask(["review", "dev", "--detailed-exitcode"]);
    const fingerprint = fingerprintIn(stdout);
    const undos = [...stdout.matchAll(/<br>`(aws [^`]*)`/g)].map(([, undo = ""]) => undo);

    expect(code).toBe(0);
    expect(alertsIn(stdout)).toEqual([
      expect.stringContaining("refused calls (UNAUTHORIZED) get status 200 from the next deployment on"),
      expect.stringMatching(/PUBLIC: anyone can invoke aws_lambda_function\.\S+ without the API/),
    ]);
    expect(stdout.match(/^- (?!\$).*$/gm)).toEqual([
      expect.stringMatching(/^- critical: `gateway_response of .*<br>`aws apigateway delete-gateway-response [^`]*`$/),
      expect.stringMatching(/^- critical: `policy of .*<br>`aws lambda remove-permission [^`]*`$/),
      expect.stringMatching(/^- warning: `app_client of .*"added".*<br>`aws cognito-idp delete-user-pool-client /),
    ]);
    expect(stdout).toMatch(/\n\nnot checked: \d+ kinds of resources that this endpoint does not support\.\s*$/);
    expect(undos).toHaveLength(3);
    for (const undo of undos) await runAwsCommand(undo);
    const after = await project.review();

    expect(after.notInPlan.findings).toEqual([]);
    expect(after.fingerprint).toBe(fingerprint);
  });

  it("report what opens up, which ids are lost, and what protects less", async () => {
    writeFileSync(planFile(".gitignore"), ".local\n.gitignore\nnode_modules\n*.plan\n*.link\n");
    await git("init", "-q");
    await git("add", ".");
    await git("commit", "-qm", "first");
    project.write("access.yaml", SECOND);
    const { clientIds } = await project.deployed();
    const [audit = ""] = (await project.terraform("state", "list")).stdout.match(/^\S+client-audit\S+$/m) ?? [];
    expect((await project.terraform("taint", audit)).code).toBe(0);

    const { code, stdout, stderr } = await ask(["review", "dev", "--detailed-exitcode"], PASSPHRASE);
    reviewed = fingerprintIn(stdout);

    expect(code).toBe(2);
    expect(alertsIn(stdout)).toEqual([
      "> Anyone can call `GET /health` without a token. The reason given: `Asked by @everyone | <b>probes</b>`",
      `> The client \`audit\` will be replaced: its id \`${clientIds["audit"]}\` is no longer valid. It gets a new id and a new secret, which its owner needs before the next call.`,
      `> The client \`old\` will be destroyed: its id \`${clientIds["old"]}\` is no longer valid, and it gets no more tokens.`,
      "> Terraform no longer refuses to destroy or replace `client/shop`, `domain`, `pool`, `resource-server/orders`.",
      expect.stringMatching(/^> The user pool `reviewed-dev` .* loses its deletion protection/),
      "> Tokens that the client `audit` already has stay valid for up to 60 minutes after the deployment. API Gateway accepts them, and the functions refuse them at once at `GET /orders`.",
      "> Tokens that the client `old` already has stay valid for up to 60 minutes after the deployment. API Gateway accepts them, and the functions refuse them at once at `POST /orders`.",
    ]);
    expect(stdout.match(/^.*(?:gains|loses).*\|$/gm)).toEqual([
      "| `GET /health` | **anyone** | - → ✓ | **gains** |",
      "| `POST /orders` | `shop` | - → ✓ | gains |",
      "| `POST /orders` | `old` | ✓ → - | loses |",
    ]);
    expect(stdout).toContain('`allowed_oauth_scopes`: `["orders/read"]` → `["orders/read","orders/write"]`');
    expect(stdout).not.toContain("outside Terraform");
    expect(stderr).toContain("warning: the plan includes uncommitted changes");
  });

  it("refuse a plan of uncommitted changes where CI is set", async () => {
    const { code, stderr } = await cli("apply", ["dev.plan"], { PLAN_PASSPHRASE: PASSPHRASE, CI: "true" });

    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("error: the plan is stale: it was made from uncommitted changes"),
    ]);
  });

  it("refuse a plan once something else is committed", async () => {
    await git("commit", "-qam", "second");

    const { code, stderr } = await ask(["apply", "dev.plan"], PASSPHRASE);

    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/stale: it was made from commit \w{12}, but \w{12} is checked/),
    ]);
  });

  it("have the same fingerprint for the same change, and report another plan", async () => {
    const second = await ask(["review", "dev", "--expect", reviewed, "--out", "a.plan", "--save-data", "data.plan"]);
    const fromData = await ask(["review", "dev", "--from-data", "data.plan"]);
    const ofOther = await ask(["review", "prod", "--from-data", "data.plan"]);
    const other = await ask(["review", "dev", "--expect", "0".repeat(64), "--out", "c.plan"]);

    expect([second.code, other.code]).toEqual([0, 1]);
    expect([fromData.code, fromData.stdout]).toEqual([0, second.stdout]);
    expect([ofOther.code, ofOther.stderr]).toEqual([
      1,
      expect.stringContaining("is the data of a review of `dev`, not of `prod`"),
    ]);
    expect(second.stdout).toContain(`<!-- machine-access-review environment=dev fingerprint=${reviewed} -->`);
    expect(alertsIn(other.stdout)[0]).toBe(
      `> This is not the reviewed plan: its fingerprint is \`${reviewed}\`, expected \`${"0".repeat(64)}\`. It was not saved; review it again.`,
    );
    expect(existsSync(planFile("c.plan"))).toBe(false);
  });

  it("refuse a file that was changed, is not a plan, or does not exist, and do not save through a link", async () => {
    const bytes = readFileSync(planFile("a.plan"));
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(planFile("tampered.plan"), bytes);
    writeFileSync(planFile("none.plan"), "none");

    symlinkSync("elsewhere", planFile("a.link"));
    const refused: Ended[] = [];
    for (const name of ["tampered", "none", "missing"]) refused.push(await ask(["apply", `${name}.plan`]));
    const link = await ask(["review", "dev", "--out", "a.link"]);

    expect(refused.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining("error: the plan cannot be used:"),
      "error: the plan cannot be used: it was not saved by review. Review again.\n",
      expect.stringContaining("error: the plan "),
    ]);
    expect([link.code, link.stderr]).toEqual([1, expect.stringContaining("is a link. Name another file with --out.")]);
    expect(existsSync(planFile("elsewhere"))).toBe(false);
  });

  it("apply where the stack was never synthesized, and never twice", async () => {
    rmSync(join(project.folder, ".local", "cdktf.out"), { recursive: true });

    const applied = await ask(["apply", "a.plan", "--keep", "--json"]);
    const again = await ask(["apply", "a.plan"]);

    expect(applied.code).toBe(0);
    expect(JSON.parse(applied.stdout)).toMatchObject({ environment: "dev", destroyed: expect.any(Number) });
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(
        /stale: the state of dev changed since: its serial was \d+, and is \d+\. Nothing was applied/,
      ),
    ]);
    await project.synthesize();
    const next = reviewMarkdown(await project.review());
    expect(alertsIn(next)).toEqual([]);
    expect(next).toMatch(/\*\*Nothing changes\.\*\*.*No client gains or loses a call\./s);
  });

  it("refuse a variable by which Terraform would use another state", async () => {
    const { code, stdout, stderr } = await cli("review", ["dev"], { TF_DATA_DIR: "/dev/null/data" });

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("error: TF_DATA_DIR is set, so Terraform would use a folder other");
  });

  it("ignore arguments for Terraform in the environment, and never show a secret or a token, nor keep one readable where a passphrase is set", async () => {
    const secrets = Object.values((await project.deployed()).clientSecrets);
    const token = await run(script("cli/token.ts", "shop"), project.folder, project.environment());
    project.write("access.yaml", FIRST);
    const changes = { PLAN_PASSPHRASE: PASSPHRASE, TF_CLI_ARGS_plan: "-destroy" };
    const { code, stdout } = await cli("review", ["dev", "--json", "--save-data", "data.plan"], changes);
    const data = readFileSync(planFile("data.plan"), "utf8");
    const said = everything.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
    const saved = readFileSync(planFile("dev.plan")).toString("latin1");

    expect(code).toBe(0);
    expect(JSON.parse(stdout).counts.create).toBeGreaterThan(0);
    expect([secrets.length, token.code]).toEqual([2, 0]);
    for (const canary of [...secrets, token.stdout.trim()]) {
      expect(canary.length).toBeGreaterThan(40);
      expect(said).not.toContain(canary);
      expect(saved).not.toContain(canary);
      expect(data).not.toContain(canary);
    }
    expect(saved).toMatch(/^machine-access-plan-1\n/);
    expect(saved).not.toMatch(/cdk\.tf\.json|manifest/);
  });
});
