/** Limits of AWS that an access model meets as a whole. */
import { parseAccessModel } from "../../access/access-model";
import { corsOrigins } from "../../access/cors";

/** How large a model is. */
interface Size {
  readonly clients: number;
  readonly routes: number;
  readonly functions: number;
  /** What the path of each route begins with. */
  readonly path: string;
  /** Further settings of each route, after a comma. */
  readonly cors: string;
  /** Names of the scopes that each route demands, of which clients have the first. */
  readonly scopes: readonly string[];
}

/** A model of that many clients, and of that many routes in which each has a path part of its own. */
function model({
  clients = 1,
  routes = 1,
  functions = 1,
  path = "p",
  cors = "",
  scopes = ["b"],
}: Partial<Size>): () => unknown {
  const times = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, i) => line(i));
  const names = times(functions, (i) => `fn${i}`);
  const named = scopes.map((name) => `a/${name}`).join(", ");
  const text = [
    "environments:\n  dev: { region: eu-west-1, domainPrefix: d }",
    `resourceServers:\n  a: { scopes: { ${scopes.map((name) => `${name}: S`).join(", ")}, unused: U } }`,
    "clients:",
    ...times(clients, (i) => `  c${i}: { scopes: [a/${scopes[0]}] }`),
    "  other: { scopes: [a/unused] }",
    "routes:",
    ...times(routes, (i) => `  GET /${path}${i}: { lambda: ${names[i % functions]}, scopes: [${named}]${cors} }`),
  ].join("\n");
  return () => parseAccessModel(text, { file: "access.yaml", functions: names });
}

/** Settings of a route whose origins take that many bytes as JSON: `{"GET /p0":["https://…"]}`. */
function corsOf(bytes: number): string {
  const letters = (count: number) => `https://${"a".repeat(count)}`;
  const rest = bytes - '{"GET /p0":["","","","","","","","","",""]}'.length - 10 * "https://".length;
  const origins = Array.from({ length: 10 }, (_, index) => letters(30 + index));
  const others = origins.slice(1).join("").length - 9 * "https://".length;
  const all = [letters(rest - others), ...origins.slice(1)];
  const cors = { origins: all, headers: [] };
  expect(corsOrigins([{ method: "GET", path: "/p0", cors }])).toHaveLength(bytes);
  return `, cors: { origins: [${all.map((origin) => `"${origin}"`).join(", ")}] }`;
}

describe("limits of AWS on an access model as a whole", () => {
  it.each([
    ["clients of a function", { clients: 500 }],
    ["routes of a function", { routes: 63 }],
    ["routes of a function with long paths", { routes: 40, path: "x".repeat(86) }],
    ["resources of an API", { routes: 299, functions: 10 }],
    ["CORS origins of a function", { cors: corsOf(1000) }],
    ["scopes for many clients", { clients: 141, scopes: ["b".repeat(255), ...scopesOf(8)] }],
    ["long scopes for a few clients", { clients: 90, scopes: scopesOf(20) }],
  ])("allow as many %s as fit", (_what, size) => {
    expect(model(size)).not.toThrow();
  });

  it.each([
    [
      { routes: 40, path: "x".repeat(188) },
      'access.yaml:9:209: lambda "fn0" has 40 routes, whose permissions make a resource policy of 20,483 bytes, but Lambda\'s limit is 20,480 bytes. Split it in two.',
    ],
    [
      { routes: 64 },
      'access.yaml:9:22: lambda "fn0" has 64 routes, whose permissions make a resource policy of 20,779 bytes, but Lambda\'s limit is 20,480 bytes. Split it in two.',
    ],
    [
      { routes: 300, functions: 10 },
      "access.yaml:308:3: the paths of all routes have 301 parts, but an API has at most 300 resources. Move some of them to a separate access.yaml.",
    ],
    [
      { cors: corsOf(1001) },
      'access.yaml:9:22: lambda "fn0" has CORS origins of 1,001 bytes, but Lambda\'s 4 KB of environment variables hold only 1,000 bytes. Split it in two, or allow fewer origins.',
    ],
    [
      { clients: 141, scopes: scopesOf(15) },
      'access.yaml:149:22: lambda "fn0" has routes of 7 bytes and, for its 141 clients, scopes of 3,884 bytes, which exceed Lambda\'s 4 KB of environment variables. Split it in two.',
    ],
    [
      { routes: 40, path: "x".repeat(90) },
      'access.yaml:9:111: lambda "fn0" has routes of 3,909 bytes and, for its 1 client, scopes of 3 bytes, which exceed Lambda\'s 4 KB of environment variables. Split it in two.',
    ],
  ])("refuse %j, with the place of the first too many", (size, message) => {
    expect(model(size)).toThrow(message);
  });
});

/** Names of scopes of 256 letters. */
function scopesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String.fromCharCode(97 + index).repeat(256));
}

describe("texts that Terraform would evaluate", () => {
  const withDescription = (description: string) => () =>
    parseAccessModel(
      `environments: { dev: { region: eu-west-1, domainPrefix: d } }
resourceServers: { a: { scopes: { b: ${description} } } }
clients: { c: { scopes: [a/b] } }
routes: { GET /: { lambda: fn, scopes: [a/b] } }`,
      { file: "access.yaml", functions: ["fn"] },
    );

  // Spelled with an escape, so that no linter takes them for our own templates.
  it.each(['"x $\x7bfile(1)} y"', '"%{ if true }"', '"a$\x7bb}"'])("are refused: %s", (description) => {
    expect(withDescription(description)).toThrow(
      /^access\.yaml:2:38: scope "b" of resource server "a" must be .*, but is .* Terraform evaluates the text after \$\{ or %\{\. Remove it\.$/,
    );
  });

  it.each(["$ 5 {x}", "100 %", "{ $"])("are let through when they only look alike: %s", (description) => {
    expect(withDescription(JSON.stringify(description))).not.toThrow();
  });
});
