/**
 * Which method a path leads to: what is found is what a walk down the tree of resources finds, and what the project's own
 * rule for access matrix, review and verification finds; and nothing breaks.
 */
import fc from "fast-check";
import { RouteTable } from "../../../access/access-model";
import { findMethod } from "../../../emulator/gateway/deployed-api";
import type { ApiSnapshot } from "../../../emulator/services/apigateway/records";
import { resourceOf, snapshotWith } from "../../support/api-snapshot";

const RUN = { seed: 20260702, numRuns: 1000 };
const VERBS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** A resource of a tree; its path is the way to it. */
interface Node {
  readonly part: string;
  readonly verbs: readonly string[];
  readonly children: readonly Node[];
}

const verbs = fc.subarray([...VERBS, "ANY"], { maxLength: 3 });
const part = fc.constantFrom("a", "b", "access", "A", "{id}", "{__proto__}", "{constructor}");
const greedy = fc.constantFrom("{rest+}", "{toString+}");
const leaf = fc.constant<readonly Node[]>([]);

/** Resources below a resource, at most so many generations of them. */
function childrenOf(generations: number): fc.Arbitrary<readonly Node[]> {
  if (generations === 0) return leaf;
  const node = fc.record({ part, verbs, children: childrenOf(generations - 1) });
  const last = fc.record({ part: greedy, verbs, children: leaf });
  return fc.array(fc.oneof({ weight: 4, arbitrary: node }, last), { maxLength: 4 }).map(withoutRivals);
}

const tree = fc.record({ part: fc.constant(""), verbs, children: childrenOf(3) });

/** API Gateway allows one resource of a name below another, one with a parameter, and one that is greedy. */
function withoutRivals(nodes: readonly Node[]): readonly Node[] {
  const kindOf = ({ part: name }: Node) => (name.endsWith("+}") ? "greedy" : name.startsWith("{") ? "parameter" : name);
  return nodes.filter((one, index) => nodes.findIndex((other) => kindOf(other) === kindOf(one)) === index);
}

const sentPart = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "access", "A", "x") },
  { weight: 2, arbitrary: fc.constantFrom("", ".", "..", "%61", "%2F", "%", "%ff", "{id}", "a;b", "__proto__", "é") },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }).map((text) => text.replaceAll("/", "")) },
);
const path = fc.oneof(
  { weight: 8, arbitrary: fc.array(sentPart, { maxLength: 5 }).map((parts) => parts.map((one) => `/${one}`).join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const verb = fc.oneof(fc.constantFrom(...VERBS, "ANY", "TRACE", "get", ""), fc.string());

/** The snapshot of a tree; the id of a resource is its path. */
function snapshotOf(root: Node): ApiSnapshot {
  const walk = (
    parent: string,
    { part: own, verbs: of, children }: Node,
  ): readonly (readonly [string, readonly string[]])[] => {
    const at = own === "" ? "" : `${parent}/${own}`;
    return [[at === "" ? "/" : at, of], ...children.flatMap((child) => walk(at, child))];
  };
  return snapshotWith({ resources: walk("", root).map(([at, of]) => resourceOf(at, of)) });
}

interface Found {
  readonly node: Node;
  readonly path: string;
  readonly parameters: readonly (readonly [string, string])[];
}

/** All ways down that use up the path: by name before by parameter, by parameter before greedily; no value is empty. */
function waysDown(at: Found, sent: readonly string[]): readonly Found[] {
  const [next, ...rest] = sent;
  if (next === undefined) return [at];
  const into = (child: Node, value: string | undefined): Found => {
    const name = child.part.replace(/^\{|\+?\}$/g, "");
    const parameters = value === undefined ? at.parameters : [...at.parameters, [name, value] as const];
    return { node: child, path: `${at.path}/${child.part}`, parameters };
  };
  const { children } = at.node;
  const literal = children.filter((child) => child.part === next && !/^\{.+\}$/.test(child.part));
  const parameter = next === "" ? [] : children.filter((child) => /^\{[^+]+\}$/.test(child.part));
  const tail = sent.join("/") === "" ? [] : children.filter((child) => child.part.endsWith("+}"));
  return [
    ...literal.flatMap((child) => waysDown(into(child, undefined), rest)),
    ...parameter.flatMap((child) => waysDown(into(child, next), rest)),
    ...tail.map((child) => into(child, sent.join("/"))),
  ];
}

/** The first way down to a resource that has the method or `ANY`. */
function naivelyFound(root: Node, httpMethod: string, sent: string): object | undefined {
  if ((sent !== "" && !sent.startsWith("/")) || !VERBS.includes(httpMethod)) return undefined;
  const start = { node: root, path: "", parameters: [] };
  const inner = sent.replace(/^\/+|\/+$/g, "");
  for (const found of inner === "" ? [start] : waysDown(start, inner.split("/"))) {
    const http_method = [httpMethod, "ANY"].find((one) => found.node.verbs.includes(one));
    if (http_method === undefined) continue;
    const resourcePath = found.path === "" ? "/" : found.path;
    return { http_method, resourcePath, pathParameters: Object.fromEntries(found.parameters) };
  }
  return undefined;
}

describe("findMethod", () => {
  it("finds what a walk down the tree finds", () => {
    let found = 0;
    const property = fc.property(tree, verb, path, (root, httpMethod, sent) => {
      const method = findMethod(snapshotOf(root), httpMethod, sent);
      const { resourcePath, pathParameters } = method ?? {};
      const seen = method && { http_method: method.method.httpMethod, resourcePath, pathParameters };
      expect(seen).toEqual(naivelyFound(root, httpMethod, sent));
      found += Number(method !== undefined);
    });
    fc.assert(property, RUN);
    expect(found).toBeGreaterThan(50);
  });

  it("finds the same whatever the order of the snapshot", () => {
    const property = fc.property(tree, verb, path, (root, httpMethod, sent) => {
      const snapshot = snapshotOf(root);
      const reversed = { ...snapshot, resources: snapshot.resources.toReversed() };
      expect(findMethod(reversed, httpMethod, sent)).toEqual(findMethod(snapshot, httpMethod, sent));
    });
    fc.assert(property, { ...RUN, numRuns: 300 });
  });

  it("finds what the access matrix, the review and the verification find", () => {
    let found = 0;
    // To the table, ANY as a method stands for all others.
    const sentVerb = verb.filter((one) => one !== "ANY");
    const property = fc.property(tree, sentVerb, path, (root, httpMethod, sent) => {
      const snapshot = snapshotOf(root);
      const routes = snapshot.resources.flatMap(({ path: at, resourceMethods }) =>
        Object.keys(resourceMethods).map((name) => `${name} ${at}`),
      );
      const method = findMethod(snapshot, httpMethod, sent);
      const seen = method && `${method.method.httpMethod} ${method.resourcePath}`;
      expect(new RouteTable(routes).answering(httpMethod, sent)).toBe(seen);
      found += Number(method !== undefined);
    });
    fc.assert(property, RUN);
    expect(found).toBeGreaterThan(50);
  });

  it("finds by name only what is written letter by letter", () => {
    const root: Node = { part: "", verbs: [], children: [{ part: "access", verbs: ["ANY"], children: [] }] };
    const near = fc.tuple(
      fc.constantFrom("/access", "/%61ccess", "/Access"),
      fc.string({ maxLength: 2 }),
      fc.nat({ max: 8 }),
    );
    const property = fc.property(near, ([start, added, at]) => {
      const sent = start.slice(0, at) + added + start.slice(at);
      expect(findMethod(snapshotOf(root), "POST", sent) !== undefined).toBe(/^\/+access\/*$/.test(sent));
    });
    fc.assert(property, RUN);
  });
});
