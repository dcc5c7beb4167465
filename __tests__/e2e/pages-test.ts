/** The pages of docs: their blocks marked `sh run` are run as they stand, and print what the pages show. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { KeptCommands } from "../support/kept-commands";
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

/** Pages, which are run one after the other on one account. The first deploys the example, as does the last after its removal. */
const PAGES = [
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
  "get-started.md",
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

  expect(marked.toSorted()).toEqual(PAGES.toSorted());
});

/** A command that is a process of its own, because what it starts writes to its output. With SOAK, all are. */
const OWN_PROCESS = "local";

/**
 * Programs that have joined what is served: Terraform and `access`. It takes long, and they have the environment that it
 * would give them, so each does so once; with SOAK, always.
 */
const joined = new Set<string>();

function isJoinedOnce([first, program = ""]: readonly string[]): boolean {
  if (process.env["SOAK"] !== undefined || first !== OWN_PROCESS) return false;
  if (joined.has(program)) return true;
  joined.add(program);
  return false;
}

/** `npx`, which takes half a second to find the program that stands beside it: it asks what to run. */
const NPX = `#!/bin/bash
[ "$1" = access ] && shift || exit 64
eval "$(printf '%s\\0' "$@" | curl --silent --show-error --fail --noproxy '*' --unix-socket .bin/socket --data-binary @- http://access/ || echo exit 65)"
`;

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Answers with commands of the shell: a program to run, or what a command has written, and its exit code. */
function commandServer(kept: KeptCommands): Server {
  const answer = async (args: readonly string[]): Promise<string> => {
    if (isJoinedOnce(args)) {
      const [, program, ...rest] = args;
      return program === "npx" ? await answer(rest.slice(1)) : `exec ${args.slice(1).map(quoted).join(" ")}`;
    }
    if (args[0] === OWN_PROCESS || process.env["SOAK"] !== undefined) {
      return `exec node cli/access.cjs ${args.map(quoted).join(" ")}`;
    }
    const { code, pieces } = await kept.run(args);
    const written = pieces.map(([stream, piece]) => `printf %s ${quoted(piece)}${stream === "stderr" ? " >&2" : ""}`);
    return [...written, `exit ${code}`].join("\n");
  };
  return createServer(async (request, response) => {
    const args = (await text(request)).split("\0").slice(0, -1);
    await answer(args).then(
      (commands) => response.end(commands),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
}

describe("the pages of docs", () => {
  const project = new ServedProject();
  let environment: NodeJS.ProcessEnv;
  let kept: KeptCommands | undefined;
  let server: Server | undefined;
  beforeAll(async () => {
    await project.serve();
    const bin = join(project.folder, ".bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "npx"), NPX);
    chmodSync(join(bin, "npx"), 0o755);
    const variables = project.environment();
    environment = { ...variables, PATH: `${bin}:${variables["PATH"]}`, NO_COLOR: "1" };
    kept = new KeptCommands(project.folder, environment);
    const started = commandServer(kept);
    server = started;
    await new Promise<void>((resolve) => started.listen(join(bin, "socket"), resolve));
  });
  afterAll(async () => {
    server?.close();
    await kept?.end();
    await project.remove();
  });

  const blocks = PAGES.flatMap((page) => blocksOf(page).map((block) => [page, block.line, block] as const));
  it.each(blocks)("%s, line %i: the commands print what the page shows", async (_page, _line, block) => {
    const { code, stdout } = await run(["bash", "-euc", `exec 2>&1\n${block.commands}`], project.folder, environment);

    expect({ code, stdout }).toEqual({
      code: block.exit,
      stdout: block.output === undefined ? expect.any(String) : expect.stringMatching(matcher(block.output)),
    });
  });
});
