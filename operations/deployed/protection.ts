/** Deletion protection of what was synthesized, which has to be off before a stack can be destroyed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attributes } from "../../constructs/contract/stack-json";
import { withoutPreventDestroy } from "../plan-file/unprotected-plan";

const POOL = "aws_cognito_user_pool";

/** The changed attribute, and the arguments that are not attributes. */
const NOT_IGNORED = ["deletion_protection", "lifecycle", "depends_on", "provider", "count", "for_each", "provisioner"];

/**
 * Takes all protection against destruction off what was synthesized; it is off on AWS once that is deployed. Only for a
 * folder that is not deployed from afterwards.
 * @param stackFolder folder with `cdk.tf.json`
 */
export function liftProtection(stackFolder: string): void {
  const file = join(stackFolder, "cdk.tf.json");
  const stack = withPools(JSON.parse(readFileSync(file, "utf8")), (pool) => pool);
  writeFileSync(file, JSON.stringify(stack, null, 2));
}

/**
 * The stack with its user pools unprotected, and with everything else about the pools left as it is deployed.
 * @param json content of its `cdk.tf.json`
 */
export function withoutProtection(json: unknown): unknown {
  return withPools(json, (pool) => {
    const ignored = Object.keys(pool).filter((key) => !NOT_IGNORED.includes(key) && !key.startsWith("//"));
    return { ...pool, lifecycle: { ...Object(pool["lifecycle"]), ignore_changes: ignored } };
  });
}

function withPools(json: unknown, change: (pool: Attributes) => Attributes): unknown {
  const stack = withoutPreventDestroy(json);
  const pools = Object.entries(stack.resource[POOL] ?? {}).map(([name, pool]) => [
    name,
    { ...change(pool), deletion_protection: "INACTIVE" },
  ]);
  // Terraform refuses a type without resources.
  return pools.length === 0 ? stack : { ...stack, resource: { ...stack.resource, [POOL]: Object.fromEntries(pools) } };
}
