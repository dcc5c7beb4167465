/** The history of real git repositories. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { accessAt, accessHistory, presentAccess } from "../../../operations/report/access-history";

const root = mkdtempSync(join(tmpdir(), "history-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;

/** A repository whose project is in a folder below its top. */
class Repository {
  readonly top = join(root, `repository-${count++}`);
  readonly folder = join(this.top, "my project");
  private day = 0;

  constructor(isRepository = true) {
    mkdirSync(this.folder, { recursive: true });
    if (isRepository) this.git("init", "--quiet", "--initial-branch", "main");
  }

  git(...args: readonly string[]): string {
    const identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    const date = new Date(Date.UTC(2026, 0, 1 + this.day)).toISOString();
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: "/dev/null" };
    return execFileSync("git", [...identity, ...args], { cwd: this.top, env, encoding: "utf8" }).trim();
  }

  write(text: string, name = "access.yaml"): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  /** Commits everything, a day after the last commit. @returns the commit's id */
  commit(text?: string, name?: string): string {
    if (text !== undefined) this.write(text, name);
    this.day++;
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "change");
    return this.git("rev-parse", "HEAD");
  }

  /** `<client> <route>` by `<day>`, with `+` where it may be older. */
  async since(environment = "dev") {
    const { calls } = presentAccess(this.folder, environment, "2026-06-01");
    const { since, notes } = await accessHistory(this.folder, environment, [...calls.keys()]);
    const days = [...calls].map(([key, { client, route }]) => {
      const found = since.get(key);
      return [`${client} ${route}`, found && found.date + (found.isAtLeast ? "+" : "")];
    });
    return { days: Object.fromEntries(days), notes };
  }
}

/** @param clients scopes by client */
const access = (clients: Readonly<Record<string, string>>, environments = "dev: {}, prod: {}") =>
  `environments: { ${environments} }
clients: { ${Object.entries(clients).map(([name, scopes]) => `${name}: { scopes: [${scopes}] }`)} }
routes: { GET /a: { scopes: [o/read] }, POST /a: { scopes: [o/write] } }
`;

describe("since when a call is granted", () => {
  it("is the day of the commit since which it has been granted without a break", async () => {
    const repository = new Repository();
    repository.commit(access({ shop: "o/read" })); // 2026-01-02
    repository.commit("unrelated", "README");
    repository.commit(access({ shop: "o/read, o/write", admin: "o/write" })); // 01-04
    repository.commit(access({ shop: "o/read", admin: "o/write" })); // 01-05: the write is lost
    repository.commit(access({ shop: "o/write, o/read", admin: "o/write" })); // 01-06
    repository.commit("unrelated, again", "README");

    expect(await repository.since()).toEqual({
      days: { "shop GET /a": "2026-01-02", "shop POST /a": "2026-01-06", "admin POST /a": "2026-01-04" },
      notes: [],
    });
  });

  it("is unknown for what is not committed", async () => {
    const repository = new Repository();
    repository.commit(access({ shop: "o/read" }));
    repository.write(access({ shop: "o/read, o/write" }));

    const days = { "shop GET /a": "2026-01-02", "shop POST /a": undefined };
    expect(await repository.since()).toEqual({ days, notes: [] });
  });

  it("is of the environment, and begins with it", async () => {
    const repository = new Repository();
    repository.commit(access({ shop: "o/read" }, "dev: {}"));
    repository.commit(access({ shop: "o/read" }));

    expect((await repository.since("dev")).days).toEqual({ "shop GET /a": "2026-01-02" });
    expect((await repository.since("prod")).days).toEqual({ "shop GET /a": "2026-01-03" });
  });

  it("counts files of teams, and ends where access.yaml was deleted", async () => {
    const repository = new Repository();
    repository.commit(access({ shop: "o/read" }));
    repository.git("rm", "--quiet", "my project/access.yaml");
    mkdirSync(repository.folder, { recursive: true });
    repository.commit();
    repository.commit(access({ shop: "o/read" })); // 01-04
    repository.commit("clients: { other: { scopes: [o/write] } }", "access.d/billing.yaml"); // 01-05
    // Today's rules refuse such a name.
    repository.commit("clients: { odd: { scopes: [o/write] } }", "access.d/é team.yaml");
    repository.git("rm", "--quiet", "my project/access.d/é team.yaml");
    repository.commit("clients: { other: { scopes: [o/write, o/read] } }", "access.d/billing.yaml"); // 01-07
    repository.commit("not read", "access.d/README");

    expect((await repository.since()).days).toEqual({
      "shop GET /a": "2026-01-04",
      "other POST /a": "2026-01-05",
      "other GET /a": "2026-01-07",
    });
  });

  it("is the day on which a branch was merged", async () => {
    const repository = new Repository();
    repository.commit(access({ shop: "o/read" }));
    repository.git("checkout", "--quiet", "-b", "side");
    repository.commit(access({ shop: "o/read, o/write" })); // 01-03, on the branch
    repository.git("checkout", "--quiet", "main");
    repository.commit("x", "README"); // 01-04
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "side"); // 01-04
    repository.commit("y", "README");

    expect((await repository.since()).days).toEqual({ "shop GET /a": "2026-01-02", "shop POST /a": "2026-01-04" });
  });

  it("leaves out commits at which the file is not YAML, and names them", async () => {
    const repository = new Repository();
    repository.commit(access({ shop: "o/read" }));
    const broken = repository.commit("clients: [");
    repository.commit(access({ shop: "o/read, o/write" }));

    expect(await repository.since()).toEqual({
      days: { "shop GET /a": "2026-01-02", "shop POST /a": "2026-01-04" },
      notes: [`access.yaml cannot be read at 1 commit, which are left out: ${broken.slice(0, 12)}.`],
    });
  });

  it("may be earlier in a shallow clone, which is noted", async () => {
    const repository = new Repository();
    for (const clients of [{ shop: "o/read" }, { shop: "o/read", x: "o/read" }]) repository.commit(access(clients));
    const clone = new Repository(false);
    rmSync(clone.top, { recursive: true });
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${repository.top}`, clone.top]);

    expect(await clone.since()).toEqual({
      days: { "shop GET /a": "2026-01-03+", "x GET /a": "2026-01-03+" },
      notes: [expect.stringContaining("git fetch --unshallow")],
    });
    await expect(accessAt(clone.folder, "dev", "HEAD~1")).rejects.toThrow(
      '"HEAD~1" is not a commit of this repository. The clone is shallow.',
    );
  });

  it.each([
    ["a folder without git", false, "not in a git repository"],
    ["a repository without a commit", true, "has no commit"],
  ])("is unknown in %s, and says so", async (_, isRepository, note) => {
    const repository = new Repository(isRepository);
    repository.write(access({ shop: "o/read" }));

    expect(await repository.since()).toEqual({
      days: { "shop GET /a": undefined },
      notes: [expect.stringContaining(note)],
    });
  });

  it("reads hundreds of commits with few calls of git, and no more than it needs", async () => {
    const repository = new Repository();
    const stream = Array.from({ length: 600 }, (_, index) => {
      const text = access({ shop: "o/read", [`client-${index}`]: "o/write" });
      const file = `M 100644 inline "my project/access.yaml"\ndata ${text.length}\n${text}\n`;
      return `commit refs/heads/main\ncommitter x <x@example.com> ${1_767_225_600 + index * 86_400} +0000\ndata 1\nx\n${file}`;
    });
    execFileSync("git", ["fast-import", "--quiet"], { cwd: repository.top, input: stream.join("") });
    repository.git("reset", "--quiet", "--hard");

    expect(await repository.since()).toEqual({
      days: { "shop GET /a": "2026-01-01", "client-599 POST /a": "2027-08-23" },
      notes: [],
    });
  });
});

describe("what was granted at a commit", () => {
  it("is read by id, branch, tag or relative name, with its day", async () => {
    const repository = new Repository();
    const first = repository.commit(access({ shop: "o/read" }));
    repository.git("tag", "v1");
    repository.commit(access({ shop: "o/write" }));

    for (const revision of [first, first.slice(0, 10), "v1", "HEAD~1"]) {
      const { calls, commit, date } = await accessAt(repository.folder, "dev", revision);
      expect([[...calls.values()].map(({ route }) => route), commit, date]).toEqual([["GET /a"], first, "2026-01-02"]);
    }
    expect((await accessAt(repository.folder, "stage", "v1")).hasEnvironment).toBe(false);
  });

  it.each(["nothing", "--all", "-n1", "HEAD~9", "0123456", "", "HEAD:my project/access.yaml"])(
    "is refused for %j, which is not a commit",
    async (revision) => {
      const repository = new Repository();
      repository.commit(access({ shop: "o/read" }));

      await expect(accessAt(repository.folder, "dev", revision)).rejects.toMatchObject({
        message: `${JSON.stringify(revision)} is not a commit of this repository. Name an id, a branch or a tag.`,
        exitCode: 64,
      });
    },
  );

  it("is refused where the commit has no access.yaml, or one that is not YAML", async () => {
    const repository = new Repository();
    repository.commit("x", "README");
    repository.commit("clients: { other: { scopes: [o/write] } }", "access.d/not-access.yaml");
    repository.commit("clients: [");

    const at = (revision: string) => accessAt(repository.folder, "dev", revision);
    await expect(at("HEAD~1")).rejects.toThrow('the commit "HEAD~1" has no access.yaml in this folder.');
    await expect(at("HEAD")).rejects.toThrow('access.yaml at the commit "HEAD" cannot be read: it is not valid YAML: ');
    await expect(accessAt(new Repository(false).folder, "dev", "HEAD")).rejects.toThrow("is not in a git repository");
  });
});
