/** A folder in which the real Terraform runs. Spawned, never waited for: the provider lives in this very process. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a run ended. */
export interface TerraformRun {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

export class TerraformFolder {
  readonly path = mkdtempSync(join(tmpdir(), "terraform-"));

  /** @param config what `main.tf.json` holds */
  write(config: object): void {
    writeFileSync(join(this.path, "main.tf.json"), JSON.stringify(config));
  }

  /** @param environment of the embedded AWS; `undefined` stands for a variable that must not be set */
  run(environment: Readonly<Record<string, string | undefined>>, ...args: readonly string[]): Promise<TerraformRun> {
    const env = { ...process.env, ...environment, TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
    const terraform = spawn("terraform", [...args, "-no-color"], { cwd: this.path, env });
    return new Promise((resolve, reject) => {
      let output = "";
      for (const stream of [terraform.stdout, terraform.stderr]) stream.on("data", (text) => (output += text));
      terraform.on("error", reject).on("close", (code) => resolve({ code, output }));
    });
  }

  /** Runs it, and requires that it ends with the code. @returns what it printed */
  async ending(
    expected: number,
    environment: Readonly<Record<string, string | undefined>>,
    ...args: readonly string[]
  ): Promise<string> {
    const { code, output } = await this.run(environment, ...args);
    if (code === expected) return output;
    throw new Error(`terraform ${args.join(" ")} ended with ${code}, expected ${expected}:\n${output}`);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
