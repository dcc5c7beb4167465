import type { AccessMatrix, MatrixRoute } from "../../../operations/access-graph/access-matrix";
import { accessAlerts } from "../../../operations/review/access-alerts";
import { accessChanges } from "../../../operations/review/access-changes";
import { deadIds, dyingIds } from "../../../operations/review/dying-ids";
import { doneTo } from "../../../operations/review/resource-changes";
import { type MadeChange, planWith } from "../../support/plan-json";

const route = (changes: Partial<MatrixRoute> = {}): MatrixRoute => ({
  route: "GET /orders",
  access: "clients",
  scopes: ["orders/read"],
  function: "orders",
  url: null,
  isCheckedByFunction: true,
  callers: ["shop"],
  refusedByFunction: [],
  notes: [],
  ...changes,
});
const matrix = (...routes: readonly MatrixRoute[]): AccessMatrix => ({
  environment: "dev",
  clients: ["audit", "shop"],
  routes,
});
const open = route({ access: "public", callers: [], isCheckedByFunction: false });

describe("accessChanges", () => {
  it.each<[string, AccessMatrix, AccessMatrix, readonly string[]]>([
    ["nothing where nothing changes", matrix(route()), matrix(route({ notes: ["other"] })), []],
    ["a client that gains", matrix(route()), matrix(route({ callers: ["audit", "shop"] })), ["audit no yes"]],
    ["a client that loses", matrix(route()), matrix(route({ callers: [] })), ["shop yes no"]],
    [
      "a refusal by the function",
      matrix(route()),
      matrix(route({ callers: [], refusedByFunction: ["shop"] })),
      ["shop yes no"],
    ],
    ["a route that is new", matrix(), matrix(route()), ["shop no yes"]],
    ["a route that is gone", matrix(route()), matrix(), ["shop yes no still live"]],
    ["anybody, once, when a route becomes public", matrix(route()), matrix(open), ["anybody no yes"]],
    [
      "anybody, and who else is not let in, when it is public no more",
      matrix(open),
      matrix(route()),
      ["anybody yes no", "audit yes no"],
    ],
    [
      "what nobody can know",
      matrix(route()),
      matrix(route({ access: "unknown", callers: [] })),
      ["anybody no unknown", "audit no unknown", "shop yes unknown"],
    ],
  ])("tells %s", (_what, before, after, expected) => {
    const found = accessChanges(before, after).map(
      ({ client, before: old, after: now, isStillLive }) =>
        `${client ?? "anybody"} ${old} ${now}${isStillLive ? " still live" : ""}`,
    );

    expect(found).toEqual(expected);
  });

  it("says nothing of a public route when a client comes or goes", () => {
    expect(accessChanges(matrix(open), { ...matrix(open), clients: ["shop", "new"] })).toEqual([]);
  });

  it("pairs a client by its name, and takes another name for another client", () => {
    const renamed = { ...matrix(route({ callers: ["store"] })), clients: ["audit", "store"] };

    expect(accessChanges(matrix(route()), renamed).map(({ client, after }) => [client, after])).toEqual([
      ["shop", "no"],
      ["store", "yes"],
    ]);
  });
});

describe("accessAlerts", () => {
  const reasons = { output: { public_routes: { value: { "GET /orders": "A `reason` | of\nmany @lines" } } } };

  it.each<[string, AccessMatrix, AccessMatrix, unknown, readonly string[]]>([
    [
      "a route that becomes public, with its reason",
      matrix(route()),
      matrix(open),
      reasons,
      [
        "Anybody will be able to call `GET /orders` without a token. The reason written down: `` A `reason` | of many @lines ``",
      ],
    ],
    [
      "a public route that is new and has no reason",
      matrix(),
      matrix(open),
      {},
      ["Anybody will be able to call `GET /orders` without a token. No reason is written down."],
    ],
    ["nothing of a route that was public", matrix(open), matrix(open), reasons, []],
    ["nothing of a route that is public no more", matrix(open), matrix(route()), {}, []],
    [
      "a route of which nobody knows who gets in",
      matrix(route()),
      matrix(route({ access: "unknown", notes: ["authorization AWS_IAM is not looked into"] })),
      {},
      ["Who will be able to call `GET /orders` cannot be told: `authorization AWS_IAM is not looked into`"],
    ],
    [
      "a function that stops to look who calls",
      matrix(route()),
      matrix(route({ isCheckedByFunction: false })),
      {},
      ["The function behind `GET /orders` will not check any more which client calls: the scope alone decides."],
    ],
    [
      "nothing of a function that never looked",
      matrix(route({ isCheckedByFunction: false })),
      matrix(route({ isCheckedByFunction: false })),
      {},
      [],
    ],
  ])("tells %s", (_what, before, after, json, expected) => {
    expect(accessAlerts(before, after, {}, json).map(({ message }) => message)).toEqual(expected);
  });
});

const client: MadeChange = { type: "aws_cognito_user_pool_client", before: { name: "shop", id: "client1" } };
const pool: MadeChange = { type: "aws_cognito_user_pool", before: { name: "orders-dev", id: "eu-west-1_abc" } };
const remade = (made: MadeChange, ...replaced: readonly string[]) => ({ ...made, after: made.before ?? {}, replaced });

describe("dyingIds", () => {
  it.each<[string, readonly MadeChange[], readonly string[]]>([
    [
      "a client that is replaced",
      [remade(client, "generate_secret")],
      [
        "The client `shop` will be replaced: its id `client1` dies. It gets a new id and a new secret, which its owner needs before the next call.",
      ],
    ],
    [
      "a client that is destroyed",
      [client],
      ["The client `shop` will be destroyed: its id `client1` dies. Whoever uses it gets no token any more."],
    ],
    [
      "a pool that is replaced, before its clients",
      [remade(client, "user_pool_id"), remade(pool, "name")],
      [
        "The user pool `orders-dev` (`eu-west-1_abc`) will be replaced. All its client ids die with it: 1 client.",
        expect.stringContaining("its id `client1` dies"),
      ] as unknown as readonly string[],
    ],
    [
      "a pool without clients that is destroyed",
      [pool],
      ["The user pool `orders-dev` (`eu-west-1_abc`) will be destroyed. Every client id dies with it."],
    ],
    [
      "a token domain",
      [{ type: "aws_cognito_user_pool_domain", before: { domain: "orders-dev" } }],
      ["The token domain `orders-dev` will be destroyed. No client gets a token until it is there again."],
    ],
    [
      "a token domain that gets another name, in place or by another resource",
      [
        {
          ...remade({ type: "aws_cognito_user_pool_domain", before: { domain: "orders-dev" } }),
          after: { domain: "orders-new" },
        },
      ],
      [
        "The token domain `orders-dev` will be replaced, and `orders-new` takes its place: every client has to ask for tokens at the new token URL.",
      ],
    ],
    [
      "a token domain that another resource takes the place of",
      [
        { type: "aws_cognito_user_pool_domain", before: { domain: "orders-dev" } },
        { type: "aws_cognito_user_pool_domain", name: "own", after: { domain: "auth.example.com" } },
      ],
      [
        "The token domain `orders-dev` will be destroyed, and `auth.example.com` takes its place: every client has to ask for tokens at the new token URL.",
      ],
    ],
    [
      "an API",
      [remade({ type: "aws_api_gateway_rest_api", before: { name: "orders", id: "abc123" } })],
      ["The API `orders` will be replaced. Every URL with its id `abc123` dies."],
    ],
    [
      "a resource server",
      [{ type: "aws_cognito_resource_server", before: { identifier: "orders" } }],
      [
        "The resource server `orders` will be destroyed. Tokens with its scopes are issued no more, and clients lose these scopes until they are given them again.",
      ],
    ],
    [
      "a key",
      [{ type: "aws_kms_key", before: { description: "secrets", id: "k1" } }],
      ["The key `secrets` will be destroyed. What it encrypts, nobody can read any more."],
    ],
    [
      "a client that is only forgotten",
      [{ ...client, isForgotten: true }],
      [
        "The client `shop` (`client1`) will only be forgotten: its secret goes on getting tokens with the scopes that it has, and nobody manages it any more.",
      ],
    ],
    [
      "nothing of what nobody gets in by when it is forgotten",
      [{ type: "aws_iam_role", before: {}, isForgotten: true }],
      [],
    ],
    [
      "a secret",
      [{ type: "aws_secretsmanager_secret", before: { name: "orders/shop" } }],
      ["The secret `orders/shop` will be destroyed. What reads its credentials there finds them no more."],
    ],
    [
      "nothing of what is created or changed",
      [
        { ...pool, after: { name: "other" } },
        { type: client.type, after: { name: "new" } },
      ],
      [],
    ],
  ])("tells %s", (_what, changes, expected) => {
    const found = dyingIds(doneTo(planWith(changes)));

    expect(found.map(({ message }) => message)).toEqual(expected);
    expect(found.every(({ level }) => level === "caution")).toBe(true);
  });

  it("lets no name break out", () => {
    const [alert] = dyingIds(doneTo(planWith([{ ...client, before: { name: "a`|\n> [!TIP] @all", id: "x" } }])));

    expect(alert?.message).toContain("The client `` a`| > [!TIP] @all `` will");
  });
});

describe("deadIds", () => {
  const drifted = (made: MadeChange) => planWith([made]).resource_changes;

  it.each<[string, MadeChange, boolean, readonly string[]]>([
    [
      "a client that the code has still",
      client,
      true,
      [
        "The client `shop` was deleted outside of the code: its id `client1` is dead. It gets a new id and a new secret, which its owner needs before the next call.",
      ],
    ],
    [
      "a client that the code does not have any more",
      client,
      false,
      [
        "The client `shop` was deleted outside of the code: its id `client1` is dead. Whoever uses it gets no token any more.",
      ],
    ],
    [
      "a pool",
      pool,
      true,
      [
        "The user pool `orders-dev` (`eu-west-1_abc`) was deleted outside of the code, and will be made anew. Every client id died with it.",
      ],
    ],
    [
      "a token domain",
      { type: "aws_cognito_user_pool_domain", before: { domain: "orders-dev" } },
      false,
      [
        "The token domain `orders-dev` was deleted outside of the code. No client gets a token until it is there again.",
      ],
    ],
    ["nothing of what has no id that anybody was given", { type: "aws_iam_role", before: { name: "r" } }, true, []],
    ["nothing of what was only changed", { ...client, after: { name: "shop", id: "client1", scopes: [] } }, true, []],
  ])("tells %s", (_what, made, isMadeAnew, expected) => {
    const changes = isMadeAnew ? drifted({ type: made.type, after: made.before ?? {} }) : [];

    expect(deadIds(drifted(made), changes).map(({ message }) => message)).toEqual(expected);
  });
});
