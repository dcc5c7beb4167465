/** Programs of the machine that not every machine has. */
import { execFile, spawnSync } from "node:child_process";

/** Whether the machine has a program. @param command that ends with 0, such as `go version` */
export function isInstalled(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args.length === 0 ? ["--version"] : args, { stdio: "ignore" }).status === 0;
}

/** Runs lines in a shell, which ends at the first that fails. @returns what they print */
export function shell(lines: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, stdout: string, stderr: string) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    execFile("bash", ["-euo", "pipefail", "-c", lines], { cwd, env, timeout: 240_000 }, done);
  });
}
