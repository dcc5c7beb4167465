import { functionEnvironment, isFitting } from "../../access/function-environment";

const ID = "i".repeat(26);
const route = (key: string, scopes: readonly string[]) => {
  const [method = "", path = ""] = key.split(" ");
  return { method, path, scopes, publicReason: scopes.length === 0 ? "A reason" : undefined, cors: undefined };
};
const clients = (count: number, scopes = ["a/read"]) =>
  Array.from({ length: count }, (_, index) => ({ name: `client-${String(index).padStart(3, "0")}`, scopes }));
const READ = [route("GET /", ["a/read"])];

describe("functionEnvironment", () => {
  it("has ids and names of the function's clients, sorted by name, and who may call each route", () => {
    const all = [...clients(1), { name: "b", scopes: ["a/read", "a/write"] }, { name: "a", scopes: ["a/other"] }];
    const routes = [...READ, route("PUT /", ["a/write"]), route("GET /status", [])];

    expect(functionEnvironment("dev", routes, all, (name) => `id of ${name}`)).toEqual({
      ALLOWED_BY_ROUTE: "dev;*=GET /status;1=PUT /;3=GET /",
      ALLOWED_CLIENT_IDS: "id of b,id of client-000",
      ALLOWED_CLIENT_NAMES: "b;client-000",
    });
  });

  it("has no clients for public routes alone", () => {
    expect(functionEnvironment("dev", [route("GET /", [])], clients(3))).toEqual({ ALLOWED_BY_ROUTE: "dev;*=GET /" });
  });

  it("has the origins of routes with CORS", () => {
    const cors = { origins: ["*"], headers: [] };

    expect(functionEnvironment("dev", [{ ...route("GET /", []), cors }], [])).toMatchObject({
      CORS_ORIGINS: '{"GET /":["*"]}',
    });
  });

  it.each([
    [99, ["ALLOWED_BY_ROUTE", "ALLOWED_CLIENT_IDS", "ALLOWED_CLIENT_NAMES"]],
    [100, ["ALLOWED_BY_ROUTE", "ALLOWED_CLIENT_IDS"]],
    [140, ["ALLOWED_BY_ROUTE", "ALLOWED_CLIENT_IDS"]],
    [141, ["ALLOWED_BY_ROUTE", "ALLOWED_SCOPES"]],
  ])("with %i clients of ten letters has what fits: %j", (count, names) => {
    const variables = functionEnvironment("dev", READ, clients(count));

    expect(Object.keys(variables).toSorted()).toEqual(names);
    expect(isFitting(variables)).toBe(true);
  });

  it("measures ids as long as they will be, not the references that stand for them", () => {
    expect(functionEnvironment("dev", READ, clients(140), () => `\${${ID.repeat(4)}}`)).toHaveProperty(
      "ALLOWED_CLIENT_IDS",
    );
  });

  it("has the scopes of the routes by which each can be called, where ids do not fit", () => {
    const routes = [...READ, route("PUT /", ["a/write", "a/read"])];

    expect(functionEnvironment("dev", routes, clients(500))).toEqual({
      ALLOWED_BY_ROUTE: "dev;1=GET /;3=PUT /",
      ALLOWED_SCOPES: "a/read a/write",
    });
  });
});
