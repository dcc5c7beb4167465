/** What comes of a mapping template. */
import { evaluateTemplate } from "../../../../emulator/endpoints/stage/template-evaluation";
import { BodyNotJson, TemplateFailure, templatePayload } from "../../../../emulator/endpoints/stage/template-payload";
import { UnsupportedError } from "../../../../emulator/errors";
import { requestOf } from "../../../support/requests";

const CONTEXT = {
  requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1",
  requestTimeEpoch: 1783000000000,
  stage: "dev",
  resourcePath: "/orders/{id}",
  httpMethod: "POST",
  identity: { sourceIp: "192.0.2.1", user: null },
  authorizer: { claims: { client_id: "billing" } },
};

const BODY =
  '{"a": {"b": "c", "n": 7, "seven": 7.0, "huge": 9007199254740992, "huger": 9007199254740993, "list": [1, {"x": true}], "nothing": null}, "with space": 1}';

function evaluate(template: string, body = BODY) {
  const request = requestOf({
    query: "q=first&q=last&both=query&empty=&sp%20ace=%2B+x",
    headers: [
      ["X-Both", "first"],
      ["x-both", "second"],
      ["both", "header"],
      ["only", "header"],
    ],
  });
  return evaluateTemplate(
    template,
    templatePayload({ request, pathParameters: { id: "1/2" }, context: CONTEXT }, body),
    CONTEXT,
  );
}

const textOf = (template: string, body?: string) => evaluate(template, body).text;

describe("evaluateTemplate, $input", () => {
  it.each([
    ["$input.params('id')", "1/2"],
    ["$input.params('q')", "last"],
    ["$input.params('both')", "query"],
    ["$input.params('only')", "header"],
    ["$input.params('sp ace')", "+ x"],
    ["[$input.params('empty')]", "[]"],
    ["[$input.params('absent')]", "[]"],
    ["$input.params().path.get('id')", "1/2"],
    ["$input.params().querystring.q", "last"],
    ["$input.params().header.get('X-Both')", "first"],
    ["$input.params().header.get('x-both')", "second"],
    ["$input.params().header.get('X-BOTH')", "$input.params().header.get('X-BOTH')"],
    ["$input.params().get('querystring').get('q')", "last"],
    ["$input.params().header.constructor", "$input.params().header.constructor"],
    ["$input.params('__proto__')", ""],
  ])("gives the parameter %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it.each([
    ["$input.path('$.a.b')", "c"],
    ["$input.path('$.a.n')", "7"],
    ["$input.path('$.a.list[1].x')", "true"],
    ["$input.path(\"$['with space']\")", "1"],
    ["$input.path('$.a').n", "7"],
    ["$input.path('$.absent.more')", "$input.path('$.absent.more')"],
    ["$input.path('$.a.nothing')", "$input.path('$.a.nothing')"],
    ["$input.path('$.constructor')", "$input.path('$.constructor')"],
    ["$input.json('$.a.b')", '"c"'],
    ["$input.json('$.a.list')", '[1,{"x":true}]'],
    ["$input.json('$.absent')", '""'],
    ["$input.json('$.a.nothing')", "null"],
    ["$input.json('$.a.list.length')", '""'],
    ["$input.json('$.a.list[2]')", '""'],
    ["$input.body", BODY],
  ])("reads the body by %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it("takes an empty body for an empty object", () => {
    expect(textOf("$input.body $input.json('$')", "")).toBe("{} {}");
  });

  it("fails on a body that is not JSON, unless it is only passed on", () => {
    expect(() => textOf("$input.json('$')", "<a/>")).toThrow(BodyNotJson);
    expect(textOf("$input.body", "<a/>")).toBe("<a/>");
  });

  it("takes a body that is nested deeper than anybody means for no JSON", () => {
    const nested = (depth: number) => `{"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(textOf("$input.json('$.x')", nested(400))).toBe(`${"[".repeat(400)}${"]".repeat(400)}`);
    for (const template of ["$input.json('$.x')", "$input.path('$.x')"]) {
      expect(() => textOf(template, nested(20_000))).toThrow(BodyNotJson);
    }
  });

  it.each([
    "12345678901234567890",
    "9007199254740993",
    "1.0",
    "-0",
    "1e21",
    "0.10",
  ])("keeps the number %s as it is written", (written) => {
    const body = `{ "x" : ${written} , "list":[${written},true , null,"${written}"], "": {} }`;
    expect(textOf("$input.json('$.x') $input.path('$.x')", body)).toBe(`${written} ${written}`);
    expect(textOf("$input.json('$')", body)).toBe(`{"x":${written},"list":[${written},true,null,"${written}"],"":{}}`);
  });

  it("reads texts, whatever they hold", () => {
    const texts = ["", '"', "\\", '\\"', "]}", "\u2028é😀\n", "[[[{{{"];
    const body = JSON.stringify({ [texts.join("")]: texts, __proto__: null, constructor: 1 }, null, 2);
    expect(JSON.parse(textOf("$input.json('$')", body))).toEqual(JSON.parse(body));
    expect(textOf("$input.path('$.a')", `{"a":${JSON.stringify("[".repeat(2000))}}`)).toBe("[".repeat(2000));
  });

  it("is as quick with a body of a million brackets", () => {
    expect(() => textOf("$input.json('$')", "[".repeat(1_000_000) + "]".repeat(1_000_000))).toThrow(BodyNotJson);
  });

  it("reads a long path in no time, whether it is one or not", () => {
    expect(() => textOf(`$input.json('$.${"a".repeat(5000)}!')`, "{}")).toThrow("is not emulated");
  });

  it("says that it does not play other paths, or printing a whole object", () => {
    expect(() => textOf("$input.path('$..b')")).toThrow("the path $..b is not emulated. Emulated: names and indexes.");
    expect(() => textOf("$input.path('$.a')")).toThrow(UnsupportedError);
  });
});

describe("evaluateTemplate, $context and $util", () => {
  it.each([
    ["$context.requestId", CONTEXT.requestId],
    ["$context.requestTimeEpoch", "1783000000000"],
    ["$context.stage $context.httpMethod $context.resourcePath.", "dev POST /orders/{id}."],
    [`\${context.stage}x`, "devx"],
    ["$context.identity.sourceIp", "192.0.2.1"],
    ["$context.authorizer.claims.client_id", "billing"],
    ["[$context.authorizer.claims.scope]", "[]"],
    ["[$context.identity.user]", "[]"],
    ["[$context.authorizer.claims.constructor]", "[]"],
  ])("fills in %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it.each([
    ["$util.urlEncode('a/b c&d=é+~')", "a%2Fb+c%26d%3D%C3%A9%2B%7E"],
    ["$util.urlDecode('a%2Fb+c')", "a/b c"],
    ["$util.base64Encode('é')", "w6k="],
    ["$util.base64Decode('w6k=')", "é"],
    [`$util.escapeJavaScript($input.body)`, String.raw`{\"it\'s\": \"a\\\/b\n\"}`, `{"it's": "a\\/b\n"}`],
  ])("works out %s", (template, expected, body = BODY) => {
    expect(textOf(template, body)).toBe(expected);
  });

  it("fails on text that cannot be decoded", () => {
    expect(() => textOf("$util.urlDecode('%zz')")).toThrow(TemplateFailure);
  });
});

describe("evaluateTemplate, directives", () => {
  it.each([
    ["#set($a = 'x')$a$a", "xx"],
    ["#set($a = \"$context.stage/$input.params('q')\")$a", "dev/last"],
    ["#set($a = '$context.stage')$a", "$context.stage"],
    ["#set($a = 7)#set($b = $a - 2 * 3 + 1)$b", "2"],
    ["#set($a = (7 - 2) * 3)$a", "15"],
    ["#set($a = $input.path('$.a.n') - 10)$a", "-3"],
    ["#set($a = 'n: ' + 7)$a", "n: 7"],
    ["#set($a = 'x' - 1)$a", "$a"],
    ["#set($a = $missing + 'x')$a", "$missingx"],
    ["#set($a = 'x' + $input.path('$.missing'))$a", "x$input.path('$.missing')"],
    [`#set($a = 'x' + \${missing})$a`, `x\${missing}`],
    ["#set($a = 'kept')#set($a = $absent)$a", "kept"],
    ["#set($a = true)$a", "true"],
    ["$absent.b.c", "$absent.b.c"],
    ["a\n#set($a = 1)\n  b", "a\n  b"],
  ])("sets: %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it.each([
    ["true", "yes"],
    ["false", "no"],
    ["$absent", "no"],
    ["!$absent", "yes"],
    ["''", "yes"],
    ["$context.stage == 'dev'", "yes"],
    ["$context.stage != 'dev'", "no"],
    ["$input.path('$.a.n') == 7", "yes"],
    ["$input.path('$.a.n') == '7'", "yes"],
    ["$absent == ''", "no"],
    ["$absent == $absent", "no"],
    ["false && false || true", "yes"],
    ["true || $input.path('$..x')", "yes"],
    ["true && !(1 == 2)", "yes"],
    ["1 + 1 == 2", "yes"],
    ["$input.path('$.a.n') == $input.path('$.a.seven')", "yes"],
    ["$input.path('$.a.n') != $input.path('$.a.seven')", "no"],
    ["$input.path('$.a.huge') == $input.path('$.a.huger')", "no"],
  ])("decides whether %s", (condition, expected) => {
    expect(textOf(`#if(${condition})yes#{else}no#end`)).toBe(expected);
  });

  it("takes the first branch that holds, and none when none does", () => {
    const template = "#if($input.params('q') == 'a')A#elseif($input.params('q') == 'last')L#elseif(true)T#{else}E#end!";
    expect(textOf(template)).toBe("L!");
    expect(textOf("a#if(false)b#elseif(false)c#end d")).toBe("a d");
    expect(textOf("#if(true)#if(false)a#{else}b#end#end c")).toBe("b c");
  });

  it.each([
    ["#set($a = $input.path('$.a.seven') + 1)", "calculating with 7.0 and 1 is not emulated: use plain numbers"],
    ["#set($a = $input.path('$.a.huger') * 2)", "calculating with 9007199254740993 and 2 is not emulated"],
    ["#set($a = (1 - 'x') + 'y')", "a text and a calculation that gives nothing are not put together"],
  ])("says that it does not play %s", (template, why) => {
    expect(() => textOf(template)).toThrow(UnsupportedError);
    expect(() => textOf(template)).toThrow(why);
  });

  it("tells what is overridden, and prints nothing of it", () => {
    const template =
      "#set($context.responseOverride.status = 418)#set($context.responseOverride.header.X-Q = $input.params('q'))";
    const { text, overrides } = evaluate(template);
    expect(text).toBe("");
    expect([...overrides]).toEqual([
      ["responseOverride.status", "418"],
      ["responseOverride.header.X-Q", "last"],
    ]);
  });

  it("fails when something is overridden twice, which AWS refuses", () => {
    const set = "#set($context.responseOverride.status = 200)";
    expect(() => evaluate(`${set}${set}`)).toThrow(TemplateFailure);
    expect(evaluate(`${set}#if(false)${set}#end`).overrides.size).toBe(1);
  });

  it("does not read what a caller sent as a template", () => {
    expect(textOf("$input.params('x')", BODY)).toBe("");
    const request = requestOf({ query: `x=${encodeURIComponent("#set($a = 1)$context.stage")}` });
    const payload = templatePayload({ request, pathParameters: {}, context: CONTEXT }, "");
    expect(evaluateTemplate("$input.params('x')", payload, CONTEXT).text).toBe("#set($a = 1)$context.stage");
  });
});
