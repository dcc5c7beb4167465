/** The paths of a REST API: a tree of resources, each made when it is first needed. */
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { Construct } from "constructs";
import { constructIdOf } from "../resource-name";

/** Resources of one API by their paths. */
export class ApiResources {
  private readonly byPath = new Map<string, ApiGatewayResource>();

  constructor(
    private readonly scope: Construct,
    private readonly api: ApiGatewayRestApi,
  ) {}

  /** Every resource made so far. */
  get all(): readonly ApiGatewayResource[] {
    return [...this.byPath.values()];
  }

  /** Id of the path's resource, which is made with its parents when it is asked for first. */
  idOf(path: string): string {
    if (path === "/" || path === "") return this.api.rootResourceId;
    const known = this.byPath.get(path);
    if (known !== undefined) return known.id;
    const slash = path.lastIndexOf("/");
    const resource = new ApiGatewayResource(this.scope, pathIdOf(path), {
      restApiId: this.api.id,
      parentId: this.idOf(path.slice(0, slash)),
      pathPart: path.slice(slash + 1),
    });
    this.byPath.set(path, resource);
    return resource.id;
  }
}

/**
 * Construct id of a path, whatever its parameters are called: under another name a parameter is still the same resource,
 * which API Gateway renames, and would refuse to have twice. There is one parameter at a place at most.
 */
export function pathIdOf(path: string): string {
  return constructIdOf(path.replace(/\{[^}]*\}/g, "{}"));
}
