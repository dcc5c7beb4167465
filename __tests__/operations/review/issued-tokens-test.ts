import { issuedTokens } from "../../../operations/review/issued-tokens";
import { contextOf } from "../../../operations/review/plan-context";
import { type MadeChange, planWith } from "../../support/plan-json";
import { synthesize } from "../../support/synthesize";

/** The code after the plan. @param clients lines */
const stack = (clients = "  other: { scopes: [a/read, a/write, a/old] }") =>
  synthesize(`
environments: { dev: { region: eu-west-1, domainPrefix: issued-dev } }
resourceServers: { a: { scopes: { read: Read, write: Write, old: Old } } }
clients:
${clients}
routes:
  GET /orders: { lambda: access, scopes: [a/read] }
  POST /orders: { lambda: access, scopes: [a/write, a/read] }
  GET /old: { url: https://old.example.com, scopes: [a/old] }
  GET /status: { lambda: access, public: true, reason: Load balancers call it }
`).json;
const json = stack();

const MINUTES = { access_token_validity: 5, token_validity_units: [{ access_token: "minutes" }] };
const client = (name: string, id: string, scopes: readonly string[]) => ({
  ...MINUTES,
  name,
  id,
  allowed_oauth_scopes: scopes,
});
const change = (given: Partial<MadeChange>): MadeChange => ({ type: "aws_cognito_user_pool_client", ...given });
const alertsOf = (changes: readonly MadeChange[], after: unknown = json, parts = {}) =>
  issuedTokens(contextOf("dev", planWith(changes, parts), after), "2027-07-01").map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

const TOKENS = (clients = "the client `shop` already has") =>
  `Tokens that ${clients} stay valid for up to 5 minutes after the deployment`;
const AT_ONCE = (routes: string) => `API Gateway accepts them, and the functions refuse them at once at ${routes}.`;
const OPEN = "until then, they can still be used at `GET /old`, where no function checks the client's id.";

describe("issuedTokens", () => {
  it("reports of a removed client that the functions refuse its tokens, and how long they are valid", () => {
    expect(alertsOf([change({ before: client("shop", "1", ["a/read"]) })])).toEqual([
      `info: ${TOKENS()}. ${AT_ONCE("`GET /orders`, `POST /orders`")}`,
    ]);
  });

  it("warns of routes at which the tokens can still be used, as no function checks ids there", () => {
    expect(alertsOf([change({ before: client("shop", "1", ["a/old", "a/write"]) })])).toEqual([
      `warning: ${TOKENS()}: ${OPEN} ${AT_ONCE("`POST /orders`")}`,
    ]);
    expect(alertsOf([change({ before: client("shop", "1", ["a/old"]) })])).toEqual([`warning: ${TOKENS()}: ${OPEN}`]);
  });

  it("warns of a client that is disabled, whose tokens the functions accept until they expire", () => {
    const clients = "  shop: { scopes: [a/read, a/old], enabled: false }\n  other: { scopes: [a/write] }";
    const before = client("shop", "1", ["a/old", "a/read"]);
    const still = "Until then, they can still be used at `GET /old`, `GET /orders`, `POST /orders`.";
    const after = { ...before, allowed_oauth_flows_user_pool_client: false };

    expect(alertsOf([change({ before, after })], stack(clients))).toEqual([
      `warning: The client \`shop\` is disabled and gets no more tokens. ${TOKENS()}. ${still}`,
    ]);
  });

  it.each([
    ["client", "scopes: [a/read, a/old], expires: 2027-06-30"],
    ["client's last scope", "scopes: [{ scope: a/read, until: 2027-06-30 }, { scope: a/old, until: 2027-06-29 }]"],
  ])("names the day after which the access of a %s ended", (_what, shop) => {
    const before = client("shop", "1", ["a/old", "a/read"]);
    const after = { ...before, allowed_oauth_flows_user_pool_client: false };
    // As it is synthesized then.
    const stacked = stack(`  shop: { ${shop}, enabled: false }\n  other: { scopes: [a/write] }`);

    expect(alertsOf([change({ before, after })], stacked)[0]).toMatch(
      /^warning: The access of the client `shop` ended after 2027-06-30: it gets no more tokens\. Tokens that/,
    );
    expect(
      alertsOf([change({ before, after })], stack(`  shop: { ${shop.replaceAll("2027", "2028")}, enabled: false }`))[0],
    ).toMatch(/^warning: The client `shop` is disabled and gets no more tokens\./);
  });

  it("warns of functions that check scopes, as tokens keep theirs", () => {
    const many = Array.from({ length: 200 }, (_, index) => `  c${index}: { scopes: [a/read] }`).join("\n");

    expect(alertsOf([change({ before: client("shop", "1", ["a/write"]) })], stack(many))).toEqual([
      `warning: ${TOKENS()}: ${OPEN.replace("GET /old", "POST /orders")}`,
    ]);
  });

  it("reports of a client that loses a scope only the routes that it can no longer call", () => {
    const [before, after] = [client("shop", "1", ["a/read", "a/write"]), client("shop", "1", ["a/write"])];

    expect(alertsOf([change({ before, after })], stack("  shop: { scopes: [a/write] }"))).toEqual([
      `info: ${TOKENS()}. ${AT_ONCE("`GET /orders`")}`,
    ]);
  });

  it("reports of a replaced client that the tokens of its old id are refused", () => {
    const [before, after] = [client("shop", "1", ["a/write"]), client("shop", "2", ["a/write"])];
    const made = change({ before, after, replaced: ["generate_secret"] });

    expect(alertsOf([made], stack("  shop: { scopes: [a/write] }"))).toEqual([
      `info: ${TOKENS()}. ${AT_ONCE("`POST /orders`")}`,
    ]);
  });

  it("reports of a client that was deleted outside Terraform as of one that is removed", () => {
    const before = client("shop", "1", ["a/write"]);
    const deleted = { address: "aws_cognito_user_pool_client.it", type: "aws_cognito_user_pool_client", name: "it" };
    const resource_drift = [{ ...deleted, change: { actions: ["delete"], before, after: null } }];

    expect(alertsOf([], json, { resource_drift })).toEqual([`info: ${TOKENS()}. ${AT_ONCE("`POST /orders`")}`]);
  });

  it("groups clients that lose the same", () => {
    const gone = ["one", "two"].map((name) => change({ name, before: client(name, name, ["a/write"]) }));

    expect(alertsOf(gone)).toEqual([
      `info: ${TOKENS("the clients `one`, `two` already have")}. ${AT_ONCE("`POST /orders`")}`,
    ]);
  });

  it.each<[string, readonly MadeChange[]]>([
    [
      "a client that gains a scope",
      [change({ before: client("other", "1", ["a/read"]), after: client("other", "1", ["a/read", "a/write"]) })],
    ],
    ["a scope that no route demands", [change({ before: client("shop", "1", ["b/other"]) })]],
    [
      "a client that is only removed from the state",
      [change({ before: client("shop", "1", ["a/read"]), isForgotten: true })],
    ],
    ["a new client", [change({ after: client("shop", "1", ["a/read"]) })]],
    [
      "tokens of a pool that is replaced",
      [
        change({ before: client("shop", "1", ["a/read"]) }),
        { type: "aws_cognito_user_pool", before: { name: "p" }, after: { name: "q" }, replaced: ["alias_attributes"] },
      ],
    ],
  ])("reports nothing of %s", (_what, changes) => {
    expect(alertsOf(changes)).toEqual([]);
  });
});
