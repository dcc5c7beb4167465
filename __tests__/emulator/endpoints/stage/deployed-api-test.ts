/** Which method of a deployment a request is for. */
import { findMethod, gatewayResponses } from "../../../../emulator/endpoints/stage/deployed-api";
import type { Snapshot } from "../../../../emulator/resources/apigateway-deployment";

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
    ["GET", "/files/a/b/../c/", "/files/{path+}", { path: "a/b/../c/" }],
    ["GET", "/files/list", "/files/list", {}],
    ["GET", "/files/list/1", "/files/{path+}", { path: "list/1" }],
    ["GET", "/users/a%20b", "/users/{id}", { id: "a b" }],
    ["GET", "/users/a%2Fb", "/users/{id}", { id: "a/b" }],
    ["GET", "/users/%E3%81%82", "/users/{id}", { id: "あ" }],
    ["GET", "/users/%zz", "/users/{id}", { id: "%zz" }],
    ["GET", "/users/%ff", "/users/{id}", { id: "%ff" }],
    ["GET", "/users/%", "/users/{id}", { id: "%" }],
    ["GET", "/users/..", "/users/{id}", { id: ".." }],
    ["GET", "/users/{id}", "/users/{id}", { id: "{id}" }],
    ["GET", "/users/__proto__", "/users/{id}", { id: "__proto__" }],
  ])("finds %s %s", (method, path, resourcePath, pathParameters) => {
    expect(find(api, method, path)).toMatchObject({ resourcePath, resourceId: resourcePath });
    expect(find(api, method, path)?.pathParameters).toEqual(pathParameters);
  });

  it.each([
    ["GET", "/user"],
    ["GET", "/users/"],
    ["GET", "//users"],
    ["GET", "/users//orders"],
    ["GET", "/users/1/orders/"],
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

  it("does not fall back to a less specific path when the most specific one lacks the method", () => {
    expect(find(api, "PUT", "/users/me")).toBeUndefined();
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

describe("gatewayResponses", () => {
  it("lists those of the snapshot", () => {
    expect(gatewayResponses({})).toEqual([]);
    expect(gatewayResponses({ aws_api_gateway_gateway_response: [{ id: "a" }] })).toEqual([{ id: "a" }]);
  });
});
