/** The page that builds the system with the AWS CLI alone: its lines are run as they stand, in one shell. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";

const page = readFileSync(join(__dirname, "../../docs/aws-cli.md"), "utf8");

/** The blocks that a reader pastes. */
const lines = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block).join("\n");

const isInstalled = spawnSync("aws", ["--version"]).status === 0;
if (!isInstalled) console.warn("skipped: the AWS CLI is not installed");

let folder: string;
let emulator: Emulator;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
  emulator = await startEmulator({ folder: join(folder, "aws"), workingDirectories: () => [folder] });
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines in a shell on the embedded AWS. @returns what they print, standard error included */
function shell(script: string): Promise<string> {
  const variables = Object.entries({ ...process.env, ...emulator.environment, AWS_PAGER: "" });
  const env = Object.fromEntries(variables.filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, stdout: string, stderr: string) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    execFile("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, env, timeout: 240_000 }, done);
  });
}

(isInstalled ? it : it.skip)("is told which services are not emulated", async () => {
  for (const call of ["dynamodb list-tables", "ec2 describe-vpcs", "sns list-topics", "route53 list-hosted-zones"]) {
    const output = await shell(`aws ${call} --region eu-west-1 2>&1 || true`);

    expect(output).toMatch(
      /An error occurred \(NotEmulated\) when calling the \w+ operation: The embedded AWS does not/,
    );
  }
});

(isInstalled ? it : it.skip)(
  "builds the system, is refused without a token, is answered with one, and removes it",
  async () => {
    const output = await shell(lines);

    expect(output).toMatch(/^401$/m);
    expect(output).toMatch(/^\{"caller":"[a-z0-9]{26}"\} 200$/m);
    expect(emulator.resourceCount()).toEqual({});
  },
  250_000,
);
