import type { MatrixRoute } from "../../../operations/access-graph/access-matrix";
import {
  PLACEHOLDER,
  type ProbeSources,
  probesOf,
  withOtherPayload,
  withOtherSignature,
} from "../../../operations/verify/probes";

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const token = `${part({ alg: "RS256" })}.${part({ scope: "a/one b/two", client_id: "1" })}.AAAA`;

function route(name: string, changes: Partial<MatrixRoute> = {}): MatrixRoute {
  const empty = { function: "fn", url: null, callerCheck: "client-id" as const, refusedByFunction: [], notes: [] };
  return { route: name, access: "clients", scopes: ["a/one"], callers: ["shop"], ...empty, ...changes };
}

/** Without OPTIONS where there is no preflight. */
function probes(routes: readonly MatrixRoute[], changes: Partial<ProbeSources> = {}) {
  return allProbes(routes, changes).filter((one) => one.method !== "OPTIONS" || changes.preflights !== undefined);
}

function allProbes(routes: readonly MatrixRoute[], changes: Partial<ProbeSources> = {}) {
  const clients = ["billing", "shop"];
  const routeUrls = Object.fromEntries(routes.map((one) => [one.route, `https://api${one.route.split(" ")[1]}`]));
  const tokens = new Map(clients.map((client) => [client, token]));
  const matrix = { environment: "dev", clients, routes };
  return probesOf({ matrix, routeUrls, tokens, preflights: new Map(), refusalsOnly: false, ...changes });
}

const short = (found: ReturnType<typeof probes>) => found.map(({ caller, expected }) => [caller, expected]);

describe("probesOf", () => {
  it("sends requests without a valid token, and as each client", () => {
    expect(short(probes([route("GET /a")]))).toEqual([
      ["no token", "deny-by-gateway"],
      ["garbage", "deny-by-gateway"],
      ["changed payload", "deny-by-gateway"],
      ["changed signature", "deny-by-gateway"],
      ["billing", "deny-by-gateway"],
      ["shop", "allow"],
    ]);
  });

  it("expects the function's denial of a client that only the function does not list", () => {
    const found = probes([route("GET /a", { refusedByFunction: ["billing"] })]);

    expect(short(found)).toContainEqual(["billing", "deny-by-function"]);
  });

  it("expects that a public route allows every caller", () => {
    const found = probes([route("GET /a", { access: "public", callers: [] })]);

    expect(short(found)).toEqual(["no token", "billing", "shop"].map((caller) => [caller, "allow"]));
  });

  it("sends nothing that a function would answer with refusalsOnly", () => {
    const refusing = route("GET /a", { refusedByFunction: ["billing"] });
    const found = probes([refusing, route("GET /b", { access: "public" })], { refusalsOnly: true });

    expect(found).toHaveLength(4);
    expect(found.every(({ expected }) => expected === "deny-by-gateway")).toBe(true);
  });

  it("sends requests without a valid token also where no client has a token", () => {
    expect(short(probes([route("GET /a")], { tokens: new Map() })).map(([caller]) => caller)).toEqual([
      "no token",
      "garbage",
    ]);
  });

  it("fills in path parameters", () => {
    expect(probes([route("GET /a/{id}/b/{rest+}")])[0]?.url).toBe(`https://api/a/${PLACEHOLDER}/b/${PLACEHOLDER}`);
  });

  it("fills in a random value, which no other route has as a part of its path", () => {
    const routes = [route("GET /a/{id}"), route("GET /a/verify")];

    expect(PLACEHOLDER).toMatch(/^verify-[0-9a-f]{16}$/);
    expect(new Set(probes(routes).map(({ route, url }) => `${route}: ${url}`))).toEqual(
      new Set([`GET /a/{id}: https://api/a/${PLACEHOLDER}`, "GET /a/verify: https://api/a/verify"]),
    );
  });

  it("tests ANY by two methods that have no route of their own", () => {
    const any = probes([route("ANY /a"), route("GET /a")]).filter((probe) => probe.route === "ANY /a");

    expect([...new Set(any.map(({ method }) => method))]).toEqual(["POST", "PUT"]);
  });

  it("leaves out what the matrix does not decide, and what has no URL", () => {
    expect(probes([route("GET /a", { access: "unknown" })])).toEqual([]);
    expect(probes([route("GET /a")], { routeUrls: {} })).toEqual([]);
  });

  it("sends one preflight for each path, also with refusalsOnly", () => {
    const headers = { "access-control-allow-origin": "*" };
    const preflights = new Map([["/a", [{ origin: "*", headers }]]]);
    const found = probes([route("GET /a"), route("POST /a")], { preflights, refusalsOnly: true });
    const asked = found.filter(({ route }) => route === "OPTIONS /a");

    expect(asked).toMatchObject([{ method: "OPTIONS", url: "https://api/a", headers, expected: "preflight" }]);
  });

  it("sends one preflight for each origin, and one for a foreign origin", () => {
    const origins = ["https://app.example", "https://admin.example"].map((origin) => ({
      origin,
      headers: { "access-control-allow-origin": origin },
    }));
    const found = probes([route("GET /a")], { preflights: new Map([["/a", origins]]) });
    const asked = found.filter(({ route }) => route === "OPTIONS /a");

    expect(asked.map(({ origin, expected, headers }) => [origin, expected, headers])).toEqual([
      ["https://app.example", "preflight", origins[0]?.headers],
      ["https://admin.example", "preflight", origins[1]?.headers],
      ["https://verify.invalid", "deny-origin", undefined],
    ]);
  });

  it("names what is behind a route", () => {
    const found = probes([route("GET /a"), route("GET /b", { function: null, url: "https://backend.example" })]);

    expect(new Set(found.map((probe) => `${probe.route}: ${probe.behind}`))).toEqual(
      new Set(["GET /a: function", "GET /b: HTTP backend"]),
    );
  });
});

describe("forged tokens", () => {
  it("claim other scopes under the same signature", () => {
    const forged = withOtherPayload(token, ["c/all"]);

    expect(JSON.parse(Buffer.from(forged.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      scope: "c/all",
    });
    expect([forged.split(".")[0], forged.split(".")[2]]).toEqual([token.split(".")[0], "AAAA"]);
  });

  it("have another signature under the same claims", () => {
    expect(withOtherSignature(token)).toBe(token.replace(/AAAA$/, "BAAA"));
    expect(withOtherSignature(withOtherSignature(token))).not.toBe(withOtherSignature(token));
  });

  it("sends OPTIONS where no preflight is: it is denied as ANY is, or no route has the method", () => {
    const open = { access: "public", callers: [] } as const;
    const routes = [
      route("GET /a"),
      route("POST /a"),
      route("ANY /b/{id}", { function: null, url: "https://backend.example" }),
      route("GET /b/{id}"),
      route("ANY /c", open),
      route("OPTIONS /d"),
      route("GET /d"),
      route("GET /e", { access: "unknown" }),
      route("GET /f"),
    ];
    const preflights = new Map([["/f", [{ origin: "*", headers: {} }]]]);
    const asked = (refusalsOnly: boolean) =>
      allProbes(routes, { preflights, refusalsOnly }).filter(
        (one) => one.caller === "no token" && one.method === "OPTIONS",
      );

    expect(asked(false).map((one) => [one.route, one.url, one.expected, one.behind])).toEqual([
      ["OPTIONS /d", "https://api/d", "deny-by-gateway", "function"],
      ["OPTIONS /a", "https://api/a", "deny-method", "function"],
      ["OPTIONS /b/{id}", `https://api/b/${PLACEHOLDER}`, "deny-by-gateway", "HTTP backend"],
      ["OPTIONS /c", "https://api/c", "allow", "function"],
    ]);
    expect(asked(true).map(({ route }) => route)).toEqual(["OPTIONS /d", "OPTIONS /a", "OPTIONS /b/{id}"]);
  });

  it("expects of OPTIONS the response of the route that answers it when its own path does not", () => {
    const open = { access: "public", callers: [], url: "https://files.example", function: null } as const;
    const routes = [
      route("GET /users/{id}"),
      route("ANY /users/{name+}"),
      route("GET /jobs/{id}"),
      route("ANY /{rest+}", open),
      route("GET /cached/{id}"),
      route("GET /cached/{all+}"),
    ];
    const preflights = new Map([["/cached/{all+}", [{ origin: "*", headers: {} }]]]);
    const asked = allProbes(routes, { preflights }).filter(
      (one) => one.route.startsWith("OPTIONS") && one.expected !== "preflight",
    );

    expect(asked.map((one) => [one.route, one.expected, one.behind])).toEqual([
      ["OPTIONS /users/{id}", "deny-by-gateway", "function"],
      ["OPTIONS /users/{name+}", "deny-by-gateway", "function"],
      ["OPTIONS /jobs/{id}", "allow", "HTTP backend"],
      ["OPTIONS /{rest+}", "allow", "HTTP backend"],
    ]);
  });
});
