import type { MatrixRoute } from "../../../operations/access-graph/access-matrix";
import { chosen, isAskedAt, withRemoved } from "../../../operations/verify/selection";

function matrixOf(...names: readonly string[]) {
  const rest = { access: "public", scopes: [], function: null, url: null, isCheckedByFunction: false } as const;
  const routes = names.map((route): MatrixRoute => ({ ...rest, route, callers: [], refusedByFunction: [], notes: [] }));
  return { environment: "dev", clients: ["shop"], routes };
}

describe("withRemoved", () => {
  it("adds what is deployed and no longer in the code, so that it is asked until it is gone", () => {
    const { routes } = withRemoved(matrixOf("GET /a", "GET /new"), matrixOf("GET /a", "GET /old"));

    expect(routes.map(({ route }) => route)).toEqual(["GET /a", "GET /new", "GET /old"]);
  });

  it("is the code's where the state is not known", () => {
    expect(withRemoved(matrixOf("GET /a"), undefined)).toEqual(matrixOf("GET /a"));
  });
});

describe("chosen", () => {
  it("is all where nothing was chosen, and refuses what there is not", () => {
    expect(chosen("client", ["shop"], undefined)).toEqual(["shop"]);
    expect(() => chosen("client", ["shop"], ["nobody"])).toThrow('there is no client "nobody". There is shop.');
  });
});

describe("isAskedAt", () => {
  it.each([
    ["GET /a", true],
    ["OPTIONS /a", true],
    ["POST /a", false],
    ["OPTIONS /b", false],
  ])("asks %s with GET /a: %s", (route, isAsked) => {
    expect(isAskedAt(route, ["GET /a"])).toBe(isAsked);
  });
});
