import type { ApiMethod } from "../../../operations/deployed/api-method";
import { baseUrl, leftoverProbes, leftoversIn } from "../../../operations/verify/leftovers";
import { pendingOf } from "../../../operations/verify/pending";
import { PLACEHOLDER } from "../../../operations/verify/probe-url";

function method(changes: Partial<ApiMethod> = {}): ApiMethod {
  return {
    authorization: "NONE",
    authorization_scopes: [],
    token_header: "",
    provider_arns: [],
    integration_type: "HTTP_PROXY",
    integration_uri: "",
    ...changes,
  };
}

describe("leftoversIn", () => {
  it("finds what is in the snapshot and not in the state, but for preflights", () => {
    const live = new Map([
      ["GET /here", method()],
      ["GET /old", method()],
      ["POST /old", method({ authorization: "COGNITO_USER_POOLS", integration_type: "AWS_PROXY" })],
      ["OPTIONS /old", method({ integration_type: "MOCK" })],
      ["OPTIONS /open", method()],
    ]);

    expect(leftoversIn(live, new Set(["GET /here"]))).toEqual([
      { route: "GET /old", isOpen: true, behind: "HTTP backend", methods: ["GET"] },
      { route: "POST /old", isOpen: false, behind: "function", methods: ["POST"] },
      { route: "OPTIONS /open", isOpen: true, behind: "HTTP backend", methods: ["OPTIONS"] },
    ]);
  });
});

describe("an ANY that was removed", () => {
  it("is asked by no method that is a route of its own", () => {
    const live = new Map(["ANY /a", "GET /a"].map((route) => [route, method()]));

    expect(leftoversIn(live, new Set(["GET /a"]))).toMatchObject([{ route: "ANY /a", methods: ["POST", "PUT"] }]);
  });
});

describe("leftoverProbes", () => {
  it("calls them without a token, with something in the place of parameters", () => {
    const leftover = { route: "GET /old/{id}", isOpen: true, behind: "function", methods: ["GET"] } as const;

    expect(leftoverProbes([leftover], "https://api/dev")).toMatchObject([
      { url: `https://api/dev/old/${PLACEHOLDER}`, token: undefined, expected: "not there any more" },
    ]);
  });

  it("finds the API's URL in those of its routes", () => {
    expect(baseUrl({ "GET /a/{id}": "https://api/dev/a/{id}" })).toBe("https://api/dev");
    expect(baseUrl({})).toBeUndefined();
  });
});

describe("pendingOf", () => {
  it("tells what only the code has from what only the deployment has", () => {
    const deployment = {
      environment: "dev",
      tokenUrl: "",
      issuer: "",
      routeUrls: { "GET /a": "", "GET /old": "" },
      clientIds: { shop: "" },
      clientSecrets: {},
    };
    const written = { routes: ["GET /new", "GET /a"], clients: ["shop", "newcomer"] };

    expect(pendingOf(written, deployment)).toEqual({
      notDeployed: { routes: ["GET /new"], clients: ["newcomer"] },
      notWritten: { routes: ["GET /old"], clients: [] },
    });
  });
});
