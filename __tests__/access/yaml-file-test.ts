/** What is refused for its YAML. */
import { fileWith, mistakesIn, PARTS, PREFIX } from "../support/access-text";

describe("parseAccessModel refuses, of YAML", () => {
  const WHOLE =
    "the file must be a map of settings (environments, owners, resourceServers, clients, routes, functions, defaults, tags, strict, expiryWarningDays), but is";

  it.each([
    ["an empty file", "", [`1:1: ${WHOLE} empty.`]],
    ["a file of comments", "# nothing yet\n", [`1:1: ${WHOLE} empty.`]],
    ["a list", "\n- a\n", [`2:1: ${WHOLE} a list.`]],
    ["a text", "hello", [`1:1: ${WHOLE} "hello".`]],
    [
      "a list without an end",
      "clients: [a\n",
      ["2:1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ],
    ["a text without an end", 'a: "b', ['1:6: Missing closing "quote']],
    [
      "a second document",
      "a: 1\n---\nb: 2\n",
      ["2:1: Source contains multiple documents; please use YAML.parseAllDocuments()"],
    ],
    ["an alias without anchor", "clients: *nobody\n", ["1:10: Anchor &nobody is not defined before this alias."]],
  ])("%s", (_, text, mistakes) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });

  it.each([
    ["a tag", { clients: "  billing: !secret { scopes: [orders/read] }" }, "6:12: Unresolved tag: !secret"],
    ["a key that is there twice", { clients: `${PARTS.clients}\n${PARTS.clients}` }, "7:3: Map keys must be unique"],
    [
      "a key that is there twice, once in quotes",
      { clients: '  1: { scopes: [orders/read] }\n  "1": { scopes: [orders/read] }' },
      "7:3: Map keys must be unique",
    ],
    [
      "a map as key",
      { clients: `${PARTS.clients}\n  ? { a: b }\n  : 1` },
      "7:5: A key must be text, but is a list or a map.",
    ],
    [
      "a merge key that names a text",
      { clients: "  billing: { <<: base, scopes: [orders/read] }" },
      '6:18: "<<" must name a map or a list of maps, such as "<<: *base".',
    ],
  ])("%s", (_, parts, mistake) => {
    expect(mistakesIn(fileWith(parts))).toEqual([mistake]);
  });

  it("a mistake within an anchor once for each thing that has it", () => {
    const environments = "  dev: &base { region: tokyo, domainPrefix: d }\n  prod: { <<: *base, domainPrefix: p }";
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      '2:24: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
      '2:24: region of environment "prod" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
    ]);
  });

  it("a mistake that is an alias at the alias", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: &Upper Dev }\n  prod: { region: eu-west-1, domainPrefix: *Upper }";
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      `2:50: domainPrefix of environment "dev" must be ${PREFIX}, but is "Dev".`,
      `3:44: domainPrefix of environment "prod" must be ${PREFIX}, but is "Dev".`,
    ]);
  });

  it("an unknown setting within a merged map at its key, for each thing that merges it", () => {
    const environments = "  dev: &base { regon: eu-west-1, domainPrefix: d }\n  prod: { <<: [*base], domainPrefix: p }";
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      '2:16: environment "dev" has no setting "regon". Did you mean "region"?',
      '2:16: environment "prod" has no setting "regon". Did you mean "region"?',
    ]);
  });

  it("what an aliased list has, at the item", () => {
    const clients = "  a: { scopes: &all [orders/read, orders/raed] }\n  b: { scopes: *all }";
    expect(mistakesIn(fileWith({ clients })).map((mistake) => mistake.replace(/ requests.*/, ""))).toEqual([
      '6:35: client "a"',
      '6:35: client "b"',
    ]);
  });
});
