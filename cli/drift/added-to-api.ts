/** What somebody adds to a REST API: it answers with the next deployment, whoever makes it; another stage does at once. */
import { added, quoted } from "./added-finding";
import type { ApiReads, ApiResource, RestApi } from "./api-reads";
import type { Finding } from "./finding";
import { type LeftResource, ofType, regionOf, textIn } from "./left-state";

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
  const keys = ofType(left, "method", at.restApiId).map(
    (one) => `${textIn(one, "resource_id")} ${textIn(one, "http_method")}`,
  );
  const byId = new Map(resources.map((one) => [one.id, one]));
  return resources.flatMap((resource): readonly Finding[] => {
    const { id, path, resourceMethods } = resource;
    const top = topmostStranger(resource, byId, known);
    const undo = top && `aws apigateway delete-resource ${inApi(at)} --resource-id ${quoted(top)}`;
    const strange = Object.entries(resourceMethods).filter(([verb]) => !keys.includes(`${id} ${verb}`));
    if (strange.length === 0) {
      return undo === undefined ? [] : [added(api, "resource", JSON.stringify({ path }), undo)];
    }
    return strange.map(([verb, method]) => {
      const single = `aws apigateway delete-method ${inApi(at)} --resource-id ${quoted(id)} --http-method ${quoted(verb)}`;
      return methodFinding(api, `${verb} ${path}`, method, undo ?? single);
    });
  });
}

/** Authorizers that were made; methods that refer to one stand in the way of its deletion. */
export async function authorizers(
  api: LeftResource,
  left: readonly LeftResource[],
  reads: ApiReads,
): Promise<readonly Finding[]> {
  const at = apiOf(api);
  const known = ofType(left, "authorizer", at.restApiId).map((one) => textIn(one, "id"));
  const found = (await reads.authorizers(at)).filter(({ id }) => !known.includes(id));
  return found.map(({ id, name }) => {
    const undo = `aws apigateway delete-authorizer ${inApi(at)} --authorizer-id ${quoted(id)}`;
    return added(api, "authorizer", JSON.stringify({ name, id }), undo);
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

function methodFinding(api: LeftResource, route: string, method: Method, undo: string): Finding {
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

function apiOf(api: LeftResource): RestApi {
  return { region: regionOf(api), restApiId: textIn(api, "id") };
}

function inApi({ region, restApiId }: RestApi): string {
  return `--region ${region} --rest-api-id ${restApiId}`;
}
