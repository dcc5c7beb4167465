/** Child processes of the commands, and how they are ended. */
import { join } from "node:path";
import { withoutSecrets } from "../../platform/child";
import { ended, start, typescriptLoader, untilWritten } from "../support/processes";

const project = join(__dirname, "..", "..");

/** Runs a Node program in the foreground of another process, which exits with its exit code. */
function runInForeground(code: string) {
  const command = JSON.stringify([process.execPath, "-e", code]);
  const caller = `require("./platform/child.ts").runInForeground(${command}, ".", process.env).then((code) => process.exit(code))`;
  return start([process.execPath, "--require", typescriptLoader, "-e", caller], project);
}

describe("runInForeground", () => {
  it("passes on SIGTERM, and kills a program that ignores it with the second one", async () => {
    const child = runInForeground(
      'process.on("SIGTERM", () => console.log("ignored")); setInterval(() => undefined, 1000); console.log("ready");',
    );
    const done = ended(child);
    await untilWritten(child, "ready");
    child.kill("SIGTERM");
    await untilWritten(child, "ignored");
    child.kill("SIGTERM");

    expect((await done).code).toBe(137);
  });
});

describe("withoutSecrets", () => {
  it("takes away passphrases and tokens of the job, and nothing that AWS or Terraform needs", () => {
    const secrets = ["PLAN_PASSPHRASE", "GITHUB_TOKEN", "GH_TOKEN", "NODE_AUTH_TOKEN", "ACTIONS_RUNTIME_TOKEN"];
    const needed = ["AWS_SESSION_TOKEN", "TF_TOKEN_app_terraform_io", "GITHUB_REPOSITORY", "ACTIONS_CACHE_URL"];
    const environment = Object.fromEntries([...secrets, ...needed].map((name) => [name, "value"]));

    expect(Object.keys(withoutSecrets(environment))).toEqual(needed);
  });
});
