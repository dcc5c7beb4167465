/** Deletion protection of what was synthesized, which has to be off before a stack can be destroyed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Pools {
  readonly resource?: { readonly aws_cognito_user_pool?: Readonly<Record<string, { deletion_protection?: string }>> };
}

/**
 * Takes the protection off the stack's user pools in what was synthesized; it is off on AWS once that is deployed.
 * @param stackFolder folder with `cdk.tf.json`
 */
export function liftProtection(stackFolder: string): void {
  const file = join(stackFolder, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as Pools;
  for (const pool of Object.values(stack.resource?.aws_cognito_user_pool ?? {})) pool.deletion_protection = "INACTIVE";
  writeFileSync(file, JSON.stringify(stack, null, 2));
}
