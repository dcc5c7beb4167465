/** What comes of a mapping template. */

import { UnsupportedError } from "../../../emulator/errors";
import { templatePayload } from "../../../emulator/gateway/parameter-mapping";
import { evaluateTemplate } from "../../../emulator/templates/mapping-template";
import { BodyNotJson, TemplateFailure } from "../../../emulator/templates/template-values";
import { requestOf } from "../../support/requests";

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
    query: "where=$.a.n&q=first&q=last&both=query&empty=&sp%20ace=%2B+x",
    headers: [
      ["X-Both", "first"],
      ["x-both", "second"],
      ["both", "header"],
      ["only", "header"],
    ],
  });
  return evaluateTemplate(
    template,
    templatePayload(
      { request, pathParameters: { id: "1/2" }, context: CONTEXT, stageVariables: { host: "h.example" } },
      body,
    ),
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
    ["[$input.params().header.get('X-BOTH')]", "[]"],
    ["$input.params().get('querystring').get('q')", "last"],
    ["[$input.params().header.constructor]", "[]"],
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
    ["[$input.path('$.absent.more')]", "[]"],
    ["[$input.path('$.a.nothing')]", "[]"],
    ["[$input.path('$.constructor')]", "[]"],
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

  it.each([
    ["$input.path('$.a.list[-1].x')", "true"],
    ["$input.path(\"$.a['b']\")", "c"],
    ["$input.json('$.a.list[*]')", '[1,{"x":true}]'],
    ["$input.json('$..x')", "[true]"],
    ["$input.json('$.a.list.*')", '[1,{"x":true}]'],
    ["$input.json($input.params('where'))", "7"],
    ["#set($p = '$.a')#set($p = $p + '.n')$input.path($p)", "7"],
  ])("follows the path of %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it.each([
    ["$input.path('$')", '{"a":1,"b":[{"c":5}]}', '{a=1, b=[{"c":5}]}'],
    ["$input.path('$').b", '{"a":1,"b":[{"c":5}]}', '[{"c":5}]'],
    ["$input.path('$.a')", '{"a":{"b":null,"c":"d"}}', "{b=null, c=d}"],
    ["#set($l = [1, 'a', {'k': true}])$l", "{}", "[1, a, {k=true}]"],
  ])("prints %s of %s as Java does", (template, body, expected) => {
    expect(textOf(template, body)).toBe(expected);
  });

  it("refuses a path that is not emulated, and fails on one that only the call makes", () => {
    expect(() => textOf("$input.path('$.a[?(@.b)]')")).toThrow(UnsupportedError);
    expect(() => textOf("$input.path($input.params('q'))")).not.toThrow();
    expect(() => textOf("#set($p = '$.a[?(@.b)]')$input.path($p)")).toThrow(TemplateFailure);
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
    ["#set($a = 'x' - 1)[$a]", "[]"],
    ["#set($a = $missing + 'x')$a", "$missingx"],
    ["#set($a = 'x' + $input.path('$.missing'))$a", "x$input.path('$.missing')"],
    [`#set($a = 'x' + \${missing})$a`, `x\${missing}`],
    ["#set($a = 'kept')#set($a = $absent)$a", "kept"],
    ["#set($a = true)$a", "true"],
    ["[$absent.b.c] [$absent] [$!absent]", "[] [] []"],
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
    ["$absent == ''", "yes"],
    ["$absent == $absent", "yes"],
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
    ["$input.path('$.a.seven') + 1", "8.0"],
    ["$input.path('$.a.huger') * 2", "18014398509481986"],
    ["7 / 2", "3"],
    ["-7 % 3", "-1"],
    ["7 / 2.0", "3.5"],
    ["10000000 * 1.5", "1.5E7"],
    ["1 / 0", "kept"],
    ["'x' * 2", "kept"],
  ])("calculates %s as Java does", (expression, expected) => {
    expect(textOf(`#set($a = 'kept')#set($a = ${expression})$a`)).toBe(expected);
  });

  it("fails when a text is added to a calculation without a result", () => {
    expect(() => textOf("#set($a = (1 - 'x') + 'y')")).toThrow(TemplateFailure);
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

describe("evaluateTemplate, lists and maps", () => {
  it.each([
    ["#foreach($x in $input.path('$.a.list'))$x;#end", "1;{x=true};"],
    ["#foreach($x in [1, 2, 3])$x#if($foreach.hasNext),#end#end", "1,2,3"],
    ["#foreach($x in ['a', 'b'])$foreach.index$foreach.count$velocityCount#end", "011122"],
    ["#set($x = 'kept')#foreach($x in [1])#end$x$foreach", "kept"],
    ["#foreach($x in $absent)a#end", ""],
    ["#foreach($k in $input.params().path.keySet())$k=$input.params().path.get($k)#end", "id=1/2"],
    ["#foreach($e in $input.params().path.entrySet())$e.key=$e.getValue()#end", "id=1/2"],
    ["#set($m = {'a': {'b': 1}})$m.a.b$m['a']['b']$m.get('a').b", "111"],
    ["#set($m = {})#set($m.a = 1)#set($m['b c'] = 2)$m$!m.put('d', 3)$m.size()", "{a=1, b c=2}3"],
    ["#set($l = [])#if($l.add(1))$l.size()$l[0]$l.get(0)#end$l[7].", "111."],
    ['#set($o = $util.parseJson(\'{"a": [1, {"b": 2}]}\'))$o.a[1].b', "2"],
    ["$stageVariables.host $stageVariables.get('host') [$stageVariables.absent]", "h.example h.example []"],
    ["#foreach($k in $stageVariables.keySet())$k#end", "host"],
    ["## nothing\n#* nothing *#a#[[$stage #if]]#", "a$stage #if"],
    ["#{if}(true)a#{else}b#{end}#{set}($a = 1)$a", "a1"],
    ["#if(2 > 1 && 1 <= 1)a#end#if('a' < 'b')b#end", "a"],
  ])("evaluates %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it.each([
    ["'a-b'.toUpperCase()", "A-B"],
    ["'a.b.c'.replace('.', '$')", "a$b$c"],
    [`"it\\'s".replaceAll("\\\\'", "'")`, "it's"],
    ["'a,b,,'.split(',').size()", "2"],
    ["'abc'.substring(1, 2)", "b"],
    ["'abc'.contains('b')", "true"],
    ["'abc'.length()", "3"],
    ["'abc'.length", ""],
    ["'abc'.indexOf('c')", "2"],
    ["'abc'.equals('abc')", "true"],
    ["'abc'.get('length')", ""],
  ])("calls the method of the text %s", (call, expected) => {
    const [, text = "", rest = ""] = /^('[^']*'|"[^"]*")(.*)$/.exec(call) ?? [];
    expect(textOf(`#set($t = ${text})$!t${rest}`)).toBe(expected);
  });

  it("stops a loop after 1,000 turns, as AWS limits it", () => {
    const body = JSON.stringify(Array(5000).fill(1));
    expect(textOf("#foreach($x in $input.path('$'))x#end", body)).toHaveLength(1000);
  });
});

/** Measured on AWS by localstack: test_integration_mock_with_*. */
describe("evaluateTemplate, overrides", () => {
  it("sets them by name, by index and by put(), which prints nothing", () => {
    const template = [
      '#set($name = "foo")',
      '#set($context.requestOverride.querystring[$name] = "bar")',
      '$context.requestOverride.querystring.put("putfoo", "putBar")',
      '#set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")',
    ].join("\n");
    const { text, overrides } = evaluate(template);
    expect(text.trim()).toBe("");
    expect(Object.fromEntries(overrides)).toEqual({
      "requestOverride.querystring.foo": "bar",
      "requestOverride.querystring.putfoo": "putBar",
      "requestOverride.querystring.nestedfoo": "nestedFoo",
    });
  });

  it("gives a response template what the request template has set", () => {
    const earlier = new Map([
      ["requestOverride.path.body", '{"message": "path1"}'],
      ["responseOverride.header.X-A.b", "c"],
      ["responseOverride.custom", "passed"],
    ]);
    const template =
      '$util.parseJson($context.requestOverride.path.body).message $context.responseOverride.header["X-A.b"] $context.responseOverride.custom';
    const payload = { parameters: new Map(), body: "" };
    const { text, overrides } = evaluateTemplate(template, payload, CONTEXT, earlier);
    expect(text).toBe("path1 c passed");
    expect(overrides).toEqual(earlier);
  });
});

describe("evaluateTemplate, safety", () => {
  it.each([
    "$input.params().constructor.name",
    "#set($p = '__proto__')$context.identity[$p]",
    "$input.params('q').constructor",
    "#set($m = {})$m.__proto__$m['constructor']$m.get('__proto__')",
    "#set($m = {})#set($m.__proto__.polluted = 1)$m.polluted",
    "#set($l = [])$l.constructor$l['length']",
    "$constructor $__proto__ $toString",
  ])("reaches no prototype by %s", (template) => {
    expect(textOf(template).trim()).toBe("");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it.each([
    ["loops within loops", "#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)x#end#end#end"],
    ["a text that doubles", `#set($a = 'xxxxxxxxxxxxxxxx')${'#set($a = "$a$a")'.repeat(40)}`],
    ["a sum that doubles", `#set($a = 'xxxxxxxxxxxxxxxx')${"#set($a = $a + $a)".repeat(40)}`],
    ["a list in itself", "#set($a = [1])#if($a.add($a))$a#end"],
  ])("fails soon on %s", (_what, template) => {
    const started = performance.now();
    const body = JSON.stringify({ l: Array(1000).fill(1) });
    expect(() => textOf(`#set($l = $input.path('$.l'))${template}`, body)).toThrow(TemplateFailure);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
