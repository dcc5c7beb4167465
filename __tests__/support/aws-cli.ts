/** The AWS CLI of this machine, which takes most of a second to load its code: it does so once for a test file. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isInstalled } from "./programs";

const folder = mkdtempSync(join(tmpdir(), "aws-"));
const { stdout } = spawnSync("aws", ["--version"], {
  encoding: "utf8",
  env: {
    ...process.env,
    PYTHONPATH: join(__dirname, "aws-cli"),
    AWS_CLI_FOLDER: folder,
    AWS_CLI_OWNER: String(process.pid),
  },
  stdio: ["ignore", "pipe", "ignore"],
});
/** Whether commands are processes of the one that was started: version 2 brings a Python of its own. */
const isServed = existsSync(join(folder, "aws"));

export const hasAws = isServed || isInstalled("aws");
if (!hasAws) console.warn("skipped: the AWS CLI is not installed");

/** PATH, on which `aws` is that one. */
export const pathWithAws = [folder, process.env["PATH"] ?? ""].join(delimiter);

afterAll(() => {
  if (isServed) process.kill(Number(stdout), "SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});
