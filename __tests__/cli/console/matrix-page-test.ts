/** The start page: each cell with its reason, and names that are more than names. */
import type { DeployedEnvironment } from "../../../cli/console/deployed";
import { matrixPage } from "../../../cli/console/matrix-page";
import { picturePage } from "../../../cli/console/picture-page";
import { terraformPage } from "../../../cli/console/terraform-page";
import type { MatrixRoute } from "../../../operations/access-graph/access-matrix";

const EVIL = `<img src=x onerror="alert(1)">'`;

const ROUTE: MatrixRoute = {
  route: "POST /a",
  scopes: ["r/a"],
  function: "p-a",
  url: null,
  access: "clients",
  callers: ["good"],
  refusedByFunction: ["unlisted"],
  callerCheck: "client-id",
  notes: [],
};

function environmentOf(routes: readonly MatrixRoute[], clients: readonly string[]): DeployedEnvironment {
  return {
    deployment: {
      environment: "dev",
      tokenUrl: "https://p.auth.eu-west-1.amazoncognito.com/oauth2/token",
      issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x",
      routeUrls: {},
      clientIds: {},
      clientSecrets: {},
    },
    matrix: { environment: "dev", clients, routes },
    resources: [],
    region: "eu-west-1",
    accessOf: (client) => ({
      scopes: client === "other" ? ["r/b"] : ["r/a"],
      ...(client === "off" && { ended: "expired after 2026-01-31" }),
    }),
  };
}

const wordsIn = (markup: string) => markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

it("has a reason in each cell", () => {
  const { markup } = matrixPage(environmentOf([ROUTE], ["good", "off", "other", "unlisted"]));
  expect(wordsIn(markup)).toContain(
    "✓ scope r/a in the function&#39;s list – expired after 2026-01-31: it gets no token – no scope of the route denied scope r/a not in the function&#39;s list",
  );
});

it("warns of public routes, and asks for a route and a client by what a cell links to", () => {
  const open: MatrixRoute = { ...ROUTE, route: "GET /b", access: "public", callers: [], notes: ["callable"] };
  const { markup } = matrixPage(environmentOf([open], ["a&b=c"]));
  expect(wordsIn(markup)).toContain("1 route is public: GET /b needs no token.");
  expect(markup).toContain('href="call?env=dev&amp;route=GET+%2Fb&amp;client=a%26b%3Dc"');
});

it("takes names of clients, routes, scopes and functions for text", () => {
  const evil: MatrixRoute = { ...ROUTE, route: `GET /${EVIL}`, scopes: [EVIL], function: EVIL, notes: [EVIL] };
  const environment = environmentOf([evil, { ...evil, access: "public" }], [EVIL]);
  const report = {
    environment: "dev",
    isClean: false,
    findings: [
      {
        address: EVIL,
        attribute: EVIL,
        expected: EVIL,
        found: EVIL,
        verdict: "out-of-band-change",
        severity: "critical",
        effect: EVIL,
      },
    ],
    expired: [],
    unused: [],
    notChecked: [],
    remedies: {},
  } as unknown as Parameters<typeof terraformPage>[1] extends infer C
    ? C extends { report: infer R }
      ? R
      : never
    : never;
  const pages = [matrixPage(environment), picturePage(environment), terraformPage(environment, { time: 0, report })];
  for (const { markup } of pages) {
    expect(markup).toContain("&lt;img");
    expect(markup).not.toMatch(/<img|onerror="alert/);
  }
});

it("lists entries of drift-ignore.yaml that match nothing, if there is no drift", () => {
  const entry = {
    address: "aws_cognito_user_pool.*",
    attribute: "schema",
    reason: "…",
    expires: "2026-01-31",
    line: 3,
  };
  const sifted = { findings: [], expired: [entry], unused: [{ ...entry, line: 7 }] };
  const report = { environment: "dev", isClean: true, ...sifted, notChecked: [], remedies: {} };

  const { markup } = terraformPage(environmentOf([], []), { time: 0, report });

  expect(markup).toContain("drift-ignore.yaml:3: aws_cognito_user_pool.* schema expired on 2026-01-31 and is ignored.");
  expect(markup).toContain("drift-ignore.yaml:7: aws_cognito_user_pool.* schema matches nothing; remove it.");
});

it("draws the first boxes of each column, and lists all ways in words", () => {
  const clients = Array.from({ length: 60 }, (_, index) => `client-${index}`);
  const { markup } = picturePage(environmentOf([{ ...ROUTE, callers: clients }], clients));
  expect(markup).toContain("The picture shows the first 40 of each column. The page Access has all.");
  expect(markup.match(/<strong>client-/g)).toHaveLength(60);
});

it("names callers where there are too many clients for a column each, and gives a chosen one its column", () => {
  const clients = Array.from({ length: 25 }, (_, index) => `client-${index}`);
  const environment = environmentOf([{ ...ROUTE, callers: clients }], clients);
  const { markup } = matrixPage(environment);
  expect(wordsIn(markup)).toContain("Route Who can call it POST /a requires r/a → p-a 25 of 25 client-0, client-1,");
  expect(wordsIn(markup)).toContain("client-19 and 5 more");
  expect(markup).not.toContain('class="cell"');
  expect(matrixPage(environment, "client-7").markup.match(/class="cell"/g)).toHaveLength(1);
  expect(matrixPage(environment, "unknown").markup).not.toContain('class="cell"');
});
