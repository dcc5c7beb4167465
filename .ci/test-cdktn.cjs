/**
 * The same sources on CDK Terrain (cdktn), the fork of CDKTF: installed by npm aliases into a temporary copy of the
 * project. Types are checked; each project's stacks are compared with those that CDKTF synthesizes, but for the
 * differences in cdktn-differences.json (`--write` updates it); and each demo runs, with the schema of its provider.
 */
const { execFileSync } = require("node:child_process");
const { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { delimiter, join } = require("node:path");

const VERSIONS = { cdktn: "0.24.0", "cdktn-cli": "0.24.0", "@cdktn/provider-aws": "25.7.0" };
const ALIASES = { cdktf: "cdktn", "cdktf-cli": "cdktn-cli", "@cdktf/provider-aws": "@cdktn/provider-aws" };
/** The oldest Node.js that cdktn-cli supports, and the one that is used in the place of an older one. */
const [OLDEST_NODE, OTHER_NODE] = [[22, 19], "24"];
const PROJECTS = [".", "examples/one-service", "examples/public-api", "examples/several-teams"];

const project = join(__dirname, "..");
const differencesFile = join(__dirname, "cdktn-differences.json");
const folder = mkdtempSync(join(tmpdir(), "cdktn-"));
const copy = join(folder, "project");
const env = { ...process.env };
delete env.INIT_CWD;

const run = (cwd, program, ...args) => execFileSync(program, args, { cwd, env, stdio: "inherit" });
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

try {
  useSupportedNode();
  makeCopy();
  run(copy, "npx", "tsc", "--project", ".");
  compare(PROJECTS.flatMap(differencesOf));
  run(copy, "npm", "run", "--silent", "schema");
  for (const name of PROJECTS) run(join(copy, name), "node", join(copy, "cli", "access.cjs"), "demo");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function useSupportedNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  const prefix = join(folder, "node");
  run(project, "npm", "install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund", `node@${OTHER_NODE}`);
  env.PATH = [join(prefix, "node_modules", "node", "bin"), env.PATH].join(delimiter);
}

function makeCopy() {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: project, encoding: "utf8" }).split("\0");
  for (const name of files.filter(Boolean)) cpSync(join(project, name), join(copy, name));
  const modules = join(project, "node_modules");
  const replaced = new Set([...Object.keys(ALIASES), ".cache"].map((name) => join(modules, name)));
  const filter = (file) => !replaced.has(file);
  cpSync(modules, join(copy, "node_modules"), { recursive: true, verbatimSymlinks: true, filter });
  const manifest = readJson(join(copy, "package.json"));
  for (const [name, fork] of Object.entries(ALIASES)) manifest.dependencies[name] = `npm:${fork}@${VERSIONS[fork]}`;
  writeFileSync(join(copy, "package.json"), JSON.stringify(manifest));
  run(copy, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
}

/** Differences of a project's synthesized files, each as the path in its file and the value of both. */
function differencesOf(name) {
  const [ours, theirs] = [project, copy].map((root, index) => {
    const output = join(folder, String(index), name.replaceAll("/", "-"));
    mkdirSync(output, { recursive: true });
    const command = ["--require", join(root, "cli", "typescript.cjs"), join(root, "main.ts")];
    execFileSync("node", command, { cwd: join(root, name), env: { ...env, CDKTF_OUTDIR: output } });
    return filesIn(output);
  });
  const names = [...new Set([...ours.keys(), ...theirs.keys()])];
  return names.flatMap((file) => {
    const [before, after] = [ours.get(file), theirs.get(file)];
    if (before === undefined || after === undefined || !file.endsWith(".json")) {
      return before?.equals(after ?? Buffer.alloc(0)) ? [] : [{ path: file, cdktf: "content", cdktn: "other content" }];
    }
    const [old, current] = [before, after].map((bytes) => flattened(JSON.parse(bytes.toString("utf8"))));
    const paths = [...new Set([...old.keys(), ...current.keys()])].filter(
      (path) => old.get(path) !== current.get(path),
    );
    return paths.map((path) => ({ path, cdktf: old.get(path) ?? null, cdktn: current.get(path) ?? null }));
  });
}

function filesIn(root) {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file.slice(root.length + 1), readFileSync(file)]));
}

/** Values by their path, such as `terraform.required_providers.aws.version`; an empty list or object is a value. */
function flattened(value, path = "") {
  const isLeaf = value === null || typeof value !== "object" || Object.keys(value).length === 0;
  if (isLeaf) return new Map([[path, typeof value === "object" ? JSON.stringify(value) : value]]);
  const inner = Object.entries(value).map(([name, one]) => flattened(one, path === "" ? name : `${path}.${name}`));
  return new Map(inner.flatMap((one) => [...one]));
}

function compare(differences) {
  const found = [...new Map(differences.map((one) => [JSON.stringify(one), one])).values()];
  const text = `${JSON.stringify(found, undefined, 2)}\n`;
  if (process.argv.includes("--write")) writeFileSync(differencesFile, text);
  if (JSON.stringify(readJson(differencesFile)) === JSON.stringify(found)) return;
  console.log(text);
  throw new Error("The synthesized stacks differ in another way than .ci/cdktn-differences.json has it.");
}
