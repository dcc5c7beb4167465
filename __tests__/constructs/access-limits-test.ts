import { parseAccessModel } from "../../constructs/access-model";

/** A model of that many clients, and of that many routes in which each has a path part of its own. */
function model({ clients = 1, routes = 1, functions = 1 }): () => unknown {
  const times = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, i) => line(i));
  const names = times(functions, (i) => `fn${i}`);
  const text = [
    "environments:\n  dev: { region: eu-west-1, domainPrefix: d }",
    "resourceServers:\n  a: { scopes: { b: B, unused: U } }",
    "clients:",
    ...times(clients, (i) => `  c${i}: { scopes: [a/b] }`),
    "  other: { scopes: [a/unused] }",
    "routes:",
    ...times(routes, (i) => `  GET /p${i}: { lambda: ${names[i % functions]}, scopes: [a/b] }`),
  ].join("\n");
  return () => parseAccessModel(text, { file: "access.yaml", functions: names });
}

describe("limits of AWS on an access model as a whole", () => {
  it.each([
    ["clients of a function", { clients: 150 }],
    ["routes of a function", { routes: 40 }],
    ["resources of an API", { routes: 299, functions: 10 }],
  ])("allow as many %s as fit", (_what, size) => {
    expect(model(size)).not.toThrow();
  });

  it.each([
    [
      { clients: 151 },
      'access.yaml:159:22: lambda "fn0" has 151 clients that may call it, but Lambda\'s 4 KB of environment have room for 150. Split it in two.',
    ],
    [
      { routes: 41 },
      'access.yaml:9:22: lambda "fn0" has 41 routes, but Lambda\'s 20 KB of resource policy have room for 40. Split it in two.',
    ],
    [
      { routes: 300, functions: 10 },
      "access.yaml:308:3: the paths of all routes have 301 parts, but an API has at most 300 resources. Move some to an access.yaml of their own.",
    ],
  ])("refuse %j, with the place of the first too many", (size, message) => {
    expect(model(size)).toThrow(message);
  });
});

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
      /^access\.yaml:2:38: description of scope "b" of resource server "a" must be .*, but is .* Terraform would evaluate what follows \$\{ or %\{\. Leave it out\.$/,
    );
  });

  it.each(["$ 5 {x}", "100 %", "{ $"])("are let through when they only look alike: %s", (description) => {
    expect(withDescription(JSON.stringify(description))).not.toThrow();
  });
});
