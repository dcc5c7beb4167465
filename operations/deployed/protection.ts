/** Deletion protection of what was synthesized, which has to be off before a stack can be destroyed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** The changed attribute, and the arguments that are not attributes. */
const NOT_IGNORED = ["deletion_protection", "lifecycle", "depends_on", "provider", "count", "for_each", "provisioner"];

interface Pools {
  readonly resource?: { readonly aws_cognito_user_pool?: Readonly<Record<string, { deletion_protection?: string }>> };
}

/**
 * Takes the protection off the stack's user pools in what was synthesized; it is off on AWS once that is deployed. Only
 * for a folder that is not deployed from afterwards.
 * @param stackFolder folder with `cdk.tf.json`
 */
export function liftProtection(stackFolder: string): void {
  const file = join(stackFolder, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as Pools;
  for (const pool of Object.values(stack.resource?.aws_cognito_user_pool ?? {})) pool.deletion_protection = "INACTIVE";
  writeFileSync(file, JSON.stringify(stack, null, 2));
}

const pools = z.looseObject({
  resource: z.looseObject({
    aws_cognito_user_pool: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  }),
});

/**
 * The stack with its user pools unprotected, and with everything else about the pools left as it is deployed.
 * @param json content of its `cdk.tf.json`
 */
export function withoutProtection(json: unknown): unknown {
  const stack = pools.parse(json);
  const lifted = Object.entries(stack.resource.aws_cognito_user_pool).map(([name, pool]) => {
    const ignored = Object.keys(pool).filter((key) => !NOT_IGNORED.includes(key) && !key.startsWith("//"));
    const lifecycle = { ...Object(pool["lifecycle"]), ignore_changes: ignored };
    return [name, { ...pool, deletion_protection: "INACTIVE", lifecycle }];
  });
  return { ...stack, resource: { ...stack.resource, aws_cognito_user_pool: Object.fromEntries(lifted) } };
}
