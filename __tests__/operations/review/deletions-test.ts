import { deletions } from "../../../operations/review/deletions";
import { contextOf } from "../../../operations/review/plan-context";
import { type MadeChange, planWith } from "../../support/plan-json";

type Values = Readonly<Record<string, unknown>>;

const CLIENT = "aws_cognito_user_pool_client";
const DOMAIN = "aws_cognito_user_pool_domain";
const SECRET = "aws_secretsmanager_secret";

const alertsOf = (changes: readonly MadeChange[], parts: Values = {}) =>
  deletions(contextOf("dev", planWith(changes, parts), { provider: { aws: [{ region: "eu-west-1" }] } }));
const client: MadeChange = { type: CLIENT, before: { name: "shop", id: "client1" } };
const pool: MadeChange = { type: "aws_cognito_user_pool", before: { name: "orders-dev", id: "eu-west-1_abc" } };
const domain: MadeChange = { type: DOMAIN, before: { domain: "orders-dev" } };
const replacing = (made: MadeChange, after = made.before ?? {}) => ({ ...made, after, replaced: ["name"] });

const NEXT = "its id `client1` is no longer valid. It gets a new id and a new secret";
const MOVED = "takes its place: every client has to request tokens at the new token URL.";

describe("deletions", () => {
  it.each<[string, readonly MadeChange[], readonly string[]]>([
    ["a replaced client", [replacing(client)], [`The client \`shop\` will be replaced: ${NEXT}`]],
    ["a destroyed client", [client], ["The client `shop` will be destroyed: its id `client1` is no longer valid, and"]],
    [
      "a replaced pool, before its clients",
      [replacing(client), replacing(pool)],
      ["The user pool `orders-dev` (`eu-west-1_abc`) will be replaced: every client id", NEXT],
    ],
    ["a token domain", [domain], ["The token domain `orders-dev` will be destroyed: no client gets a token"]],
    [
      "another name of the token domain",
      [replacing(domain, { domain: "orders-new" })],
      [`The token domain \`orders-dev\` will be replaced, and \`orders-new\` ${MOVED}`],
    ],
    [
      "another resource for the token domain",
      [domain, { type: DOMAIN, name: "own", after: { domain: "auth.example.com" } }],
      [`The token domain \`orders-dev\` will be destroyed, and \`auth.example.com\` ${MOVED}`],
    ],
    [
      "an API",
      [replacing({ type: "aws_api_gateway_rest_api", before: { name: "orders", id: "abc123" } })],
      ["The API `orders` will be replaced: every URL with its id `abc123` is no longer valid."],
    ],
    [
      "a resource server",
      [{ type: "aws_cognito_resource_server", before: { identifier: "orders" } }],
      ["The resource server `orders` will be destroyed: tokens with its scopes are no longer issued"],
    ],
    [
      "a key",
      [{ type: "aws_kms_key", before: { description: "secrets", id: "k1" } }],
      ["The key `secrets` will be destroyed: data that it encrypts can no longer be read."],
    ],
    [
      "a secret",
      [{ type: SECRET, before: { name: "orders/shop" } }],
      ["The secret `orders/shop` will be destroyed: services no longer find their credentials in it."],
    ],
    [
      "a client that is only removed from the state",
      [{ ...client, isForgotten: true }],
      ["will only be removed from the state: its secret still gets tokens"],
    ],
    ["not a role that is only removed from the state", [{ type: "aws_iam_role", before: {}, isForgotten: true }], []],
    [
      "not what is created or changed",
      [
        { ...pool, after: { name: "other" } },
        { type: CLIENT, after: { name: "new" } },
      ],
      [],
    ],
    [
      "names as code",
      [{ ...client, before: { name: "a`|\n> [!TIP] @all {id}", id: "x" } }],
      ["The client `` a`| > [!TIP] @all {id} `` will"],
    ],
  ])("reports %s", (_what, changes, expected) => {
    expect(alertsOf(changes)).toEqual(
      expected.map((words) => ({ severity: "critical", message: expect.stringContaining(words) })),
    );
  });

  it.each<[string, MadeChange, boolean, string | undefined]>([
    [
      "a client that is created again",
      client,
      true,
      `was deleted outside Terraform, and will be created again: ${NEXT}`,
    ],
    [
      "a client that the code no longer has",
      client,
      false,
      "was deleted outside Terraform: its id `client1` is no longer",
    ],
    ["a pool", pool, true, "will be created again: every client id is no longer valid."],
    ["a token domain", domain, false, "was deleted outside Terraform: no client gets a token until it exists again."],
    [
      "a secret, whose name stays taken, with the command that restores it",
      { type: SECRET, before: { name: "orders/shop" } },
      true,
      "(InvalidRequestException): restore it and review again: `aws secretsmanager restore-secret --region eu-west-1 --secret-id orders/shop`",
    ],
    ["not a role", { type: "aws_iam_role", before: { name: "r" } }, true, undefined],
    ["not what was only changed", { ...client, after: { name: "shop" } }, true, undefined],
  ])("reports what was deleted outside Terraform: %s", (_what, made, isRecreated, words) => {
    const changes = isRecreated ? [{ type: made.type, after: made.before ?? {} }] : [];
    const messages = alertsOf(changes, { resource_drift: planWith([made]).resource_changes }).map(
      ({ message }) => message,
    );

    expect(messages).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
  });

  const shop = { name: "orders/shop", id: "arn:s", description: "Credentials of the client shop" };
  const deployed = (terraform: string | null, manager: string) => {
    const secret_string = JSON.stringify({ client_id: "client1", client_secret: manager });
    const resources = [
      {
        type: CLIENT,
        name: "shop",
        values: { name: "shop", id: "client1", user_pool_id: "p", client_secret: terraform },
      },
      { type: "aws_secretsmanager_secret_version", name: "v", values: { secret_id: "arn:s", secret_string } },
    ].map((one) => ({ address: `${one.type}.${one.name}`, mode: "managed", ...one }));
    return { prior_state: { values: { root_module: { resources } } } };
  };

  it.each<[string, Values, readonly MadeChange[], string | undefined]>([
    [
      "destroyed",
      deployed(null, "canary"),
      [{ type: SECRET, before: shop }],
      "Keep `secret` in access.yaml, or save it first (`aws secretsmanager get-secret-value --region eu-west-1 --secret-id orders/shop --query SecretString`); after the deployment, `npx access rotate shop --env dev --to <file>`",
    ],
    ["replaced", deployed("old", "canary"), [replacing({ type: SECRET, before: shop })], "Save it first (`aws"],
    ["not rotated", deployed("canary", "canary"), [{ type: SECRET, before: shop }], undefined],
    [
      "destroyed with its client",
      deployed(null, "canary"),
      [
        { type: SECRET, before: shop },
        { ...client, name: "shop" },
      ],
      undefined,
    ],
  ])("reports the only copy of a rotated secret that is %s, and does not show it", (_what, parts, changes, words) => {
    const messages = alertsOf(changes, parts).map(({ message }) => message);
    const copies = messages.filter((message) => message.includes("only copy"));

    expect(copies).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
    expect(messages.join()).not.toContain("canary");
  });
});
