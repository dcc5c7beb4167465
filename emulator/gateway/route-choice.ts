/**
 * Which resource of a REST API takes a request. API Gateway chooses resource and method together: of the resources
 * whose path fits, the most specific one that has the method or `ANY` answers, and routing comes before authorization.
 * A resource that lacks the method, or has only OPTIONS, leaves the request to a less specific one.
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

/**
 * Methods that `ANY` stands for, and all that a request can have; neither `TRACE` nor `ANY` itself is among them.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export const METHODS_OF_ANY: readonly string[] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** A resource whose path fits. */
export interface FittingResource<Resource> {
  readonly resource: Resource;
  /** Values of the path's parameters, percent-encoded as sent. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The resources whose path fits, the most specific one first.
 * @param path path below the stage, as sent
 */
export function fittingResources<Resource extends { readonly path: string }>(
  resources: readonly Resource[],
  path: string,
): readonly FittingResource<Resource>[] {
  const sent = partsOf(path);
  if (sent === undefined) return [];
  return resources
    .flatMap((resource) => {
      const parameters = parametersIn(resource.path, sent);
      return parameters === undefined ? [] : [{ resource, parameters }];
    })
    .toSorted((a, b) => compareSpecificity(a.resource.path, b.resource.path));
}

/**
 * The key of the method that takes a request: its own, or `ANY`.
 * @param methods methods of the resource
 * @returns `undefined` when the resource takes no such request
 */
export function takingMethod(methods: ReadonlySet<string>, httpMethod: string): string | undefined {
  if (!METHODS_OF_ANY.includes(httpMethod)) return undefined;
  return [httpMethod, "ANY"].find((one) => methods.has(one));
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

/** Part by part: literal, then parameter, then greedy. Both fit the same path. */
function compareSpecificity(a: string, b: string): number {
  const rank = (part: string) => (part.endsWith("+}") ? 2 : Number(part.startsWith("{")));
  const [left, right] = [a.split("/").map(rank), b.split("/").map(rank)];
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
