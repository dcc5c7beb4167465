/** A deployment's snapshot, ready to find the method that a request is for. Pure. */
import { type Attributes, optionalText, text } from "../attributes";
import type { Snapshot } from "../resources/apigateway-deployment";
import { fittingResources, takingMethod } from "./route-choice";

/** A method with all that belongs to it. */
export interface DeployedMethod {
  readonly method: Attributes;
  readonly integration: Attributes;
  readonly integrationResponses: readonly Attributes[];
  readonly authorizer: Attributes | undefined;
  readonly resourceId: string;
  readonly resourcePath: string;
  /** Percent-encoded as sent. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

const of = (snapshot: Snapshot, type: string) => snapshot[`aws_api_gateway_${type}`] ?? [];

/** Gateway responses of the API. */
export function gatewayResponses(snapshot: Snapshot): readonly Attributes[] {
  return of(snapshot, "gateway_response");
}

/**
 * The method that a request is for, or `undefined` when the API has none.
 *
 * @param path path below the stage, as it was sent, such as `/access`
 * @param rootResourceId id of the resource `/`, which is not among the snapshot's resources
 */
export function findMethod(
  snapshot: Snapshot,
  rootResourceId: string,
  httpMethod: string,
  path: string,
): DeployedMethod | undefined {
  const root = { id: rootResourceId, path: "/" };
  const resources = [root, ...of(snapshot, "resource").map((r) => ({ id: text(r, "id"), path: text(r, "path") }))];
  for (const { resource, parameters } of fittingResources(resources, path)) {
    const found = methodOf(snapshot, resource, httpMethod, parameters);
    if (found !== undefined) return found;
  }
  return undefined;
}

function methodOf(
  snapshot: Snapshot,
  resource: { readonly id: string; readonly path: string },
  httpMethod: string,
  pathParameters: Readonly<Record<string, string>>,
): DeployedMethod | undefined {
  const atResource = (type: string) => of(snapshot, type).filter(({ resource_id }) => resource_id === resource.id);
  const methods = new Map(atResource("method").map((method) => [text(method, "http_method"), method]));
  const taking = takingMethod(new Set(methods.keys()), httpMethod);
  const method = taking === undefined ? undefined : methods.get(taking);
  if (method === undefined) return undefined;
  const ofMethod = (type: string) => atResource(type).filter(({ http_method }) => http_method === taking);
  const [integration] = ofMethod("integration");
  if (integration === undefined) return undefined;
  const authorizerId = optionalText(method, "authorizer_id");
  return {
    method,
    integration,
    integrationResponses: ofMethod("integration_response"),
    authorizer: of(snapshot, "authorizer").find(({ id }) => id === authorizerId),
    resourceId: resource.id,
    resourcePath: resource.path,
    pathParameters,
  };
}
