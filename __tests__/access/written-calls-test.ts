import { callKey, writtenAccess } from "../../access/written-calls";

const TODAY = "2026-11-30";

/** The calls as `client route by scopes until day`. */
const calls = (files: string | readonly string[], environment = "dev", today = TODAY) =>
  [...writtenAccess(typeof files === "string" ? [files] : files, environment, today).calls.values()].map(
    ({ client, route, scopes, until }) => `${client} ${route} by ${scopes.join()} until ${until}`,
  );

const ROUTES = `environments: { dev: {}, prod: {} }
routes:
  GET /a: { lambda: a, scopes: [o/read, o/write] }
  POST /a: { lambda: a, scopes: [o/write] }
  GET /health: { lambda: a, public: true, reason: x }
`;

describe("calls as they are written", () => {
  it("are of clients with a scope of the route, and of no client where it is public", () => {
    expect(calls(`${ROUTES}clients: { shop: { scopes: [o/read] }, admin: { scopes: [o/write, o/read] } }`)).toEqual([
      "shop GET /a by o/read until null",
      "admin GET /a by o/read,o/write until null",
      "admin POST /a by o/write until null",
      "null GET /health by  until null",
    ]);
  });

  it.each([
    ["in another environment", "{ scopes: [o/read], environments: [prod] }"],
    ["disabled", "{ scopes: [o/read], enabled: false }"],
    ["disabled in this environment", "{ scopes: [o/read], enabled: { dev: false } }"],
    ["expired", "{ scopes: [o/read], expires: 2026-11-29 }"],
    ["without a grant that is left", "{ scopes: [{ scope: o/read, until: 2026-11-29 }] }"],
    ["without scopes", "{ environments: [dev] }"],
    ["not a map", "7"],
  ])("are none of a client that is %s", (_, client) => {
    expect(calls(`${ROUTES}clients: { shop: ${client} }`)).toEqual(["null GET /health by  until null"]);
  });

  it.each([
    ["{ scopes: [o/read], expires: 2026-12-31 }", "2026-12-31"],
    ["{ scopes: [{ scope: o/read, until: 2027-01-31 }], expires: 2026-12-31 }", "2026-12-31"],
    ["{ scopes: [{ scope: o/read, until: 2026-12-01 }], expires: 2026-12-31 }", "2026-12-01"],
    ["{ scopes: [{ scope: o/read, until: 2026-12-01 }] }", "2026-12-01"],
  ])("end when the client or its last grant does: %s", (client, until) => {
    expect(calls(`${ROUTES}clients: { shop: ${client} }`)[0]).toBe(`shop GET /a by o/read until ${until}`);
  });

  it("have no end while one of several scopes has none", () => {
    const client = "{ scopes: [{ scope: o/read, until: 2026-12-01 }, o/write] }";

    expect(calls(`${ROUTES}clients: { shop: ${client} }`)).toEqual([
      "shop GET /a by o/read,o/write until null",
      "shop POST /a by o/write until null",
      "null GET /health by  until null",
    ]);
  });

  it("are those of all files together", () => {
    const team = "clients: { shop: { scopes: [o/write] } }\nroutes: { PUT /b: { lambda: b, scopes: [o/write] } }\n";

    expect(calls([ROUTES, team])).toContain("shop PUT /b by o/write until null");
  });

  it("are none of an environment that the file does not have", () => {
    expect(writtenAccess([ROUTES], "stage", TODAY)).toEqual({ hasEnvironment: false, calls: new Map() });
    expect(writtenAccess([ROUTES], "toString", TODAY)).toEqual({ hasEnvironment: false, calls: new Map() });
  });

  it("are read from a file that today's rules refuse, and keep names of objects", () => {
    const text = `${ROUTES}clients: { constructor: { scopes: [o/write], unknown: 1 }, __proto__: { scopes: [o/write] } }`;

    expect(calls(text)).toEqual(
      expect.arrayContaining(["constructor POST /a by o/write until null", "__proto__ POST /a by o/write until null"]),
    );
  });

  it.each(["", "7", "[]", "environments: 7\nroutes: x"])("are none in %j", (text) => {
    expect(calls(text)).toEqual([]);
  });

  it.each(["a: [", "a: b: c", "\tx: y", "a: *b"])("are refused where the text is not YAML: %j", (text) => {
    expect(() => writtenAccess([text], "dev", TODAY)).toThrow("it is not valid YAML: ");
  });

  it("have keys that differ with client and route", () => {
    expect(callKey({ client: null, route: "GET /a" })).not.toBe(callKey({ client: "x", route: "GET /a" }));
  });
});
