/**
 * A deployment's snapshot, and which of its methods takes a request. API Gateway chooses resource and method together: of
 * the resources whose path fits, the most specific one that has the method or `ANY` answers, and routing comes before
 * authorization. A resource that lacks the method, or has only OPTIONS, leaves the request to a less specific one.
 *
 * Recorded on AWS: a literal path before a parameter before a greedy parameter; `ANY` of the more specific resource
 * before the method itself of a less specific one; slashes before the first part and after the last one make no
 * difference (one of each is recorded); percent-encoded text is compared and passed on as it was sent. Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 * @see https://github.com/ministackorg/ministack/pull/1423
 * @see https://github.com/floci-io/floci/pull/3399
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_common.py
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../protocols/values";
import type { ApiSnapshot, AuthorizerRecord } from "../services/apigateway/records";

/** Methods that `ANY` stands for, and all that a request can have; neither `TRACE` nor `ANY` itself is among them. */
const METHODS_OF_ANY: readonly string[] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

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
  const [found] = fittingMethods(snapshot, httpMethod, path);
  return found;
}

/** The methods that a request fits, of which the first answers. */
export function fittingMethods(snapshot: ApiSnapshot, httpMethod: string, path: string): readonly DeployedMethod[] {
  if (!METHODS_OF_ANY.includes(httpMethod)) return [];
  return fittingResources(snapshot, path).flatMap(({ resource, pathParameters }) => {
    const method = resource.resourceMethods[httpMethod] ?? resource.resourceMethods["ANY"];
    const integration = method?.methodIntegration;
    if (method === undefined || integration === undefined) return [];
    return {
      method,
      integration,
      integrationResponses: Object.values(integration.integrationResponses ?? {}),
      authorizer: snapshot.authorizers.find((authorizer) => authorizer.id === method.authorizerId),
      resourceId: resource.id,
      resourcePath: resource.path,
      pathParameters,
    };
  });
}

/** Paths of the resources that a path fits, the most specific first, with their methods: `/access (OPTIONS, POST)`. */
export function fittingPaths(snapshot: ApiSnapshot, path: string): readonly string[] {
  return fittingResources(snapshot, path).map(
    ({ resource }) =>
      `${resource.path} (${Object.keys(resource.resourceMethods).toSorted().join(", ") || "no method"})`,
  );
}

/** Those that a path fits, the most specific first. */
function fittingResources({ resources }: ApiSnapshot, path: string) {
  const sent = partsOf(path);
  if (sent === undefined) return [];
  return resources
    .flatMap((resource) => {
      const pathParameters = parametersIn(resource.path, sent);
      return pathParameters === undefined ? [] : [{ resource, pathParameters }];
    })
    .toSorted((a, b) => compareSpecificity(a.resource.path, b.resource.path));
}

/** The path with one slash at its beginning, and what follows as sent: several before the stage or below it are one. */
export function pathBelowStage(path: string): string {
  return `/${path.replace(/^\/+/, "")}`;
}

/** The parts of a path; none for the root, `undefined` for what is not a path. */
function partsOf(path: string): readonly string[] | undefined {
  if (path !== "" && !path.startsWith("/")) return undefined;
  const inner = path.replace(/^\/+/, "").replace(/\/+$/, "");
  return inner === "" ? [] : inner.split("/");
}

function parametersIn(pattern: string, sent: readonly string[]): Readonly<Record<string, string>> | undefined {
  const wanted = partsOf(pattern) ?? [];
  const parameters: (readonly [name: string, value: string])[] = [];
  for (const [index, part] of wanted.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    const value = greedy === undefined ? sent[index] : sent.slice(index).join("/");
    if (value === undefined || value === "") return undefined;
    if (greedy !== undefined) return Object.fromEntries([...parameters, [greedy, value]]);
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters.push([name, value]);
    else if (part !== value) return undefined;
  }
  return sent.length === wanted.length ? Object.fromEntries(parameters) : undefined;
}

/** Part by part: literal, then parameter, then greedy. Counts for resources that fit the same path. */
function compareSpecificity(a: string, b: string): number {
  const rank = (part: string) => (part.endsWith("+}") ? 2 : Number(part.startsWith("{")));
  const [left, right] = [a.split("/").map(rank), b.split("/").map(rank)];
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
