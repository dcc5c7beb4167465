/**
 * The tree of a REST API's resources.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_resource
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { byPatches, listingText, type PatchRules, patched } from "./patch";
import { type ResourceRecord, requireApi, resources } from "./records";
import { badRequest, conflict, limitExceeded } from "./refusals";
import { pageOfItems } from "./shared-operations";

const PATH_PART = /^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$/;
/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_RESOURCES = 300;

/** What names a resource in an input. */
export interface ResourceKey {
  readonly restApiId: string | undefined;
  readonly resourceId: string | undefined;
}

/** The resource that the input names. @throws {AwsError} `NotFoundException`, also when there is no such API */
export function requireResource(context: TablePlace, { restApiId, resourceId }: ResourceKey): ResourceRecord {
  return resources.require(context, restApiId, resourceId);
}

/** The output, in which methods are only named unless `embed` asks for them. */
function describe(
  { restApiId: _, resourceMethods, ...resource }: ResourceRecord,
  { embed }: { readonly embed?: readonly string[] | undefined } = {},
) {
  const isEmbedded = embed?.includes("methods") === true;
  const methods = Object.entries(resourceMethods).map(([name, method]) => [name, isEmbedded ? method : {}] as const);
  return methods.length === 0 ? resource : { ...resource, resourceMethods: Object.fromEntries(methods) };
}

export function createResource(context: OperationContext, input: Wire<sdk.CreateResourceRequest>) {
  const { id: restApiId } = requireApi(context, input.restApiId);
  const { parentId, pathPart } = input;
  const path = pathOf(context, { restApiId, parentId, pathPart });
  // The root is not counted.
  if (resources.ofApi(context, restApiId).length > MAX_RESOURCES) throw limitExceeded("Resources");
  const id = context.account.randomId(6);
  return describe(resources.put(context, { restApiId, id, parentId, pathPart, path, resourceMethods: {} }));
}

export function getResource(context: OperationContext, input: Wire<sdk.GetResourceRequest>) {
  return describe(requireResource(context, input), input);
}

/** In the order of their paths. */
export function getResources(context: OperationContext, input: Wire<sdk.GetResourcesRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const sorted = resources.ofApi(context, id).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const described = sorted.map((resource) => describe(resource, input));
  return pageOfItems(described, input);
}

const RULES: PatchRules<ResourceRecord> = {
  "/parentId": { replace: (parentId) => ({ parentId }) },
  "/pathPart": { replace: (pathPart) => ({ pathPart }) },
};

export function updateResource(
  context: OperationContext,
  { patchOperations, ...input }: Wire<sdk.UpdateResourceRequest>,
) {
  const resource = requireResource(context, input);
  const ofRoot = patchOperations?.find(({ op, path = "" }) => op === "replace" && Object.hasOwn(RULES, path));
  if (resource.path === "/" && ofRoot !== undefined) {
    throw badRequest(`Root resource cannot update its ${ofRoot.path?.slice(1)}.`);
  }
  const changed = patched(resource, patchOperations, RULES, listingText);
  if (changed.parentId === resource.parentId && changed.pathPart === resource.pathPart) return describe(resource);
  const moved = resources.put(context, { ...changed, path: pathOf(context, changed) });
  moveChildren(context, moved);
  return describe(moved);
}

/** Gives everything below the resource its new path. */
function moveChildren(context: TablePlace, { restApiId, id, path }: ResourceRecord): void {
  for (const child of childrenOf(context, restApiId, id)) {
    moveChildren(context, resources.put(context, { ...child, path: `${path}/${child.pathPart}` }));
  }
}

/** Deletes the resource with its methods and all resources below it. */
export function deleteResource(context: OperationContext, input: Wire<sdk.DeleteResourceRequest>) {
  const resource = requireResource(context, input);
  if (resource.path === "/") throw badRequest("Root resource cannot be deleted");
  deleteTree(context, resource);
  return {};
}

function deleteTree(context: TablePlace, resource: ResourceRecord): void {
  for (const child of childrenOf(context, resource.restApiId, resource.id)) deleteTree(context, child);
  resources.delete(context, resource);
}

function childrenOf(context: TablePlace, restApiId: string, id: string | undefined) {
  return resources.ofApi(context, restApiId).filter(({ parentId }) => parentId === id);
}

/** A resource that is created or moved; without an id it is created. */
type Location = Pick<ResourceRecord, "restApiId"> & Partial<Pick<Wire<sdk.Resource>, "id" | "parentId" | "pathPart">>;

/** The path there. @throws {AwsError} when AWS refuses the path part, or a sibling has it */
function pathOf(context: TablePlace, { restApiId, parentId, pathPart = "", id }: Location): string {
  const parent = requireResource(context, { restApiId, resourceId: parentId });
  for (let above: ResourceRecord | undefined = parent; id !== undefined && above !== undefined; ) {
    if (above.id === id) throw badRequest("Resources cannot be cyclical.");
    above = resources.find(context, restApiId, above.parentId);
  }
  if (!PATH_PART.test(pathPart)) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  if (parent.pathPart?.endsWith("+}")) {
    throw badRequest(`Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`);
  }
  const siblings = childrenOf(context, restApiId, parentId).filter((other) => other.id !== id);
  const parts = siblings.map((sibling) => sibling.pathPart ?? "");
  if (parts.includes(pathPart)) {
    throw conflict(`Another resource with the same parent already has this name: ${pathPart}`);
  }
  const variable = parts.find((part) => part.startsWith("{"));
  if (pathPart.startsWith("{") && variable !== undefined) {
    const of = `A sibling (${variable}) of this resource`;
    throw badRequest(`${of} already has a variable path part -- only one is allowed`);
  }
  return `${parent.path === "/" ? "" : parent.path}/${pathPart}`;
}

export const resourceResource = defineResource("aws_api_gateway_resource", {
  service: "apigateway",
  names: { id: ["id", "resourceId"] },
  importId: "<rest_api_id>/<id>",
  forceNew: ["rest_api_id"],
  create: "CreateResource",
  read: "GetResource",
  update: byPatches("UpdateResource", { path_part: "/pathPart", parent_id: "/parentId" }),
  delete: "DeleteResource",
});
