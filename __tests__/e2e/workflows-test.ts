/**
 * The workflows' own scripts, taken out of .github/workflows and run job by job as GitHub runs them: over one embedded
 * AWS, with states in a bucket, and against a pretend GitHub. In the order in which a project goes through them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { APIGatewayClient, UpdateAuthorizerCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { BOT, REPOSITORY, TOKEN } from "../support/pretend-github";
import { evaluate, type Value } from "../support/workflow-expression";
import { type Contexts, everything, inputsOf, matrixOf } from "../support/workflow-files";
import { WorkflowProject } from "../support/workflow-project";
import { type JobRun, WorkflowJobs } from "../support/workflow-steps";

jest.setTimeout(300_000);

const REGION = "ap-northeast-1";
const ACCESS = `environments:
  dev: { region: ${REGION}, domainPrefix: flow-dev, ephemeral: true, backend: { s3: { bucket: states } } }
  prod: { region: eu-west-1, domainPrefix: flow-prod, backend: { s3: { bucket: states } } }
resourceServers:
  orders: { scopes: { read: Read orders, write: Write orders } }
clients:
  shop: { scopes: [orders/read] }
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
`;
const WITH_CLIENT = ACCESS.replace("routes:", "  clerk: { scopes: [orders/write] }\nroutes:").concat(
  "  POST /orders: { lambda: access, scopes: [orders/write] }\n",
);
const PASSPHRASE = "a passphrase for tests";
const ROLES = {
  AWS_PLAN_ROLE_DEV: "arn:aws:iam::123456789012:role/plan-dev",
  AWS_PLAN_ROLE_PROD: "arn:aws:iam::123456789012:role/plan-prod",
  AWS_APPLY_ROLE: "arn:aws:iam::123456789012:role/apply",
};

/** Scripts that are not run here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "check.yml check: npm run check": "It runs these tests.",
  "setup: npm ci --no-audit --no-fund": "It asks a registry; the packages are here already.",
};

/** Actions, and what is there in their place. */
const ACTIONS: Readonly<Record<string, string>> = {
  "./.github/actions/setup": "Its steps are in this list, and in that above.",
  "actions/checkout": "The workspace is emptied, and the commit checked out in it.",
  "actions/download-artifact": "The file comes from a folder.",
  "actions/setup-node": "Not run: the Node.js of the tests.",
  "actions/upload-artifact": "The file goes into a folder.",
  "aws-actions/configure-aws-credentials": "The embedded AWS's credentials, for roles that there are.",
  "hashicorp/setup-terraform": "Not run: the Terraform of the tests.",
};

const project = new WorkflowProject(ACCESS, Object.values(ROLES));
const { github } = project;
const jobs = new WorkflowJobs(project);
const canaries = new Set([TOKEN, PASSPHRASE]);
const leaks = new Set<string>();
const summaries: string[] = [];

const A_TOKEN = /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/;
/** What a plan that is not encrypted begins with. */
const ZIP = "PK";
const SUCCESS = { result: "success" };
const SKIPPED = { result: "skipped" };

/** Runs a job, and looks for what nobody may read in all that it leaves. */
async function job(file: string, name: string, given: Contexts): Promise<JobRun> {
  const done = await jobs.run(file, name, contextsWith(given));
  summaries.push(done.summary);
  for (const secret of project.clientSecrets()) canaries.add(secret);
  const said = Object.values(done.scripts).flatMap(({ stdout, stderr }) => [stdout, stderr]);
  const texts = [...said, done.summary, JSON.stringify(done.outputs)].map((text) => ["", text] as const);
  const files = project.filesLeft().map(([path, content]) => [path, content.toString("latin1")] as const);
  const leaking = [...texts, ...files].filter(([, text]) => isLeak(text));
  const readable = files.filter(([path, text]) => path.startsWith(project.temporary) && text.startsWith(ZIP));
  for (const [path] of [...leaking, ...readable]) leaks.add(path || `${file} ${name}`);
  return done;
}

function isLeak(text: string): boolean {
  return [...canaries].some((canary) => text.includes(canary)) || A_TOKEN.test(text);
}

function contextsWith(given: Contexts): Contexts {
  return {
    vars: { ...ROLES, PREVIEW_OF: "dev" },
    secrets: { PLAN_PASSPHRASE: PASSPHRASE },
    github: push(),
    ...given,
  };
}

function started(event: string, payload: Value): Value {
  const repository = { token: TOKEN, repository: REPOSITORY, server_url: "https://github.com", run_id: "42" };
  return { ...repository, ref: "refs/heads/main", event_name: event, event: payload };
}

function push(): Value {
  return started("push", {});
}

function pull(number: number, given: { readonly [name: string]: Value } = {}, payload: object = {}): Value {
  const own = { number, user: { login: "ann" }, head: { repo: { full_name: REPOSITORY } }, labels: [] };
  return started("pull_request", { action: "synchronize", ...payload, pull_request: { ...own, ...given } });
}

/** Runs the job that lists the environments. @returns contexts of the job for each, by name */
async function environmentsOf(file: string, of: string, given: Value = push()) {
  const { outputs, result } = await job(file, "environments", { github: given });
  expect(result).toBe("success");
  const contexts = { github: given, needs: { environments: { outputs } } };
  const rows = matrixOf(file, of, contexts).map((matrix) => ({ ...contexts, matrix }));
  const [dev = contexts, prod = contexts] = rows;
  expect(rows.map(({ matrix }) => matrix)).toMatchObject([
    { environment: { name: "dev" } },
    { environment: { name: "prod" } },
  ]);
  return { dev, prod };
}

/** Jobs of the called workflow. */
const plan = (inputs: Contexts) => job("deploy-environment.yml", "plan", { inputs });
const apply = (inputs: Contexts, { outputs }: JobRun) =>
  job("deploy-environment.yml", "apply", { inputs, needs: { plan: { outputs } } });

beforeAll(() => project.open());
afterAll(() => project.close());

describe("review.yml", () => {
  it("writes into the pull request what would change, and leaves no plan behind", async () => {
    await project.change(ACCESS);
    const { dev } = await environmentsOf("review.yml", "review", pull(7));
    const done = await job("review.yml", "review", dev);

    expect(done).toMatchObject(SUCCESS);
    expect(github.comments).toMatchObject([{ issue: 7, body: expect.stringContaining("| `GET /orders` | `shop` |") }]);
    expect(done.summary.trimEnd()).toBe(github.comments[0]?.body);
    expect(project.filesLeft().filter(([path]) => path.endsWith(".plan"))).toEqual([]);
  });

  it("says in the same comment that there is no review, when there is a mistake", async () => {
    await project.change(ACCESS.replace("scopes: [orders/read] }\nroutes", "scopes: [orders/raed] }\nroutes"));
    const [before] = github.comments.map(({ id }) => id);
    const contexts = { github: pull(7), ...rowOf("dev") };
    const done = await job("review.yml", "review", contexts);

    expect(done.result).toBe("failure");
    expect(Object.keys(done.scripts)).toEqual(["Review", "Say that there is no review"]);
    expect(done.scripts["Review"]?.stderr).toContain('scope "orders/raed"');
    expect(github.comments).toEqual([
      expect.objectContaining({ id: before, body: expect.stringContaining(`/${REPOSITORY}/actions/runs/42`) }),
    ]);
  });

  it("brings the comment up to date in its place", async () => {
    const commit = await project.change(WITH_CLIENT);
    const [before] = github.comments.map(({ id }) => id);

    expect(await job("review.yml", "review", { github: pull(7), ...rowOf("dev") })).toMatchObject(SUCCESS);
    expect(github.comments).toEqual([
      expect.objectContaining({ id: before, body: expect.stringContaining("| `POST /orders` | `clerk` |") }),
    ]);
    github.pulls.set(commit, [{ number: 7, merged_at: "2026-08-01T00:00:00Z", merge_commit_sha: commit }]);
  });

  it.each<readonly [string, Value]>([
    ["a fork", pull(7, { head: { repo: { full_name: "mallory/access" } } })],
    ["Dependabot", pull(7, { user: { login: "dependabot[bot]" } })],
  ])("is not started by %s", async (_who, given) => {
    expect(await job("review.yml", "environments", { github: given })).toMatchObject(SKIPPED);
  });
});

/** What a job for an environment is given, once it is known. */
function rowOf(name: string): Contexts {
  const planRole = `AWS_PLAN_ROLE_${name.toUpperCase()}`;
  const environment = { name, region: name === "dev" ? REGION : "eu-west-1", ephemeral: name === "dev", planRole };
  return { matrix: { environment }, needs: { environments: { outputs: { all: "[…]" } } } };
}

describe("deploy.yml and deploy-environment.yml", () => {
  let dev: Contexts = {};
  let prod: Contexts = {};
  const artifact = (name: string) =>
    readFileSync(join(project.temporary, "artifacts", `plan-${name}`, "deploy.plan")).toString("latin1");

  it("are told the environments", async () => {
    const rows = await environmentsOf("deploy.yml", "deploy");
    dev = inputsOf("deploy.yml", "deploy", rows.dev);
    prod = inputsOf("deploy.yml", "deploy", rows.prod);

    expect(dev).toEqual({
      environment: "dev",
      region: REGION,
      ephemeral: true,
      "plan-role-variable": "AWS_PLAN_ROLE_DEV",
    });
  });

  it("deploy the plan that was reviewed, from one runner to the next, and verify it with tokens", async () => {
    const planned = await plan(dev);

    expect(planned).toMatchObject({ ...SUCCESS, outputs: { changes: "true" } });
    expect(planned.summary).toContain("This is the plan that was reviewed in #7.");
    expect(artifact("dev")).toMatch(/^machine-access-plan-1\n/);

    const applied = await apply(dev, planned);
    expect(applied).toMatchObject(SUCCESS);
    expect(Object.keys(applied.scripts)).toEqual(["Apply the plan", "Verify who can call what"]);
    expect(applied.summary).toMatch(/^~~~\n✓ {2}token .*GET \/orders +shop +let in.*as the matrix says: dev/s);
  });

  it("do nothing with a role that nobody gave", async () => {
    const other = { ...dev, "plan-role-variable": "AWS_PLAN_ROLE_OTHER" };

    await expect(plan(other)).rejects.toThrow('nobody may take on the role ""');
  });

  it("do not plan for production what was not reviewed, where nobody would be asked", async () => {
    const planned = await plan(prod);

    expect(planned.result).toBe("failure");
    expect(planned.scripts["Compare with the review in the pull request"]?.stderr).toContain(
      "Nobody would be asked before it is applied",
    );
    expect(() => artifact("prod")).toThrow("ENOENT");
  });

  it("are loud when another plan was reviewed, and ask production for refusals only", async () => {
    github.protection.set("prod", ["required_reviewers"]);
    const marker = `<!-- machine-access-review environment=prod fingerprint=${"a".repeat(64)} -->`;
    github.addComment(7, `${marker}\n## Review`, BOT);
    const planned = await plan(prod);

    expect(planned).toMatchObject({ ...SUCCESS, outputs: { changes: "true" } });
    expect(planned.summary).toContain("> [!CAUTION]\n> This is NOT the plan that was reviewed in #7");

    const applied = await apply(prod, planned);
    expect(applied).toMatchObject(SUCCESS);
    expect(Object.keys(applied.scripts)).toEqual(["Apply the plan", "Verify who cannot"]);
    expect(applied.summary).not.toContain("let in  ");
    expect(project.stateKeys()).toEqual(["machine-access/dev.tfstate", "machine-access/prod.tfstate"]);
  });

  it("apply nothing where nothing changes", async () => {
    const needs = { plan: { outputs: { changes: "false" } } };

    expect(await job("deploy-environment.yml", "apply", { inputs: dev, needs })).toMatchObject(SKIPPED);
  });
});

describe("drift.yml", () => {
  const look = async () => expect(await job("drift.yml", "drift", rowOf("dev"))).toMatchObject(SUCCESS);
  const issues = () => github.issues.map(({ state }) => state);
  const keepLogsFor = (retentionInDays: number) =>
    project
      .client(CloudWatchLogsClient, REGION)
      .send(new PutRetentionPolicyCommand({ logGroupName: "/aws/lambda/flow-dev-access", retentionInDays }));
  const lookForTokenIn = async (header: string) => {
    const [authorizer] = project.inState("machine-access/dev.tfstate", "aws_api_gateway_authorizer");
    const ids = { restApiId: String(authorizer?.["rest_api_id"]), authorizerId: String(authorizer?.["id"]) };
    const patch = { op: "replace" as const, path: "/identitySource", value: `method.request.header.${header}` };
    const command = new UpdateAuthorizerCommand({ ...ids, patchOperations: [patch] });
    await project.client(APIGatewayClient, REGION).send(command);
  };

  it("opens no issue where nobody changed anything", async () => {
    const { dev } = await environmentsOf("drift.yml", "drift");

    expect(await job("drift.yml", "drift", dev)).toMatchObject(SUCCESS);
    expect(issues()).toEqual([]);
  });

  it("opens an issue when something was changed by hand", async () => {
    await keepLogsFor(365);
    await look();

    expect(github.issues).toMatchObject([{ state: "open", body: expect.stringContaining("retention_in_days") }]);
  });

  it("tells more in the same issue", async () => {
    await lookForTokenIn("X-Token");
    await look();

    expect(github.issues).toMatchObject([{ state: "open", body: expect.stringContaining("identity_source") }]);
  });

  it("closes it when everything is as it was", async () => {
    await lookForTokenIn("Authorization");
    await keepLogsFor(30);
    await look();

    expect(issues()).toEqual(["closed"]);
  });

  it("is not started from another branch", async () => {
    const branch = { github: { ...(push() as Contexts), ref: "refs/heads/other" } };

    expect(await job("drift.yml", "environments", branch)).toMatchObject(SKIPPED);
  });
});

describe("preview.yml and teardown-preview.yml", () => {
  const labels = [{ name: "preview" }];
  const label = { action: "labeled", label: { name: "preview" } };
  let number = 0;
  const previewed = () => project.inAccount().filter((thing) => thing.includes(`pr-${number}`));

  it("deploy an environment for a pull request with the label", async () => {
    const asked = { body: null, labels: ["preview"], pull_request: {} };
    ({ number } = github.addIssue(asked));
    const done = await job("preview.yml", "preview", { github: pull(number, { labels }, label) });

    expect(done).toMatchObject(SUCCESS);
    expect(done.summary).toContain(`as the matrix says: pr-${number}`);
    expect(done.summary).toMatch(/\{"GET \/orders":"https:\/\/\w+\.execute-api\.ap-northeast-1\.amazonaws\.com\/pr-/);
    expect(previewed()).not.toEqual([]);
  });

  it.each<readonly [string, Value]>([
    ["a fork", pull(8, { labels, head: { repo: { full_name: "mallory/access" } } }, label)],
    ["no label", pull(8)],
    ["another label", pull(8, { labels }, { action: "labeled", label: { name: "docs" } })],
  ])("deploy none for %s", async (_what, given) => {
    expect(await job("preview.yml", "preview", { github: given })).toMatchObject(SKIPPED);
  });

  it("take it down when the pull request is closed, with nothing left, and take the label off", async () => {
    const [asked] = github.issues.filter((issue) => issue.number === number);
    Object.assign(asked ?? {}, { state: "closed" });
    const given = pull(number, { labels }, { action: "closed" });
    const { outputs } = await job("teardown-preview.yml", "closed", { github: given });
    const needs = { closed: { outputs } };
    const rows = matrixOf("teardown-preview.yml", "teardown", { needs });
    expect(rows).toEqual([{ number }]);
    const done = await job("teardown-preview.yml", "teardown", { github: given, needs, matrix: { number } });

    expect(done).toMatchObject(SUCCESS);
    expect(done.summary).toMatch(/^~~~\n.*destroyed/s);
    expect(previewed()).toEqual([]);
    expect(asked?.labels).toEqual([]);
  });

  it("take down nothing when there is nothing", async () => {
    const { outputs } = await job("teardown-preview.yml", "closed", { github: started("schedule", {}) });
    const given = { needs: { closed: { outputs } }, matrix: { number } };

    expect(outputs).toEqual({ numbers: "[]" });
    expect(await job("teardown-preview.yml", "teardown", given)).toMatchObject(SKIPPED);
  });
});

describe("all scripts", () => {
  it("are run here, or on the list of those that are not", () => {
    expect([...jobs.done, ...Object.keys(NOT_RUN)].toSorted()).toEqual(everything().scripts.toSorted());
    expect(Object.keys(ACTIONS).toSorted()).toEqual(everything().actions.toSorted());
  });

  it("write no colours where Markdown is read", () => {
    expect(summaries.filter((text) => text.includes("\u001b"))).toEqual([]);
    expect(summaries.filter((text) => text !== "").length).toBeGreaterThan(5);
  });

  it("never show a client's secret, a token, GitHub's token or the passphrase, nor leave one or a readable plan", () => {
    const written = [...github.comments, ...github.issues].map(({ body }) => body ?? "");

    expect(canaries.size).toBe(2 + 2 * 2 * 3);
    expect([...canaries, `${"eyJhbGciOiJSUzI1NiJ9"}.${"eyJzdWIiOiJzaG9wIn0"}.${"c2lnbmF0dXJl"}`].every(isLeak)).toBe(
      true,
    );
    expect(written.filter(isLeak)).toEqual([]);
    expect([...leaks]).toEqual([]);
  });
});

describe("expressions", () => {
  const situation = {
    contexts: { github: { labels: [{ name: "preview" }], number: 7 }, vars: {}, inputs: { ephemeral: false } },
    hasFailed: false,
  };

  it.each<readonly [string, Value]>([
    ["contains(github.labels.*.name, 'Preview')", true],
    ["!(inputs.ephemeral || vars.VERIFY_ALL == 'true')", true],
    ["vars.AWS_REGION || 'us-east-1'", "us-east-1"],
    ["failure() && github.missing", false],
    ["fromJSON('[1]')", [1]],
  ])("are evaluated as GitHub does: %s", (expression, value) => {
    expect(evaluate(expression, situation)).toEqual(value);
  });

  it.each([
    "github.other",
    "secret.NAME",
    "toJSON(github)",
    "github.number == '7'",
    "github.number > 6",
    "vars.A vars.B",
    "(vars.A",
  ])("that nobody knows here fail: %s", (expression) => {
    expect(() => evaluate(expression, situation)).toThrow();
  });
});
