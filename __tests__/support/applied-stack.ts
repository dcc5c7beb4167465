/** A stack that the real Terraform has applied to an embedded AWS of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { REGION } from "./pretend-account";
import { TerraformFolder } from "./terraform-folder";

/** What is applied. */
export interface StackConfig {
  /** By type and name, as in `main.tf.json`. */
  readonly resource: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** Expressions by the name of the output; all are taken for sensitive. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Files beside the configuration, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export class AppliedStack {
  private constructor(
    readonly emulator: Emulator,
    private readonly folder: TerraformFolder,
    private readonly local: string,
  ) {}

  /** Starts an embedded AWS and applies the stack. @throws {Error} when that fails */
  static async open({ resource, outputs, files = {} }: StackConfig): Promise<AppliedStack> {
    const folder = new TerraformFolder();
    const local = mkdtempSync(join(tmpdir(), "local-"));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder.path, name), bytes);
    folder.write({
      terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
      provider: { aws: { region: REGION } },
      resource,
      ...(outputs === undefined ? {} : { output: outputBlocks(outputs) }),
    });
    const emulator = await startEmulator({ folder: local, workingDirectories: () => [folder.path] });
    const stack = new AppliedStack(emulator, folder, local);
    try {
      await stack.terraform(0, "init");
      await stack.apply();
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  /** Runs Terraform. @returns what it said @throws {Error} when it does not end with the code */
  async terraform(expected: number, ...args: readonly string[]): Promise<string> {
    const { code, output } = await this.folder.run(this.emulator.environment, ...args);
    if (code === expected) return output;
    throw new Error(`terraform ${args.join(" ")} ended with ${code}, expected ${expected}:\n${output}`);
  }

  apply(): Promise<string> {
    return this.terraform(0, "apply", "-auto-approve");
  }

  /** What is planned, with the reasons; `undefined` when nothing is to change. */
  async plan(): Promise<string | undefined> {
    const { code, output } = await this.folder.run(this.emulator.environment, "plan", "-detailed-exitcode");
    if (code === 0) return undefined;
    if (code === 2) return output;
    throw new Error(`terraform plan ended with ${code}:\n${output}`);
  }

  /** What Terraform's state has of the outputs. */
  async outputs(): Promise<Readonly<Record<string, string>>> {
    const told = JSON.parse(await this.terraform(0, "output", "-json")) as Record<string, { readonly value: string }>;
    return Object.fromEntries(Object.entries(told).map(([name, { value }]) => [name, value]));
  }

  async close(): Promise<void> {
    await this.emulator.close();
    this.folder.remove();
    rmSync(this.local, { recursive: true, force: true });
  }
}

function outputBlocks(outputs: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, of]) => [name, { value: reference(of), sensitive: true }]),
  );
}

/** A reference as Terraform writes it. @param address such as `aws_iam_role.one.arn` */
export function reference(address: string): string {
  return ["${", address, "}"].join("");
}
