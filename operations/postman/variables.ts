/** The Postman environment: variables of a collection's requests. */
import { UserError } from "../../platform/user-error";
import type { Deployment } from "../deployed/deployment";
import type { PostmanEnvironment, Variable } from "./format";

/** Variables of each client. */
export const CLIENT_VARIABLES = { id: "client_id", secret: "client_secret", token: "access_token" } as const;

/** Name of the collection, and of the environment that goes with it. */
export function collectionName(environment: string): string {
  return `Machine access: ${environment}`;
}

/** Name of a client's variable, such as `test-server.client_id`. */
export function variableOf(client: string, what: (typeof CLIENT_VARIABLES)[keyof typeof CLIENT_VARIABLES]): string {
  return `${client}.${what}`;
}

/**
 * The environment. Tokens are empty, as are secrets unless `isWithSecrets`.
 *
 * @param clients clients of the collection
 */
export function environmentOf(
  deployment: Deployment,
  clients: readonly string[],
  isWithSecrets: boolean,
): PostmanEnvironment {
  const ofClients = clients.flatMap((client) => [
    plain(variableOf(client, CLIENT_VARIABLES.id), deployment.clientIds[client] ?? ""),
    secret(variableOf(client, CLIENT_VARIABLES.secret), isWithSecrets ? (deployment.clientSecrets[client] ?? "") : ""),
    secret(variableOf(client, CLIENT_VARIABLES.token), ""),
  ]);
  return {
    name: collectionName(deployment.environment),
    values: [plain("token_url", deployment.tokenUrl), plain("api_url", apiUrl(deployment)), ...ofClients],
    _postman_variable_scope: "environment",
  };
}

/** What the URLs of all routes begin with. @throws {UserError} when there is no route */
function apiUrl({ routeUrls, environment }: Deployment): string {
  const [first] = Object.entries(routeUrls);
  if (first === undefined) throw new UserError(`${environment} has no routes to call.`);
  const [route, url] = first;
  const path = route.replace(/^\S+ /, "");
  return path === "/" ? url.replace(/\/$/, "") : url.slice(0, url.length - path.length);
}

function plain(key: string, value: string): Variable {
  return { key, value, type: "default", enabled: true };
}

function secret(key: string, value: string): Variable {
  return { key, value, type: "secret", enabled: true };
}
