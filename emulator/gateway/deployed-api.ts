/** A deployment's snapshot, ready to find the method that a request is for. Pure. */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../protocols/values";
import type { AuthorizerRecord } from "../services/apigateway/authorizer";
import type { ResourceRecord } from "../services/apigateway/resource";
import type { ApiSnapshot } from "../services/apigateway/snapshot";
import { fittingResources, takingMethod } from "./route-choice";

/** A method with all that belongs to it. */
export interface DeployedMethod {
  readonly method: Wire<sdk.Method>;
  readonly integration: Wire<sdk.Integration>;
  readonly integrationResponses: readonly Wire<sdk.IntegrationResponse>[];
  readonly authorizer: AuthorizerRecord | undefined;
  readonly resourceId: string;
  readonly resourcePath: string;
  /** Percent-encoded as sent. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The method that a request is for, or `undefined` when the API has none.
 * @param path path below the stage, as it was sent, such as `/access`
 */
export function findMethod(snapshot: ApiSnapshot, httpMethod: string, path: string): DeployedMethod | undefined {
  for (const { resource, parameters } of fittingResources(snapshot.resources, path)) {
    const found = methodOf(snapshot, resource, httpMethod, parameters);
    if (found !== undefined) return found;
  }
  return undefined;
}

function methodOf(
  { authorizers }: ApiSnapshot,
  { id, path, resourceMethods }: ResourceRecord,
  httpMethod: string,
  pathParameters: Readonly<Record<string, string>>,
): DeployedMethod | undefined {
  const taking = takingMethod(new Set(Object.keys(resourceMethods)), httpMethod);
  const method = taking === undefined ? undefined : resourceMethods[taking];
  const integration = method?.methodIntegration;
  if (method === undefined || integration === undefined) return undefined;
  return {
    method,
    integration,
    integrationResponses: Object.values(integration.integrationResponses ?? {}),
    authorizer: authorizers.find((authorizer) => authorizer.id === method.authorizerId),
    resourceId: id,
    resourcePath: path,
    pathParameters,
  };
}
