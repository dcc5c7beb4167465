import type { MatrixRoute } from "../../../operations/access-graph/access-matrix";
import {
  appliedGrants,
  changingClients,
  differenceOf,
  withRemovedRoutes,
} from "../../../operations/verify/deployed-stack";

function matrixOf(...names: readonly string[]) {
  const rest = { access: "public", scopes: [], function: null, url: null, callerCheck: "none" } as const;
  const routes = names.map((route): MatrixRoute => ({ ...rest, route, callers: [], refusedByFunction: [], notes: [] }));
  return { environment: "dev", clients: ["shop"], routes };
}

it("adds routes that are deployed and no longer in the code, which are tested until they are gone", () => {
  const { routes } = withRemovedRoutes(matrixOf("GET /a", "GET /new"), matrixOf("GET /a", "GET /old"));

  expect(routes.map(({ route }) => route)).toEqual(["GET /a", "GET /new", "GET /old"]);
});

it("names what only the code has, and what only the deployment has", () => {
  const routeUrls = { "GET /a": "", "GET /old": "" };
  const deployment = {
    environment: "dev",
    tokenUrl: "",
    issuer: "",
    routeUrls,
    clientIds: { shop: "" },
    clientSecrets: {},
  };

  expect(differenceOf({ routes: ["GET /new", "GET /a"], clients: ["shop", "newcomer"] }, deployment)).toEqual({
    notDeployed: { routes: ["GET /new"], clients: ["newcomer"] },
    notInCode: { routes: ["GET /old"], clients: [] },
  });
});

it("takes grants from the state, and names clients whose grants change", () => {
  const grant = (...scopes: readonly string[]) => ({ scopes, ways: ["domain"] as const });
  const code = new Map([
    ["shop", grant("orders/read", "orders/write")],
    ["newcomer", grant("orders/read")],
  ]);
  const state = new Map([
    ["shop", grant("orders/read")],
    ["gone", grant("orders/read")],
  ]);
  const applied = appliedGrants(code, state);

  expect([...applied.keys()]).toEqual(["shop", "newcomer"]);
  expect(changingClients(code, applied)).toEqual(["shop"]);
});
