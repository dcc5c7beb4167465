/** The pages of docs: their blocks marked `sh run` are run as they stand, and print what the pages show. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(240_000);

const docs = join(__dirname, "..", "..", "docs");

interface Block {
  readonly line: number;
  readonly commands: string;
  readonly exit: number;
  /** What the page shows below; `…` is any text within a line or, alone, any lines. */
  readonly output?: string;
}

/** Pages that are run one after the other on one account. The first deploys the example. */
const SESSIONS = [
  [
    "review.md",
    "tutorial.md",
    "access-matrix.md",
    "embedded-aws.md",
    "own-terraform.md",
    "verify-and-drift.md",
    "usage-and-secret-age.md",
    "switch-off-and-expire.md",
    "handout.md",
    "report.md",
    "rotation.md",
    "remove-and-destroy.md",
  ],
  ["get-started.md"],
];

const BLOCK = /^```sh run(?: exit=(\d+))?\n(.*?)^```$(?:\n\n```text output\n(.*?)^```$)?/gms;

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(docs, page), "utf8");
  return Array.from(text.matchAll(BLOCK), ({ index, 1: exit = "0", 2: commands = "", 3: output }) => ({
    line: text.slice(0, index).split("\n").length,
    commands,
    exit: Number(exit),
    ...(output !== undefined && { output }),
  }));
}

function matcher(output: string): RegExp {
  const escaped = output.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // The test serves at a free port in place of the default one.
  const anyPort = escaped.replaceAll("127\\.0\\.0\\.1:8787", "127\\.0\\.0\\.1:\\d+");
  const lines = anyPort.split("\n").map((line) => (line === "…" ? "(?:.*\\n)*?" : `${line.replaceAll("…", ".*")}\n`));
  return new RegExp(`^${lines.join("").replace(/\n?\n$/, "\n?")}$`);
}

it("has every page that has blocks to run", () => {
  const marked = readdirSync(docs).filter((page) => page.endsWith(".md") && blocksOf(page).length > 0);

  expect(marked.toSorted()).toEqual(SESSIONS.flat().toSorted());
});

describe.each(SESSIONS)("docs/%s and the pages after it", (...pages) => {
  const project = new ServedProject();
  let environment: NodeJS.ProcessEnv;
  beforeAll(async () => {
    await project.serve();
    // `npx` takes half a second to find the program that stands beside it, and `access local` as long to join what is
    // served, whose environment the commands have: it does so once for each kind of command, and always with SOAK.
    const bin = join(project.folder, ".bin");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "npx"),
      [
        "#!/bin/sh",
        '[ "$1" = access ] && shift || exit 64',
        `if [ "$1 $2 $3" = "local npx access" ] && [ -z "$SOAK" ] && ! mkdir ".bin/$4" 2>/dev/null; then shift 3; fi`,
        'exec node cli/access.cjs "$@"',
        "",
      ].join("\n"),
    );
    chmodSync(join(bin, "npx"), 0o755);
    const variables = project.environment();
    environment = { ...variables, PATH: `${bin}:${variables["PATH"]}`, NO_COLOR: "1" };
  });
  afterAll(() => project.remove());

  const blocks = pages.flatMap((page) => blocksOf(page).map((block) => [page, block.line, block] as const));
  it.each(blocks)("%s, line %i: the commands print what the page shows", async (_page, _line, block) => {
    const { code, stdout } = await run(["bash", "-euc", `exec 2>&1\n${block.commands}`], project.folder, environment);

    expect({ code, stdout }).toEqual({
      code: block.exit,
      stdout: block.output === undefined ? expect.any(String) : expect.stringMatching(matcher(block.output)),
    });
  });
});
