/** A deployment's snapshot, ready to find the method that a request is for. Pure. */
import { type Attributes, optionalText, text } from "../../attributes";
import type { Snapshot } from "../../resources/apigateway-deployment";

/** A method with all that belongs to it. */
export interface DeployedMethod {
  readonly method: Attributes;
  readonly integration: Attributes;
  readonly integrationResponses: readonly Attributes[];
  readonly authorizer: Attributes | undefined;
  readonly resourceId: string;
  readonly resourcePath: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * What `ANY` stands for, and all the methods that there are; neither `TRACE` nor `ANY` itself is among them (doc).
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
const ANY = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

const of = (snapshot: Snapshot, type: string) => snapshot[`aws_api_gateway_${type}`] ?? [];

/** Gateway responses of the API. */
export function gatewayResponses(snapshot: Snapshot): readonly Attributes[] {
  return of(snapshot, "gateway_response");
}

/**
 * The method for a path, or `undefined` when the API has none. Literal parts go before parameters, and those before
 * greedy ones; nothing is decoded or tidied up before it is compared.
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
  const matching = resources
    .map((resource) => ({ resource, parameters: matchPath(resource.path, path) }))
    .filter(({ parameters }) => parameters !== undefined)
    .sort((a, b) => compareSpecificity(a.resource.path, b.resource.path));
  const [best] = matching;
  if (best?.parameters === undefined) return undefined;
  return methodOf(snapshot, best.resource, httpMethod, best.parameters);
}

function methodOf(
  snapshot: Snapshot,
  resource: { readonly id: string; readonly path: string },
  httpMethod: string,
  pathParameters: Readonly<Record<string, string>>,
): DeployedMethod | undefined {
  const atResource = (type: string) => of(snapshot, type).filter(({ resource_id }) => resource_id === resource.id);
  if (!ANY.includes(httpMethod)) return undefined;
  const method =
    atResource("method").find(({ http_method }) => http_method === httpMethod) ??
    atResource("method").find(({ http_method }) => http_method === "ANY");
  if (method === undefined) return undefined;
  const ofMethod = (type: string) =>
    atResource(type).filter(({ http_method }) => http_method === method["http_method"]);
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

/** Values of the path's parameters, or `undefined` when it does not fit. */
function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  if (pattern === "/") return path === "/" || path === "" ? {} : undefined;
  const wanted = pattern.split("/").slice(1);
  const [beforeFirst, ...sent] = path.split("/");
  if (beforeFirst !== "") return undefined;
  const parameters: (readonly [name: string, value: string])[] = [];
  for (const [index, part] of wanted.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    const value = greedy === undefined ? sent[index] : sent.slice(index).join("/");
    if (value === undefined || value === "") return undefined;
    if (greedy !== undefined) return Object.fromEntries([...parameters, [greedy, decode(value)]]);
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters.push([name, decode(value)]);
    else if (part !== value) return undefined;
  }
  return sent.length === wanted.length ? Object.fromEntries(parameters) : undefined;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Part by part: literal, then parameter, then greedy. */
function compareSpecificity(a: string, b: string): number {
  const rank = (part: string) => (part.endsWith("+}") ? 2 : Number(part.startsWith("{")));
  const [left, right] = [a.split("/").map(rank), b.split("/").map(rank)];
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
