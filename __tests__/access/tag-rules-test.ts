/** What AWS demands of tags, one by one and together. */
import { fileWith, long, mistakesIn, names, parse, SENSIBLE } from "../support/access-text";

const REGION = "region: eu-west-1, domainPrefix: d";

/** A file with tags of its own, in line 10, and of its only environment, in line 2. */
function fileWithTags(tags: string, ofEnvironment?: string): string {
  const own = ofEnvironment === undefined ? "" : `, tags: ${ofEnvironment}`;
  return fileWith({ ...SENSIBLE, environments: `  dev: { ${REGION}${own} }`, tags: `  ${tags}` });
}

const tagMap = (count: number, name?: string) =>
  `{ ${names(count, name)
    .map((key) => `${key}: v`)
    .join(", ")} }`;

describe("parseAccessModel reads, of tags", () => {
  it("those of the file and, before them, those of the environment", () => {
    const text = fileWithTags("{ team: platform, stage: none }", '{ stage: prod, "cost center": "" }');
    expect(parse(text).environments[0]?.tags).toEqual({ team: "platform", stage: "prod", "cost center": "" });
  });

  it("letters of all languages, and the longest that AWS takes", () => {
    const text = fileWithTags(`{ Équipe/ação_1.a:b=c+d-e@f: ${long(256)}, ${long(128)}: 日本 }`);
    expect(parse(text).environments[0]?.tags).toEqual({
      "Équipe/ação_1.a:b=c+d-e@f": long(256),
      [long(128)]: "日本",
    });
  });

  it("50 of the file and the environment together, those of the same name counting once", () => {
    expect(() => parse(fileWithTags(tagMap(49), "{ n0: w, other: v }"))).not.toThrow();
  });
});

describe("parseAccessModel refuses, of tags", () => {
  const KEY = '1 to 128 letters, digits, spaces or any of _.:/=+-@, not beginning with "aws:"';
  const VALUE = "up to 256 letters, digits, spaces or any of _.:/=+-@";

  it.each(["aws:team", "AWS:team", "team!", "a,b", ""])("key '%s'", (key) => {
    expect(mistakesIn(fileWithTags(`{ "${key}": v }`))).toEqual([
      `10:5: key of tag "${key}" must be ${KEY}, but is "${key}".`,
    ]);
  });

  it("a key that is too long", () => {
    const quoted = `"${long(60)}"… (129 characters)`;
    expect(mistakesIn(fileWithTags(`{ ${long(129)}: v }`))).toEqual([
      `10:5: key of tag ${quoted} must be ${KEY}, but is ${quoted}.`,
    ]);
  });

  it.each([
    ['"a*b"', '"a*b"'],
    ["42", "42. Put it in quotes"],
    ["true", "true. Put it in quotes"],
    ["[a]", "a list"],
    [long(257), `"${long(60)}"… (257 characters)`],
  ])("value %s", (value, came) => {
    expect(mistakesIn(fileWithTags("{ team: a }", `{ cost: ${value} }`))).toEqual([
      `2:60: value of tag "cost" of environment "dev" must be ${VALUE}, but is ${came}.`,
    ]);
  });

  it("an empty map", () => {
    expect(mistakesIn(fileWithTags("{}"))).toEqual(["10:3: tags must be a map with at least one tag, but is empty."]);
  });

  it("more than 50 of the file, once for all environments", () => {
    expect(mistakesIn(fileWithTags(tagMap(51), "{ other: v }"))).toEqual([
      "10:395: the file has 51 tags, but AWS allows 50 a resource. Remove some.",
    ]);
  });

  it("more than 50 of the file and the environment together, at the first too many", () => {
    expect(mistakesIn(fileWithTags(tagMap(49), tagMap(3, "other")))).toEqual([
      '2:65: environment "dev" has, with those of the file, 52 tags, but AWS allows 50 a resource. Remove some.',
    ]);
  });

  it("one that differs from another in letter case only", () => {
    expect(mistakesIn(fileWithTags("{ Team: a, team: b }", "{ TEAM: c }"))).toEqual([
      '2:54: tag "TEAM" of environment "dev" differs from "Team" in letter case only, but IAM takes them for one. Write "Team".',
      '10:14: tag "team" of the file differs from "Team" in letter case only, but IAM takes them for one. Write "Team".',
    ]);
    expect(mistakesIn(fileWithTags("{ Team: a }", "{ team: c }"))).toEqual([
      '2:54: tag "team" of environment "dev" differs from "Team" in letter case only, but IAM takes them for one. Write "Team".',
    ]);
  });
});
