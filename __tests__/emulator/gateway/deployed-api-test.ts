/** Which method of a deployment a request is for. */
import { findMethod, gatewayResponses } from "../../../emulator/gateway/deployed-api";
import type { Snapshot } from "../../../emulator/resources/apigateway-deployment";

/** Snapshot of an API with these routes, `METHOD path`; each resource's id is its path. */
function snapshotOf(...routes: readonly string[]): Snapshot {
  const split = routes.map((route) => route.split(" "));
  const at = split.map(([http_method = "", resource_id = ""]) => ({ http_method, resource_id }));
  const paths = [...new Set(at.map(({ resource_id }) => resource_id))].filter((path) => path !== "/");
  return {
    aws_api_gateway_resource: paths.map((path) => ({ id: path, path })),
    aws_api_gateway_method: at.map((method) => ({ ...method, authorizer_id: null })),
    aws_api_gateway_integration: at.map((method) => ({ ...method, type: "MOCK" })),
  };
}

const find = (snapshot: Snapshot, method: string, path: string) => findMethod(snapshot, "/", method, path);
const api = snapshotOf(
  "GET /",
  "GET /users",
  "ANY /users/{id}",
  "GET /users/me",
  "PUT /users/{id}",
  "GET /users/{id}/orders",
  "GET /files/{path+}",
  "GET /files/list",
);

describe("findMethod", () => {
  it.each([
    ["GET", "/", "/", {}],
    ["GET", "", "/", {}],
    ["GET", "/users", "/users", {}],
    ["GET", "/users/1", "/users/{id}", { id: "1" }],
    ["GET", "/users/me", "/users/me", {}],
    ["GET", "/users/me2", "/users/{id}", { id: "me2" }],
    ["GET", "/users/Me", "/users/{id}", { id: "Me" }],
    ["GET", "/users/1/orders", "/users/{id}/orders", { id: "1" }],
    ["GET", "/users/me/orders", "/users/{id}/orders", { id: "me" }],
    ["GET", "/files/a", "/files/{path+}", { path: "a" }],
    ["GET", "/files/a/b/../c/", "/files/{path+}", { path: "a/b/../c" }],
    ["GET", "/files/a//b", "/files/{path+}", { path: "a//b" }],
    ["GET", "/files/list", "/files/list", {}],
    ["GET", "/files/list/1", "/files/{path+}", { path: "list/1" }],
    ["GET", "/users/a%20b", "/users/{id}", { id: "a%20b" }],
    ["GET", "/users/a%2Fb", "/users/{id}", { id: "a%2Fb" }],
    ["GET", "/users/%E3%81%82", "/users/{id}", { id: "%E3%81%82" }],
    ["GET", "/users/%zz", "/users/{id}", { id: "%zz" }],
    ["GET", "/users/%ff", "/users/{id}", { id: "%ff" }],
    ["GET", "/users/%", "/users/{id}", { id: "%" }],
    ["GET", "//users", "/users", {}],
    ["GET", "/users/", "/users", {}],
    ["GET", "//users//", "/users", {}],
    ["GET", "//", "/", {}],
    ["GET", "//users/1/orders/", "/users/{id}/orders", { id: "1" }],
    ["GET", "/users/..", "/users/{id}", { id: ".." }],
    ["GET", "/users/{id}", "/users/{id}", { id: "{id}" }],
    ["GET", "/users/__proto__", "/users/{id}", { id: "__proto__" }],
  ])("finds %s %s", (method, path, resourcePath, pathParameters) => {
    expect(find(api, method, path)).toMatchObject({ resourcePath, resourceId: resourcePath });
    expect(find(api, method, path)?.pathParameters).toEqual(pathParameters);
  });

  it.each([
    ["GET", "/user"],
    ["GET", "/users//orders"],
    ["GET", "/users/1/orders/2"],
    ["GET", "/%75sers"],
    ["GET", "/USERS"],
    ["GET", "/users%2F1"],
    ["GET", "/users;x"],
    ["GET", "/files"],
    ["GET", "/files/"],
    ["GET", "users"],
    ["POST", "/users"],
    ["get", "/users"],
    ["OPTIONS", "/users"],
    ["POST", "/"],
  ])("finds nothing for %s %s", (method, path) => {
    expect(find(api, method, path)).toBeUndefined();
  });

  it("prefers the method itself to ANY", () => {
    expect(find(api, "PUT", "/users/1")?.method).toMatchObject({ http_method: "PUT" });
    expect(find(api, "DELETE", "/users/1")?.method).toMatchObject({ http_method: "ANY" });
  });

  it.each(["TRACE", "CONNECT", "LINK", "ANY", "put", ""])("does not take '%s' for one of ANY's methods", (method) => {
    expect(find(api, method, "/users/1")).toBeUndefined();
  });

  it.each(["x/users", "https://x.example/users"])("finds nothing for %s, whose path begins elsewhere", (path) => {
    expect(find(api, "GET", path)).toBeUndefined();
  });

  it("finds nothing for a method without an integration", () => {
    expect(find({ ...api, aws_api_gateway_integration: [] }, "GET", "/users")).toBeUndefined();
  });

  it("brings along what belongs to the method, and nothing of its neighbours", () => {
    const at = { resource_id: "/a", http_method: "GET" };
    const responses = [
      { ...at, status_code: "200" },
      { ...at, status_code: "400" },
      { ...at, http_method: "PUT", status_code: "201" },
      { ...at, resource_id: "/b", status_code: "202" },
    ];
    const snapshot = {
      ...snapshotOf("GET /a", "PUT /a", "GET /b"),
      aws_api_gateway_method: [{ ...at, authorizer_id: "two" }],
      aws_api_gateway_integration_response: responses,
      aws_api_gateway_authorizer: [{ id: "one" }, { id: "two" }],
    };
    const found = find(snapshot, "GET", "/a");
    expect(found?.integrationResponses).toEqual(responses.slice(0, 2));
    expect(found?.authorizer).toEqual({ id: "two" });
  });
});

/** What AWS answered on APIs of these shapes; sources in route-choice.ts. */
describe("findMethod, as recorded on AWS,", () => {
  const routeOf = (snapshot: Snapshot, request: string) => {
    const [method = "", path = ""] = request.split(" ");
    const found = find(snapshot, method, path);
    return found && `${found.method["http_method"]} ${found.resourcePath}`;
  };

  it.each([
    ["GET /users/me", "GET /users/{userId}"],
    ["PATCH /users/me", "PATCH /users/me"],
    ["GET /users/abc123", "GET /users/{userId}"],
    ["POST /users/me", undefined],
    ["POST /roles/provision", "POST /roles/provision"],
    ["GET /roles/provision", "GET /roles/{roleId}"],
    ["GET /things/real", "GET /things/real"],
    ["POST /things/real", "POST /things/{proxy+}"],
  ])("%s leads to %s where a sibling has the method", (request, expected) => {
    const routes = ["GET /users/{userId}", "PATCH /users/me", "POST /roles/provision", "GET /roles/{roleId}"];
    expect(routeOf(snapshotOf(...routes, "GET /things/real", "POST /things/{proxy+}"), request)).toBe(expected);
  });

  it.each([
    ["GET /jobs/reboot", "GET /jobs/{operation_type}"],
    ["GET /jobs", "ANY /{proxy+}"],
    ["POST /jobs", "ANY /{proxy+}"],
    ["POST /jobs/reboot", "ANY /{proxy+}"],
    ["GET /cors_only", "ANY /{proxy+}"],
    ["OPTIONS /cors_only", "OPTIONS /cors_only"],
  ])("%s leads to %s beside a route for everything", (request, expected) => {
    const api = snapshotOf("ANY /{proxy+}", "GET /jobs/{operation_type}", "OPTIONS /cors_only");
    const resources = [{ id: "/jobs", path: "/jobs" }, ...(api["aws_api_gateway_resource"] ?? [])];
    expect(routeOf({ ...api, aws_api_gateway_resource: resources }, request)).toBe(expected);
  });

  it.each([
    ["OPTIONS /test", "OPTIONS /{proxy+}"],
    ["POST /test", "POST /test"],
    ["OPTIONS /test/any", "ANY /test/any"],
    ["GET /test/any", "ANY /test/any"],
  ])("%s leads to %s: ANY of a literal path goes before the method itself of a greedy one", (request, expected) => {
    expect(routeOf(snapshotOf("POST /test", "ANY /test/any", "OPTIONS /{proxy+}"), request)).toBe(expected);
  });

  it.each([
    ["GET /part1", "GET /part1"],
    ["GET /part1/hardcoded-value", "GET /part1/hardcoded-value"],
    ["GET /part1/random-value", "GET /{param+}"],
  ])("%s leads to %s whatever was made first", (request, expected) => {
    expect(routeOf(snapshotOf("GET /part1", "GET /{param+}", "GET /part1/hardcoded-value"), request)).toBe(expected);
  });
});

describe("gatewayResponses", () => {
  it("lists those of the snapshot", () => {
    expect(gatewayResponses({})).toEqual([]);
    expect(gatewayResponses({ aws_api_gateway_gateway_response: [{ id: "a" }] })).toEqual([{ id: "a" }]);
  });
});
