/** Paths of an API's resources, which hang together by references only. */
import type { SynthesizedResource, SynthesizedStack } from "./synthesized-stack";

/** Paths of all methods ANY, with `*` for each parameter, as an ARN spells them. */
export function anyMethodPaths(stack: SynthesizedStack): ReadonlySet<string> {
  const resources = new Map(stack.ofType("aws_api_gateway_resource").map((resource) => [resource.name, resource]));
  const methods = stack
    .ofType("aws_api_gateway_method")
    .filter(({ attributes }) => attributes["http_method"] === "ANY");
  return new Set(methods.map(({ attributes }) => pathOf(attributes["resource_id"], resources)));
}

function pathOf(resourceId: unknown, resources: ReadonlyMap<string, SynthesizedResource>): string {
  const [, name = ""] = /^\$\{aws_api_gateway_resource\.([^.]+)\.id\}$/.exec(String(resourceId)) ?? [];
  const resource = resources.get(name);
  if (resource === undefined) return "/";
  const parent = pathOf(resource.attributes["parent_id"], resources);
  const part = String(resource.attributes["path_part"]).replace(/^\{.*\}$/, "*");
  return parent === "/" ? `/${part}` : `${parent}/${part}`;
}
