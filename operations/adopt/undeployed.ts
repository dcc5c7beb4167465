/** Methods of an API that its stage does not serve as they are: the first deployment publishes them. Pure. */
import type { Method } from "@aws-sdk/client-api-gateway";
import type { ApiMethod } from "../deployed/api-method";
import type { ExistingSystem } from "./existing-system";

/** Kinds of authorization that an export names as methods do. */
const COMPARED: readonly (string | undefined)[] = ["NONE", "COGNITO_USER_POOLS"];

/**
 * One line for each route that callers will find changed.
 * @param snapshot what the stage answers with, by route
 */
export function undeployed(
  { resources, stage }: ExistingSystem,
  snapshot: ReadonlyMap<string, ApiMethod>,
): readonly string[] {
  const own: ReadonlyMap<string, Method> = new Map<string, Method>(
    resources.flatMap(({ path, resourceMethods = {} }) =>
      Object.entries(resourceMethods).map(([verb, method]) => [`${verb} ${path}`, method] as const),
    ),
  );
  const changed = [...own].flatMap(([route, method]) => {
    const live = snapshot.get(route);
    if (live === undefined) return [`${route} was added, and is not deployed`];
    return isSame(method, live) ? [] : [`${route} was changed, and the change is not deployed`];
  });
  const removed = [...snapshot.keys()].filter((route) => !own.has(route));
  return [
    ...changed.map((text) => `${text}: stage ${stage.stageName} serves it from the first deployment on.`),
    ...removed.map((route) => `${route} was deleted, but is still deployed: the first deployment ends it.`),
  ];
}

function isSame({ authorizationType, authorizationScopes = [], methodIntegration }: Method, live: ApiMethod): boolean {
  const isCompared = COMPARED.includes(authorizationType);
  if (isCompared && authorizationType !== live.authorization) return false;
  if (authorizationScopes.toSorted().join() !== live.authorization_scopes.join()) return false;
  const { type = "", uri = "" } = methodIntegration ?? {};
  return type === live.integration_type && (type === "MOCK" || uri === live.integration_uri);
}
