/** Who may read a local state: by the file modes that Terraform itself leaves, with the umask that users have. */
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepLocalStatesPrivate } from "../../../constructs/contract/local-state";
import { cleanEnvironment, run, typescriptLoader } from "../../support/processes";

const usualMask = process.umask();
let project: string;
let state: string;
beforeEach(() => {
  process.umask(0o022);
  project = mkdtempSync(join(tmpdir(), "state-"));
  chmodSync(project, 0o755);
  mkdirSync(join(project, "cdktf.out", "stacks", "dev"), { recursive: true });
  state = join(project, "terraform.dev.tfstate");
});
afterEach(() => {
  process.umask(usualMask);
  rmSync(project, { recursive: true, force: true });
});

const keepPrivate = () => keepLocalStatesPrivate(join(project, "cdktf.out"), ["dev"]);
const modeOf = (file: string) => statSync(file).mode & 0o777;
const stateModes = () => [state, `${state}.backup`].map(modeOf);

describe("keepLocalStatesPrivate", () => {
  it("makes Terraform write state and backup for their owner only", async () => {
    const folder = join(project, "cdktf.out", "stacks", "dev");
    const terraform = async (value: string, ...args: readonly string[]) => {
      const backend = { local: { path: "../../../terraform.dev.tfstate" } };
      writeFileSync(
        join(folder, "cdk.tf.json"),
        JSON.stringify({ terraform: { backend }, output: { secret: { value } } }),
      );
      const env = cleanEnvironment({ TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" });
      expect(await run(["terraform", ...args, "-input=false"], folder, env)).toMatchObject({ code: 0, stderr: "" });
    };
    keepPrivate();
    await terraform("first", "init");
    await terraform("first", "apply", "-auto-approve");
    await terraform("second", "apply", "-auto-approve");

    expect(stateModes()).toEqual([0o600, 0o600]);
    expect([state, `${state}.backup`].map((file) => statSync(file).size > 0)).toEqual([true, true]);
    expect(modeOf(join(project, "cdktf.out"))).toBe(0o700);
  });

  it("takes existing files away from other users, and keeps what is in them", () => {
    writeFileSync(state, "before", { mode: 0o644 });
    keepPrivate();

    expect([...stateModes(), statSync(state).size]).toEqual([0o600, 0o600, 6]);
  });

  it("creates nothing in a folder that only its owner can enter", () => {
    chmodSync(project, 0o700);
    keepPrivate();

    expect(readdirSync(project)).toEqual(["cdktf.out"]);
  });

  it("neither follows nor replaces a link", () => {
    const other = join(project, "other");
    writeFileSync(other, "", { mode: 0o644 });
    symlinkSync(other, state);
    keepPrivate();

    expect([modeOf(other), lstatSync(state).isSymbolicLink()]).toEqual([0o644, true]);
  });
});

describe("main.ts", () => {
  it("keeps the states of environments without a backend private, and makes none for others", async () => {
    const root = join(__dirname, "..", "..", "..");
    const environment = (name: string, more = "") =>
      `  ${name}: { region: eu-west-1, domainPrefix: orders-${name}, accountId: "111111111111"${more} }`;
    const text = [
      "environments:",
      environment("dev"),
      environment("prod", ", backend: { s3: { bucket: states } }"),
      "resourceServers:",
      "  orders: { name: Orders, scopes: { read: Read } }",
      "clients:",
      "  shop: { scopes: [orders/read] }",
      "routes:",
      "  GET /orders: { lambda: access, scopes: [orders/read] }",
    ];
    writeFileSync(join(project, "access.yaml"), text.join("\n"));
    cpSync(join(root, "lambda"), join(project, "lambda"), { recursive: true });
    const command = [process.execPath, "--require", typescriptLoader, join(root, "main.ts")];
    const { code, stderr } = await run(command, project);

    expect([code, stderr]).toEqual([0, ""]);
    const files = readdirSync(project).filter((name) => name.includes("tfstate"));
    expect(files).toEqual(["terraform.dev.tfstate", "terraform.dev.tfstate.backup"]);
    expect(stateModes()).toEqual([0o600, 0o600]);
  });
});
