/** Snapshots of APIs as deployments freeze them, made without an account. */
import type { ApiSnapshot, ResourceRecord } from "../../emulator/services/apigateway/records";

/** A snapshot in which there is nothing but what is given. */
export function snapshotWith(given: Partial<ApiSnapshot> = {}): ApiSnapshot {
  return {
    restApi: { id: "a1b2c3", name: "orders", rootResourceId: "/", endpointConfiguration: {} },
    resources: [],
    authorizers: [],
    gatewayResponses: [],
    requestValidators: [],
    models: [],
    ...given,
  };
}

/** A resource whose id is its path, with these methods, which mocks answer. */
export function resourceOf(path: string, methods: readonly string[]): ResourceRecord {
  const resourceMethods = Object.fromEntries(
    methods.map((httpMethod) => [httpMethod, { httpMethod, methodIntegration: { type: "MOCK" as const } }]),
  );
  return { restApiId: "a1b2c3", id: path, path, resourceMethods };
}

/** Snapshot of an API with these routes, `METHOD path`; each resource's id is its path. */
export function snapshotOf(...routes: readonly string[]): ApiSnapshot {
  const split = routes.map((route) => route.split(" "));
  const paths = [...new Set(["/", ...split.map(([, path = ""]) => path)])];
  const methodsAt = (path: string) => split.flatMap(([method = "", at]) => (at === path ? [method] : []));
  return snapshotWith({ resources: paths.map((path) => resourceOf(path, methodsAt(path))) });
}
