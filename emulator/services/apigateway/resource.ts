/**
 * The tree of a REST API's resources, with the methods of each.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_resource
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { pageOfItems } from "./pages";
import { byPatches, listingTexts, type Patches, type PatchRules, patched } from "./patch";
import { requireApi } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, conflict, limitExceeded, notFound } from "./rules";

const PATH_PART = /^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$/;
/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_RESOURCES = 300;

/** A resource as the account keeps it: methods, integrations and their responses are in `resourceMethods`. */
export interface ResourceRecord extends Wire<sdk.Resource>, ApiPart {
  readonly id: string;
  readonly path: string;
  /** By HTTP method or `ANY`; empty for a resource without methods. */
  readonly resourceMethods: Readonly<Record<string, Wire<sdk.Method>>>;
}

export const resources = new ApiPartTable<ResourceRecord>("Resource", ({ id }) => id);

/** What names a resource in an input. */
export interface ResourceKey {
  readonly restApiId: string | undefined;
  readonly resourceId: string | undefined;
}

/** The resource that the input names. @throws {AwsError} `NotFoundException`, also when there is no such API */
export function requireResource(context: TablePlace, { restApiId, resourceId }: ResourceKey): ResourceRecord {
  const found = resources.find(context, restApiId, resourceId);
  if (found === undefined) throw notFound("Resource identifier");
  return found;
}

/** The resource as AWS tells it. @param isEmbedded whether its methods are told, too, and not only named */
function describe({ restApiId: _, resourceMethods, ...resource }: ResourceRecord, isEmbedded: boolean) {
  const methods = Object.entries(resourceMethods).map(([name, method]) => [name, isEmbedded ? method : {}] as const);
  return methods.length === 0 ? resource : { ...resource, resourceMethods: Object.fromEntries(methods) };
}

const isEmbedding = ({ embed }: { readonly embed?: readonly string[] | undefined }) =>
  embed?.includes("methods") === true;

export function createResource(context: OperationContext, input: Wire<sdk.CreateResourceRequest>) {
  const { id: restApiId } = requireApi(context, input.restApiId);
  const { parentId, pathPart } = input;
  const path = pathOf(context, { restApiId, parentId, pathPart });
  // The root is not counted.
  if (resources.ofApi(context, restApiId).length > MAX_RESOURCES) throw limitExceeded("Resources");
  const id = context.account.randomId(6);
  const made = resources.put(context, { restApiId, id, parentId, pathPart, path, resourceMethods: {} });
  return describe(made, false);
}

export function getResource(context: OperationContext, input: Wire<sdk.GetResourceRequest>) {
  return describe(requireResource(context, input), isEmbedding(input));
}

/** In the order of their paths. */
export function getResources(context: OperationContext, input: Wire<sdk.GetResourcesRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const sorted = [...resources.ofApi(context, id)].sort((a, b) => (a.path < b.path ? -1 : 1));
  return pageOfItems(
    sorted.map((resource) => describe(resource, isEmbedding(input))),
    input,
  );
}

const PATCHES: PatchRules<ResourceRecord> = {
  "/parentId": { replace: (parentId) => ({ parentId }) },
  "/pathPart": { replace: (pathPart) => ({ pathPart }) },
};

export function updateResource(context: OperationContext, input: Wire<sdk.UpdateResourceRequest>) {
  const resource = requireResource(context, input);
  if (resource.path === "/") refuseRootPatch(input.patchOperations);
  const changed = patched(resource, input.patchOperations, PATCHES, listingTexts);
  if (changed.parentId === resource.parentId && changed.pathPart === resource.pathPart)
    return describe(resource, false);
  const path = pathOf(context, changed);
  const moved = resources.put(context, { ...changed, path });
  moveChildren(context, moved);
  return describe(moved, false);
}

/** @throws {AwsError} `BadRequestException` for what a root cannot change */
function refuseRootPatch(patches: Patches): void {
  for (const { path } of (patches ?? []).filter(
    ({ op, path = "" }) => op === "replace" && Object.hasOwn(PATCHES, path),
  )) {
    throw badRequest(`Root resource cannot update its ${path?.slice(1)}.`);
  }
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

/** Where a resource is created or moved to. */
interface Spot {
  readonly restApiId: string;
  readonly parentId?: string | undefined;
  readonly pathPart?: string | undefined;
  /** Left out when the resource is created. */
  readonly id?: string;
}

/** The path there. @throws {AwsError} when AWS refuses the path part, or a sibling has it */
function pathOf(context: TablePlace, { restApiId, parentId, pathPart = "", id }: Spot): string {
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
    throw badRequest(
      `A sibling (${variable}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
  return `${parent.path === "/" ? "" : parent.path}/${pathPart}`;
}

/** What names a method in an input. */
export interface MethodKey extends ResourceKey {
  readonly httpMethod: string | undefined;
}

/** A method with the resource that it is at. */
export interface PlacedMethod {
  readonly resource: ResourceRecord;
  readonly method: Wire<sdk.Method>;
}

/** The method that the input names. @throws {AwsError} `NotFoundException` */
export function requireMethod(context: TablePlace, input: MethodKey): PlacedMethod {
  const resource = requireResource(context, input);
  const { httpMethod = "" } = input;
  const method = Object.hasOwn(resource.resourceMethods, httpMethod) ? resource.resourceMethods[httpMethod] : undefined;
  if (method === undefined) throw notFound("Method identifier");
  return { resource, method };
}

/** Puts the method at the resource, in place of the one that it has. */
export function putMethodAt(context: TablePlace, resource: ResourceRecord, method: Wire<sdk.Method>): void {
  const resourceMethods = { ...resource.resourceMethods, [method.httpMethod ?? ""]: present(method) };
  resources.put(context, { ...resource, resourceMethods });
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
