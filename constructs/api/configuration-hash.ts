/** What an API Gateway deployment freezes, as one hash: the deployment is made anew when, and only when, it changes. */
import { createHash } from "node:crypto";
import type { IResolveContext, TerraformResource } from "cdktf";

/** CDKTF's own comments, what Terraform alone looks at, and tags: none of it is in what a deployment serves. */
const NOT_FROZEN = ["//", "depends_on", "lifecycle", "tags", "tags_all"];

/**
 * Hash of the resources' whole configuration as it is synthesized, overrides included. References count as the
 * addresses they name, never as ids, so that the hash is the same on every machine and in every account.
 *
 * @returns 64 hexadecimal digits
 */
export function configurationHash(resources: readonly TerraformResource[], context: IResolveContext): string {
  const configurations = resources.map((resource) => {
    const { friendlyUniqueId: name, terraformResourceType: type } = resource;
    const { [type]: ofType } = context.resolve(resource.toTerraform()).resource;
    const frozen = Object.entries(ofType[name]).filter(([attribute]) => !NOT_FROZEN.includes(attribute));
    return `${type}.${name} ${stableJson(Object.fromEntries(frozen))}`;
  });
  return createHash("sha256").update(configurations.sort().join("\n")).digest("hex");
}

/** JSON with sorted keys. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
