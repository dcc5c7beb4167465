/**
 * Which route answers a request before and after a plan, as API Gateway chooses: the resource that fits best, part by
 * part what is written out before a parameter before a greedy one, and there the method itself before `ANY`. So a route
 * that goes away may leave its requests to another one. Names of parameters make no difference. Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
import type { AccessMatrix, MatrixRoute } from "../access-matrix";

/** Requests that are answered by the same two routes. */
export interface ResolvedRequest {
  /** Such as `POST /orders`; `ANY` stands for all methods that have no line of their own. */
  readonly route: string;
  /** `undefined` when nothing answers. */
  readonly before: MatrixRoute | undefined;
  readonly after: MatrixRoute | undefined;
  /** Whether the route that answered goes away and no other one takes its place. */
  readonly isGone: boolean;
}

interface Request {
  readonly verb: string;
  readonly path: string;
}

/** Each pair of routes once, those after the plan first, in their order. */
export function resolvedRequests(before: AccessMatrix, after: AccessMatrix): readonly ResolvedRequest[] {
  const [old, now] = [new Routes(before), new Routes(after)];
  const own = [...after.routes, ...before.routes].map(({ route }) => requestOf(route));
  const ownPaths = new Set(own.map(({ path }) => shapeOf(path)));
  const seen = new Set<string>();
  return [...own, ...othersThan(own)].flatMap(({ verb, path }) => {
    const [one, two] = [old.answering(verb, path), now.answering(verb, path)];
    // Where nothing answers any more, it counts at which path; else the two routes say it all.
    const shape = shapeOf(path);
    const place = two === undefined && ownPaths.has(shape) ? shape : "";
    const key = JSON.stringify([one?.route, two?.route, place]);
    if ((one === undefined && two === undefined) || seen.has(key)) return [];
    seen.add(key);
    const isGone = one !== undefined && two === undefined && !now.has(one);
    return [{ route: `${verb} ${path}`, before: one, after: two, isGone }];
  });
}

/** A path without the names of its parameters. */
export function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\+\}/g, "{+}").replace(/\{[^}+]*\}/g, "{}");
}

/** Requests that no route is named after, but that another one may answer: other methods at a path, and where paths meet. */
function othersThan(own: readonly Request[]): readonly Request[] {
  const paths = [...new Map(own.map(({ path }) => [shapeOf(path), path])).values()];
  const meetings = paths.flatMap((one, index) => paths.slice(index + 1).flatMap((other) => meeting(one, other)));
  return [...new Map([...paths, ...meetings].map((path) => [shapeOf(path), path])).values()].flatMap((path) => {
    const verbs = own.filter((request) => fits(request.path, path)).map(({ verb }) => verb);
    return ["ANY", ...new Set(verbs)].map((verb) => ({ verb, path }));
  });
}

/** The path that two patterns of the same length both take, where each has something that the other has not. */
function meeting(one: string, other: string): readonly string[] {
  const [left, right] = [one.split("/"), other.split("/")];
  if (left.length !== right.length) return [];
  const parts = left.map((part, index) => {
    const others = right[index] ?? "";
    if (isWritten(part)) return part === others || !isWritten(others) ? part : undefined;
    return others.endsWith("+}") ? part : others;
  });
  const met = parts.every((part) => part !== undefined) ? parts.join("/") : one;
  return [one, other].map(shapeOf).includes(shapeOf(met)) ? [] : [met];
}

/** Routes of one matrix, by the resources that there are: every beginning of a route's path is one. */
class Routes {
  private readonly byRequest: ReadonlyMap<string, MatrixRoute>;
  private readonly resources: readonly string[];

  constructor({ routes }: AccessMatrix) {
    const requests = routes.map((route) => [requestOf(route.route), route] as const);
    this.byRequest = new Map(requests.map(([{ verb, path }, route]) => [`${verb} ${shapeOf(path)}`, route]));
    const all = requests.flatMap(([{ path }]) => beginningsOf(shapeOf(path)));
    this.resources = [...new Set(all)].toSorted(bySpecificity);
  }

  has({ route }: MatrixRoute): boolean {
    const { verb, path } = requestOf(route);
    return this.byRequest.has(`${verb} ${shapeOf(path)}`);
  }

  answering(verb: string, path: string): MatrixRoute | undefined {
    const resource = this.resources.find((pattern) => fits(pattern, path));
    return this.byRequest.get(`${verb} ${resource}`) ?? this.byRequest.get(`ANY ${resource}`);
  }
}

function requestOf(route: string): Request {
  const [verb = "", path = "/"] = route.split(" ");
  return { verb, path };
}

function beginningsOf(path: string): readonly string[] {
  const parts = partsOf(path);
  return ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
}

/** Whether every request of a path fits a pattern. */
function fits(pattern: string, path: string): boolean {
  const [wanted, sent] = [partsOf(shapeOf(pattern)), partsOf(shapeOf(path))];
  for (const [index, part] of wanted.entries()) {
    const given = sent[index];
    if (given === undefined) return false;
    if (part === "{+}") return true;
    if (part === "{}" ? given === "{+}" : part !== given) return false;
  }
  return wanted.length === sent.length;
}

/** The root has none. */
function partsOf(path: string): readonly string[] {
  return path === "/" ? [] : path.split("/").slice(1);
}

function bySpecificity(a: string, b: string): number {
  const rank = (part: string) => (part === "{+}" ? 2 : Number(part === "{}"));
  const others = b.split("/").map(rank);
  const differing = a
    .split("/")
    .map((part, index) => rank(part) - (others[index] ?? 0))
    .find((difference) => difference !== 0);
  return differing ?? 0;
}

function isWritten(part: string): boolean {
  return !part.startsWith("{");
}
