import type { AccessMatrix, MatrixRoute } from "../../../operations/access-graph/access-matrix";
import { accessAlerts } from "../../../operations/review/access-alerts";
import { matrixOf, routeOf } from "../../support/access-matrix";

type Reasons = Readonly<Record<string, string>>;

const alertsOf = (before: AccessMatrix, after: AccessMatrix, was: Reasons = {}, is: Reasons = {}, isApiKept = true) =>
  accessAlerts({ before, after, reasons: { before: was, after: is }, isApiKept }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
const shop = matrixOf({ "GET /x": "shop" });
const open = matrixOf({ "GET /x": "anyone" });
const changed = (more: Partial<MatrixRoute>, caller = "shop") => matrixOf({}, routeOf("GET /x", caller, more));
const unchecked = changed({ callerCheck: "none" });
const passedOn = (url: string, caller = "anyone") => changed({ url, function: null }, caller);
const catching = (...catches: readonly string[]) =>
  matrixOf({ "GET /x": "shop" }, routeOf("ANY /{rest+}", "anyone", { catches }));

const OPEN = "critical: Anyone can call `GET /x` without a token.";
const UNTIL =
  "until the API is deployed once more after this plan: see docs/deploy.md#changes-that-terraform-cannot-order.";
const REASON = { "GET /x": "A `reason` | of\nmany @lines" };

describe("accessAlerts", () => {
  it.each<[string, AccessMatrix, AccessMatrix, readonly string[], Reasons?, Reasons?]>([
    [
      "a route that becomes public",
      shop,
      open,
      [`${OPEN} The reason given: \`\` A \`reason\` | of many @lines \`\``],
      {},
      REASON,
    ],
    ["a new public route without a reason", matrixOf(), open, [`${OPEN} No reason is given.`]],
    ["nothing of a route that was public", open, open, [], REASON, REASON],
    ["nothing of a route that is no longer public", open, shop, []],
    [
      "a public route that takes requests over",
      matrixOf({ "GET /x": "shop", "ANY /x": "anyone" }),
      matrixOf({ "ANY /x": "anyone" }),
      ["critical: Anyone can call `GET /x`, which `ANY /x` will answer, without a token. No reason is given."],
    ],
    [
      "unknown callers",
      shop,
      changed({ access: "unknown", notes: ["authorization AWS_IAM is not looked into"] }),
      ["critical: Callers of `GET /x` are unknown: `authorization AWS_IAM is not looked into`"],
    ],
    [
      "a function that no longer checks which client calls",
      shop,
      unchecked,
      ["warning: The function of `GET /x` no longer checks which client calls: the scope alone decides."],
    ],
    [
      "a new route whose function does not check which client calls",
      matrixOf(),
      unchecked,
      ["warning: The function of `GET /x` does not check which client calls: the scope alone decides."],
    ],
    ["nothing of a function that never did", unchecked, unchecked, []],
    ["nothing of a new route to an HTTP backend", matrixOf(), changed({ function: null, callerCheck: "none" }), []],
    [
      "a public route that leads elsewhere",
      passedOn("https://a.example"),
      passedOn("https://b.example"),
      ["critical: The public route `GET /x` leads to `https://b.example` (was `https://a.example`)."],
    ],
    [
      "another reason",
      open,
      open,
      ["warning: The public route `GET /x` is public for another reason: `Because` (was `Probes`)."],
      { "GET /x": "Probes" },
      { "GET /x": "Because" },
    ],
    [
      "a removed public route, which still answers",
      open,
      matrixOf(),
      [`critical: \`GET /x\` is removed, but anyone can still call it ${UNTIL}`],
    ],
    [
      "a removed route to a backend, which still answers",
      passedOn("https://a.example", "shop"),
      matrixOf(),
      [`warning: \`GET /x\` is removed, but its callers still reach \`https://a.example\` ${UNTIL}`],
    ],
    ["nothing of a removed route to a function", shop, matrixOf(), []],
    [
      "a public route that answers other methods of a path with scopes, once",
      catching("DELETE /x/{other}"),
      catching("DELETE /x/{id}", "POST /x/{id}"),
      [
        "critical: The public route `ANY /{rest+}` also answers `POST` of `/x/{id}` without a token: no more specific route has these methods.",
      ],
    ],
  ])("reports %s", (_what, before, after, expected, ...reasons) => {
    expect(alertsOf(before, after, ...reasons)).toEqual(expected);
  });

  it("reports no removed route whose API is destroyed", () => {
    expect(alertsOf(open, matrixOf(), {}, {}, false)).toEqual([]);
  });
});
