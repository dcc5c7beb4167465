/** The layers of the project: which folder may know of which. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const project = join(__dirname, "..");

/** What each part may import of the others, by the beginning of the path. The longest matching part counts. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["constructs/"],
  "constructs/": ["constructs/"],
  "lambda/": ["lambda/shared/"],
  "examples/": ["lambda/shared/"],
  "cli/": ["cli/", "client/machine-client", "emulator/index", "constructs/access-model"],
  "client/": ["client/"],
  "emulator/errors": [],
  "emulator/client-environment": [],
  "emulator/account/": ["emulator/account/", "emulator/errors"],
  "emulator/protocols/": ["emulator/protocols/", "emulator/account/", "emulator/runtime/", "emulator/errors"],
  "emulator/terraform/": ["emulator/terraform/", "emulator/protocols/", "emulator/account/", "emulator/errors"],
  "emulator/services/": [
    "emulator/services/",
    "emulator/account/",
    "emulator/protocols/",
    "emulator/terraform/",
    "emulator/gateway/",
    "emulator/runtime/",
    "emulator/errors",
  ],
  "emulator/gateway/": [
    "emulator/gateway/",
    "emulator/services/",
    "emulator/account/",
    "emulator/protocols/",
    "emulator/runtime/",
    "emulator/errors",
  ],
  "emulator/runtime/": [
    "emulator/runtime/",
    "emulator/services/lambda/",
    "emulator/account/",
    "emulator/protocols/",
    "emulator/errors",
  ],
  "emulator/proxy/": [
    "emulator/proxy/",
    "emulator/hosts",
    "emulator/gateway/remapped-headers",
    "emulator/protocols/",
    "emulator/account/",
    "emulator/errors",
  ],
  "emulator/hosts": ["emulator/"],
  "emulator/played": ["emulator/"],
  "emulator/index": ["emulator/"],
};

const sources = ["main.ts", ...["constructs", "lambda", "examples", "cli", "client", "emulator"].flatMap(sourcesBelow)];

function sourcesBelow(folder: string): readonly string[] {
  const files = readdirSync(join(project, folder), { recursive: true, encoding: "utf8" });
  return files.filter((name) => /\.(ts|cjs)$/.test(name)).map((name) => join(folder, name));
}

/** Paths within the project that the file imports, without their endings. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(project, file), "utf8");
  const specifiers = [...text.matchAll(/(?:from|import|import\(|require\()\s*["'](\.[^"']*)["']/g)].map(
    ([, path = ""]) => path,
  );
  return specifiers.map((path) => relative(project, join(project, dirname(file), path)).replace(/\.(json|cjs)$/, ""));
}

function allowedFor(file: string): readonly string[] {
  const parts = Object.keys(ALLOWED).filter((part) => file.startsWith(part));
  const longest = parts.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw new Error(`no rule for ${file}`);
  return ALLOWED[longest] ?? [];
}

describe("imports", () => {
  it("has sources to look at, with imports between them", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(importsOf("main.ts")).toContain("constructs/machine-identity");
  });

  it.each(sources)("%s knows only of what it may know", (file) => {
    const allowed = allowedFor(file);
    const foreign = importsOf(file).filter((path) => !allowed.some((part) => path.startsWith(part)));

    expect(foreign).toEqual([]);
  });

  it.each(sources)("%s imports bindings deeply", (file) => {
    expect(readFileSync(join(project, file), "utf8")).not.toMatch(/["']@cdktf\/provider-aws["']/);
  });
});
