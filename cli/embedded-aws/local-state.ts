/**
 * Keeps Terraform's state on this machine while a stack runs on the embedded AWS. Where a stack keeps it elsewhere, an
 * override file beside `cdk.tf.json` takes the place of its backend; what is synthesized stays as it is.
 *
 * @see https://developer.hashicorp.com/terraform/language/files/override
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlayedEnvironment } from "./played-environments";

const OVERRIDE = "backend_override.tf.json";

/**
 * Writes the override files that are needed, and takes away those that are not.
 * @param outputFolder folder that cdktf synthesizes to; the state lies beside it
 */
export function keepStateLocally(outputFolder: string, environments: readonly PlayedEnvironment[]): void {
  for (const { name, isStateLocal } of environments) {
    const folder = join(outputFolder, "stacks", name);
    if (isStateLocal) {
      rmSync(join(folder, OVERRIDE), { force: true });
      continue;
    }
    mkdirSync(folder, { recursive: true });
    const local = { path: `../../../terraform.${name}.tfstate` };
    writeFileSync(join(folder, OVERRIDE), JSON.stringify({ terraform: { backend: { local } } }));
  }
}
