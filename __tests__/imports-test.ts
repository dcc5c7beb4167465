/** The rooms of the project: which may import which, and that no import leads back. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const project = join(__dirname, "..");

/** Rooms of `operations/` that others build on. */
const SHARED = [
  "constructs/contract",
  "iam",
  "platform",
  "access",
  "operations/access-graph",
  "operations/plan-file",
  "operations/deployed",
];

/**
 * What each room may import of the project, beside its own files. A room is a folder with all below it that is not a
 * room itself; an entry with a file's name allows that file alone.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["access", "constructs", "constructs/contract"],
  access: [],
  constructs: ["access", "iam", "constructs/contract", "lambda"],
  "constructs/contract": [],
  "constructs/functions/function-rebuild.ts": ["constructs", "access"],
  iam: [],
  lambda: [],
  examples: ["lambda"],
  client: [],
  platform: ["access", "constructs/contract"],
  "operations/access-graph": ["access", "constructs/contract", "platform"],
  "operations/plan-file": ["constructs/contract", "platform", "operations/access-graph"],
  "operations/deployed": [
    "constructs/contract",
    "iam",
    "platform",
    "access",
    "client",
    "operations/access-graph",
    "operations/plan-file",
  ],
  "operations/adopt": SHARED,
  "operations/apply": SHARED,
  "operations/capacity": SHARED,
  "operations/drift": SHARED,
  "operations/github": SHARED,
  "operations/handout": SHARED,
  "operations/postman": SHARED,
  "operations/preflight": SHARED,
  "operations/report": SHARED,
  "operations/review": SHARED,
  "operations/kill": SHARED,
  "operations/rotate": SHARED,
  "operations/teardown": SHARED,
  "operations/usage": SHARED,
  "operations/verify": SHARED,
  cli: [
    "access",
    "constructs/contract",
    "constructs/functions/function-rebuild.ts",
    "platform",
    "emulator/index.ts",
    "operations/access-graph",
    "operations/plan-file",
    "operations/deployed",
    "operations/adopt",
    "operations/apply",
    "operations/capacity",
    "operations/drift",
    "operations/github",
    "operations/handout",
    "operations/postman",
    "operations/preflight",
    "operations/report",
    "operations/review",
    "operations/kill",
    "operations/rotate",
    "operations/teardown",
    "operations/usage",
    "operations/verify",
  ],
  "emulator/errors.ts": [],
  "emulator/client-environment.ts": [],
  "emulator/account": ["emulator/errors.ts"],
  "emulator/protocols": ["emulator/account", "emulator/errors.ts"],
  "emulator/terraform": ["emulator/protocols", "emulator/account", "emulator/errors.ts"],
  "emulator/templates": ["emulator/protocols", "emulator/errors.ts"],
  "emulator/services": [
    "iam",
    "emulator/account",
    "emulator/protocols",
    "emulator/templates",
    "emulator/terraform",
    "emulator/runtime",
    "emulator/errors.ts",
  ],
  "emulator/gateway": [
    "emulator/services",
    "emulator/templates",
    "emulator/account",
    "emulator/protocols",
    "emulator/runtime",
    "emulator/errors.ts",
  ],
  "emulator/runtime": ["emulator/protocols"],
  "emulator/proxy": [
    "emulator/hosts.ts",
    "emulator/gateway",
    "emulator/protocols",
    "emulator/account",
    "emulator/errors.ts",
  ],
  "emulator/hosts.ts": [
    "emulator/gateway",
    "emulator/runtime",
    "emulator/protocols",
    "emulator/services",
    "emulator/account",
  ],
  "emulator/emulated.ts": ["emulator/hosts.ts", "emulator/services"],
  "emulator/index.ts": [
    "emulator/client-environment.ts",
    "emulator/hosts.ts",
    "emulator/emulated.ts",
    "emulator/account",
    "emulator/gateway",
    "emulator/protocols",
    "emulator/proxy",
    "emulator/runtime",
    "emulator/services",
    "emulator/terraform",
  ],
};

/** Cycles that are still there; each is one too many. */
const CYCLES: readonly (readonly string[])[] = [];

/** Files that write to the terminal themselves: what is safe to print, or only moves the cursor; to their own log; or print such code. */
const WRITERS = [
  "platform/terminal.ts",
  "platform/progress-line.ts",
  "main.ts",
  "constructs/functions/variable-loader.ts",
  "constructs/state-bucket.ts",
  "cli/embedded-aws/real-provider.ts",
  "emulator/index.ts",
  "operations/handout/code-samples.ts",
  "emulator/protocols/generate.ts",
  "emulator/terraform/schema/generate.ts",
];

const sources = [
  "main.ts",
  ...[
    "access",
    "constructs",
    "iam",
    "lambda",
    "examples",
    "client",
    "platform",
    "operations",
    "cli",
    "emulator",
  ].flatMap(sourcesBelow),
];

function sourcesBelow(folder: string): readonly string[] {
  const files = readdirSync(join(project, folder), { recursive: true, encoding: "utf8" });
  return files.filter((name) => /\.(ts|cjs)$/.test(name)).map((name) => join(folder, name));
}

/** Files of the project that a file imports. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(project, file), "utf8");
  const specifiers = [...text.matchAll(/(?:from|import|import\(|require\()\s*["'](\.[^"']*)["']/g)];
  return specifiers.map(([, path = ""]) => fileAt(relative(project, join(project, dirname(file), path))));
}

function fileAt(path: string): string {
  return [path, `${path}.ts`, `${path}.cjs`, `${path}/index.ts`].find((name) => known.has(name)) ?? path;
}

const known = new Set(sources);

/** The room of a file: the longest entry of {@link ALLOWED} that it is, or lies below. */
function roomOf(file: string): string {
  const rooms = Object.keys(ALLOWED).filter((room) => file === room || file.startsWith(`${room}/`));
  const longest = rooms.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw new Error(`${file} is in none of the rooms`);
  return longest;
}

/** Groups of files that import each other in a circle, each sorted. Tarjan's algorithm. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group.sort());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}

describe("imports", () => {
  const edges = new Map(sources.map((file) => [file, importsOf(file).filter((name) => known.has(name))]));

  it("has sources, with imports between them", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(importsOf("main.ts")).toContain("constructs/machine-identity.ts");
  });

  it("has a file or folder for every room", () => {
    const rooms = new Set(sources.map(roomOf));
    expect(Object.keys(ALLOWED).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it.each(sources)("%s imports only what its room may", (file) => {
    const allowed = [roomOf(file), ...(ALLOWED[roomOf(file)] ?? [])];
    const foreign = importsOf(file).filter((path) => known.has(path) && !allowed.includes(roomOf(path)));

    expect(foreign).toEqual([]);
  });

  it("has no cycle between files", () => {
    expect([...cycles(edges)].sort()).toEqual([...CYCLES].sort());
  });

  it.each(sources)("%s imports bindings deeply", (file) => {
    expect(readFileSync(join(project, file), "utf8")).not.toMatch(/["']@cdktf\/provider-aws["']/);
  });

  it.each(sources.filter((file) => !WRITERS.includes(file)))("%s prints by platform/terminal.ts", (file) => {
    expect(readFileSync(join(project, file), "utf8")).not.toMatch(/process\.std(?:out|err)\.write|console\.\w+\(/);
  });
});
