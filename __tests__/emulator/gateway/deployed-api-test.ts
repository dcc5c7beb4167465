/** Which method of a deployment a request is for. */
import { findMethod } from "../../../emulator/gateway/deployed-api";
import type { ApiSnapshot } from "../../../emulator/services/apigateway/records";
import { resourceOf, snapshotOf, snapshotWith } from "../../support/api-snapshot";

const find = (snapshot: ApiSnapshot, method: string, path: string) => findMethod(snapshot, method, path);
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
    expect(find(api, "PUT", "/users/1")?.method).toMatchObject({ httpMethod: "PUT" });
    expect(find(api, "DELETE", "/users/1")?.method).toMatchObject({ httpMethod: "ANY" });
  });

  it.each(["TRACE", "CONNECT", "LINK", "ANY", "put", ""])("does not take '%s' for one of ANY's methods", (method) => {
    expect(find(api, method, "/users/1")).toBeUndefined();
  });

  it.each(["x/users", "https://x.example/users"])("finds nothing for %s, whose path begins elsewhere", (path) => {
    expect(find(api, "GET", path)).toBeUndefined();
  });

  it("finds nothing for a method without an integration", () => {
    const users = { ...resourceOf("/users", []), resourceMethods: { GET: { httpMethod: "GET" } } };
    expect(find(snapshotWith({ resources: [users] }), "GET", "/users")).toBeUndefined();
  });

  it("brings along what belongs to the method, and nothing of its neighbours", () => {
    const responses = { "200": { statusCode: "200" }, "400": { statusCode: "400" } };
    const methodIntegration = { type: "MOCK" as const, integrationResponses: responses };
    const put = { httpMethod: "PUT", methodIntegration: { integrationResponses: { "201": { statusCode: "201" } } } };
    const get = { httpMethod: "GET", authorizerId: "two", methodIntegration };
    const snapshot = snapshotWith({
      resources: [{ ...resourceOf("/a", []), resourceMethods: { PUT: put, GET: get } }, resourceOf("/b", ["GET"])],
      authorizers: ["one", "two"].map((id) => ({ restApiId: "a1b2c3", id, name: id })),
    });
    const found = find(snapshot, "GET", "/a");
    expect(found?.integrationResponses).toEqual(Object.values(responses));
    expect(found?.authorizer).toMatchObject({ id: "two" });
  });
});

/** What AWS answered on APIs of these shapes; sources in route-choice.ts. */
describe("findMethod, as recorded on AWS,", () => {
  const routeOf = (snapshot: ApiSnapshot, request: string) => {
    const [method = "", path = ""] = request.split(" ");
    const found = find(snapshot, method, path);
    return found && `${found.method.httpMethod} ${found.resourcePath}`;
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
    const resources = [resourceOf("/jobs", []), ...api.resources];
    expect(routeOf({ ...api, resources }, request)).toBe(expected);
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
