/** What an API Gateway deployment freezes, as one hash: the deployment is made anew when, and only when, it changes. */
import { createHash } from "node:crypto";
import type { IResolveContext, TerraformResource } from "cdktf";

/**
 * Hash of the resources' whole configuration as it is synthesized, overrides included. References count as the
 * addresses they name, never as ids, so that the hash is the same on every machine and in every account.
 *
 * @returns 64 hexadecimal digits
 */
export function configurationHash(resources: readonly TerraformResource[], context: IResolveContext): string {
  const configurations = resources.map((resource) => stableJson(context.resolve(resource.toTerraform())));
  return createHash("sha256").update(configurations.sort().join("\n")).digest("hex");
}

/** JSON with sorted keys and without CDKTF's own comments. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === "//") return undefined;
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
