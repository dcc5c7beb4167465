/** What somebody adds to a REST API: it answers with the next deployment, whoever makes it; another stage does at once. */

import { quoted } from "../../platform/shell";
import { type LeftResource, ofType, regionOf, textIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";
import { added } from "./added-finding";
import type { ApiReads, ApiResource, RestApi } from "./api-reads";

type Method = ApiResource["resourceMethods"][string];

/** Methods that were made, and resources with all that is below them. */
export async function methods(
  api: LeftResource,
  left: readonly LeftResource[],
  reads: ApiReads,
): Promise<readonly Finding[]> {
  const at = apiOf(api);
  const resources = await reads.resources(at);
  const known = new Set([
    textIn(api, "root_resource_id"),
    ...ofType(left, "resource", at.restApiId).map((one) => textIn(one, "id")),
  ]);
  const own = ofType(left, "method", at.restApiId);
  const keys = own.map((one) => `${textIn(one, "resource_id")} ${textIn(one, "http_method")}`);
  const byId = new Map(resources.map((one) => [one.id, one]));
  const found = resources.flatMap((resource): readonly Finding[] => {
    const { id, path, resourceMethods } = resource;
    const top = topmostStranger(resource, byId, known);
    const all = `aws apigateway delete-resource ${inApi(at)} --resource-id ${quoted(top ?? "")}`;
    const undo = top === undefined || hasKnownBelow(top, resources, known) ? undefined : all;
    const strange = Object.entries(resourceMethods).filter(([verb]) => !keys.includes(`${id} ${verb}`));
    if (strange.length === 0) {
      return top === undefined ? [] : [added(api, "resource", JSON.stringify({ path }), undo)];
    }
    return strange.map(([verb, method]) => {
      const single = `aws apigateway delete-method ${inApi(at)} --resource-id ${quoted(id)} --http-method ${quoted(verb)}`;
      return methodFinding(api, `${verb} ${path}`, method, top === undefined ? single : undo);
    });
  });
  return found.toSorted((a, b) => Number(b.isLoud ?? false) - Number(a.isLoud ?? false));
}

/** Authorizers that were made. AWS keeps one that a method asks: those that were added are told, and taken away, before. */
export async function authorizers(
  api: LeftResource,
  left: readonly LeftResource[],
  reads: ApiReads,
): Promise<readonly Finding[]> {
  const at = apiOf(api);
  const known = ofType(left, "authorizer", at.restApiId).map((one) => textIn(one, "id"));
  const found = (await reads.authorizers(at)).filter(({ id }) => !known.includes(id));
  const asked = found.length === 0 ? [] : askedByOwn(await reads.resources(at), ofType(left, "method", at.restApiId));
  return found.map(({ id, name }) => {
    const undo = `aws apigateway delete-authorizer ${inApi(at)} --authorizer-id ${quoted(id)}`;
    return added(api, "authorizer", JSON.stringify({ name, id }), asked.includes(id) ? undefined : undo);
  });
}

/** Authorizers that methods of the stack's own ask by now: a deployment has to put those back first. */
function askedByOwn(resources: readonly ApiResource[], own: readonly LeftResource[]): readonly string[] {
  return own.flatMap((one) => {
    const resource = resources.find(({ id }) => id === textIn(one, "resource_id"));
    return resource?.resourceMethods[textIn(one, "http_method")]?.authorizerId ?? [];
  });
}

/** Stages that were made: each answers with a deployment of its own, such as an earlier one. */
export async function stages(
  api: LeftResource,
  left: readonly LeftResource[],
  reads: ApiReads,
): Promise<readonly Finding[]> {
  const at = apiOf(api);
  const known = ofType(left, "stage", at.restApiId).map((one) => textIn(one, "stage_name"));
  const found = (await reads.stages(at)).filter(({ stageName }) => !known.includes(stageName));
  return found.map(({ stageName, deploymentId }) => {
    const undo = `aws apigateway delete-stage ${inApi(at)} --stage-name ${quoted(stageName)}`;
    return added(api, "stage", JSON.stringify({ name: stageName, deployment: deploymentId }), undo);
  });
}

function methodFinding(api: LeftResource, route: string, method: Method, undo: string | undefined): Finding {
  const { authorizationType: authorization, authorizationScopes: scopes, methodIntegration } = method;
  const finding = { ...added(api, "method", JSON.stringify({ route, authorization, scopes }), undo), route };
  // A preflight leads to nothing.
  const isPreflight = route.startsWith("OPTIONS ") && methodIntegration.type === "MOCK";
  return authorization === "NONE" && !isPreflight ? { ...finding, isLoud: true } : finding;
}

/** Id of the resource that has to go, with all below it; `undefined` for one of the stack's. */
function topmostStranger(
  resource: ApiResource,
  byId: ReadonlyMap<string, ApiResource>,
  known: ReadonlySet<string>,
): string | undefined {
  if (known.has(resource.id)) return undefined;
  const parent = byId.get(resource.parentId ?? "");
  return (parent && topmostStranger(parent, byId, known)) ?? resource.id;
}

/** Whether something of the stack's own was moved there, and would go along: a deployment has to put it back first. */
function hasKnownBelow(id: string, resources: readonly ApiResource[], known: ReadonlySet<string>): boolean {
  const below = resources.filter(({ parentId }) => parentId === id);
  return below.some((one) => known.has(one.id) || hasKnownBelow(one.id, resources, known));
}

function apiOf(api: LeftResource): RestApi {
  return { region: regionOf(api), restApiId: textIn(api, "id") };
}

function inApi({ region, restApiId }: RestApi): string {
  return `--region ${region} --rest-api-id ${restApiId}`;
}
