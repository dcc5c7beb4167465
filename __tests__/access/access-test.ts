/** Files that would take long, and texts that look like something else: each ends in a refusal that shows what it is. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAccessModel } from "../../access/access-model";
import { MAX_CHARACTERS } from "../../access/yaml-file";
import { errorOf, expectMistakes, fileWith, long, mistakesIn, names, PARTS, parse } from "../support/access-text";

/** Sizes are just above the limits; with SOAK they are so far above them that anything that grows faster would take minutes. */
const isSoak = process.env["SOAK"] !== undefined;
const MANY = MAX_CHARACTERS / (isSoak ? 4 : 8);
const [ENVIRONMENTS, CLIENTS, ROUTES] = isSoak ? [5000, 3000, 5000] : [1500, 1500, 2500];
const fill = (text: string, length = MANY) => text.repeat(Math.floor(length / text.length));
const numbered = (count: number, lineOf: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => lineOf(index)).join("\n");
const clients = (text: string) => fileWith({ clients: text });

/** Each list names the one before it ten times. */
const laughs = numbered(9, (index) => `a${index}: &a${index} [${`*a${index - 1}, `.repeat(index === 0 ? 0 : 10)}]`);
const merges = numbered(
  isSoak ? 2000 : 1000,
  (index) => `  c${index}: &c${index} { ${index === 0 ? "" : `<<: *c${index - 1}, `}k${index}: x }`,
);
const scopes = `&all [${names(50)
  .map((name) => `orders/${name}`)
  .join(", ")}]`;
const deep = (depth: number) => `${"/a".repeat(depth)}`;

describe("parseAccessModel ends with a refusal of", () => {
  it.each<readonly [string, string, string]>([
    ["a file that is too large", fill("# comment\n", MAX_CHARACTERS + 100), "1:1: the file has more than 1048576"],
    ["many words", `a: [${fill("1,", MAX_CHARACTERS / 2)}]`, "1:1: the file has more than 250000 words and signs"],
    ["many aliases", `a: &a 1\nb: [${fill("*a, ")}]`, "1:1: the file has more than 10000 anchors, aliases and tags"],
    ["many aliases without anchors", fill("*a\n"), "1:1: the file has more than 10000 anchors, aliases and tags"],
    ["many anchors", fill("&a "), "1:1: the file has more than 10000 anchors, aliases and tags"],
    ["many tags", fill("- !t 1\n"), "1:1: the file has more than 10000 anchors, aliases and tags"],
    ["many directives", fill("%A\n"), "1:1: the file has more than 10000 anchors, aliases and tags"],
    ["lists that repeat lists", laughs, "with what its aliases repeat, the file has more than 200000 values"],
    ["maps that merge maps", clients(merges), "with what its aliases repeat, the file has more than 200000 values"],
    ["a list within itself", "a: &a [*a]", "1:8: Anchor &a contains this alias."],
    ["a map that merges itself", "a: &a { <<: *a }", "1:13: Anchor &a contains this alias."],
    ["open lists", fill("["), "access.yaml:1:"],
    ["open maps", fill("{"), "access.yaml:1:"],
    ["nested lists", fill("- "), "access.yaml:1:"],
    ["nested keys", fill("? "), "access.yaml:1:"],
    ["many texts in quotes", fill('"a" '), "Reading stopped after 100 mistakes."],
    ["many equal keys", fill("a: 1\n", isSoak ? 100_000 : 50_000), "Reading stopped after 100 mistakes."],
    [
      "many unknown settings",
      numbered(isSoak ? 20_000 : 10_000, (index) => `k${index}: 1`),
      "Reading stopped after 100 mistakes.",
    ],
    ["many wrong clients", clients(numbered(900, (index) => `  c${index}: 1`)), "Reading stopped after 100 mistakes."],
    [
      "many misspelt scopes of many long names",
      fileWith({
        resourceServers: numbered(
          20,
          (server) =>
            `  ${long(200)}${server}: { name: s, scopes: { ${names(100, long(50)).map((name) => `${name}: D`)} } }`,
        ),
        clients: numbered(1000, (index) => `  c${index}: { scopes: [${long(200)}/${long(55)}${index}] }`),
      }),
      "Reading stopped after 100 mistakes.",
    ],
    [
      "many environments",
      fileWith({
        environments: numbered(ENVIRONMENTS, (index) => `  e${index}: { region: eu-west-1, domainPrefix: e${index} }`),
      }),
      `the file has ${ENVIRONMENTS.toLocaleString("en")} environments, but at most 100 are possible.`,
    ],
    [
      "many clients of many scopes",
      clients(numbered(CLIENTS, (index) => `  c${index}: { scopes: ${index === 0 ? scopes : "*all"} }`)),
      `the file has ${CLIENTS.toLocaleString("en")} clients, but AWS's default quota is 1,000 a user pool.`,
    ],
    [
      "many routes",
      fileWith({
        routes: numbered(ROUTES, (index) => `  GET /r${index}: { lambda: access, scopes: [orders/read] }`),
      }),
      `the file has ${ROUTES.toLocaleString("en")} routes, but at most 2,400 are possible.`,
    ],
    [
      "deep paths, open and closed at each depth",
      fileWith({
        routes: numbered(
          120,
          (depth) =>
            `  GET ${deep(depth)}/a: { lambda: access, scopes: [orders/read] }\n  ANY ${deep(depth)}/{r+}: { lambda: access, public: true, reason: r }`,
        ),
      }),
      "has a path of 33 parts, but at most 32 are possible.",
    ],
    ["a very long name", clients(`  ? ${long(100_000)}\n  : { scopes: [orders/read] }`), "(100000 characters)"],
    ["a very long scope", clients(`  c: { scopes: [${long(100_000)}] }`), "(100000 characters)"],
    ["a very long region", fileWith().replace("ap-northeast-1", long(100_000)), "(100000 characters)"],
  ])("%s", (_, text, mistake) => {
    const { message, mistakes } = errorOf(() => parse(text));
    expect(message).toContain(mistake);
    expect(mistakes.length).toBeLessThanOrEqual(101);
    expect(message.length).toBeLessThan(60_000);
  });

  it("a device without an end, and a file that is too large to be read", () => {
    const folder = mkdtempSync(join(tmpdir(), "hostile-"));
    symlinkSync("/dev/zero", join(folder, "access.yaml"));
    expect(errorOf(() => readAccessModel(join(folder, "access.yaml"))).message).toContain("is not a file");
    writeFileSync(join(folder, "large.yaml"), Buffer.alloc(4 * MAX_CHARACTERS + 1));
    expect(errorOf(() => readAccessModel(join(folder, "large.yaml"))).message).toContain("bytes, which is too much");
  });
});

describe("parseAccessModel accepts", () => {
  it("as many clients, scopes and environments as there may be", () => {
    const environments = numbered(100, (index) => `  e${index}: { region: eu-west-1, domainPrefix: e${index} }`);
    const resourceServers = `  orders: { scopes: { ${names(50).map((name) => `${name}: D`)} } }`;
    const all = numbered(1000, (index) => `  c${index}: { scopes: ${index === 0 ? scopes : "*all"} }`);
    const routes = numbered(290, (index) => `  GET /r${index}: { url: "https://a.example.com", scopes: [orders/n0] }`);
    const model = parse(fileWith({ environments, resourceServers, clients: all, routes }));
    expect([model.environments.length, model.clients.length, model.routes.length]).toEqual([100, 1000, 290]);
    // Scopes that no route requires; and clients, their scopes and the resources, which are near AWS's quotas.
    expect(model.warnings).toHaveLength(49 + 3);
  });

  it.each([
    "ヘルスチェック用。秘密を含まない",
    "Santé: réponse sans données",
    "Статус",
    "الحالة",
    "状態　確認",
    "emoji 🚀 2",
  ])("a reason in any language: %s", (reason) => {
    const routes = `  GET /h: { lambda: access, public: true, reason: "${reason}" }`;
    const file = fileWith({ routes, resourceServers: `  orders: { scopes: { read: "${reason}" } }` });
    const { routes: read, resourceServers } = parse(file);
    expect([read[0]?.publicReason, resourceServers[0]?.scopes[0]?.description]).toEqual([reason, reason]);
  });
});

/** White space, invisible and confusable characters, as YAML escapes. */
const UNSEEN = ["\\t", "\\n", "\\r", "\\e[2K", "\\b", "\\x7F", "\\x9B", "\\u200B", "\\u202E", "\\u2066", "\\uFEFF"];
const MORE = ["\\u00AD", "\\u2028", "\\uE000", "\\u3164", "\\u115F", "\\U000E0041"];

describe("parseAccessModel refuses", () => {
  it.each([...UNSEEN, ...MORE])("%s in a reason, a description and a tag", (odd) => {
    const routes = `  GET /h: { lambda: access, public: true, reason: "No ${odd}data" }`;
    expectMistakes(fileWith({ routes }), ["8:51 reason of route … must be 1 to 300 visible characters"]);
    expectMistakes(fileWith({ resourceServers: `  orders: { scopes: { read: "No ${odd}data" } }` }), [
      "4:29 scope … must be 1 to 256 visible characters",
    ]);
    expectMistakes(`tags: { team: "a ${odd}b" }\n${fileWith()}`, ["1:15 value of tag"]);
  });

  it.each([...UNSEEN, ...MORE, "\\_", "\\u2003", "\\u3000", "\\u0430", "  ", "\\uFF41"])(
    "%s in the name of a client, a resource server, a scope, a function and an environment",
    (odd) => {
      const refused = (parts: Readonly<Record<string, string>>, mistake: string) =>
        expect(mistakesIn(fileWith(parts)).some((one) => one.startsWith(mistake))).toBe(true);
      refused({ clients: `  "a ${odd}b": { scopes: [orders/read] }` }, "6:3: name of client");
      refused({ resourceServers: `  orders: { name: "a ${odd}b", scopes: { read: R } }` }, "4:19: name of resource");
      refused({ resourceServers: `${PARTS.resourceServers}\n  m: { scopes: { "a${odd}b": D } }` }, "5:18: name of");
      refused({ routes: `  GET /h: { lambda: "a${odd}b", scopes: [orders/read] }` }, "8:21: lambda of route");
      refused({ environments: `  "a${odd}b": { region: eu-west-1, domainPrefix: d }` }, "2:3: name of environment");
    },
  );

  it.each([" a", "a ", " "])("a name with a space at an end: %j", (name) => {
    expectMistakes(clients(`  "${name}": { scopes: [orders/read] }`), [
      `6:3 name of client "${name}" must be 1 to 128 letters, digits, single inner spaces or any of _+=,.@-, but is`,
    ]);
  });

  it.each(["---", "…", "？！", "\\u2800"])("a reason without a letter or digit: %s", (reason) => {
    const routes = `  GET /h: { lambda: access, public: true, reason: "${reason}" }`;
    expectMistakes(fileWith({ routes }), ["8:51 reason of route … a letter or digit among them"]);
  });

  it("what is hostile, and shows it on one line in which everything can be seen", () => {
    const hostile = '"a\\nb\\e[2J\\u202E##[error]x\\u200B": 1';
    for (const text of [
      hostile,
      `environments: { ${hostile} }`,
      clients(`  ${hostile}`),
      `a: *x\u202E\n`,
      `a: !\u009B x`,
    ]) {
      const { message, mistakes } = errorOf(() => parse(text));
      expect(message.split("\n")).toHaveLength(mistakes.length);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      expect(message).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B\u202E]|##\[/);
    }
  });
});

describe("names that every JavaScript object has", () => {
  const OBJECTS = [...Object.getOwnPropertyNames(Object.prototype)];

  it.each(OBJECTS)("%s is refused as an environment and a function, with a position", (name) => {
    const why = "has a name that every JavaScript object has. Use another name.";
    const [reserved] = mistakesIn(
      fileWith({ environments: `  ${name}: { region: eu-west-1, domainPrefix: d }\n${PARTS.environments}` }),
    );
    const isWord = /^[a-z]/i.test(name);
    if (isWord) expect(reserved).toBe(`2:3: environment "${name}" ${why}`);
    else expect(reserved).toMatch(/^2:3: /);
    const routes = `  GET /h: { lambda: ${name}, scopes: [orders/read] }`;
    expect(mistakesIn(fileWith({ routes }), [name])).toEqual([`8:21: lambda "${name}" of route "GET /h" ${why}`]);
  });

  it.each(OBJECTS.filter((name) => name !== "__proto__"))("%s is a client, a server, a scope and a tag", (name) => {
    const { clients, resourceServers, environments } = parse(
      `tags: { ${name}: x }\n${fileWith({
        resourceServers: `  ${name}: { scopes: { ${name}: R } }`,
        clients: `  ${name}: { scopes: [${name}/${name}] }`,
        routes: `  GET /${name}: { lambda: access, scopes: [${name}/${name}] }`,
      })}`,
    );
    expect([clients[0]?.name, resourceServers[0]?.identifier, clients[0]?.scopes]).toEqual([
      name,
      name,
      [`${name}/${name}`],
    ]);
    expect(Object.entries(environments[0]?.tags ?? {})).toEqual([[name, "x"]]);
  });

  it("is not a client, a scope or an environment where it is not in the file", () => {
    expectMistakes(clients("  c: { scopes: [constructor/toString], environments: [valueOf] }"), [
      '6:17 client "c" requests scope "constructor/toString", but resource server "constructor" does not exist.',
      '6:55 client "c" is limited to environment "valueOf", which does not exist.',
    ]);
    expectMistakes(clients("  c: { scopes: [orders/toString] }"), ["6:17 which resource server"]);
  });
});

it("works in a process of its own with 1 MB of nested lists, where the stack is not deep", () => {
  const program = `
    require("${join(__dirname, "../../cli/typescript.cjs")}");
    const { parseAccessModel } = require("${join(__dirname, "../../access/access-model.ts")}");
    try { parseAccessModel("[".repeat(1 << 20), { file: "access.yaml", functions: [] }); }
    catch (error) { process.stdout.write(error.name); }`;
  expect(execFileSync(process.execPath, ["--stack-size=500", "-e", program], { encoding: "utf8" })).toBe(
    "AccessModelError",
  );
});
