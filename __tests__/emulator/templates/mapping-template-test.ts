/** What mapping templates evaluate to, and which ones are refused by name when they are configured. */

import { UnsupportedError } from "../../../emulator/errors";
import { templatePayload } from "../../../emulator/gateway/parameter-mapping";
import { checkTemplate, evaluateTemplate } from "../../../emulator/templates/mapping-template";
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

const QUERY = "where=$.a.n&q=first&q=last&both=query&empty=&sp%20ace=%2B+x";

function evaluate(template: string, body = BODY, query = QUERY) {
  const headers = [
    ["X-Both", "first"],
    ["x-both", "second"],
    ["both", "header"],
    ["only", "header"],
  ] as const;
  const stageVariables = { host: "h.example" };
  const source = { request: requestOf({ query, headers }), pathParameters: { id: "1/2" }, context: CONTEXT };
  return evaluateTemplate(template, templatePayload({ ...source, stageVariables }, body), CONTEXT);
}

const textOf = (template: string, body?: string) => evaluate(template, body).text;

type Row = [template: string, expected: string, body?: string];

describe("$input", () => {
  it.each<Row>([
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
  ])("has the parameter %s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it.each<Row>([
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
    ["$input.path('$.a.list[-1].x')", "true"],
    ["$input.path(\"$.a['b']\")", "c"],
    ["$input.json('$.a.list[*]')", '[1,{"x":true}]'],
    ["$input.json('$..x')", "[true]"],
    ["$input.json('$.a.list.*')", '[1,{"x":true}]'],
    ["$input.json($input.params('where'))", "7"],
    ["#set($p = '$.a')#set($p = $p + '.n')$input.path($p)", "7"],
    ["$input.body $input.json('$')", "{} {}", ""],
    ["$input.body", "<a/>", "<a/>"],
    // As Java prints maps and lists.
    ["$input.path('$')", '{a=1, b=[{"c":5}]}', '{"a":1,"b":[{"c":5}]}'],
    ["$input.path('$').b", '[{"c":5}]', '{"a":1,"b":[{"c":5}]}'],
    ["$input.path('$.a')", "{b=null, c=d}", '{"a":{"b":null,"c":"d"}}'],
    ["#set($l = [1, 'a', {'k': true}])$l", "[1, a, {k=true}]", "{}"],
  ])("reads the body by %s", (...[template, expected, body]) => {
    expect(textOf(template, body)).toBe(expected);
  });

  it.each(["12345678901234567890", "9007199254740993", "1.0", "-0", "1e21", "0.10"])(
    "keeps the number %s as it is written, and the order of members",
    (written) => {
      const body = `{ "x" : ${written} , "2":[${written},true , null,"${written}"], "1": {}, "": {} }`;
      expect(textOf("$input.json('$.x') $input.path('$.x')", body)).toBe(`${written} ${written}`);
      const compact = `{"x":${written},"2":[${written},true,null,"${written}"],"1":{},"":{}}`;
      expect(textOf("$input.json('$')", body)).toBe(compact);
    },
  );

  it("reads texts with any characters", () => {
    const texts = ["", '"', "\\", '\\"', "]}", "\u2028é😀\n", "[[[{{{", '1,"a":2'];
    const body = JSON.stringify({ [texts.join("")]: texts, __proto__: null, constructor: 1 }, null, 2);
    expect(JSON.parse(textOf("$input.json('$')", body))).toEqual(JSON.parse(body));
    expect(textOf("$input.path('$.a')", `{"a":${JSON.stringify("[".repeat(2000))}}`)).toBe("[".repeat(2000));
  });

  it("fails soon on a body that is not JSON, or nested too deep", () => {
    const started = process.cpuUsage();
    const nested = (depth: number) => `{"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(textOf("$input.json('$.x')", nested(400))).toBe(`${"[".repeat(400)}${"]".repeat(400)}`);
    for (const body of ["<a/>", nested(20_000), "[".repeat(1_000_000) + "]".repeat(1_000_000)]) {
      expect(() => textOf("$input.json('$.x')", body)).toThrow(BodyNotJson);
      expect(() => textOf("$input.path('$.x')", body)).toThrow(BodyNotJson);
    }
    // JSON.parse alone takes more than a second for each million of levels.
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(1);
  });

  it("fails on a path that is not emulated only when the template makes it", () => {
    expect(() => textOf("$input.path($input.params('q'))")).not.toThrow();
    expect(() => textOf("#set($p = '$.a[?(@.b)]')$input.path($p)")).toThrow(TemplateFailure);
  });
});

describe("a template", () => {
  it.each<Row>([
    ["$context.requestId", CONTEXT.requestId],
    ["$context.requestTimeEpoch", "1783000000000"],
    ["$context.stage $context.httpMethod $context.resourcePath.", "dev POST /orders/{id}."],
    [`\${context.stage}x`, "devx"],
    ["$context.identity.sourceIp", "192.0.2.1"],
    ["$context.authorizer.claims.client_id", "billing"],
    ["[$context.authorizer.claims.scope]", "[]"],
    ["[$context.identity.user]", "[]"],
    ["[$context.authorizer.claims.constructor]", "[]"],
    ["$stageVariables.host $stageVariables.get('host') [$stageVariables.absent]", "h.example h.example []"],
    ["#foreach($k in $stageVariables.keySet())$k#end", "host"],
    ["$util.urlEncode('a/b c&d=é+~')", "a%2Fb+c%26d%3D%C3%A9%2B%7E"],
    ["$util.urlDecode('a%2Fb+c')", "a/b c"],
    ["$util.base64Encode('é')", "w6k="],
    ["$util.base64Decode('w6k=')", "é"],
    [`$util.escapeJavaScript($input.body)`, String.raw`{\"it\'s\": \"a\\\/b\n\"}`, `{"it's": "a\\/b\n"}`],
    ['#set($o = $util.parseJson(\'{"a": [1, {"b": 2}]}\'))$o.a[1].b', "2"],
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
    ["#if($input.params('q') == 'a')A#elseif($input.params('q') == 'last')L#elseif(true)T#{else}E#end!", "L!"],
    ["a#if(false)b#elseif(false)c#end d", "a d"],
    ["#if(true)#if(false)a#{else}b#end#end c", "b c"],
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
    ["## nothing\n#* nothing *#a#[[$stage #if]]#", "a$stage #if"],
    ["#{if}(true)a#{else}b#{end}#{set}($a = 1)$a", "a1"],
    ["#if(2 > 1 && 1 <= 1)a#end#if('a' < 'b')b#end", "a"],
    [`{"a": "5$ #1 $1 \${", "b": "$ x", "#c": "a@b.c"}\n`, `{"a": "5$ #1 $1 \${", "b": "$ x", "#c": "a@b.c"}\n`],
  ])("evaluates %s", (...[template, expected, body]) => {
    expect(textOf(template, body)).toBe(expected);
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
  ])("decides %s: %s", (condition, expected) => {
    expect(textOf(`#if(${condition})yes#{else}no#end`)).toBe(expected);
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

  it.each([
    ["'a-b'.toUpperCase()", "A-B"],
    ["'a.b.c'.replace('.', '$')", "a$b$c"],
    [`"it\\'s".replaceAll("\\\\'", "'")`, "it's"],
    ["'a.b.c'.replaceAll('\\.', '$1')", "a$1b$1c"],
    ["'a.b.c'.replaceFirst('\\.', '-')", "a-b.c"],
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
    expect(textOf("#foreach($x in $input.path('$'))x#end", JSON.stringify(Array(5000).fill(1)))).toHaveLength(1000);
  });
});

/** Measured on AWS by localstack: test_integration_mock_with_*. */
describe("overrides", () => {
  it("are set by name, by index and by put(), which prints nothing", () => {
    const template = [
      '#set($name = "foo")',
      '#set($context.requestOverride.querystring[$name] = "bar")',
      '$context.requestOverride.querystring.put("putfoo", "putBar")',
      '#set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")',
      "#set($context.responseOverride.status = 418)",
      "#set($context.responseOverride.header.X-Q = $input.params('q'))",
    ].join("\n");
    const { text, overrides } = evaluate(template);
    expect(text.trim()).toBe("");
    expect(Object.fromEntries(overrides)).toEqual({
      "responseOverride.status": "418",
      "requestOverride.querystring.foo": "bar",
      "requestOverride.querystring.putfoo": "putBar",
      "requestOverride.querystring.nestedfoo": "nestedFoo",
      "responseOverride.header.X-Q": "last",
    });
  });

  it("are passed from a request template to a response template", () => {
    const earlier = new Map([
      ["requestOverride.path.body", '{"message": "path1"}'],
      ["responseOverride.header.X-A.b", "c"],
      ["responseOverride.custom", "passed"],
    ]);
    const template =
      '$util.parseJson($context.requestOverride.path.body).message $context.responseOverride.header["X-A.b"] $context.responseOverride.custom';
    const payload = { parameters: new Map(), body: "" };
    const { text, overrides } = evaluateTemplate(template, payload, CONTEXT, earlier);
    expect([text, new Map([...overrides].sort())]).toEqual(["path1 c passed", new Map([...earlier].sort())]);
  });

  it("fail when one is set twice, which AWS refuses", () => {
    const set = "#set($context.responseOverride.status = 200)";
    expect(() => evaluate(`${set}${set}`)).toThrow(TemplateFailure);
    expect(evaluate(`${set}#if(false)${set}#end`).overrides.size).toBe(1);
  });
});

describe("an unsafe template", () => {
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

  it("is not made of what a caller sends", () => {
    const sent = "#set($a = 1)$context.stage";
    expect(evaluate("$input.params('x')", "", `x=${encodeURIComponent(sent)}`).text).toBe(sent);
  });

  it("ends loops within loops after five seconds", () => {
    // Each look at the clock takes a millisecond.
    let now = 0;
    const clock = jest.spyOn(performance, "now").mockImplementation(() => now++);
    const body = JSON.stringify({ l: Array(1000).fill(1) });
    const loops = "#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)x#end#end#end";
    expect(() => textOf(`#set($l = $input.path('$.l'))${loops}`, body)).toThrow("the template does not end");
    clock.mockRestore();
    expect(now).toBe(5002);
  });

  it.each([
    ["a text that doubles", `#set($a = 'xxxxxxxxxxxxxxxx')${'#set($a = "$a$a")'.repeat(40)}`],
    ["a sum that doubles", `#set($a = 'xxxxxxxxxxxxxxxx')${"#set($a = $a + $a)".repeat(40)}`],
    ["a list in itself", "#set($a = [1])#if($a.add($a))$a#end"],
    ["a text that cannot be decoded", "$util.urlDecode('%zz')"],
    ["a text that is added to a calculation without a result", "#set($a = (1 - 'x') + 'y')"],
  ])("fails soon on %s", (_what, template) => {
    const started = process.cpuUsage();
    expect(() => textOf(template)).toThrow(TemplateFailure);
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10);
  });
});

describe("checkTemplate", () => {
  const EMULATED =
    "#set, #if, #elseif, #else, #foreach; $input, $util, $context, $stageVariables; methods of texts, maps and lists";
  const refusal = (what: string) =>
    new UnsupportedError(`${what} is not emulated in a mapping template. Emulated: ${EMULATED}.`);
  const UNENDED = "#if or #foreach without its #end";
  const PATTERN = "with a pattern that is more than a text";

  it.each<readonly [string, string]>([
    ["#include('a')", "#include"],
    ["#parse('a')", "#parse"],
    ["#stop", "#stop"],
    ["#evaluate('a')", "#evaluate"],
    ["#@x()a#end", "#@"],
    ["#macro(m)a#end", "#macro"],
    ["#define($d)a#end", "#define"],
    ["#foreach($x in $l)#break#end", "#break"],
    ["#foreach($x in [1..3])a#end", "a range"],
    ["#unknown('a')", "#unknown(), which is not a directive,"],
    ["$a()", "$a()"],
    ["$a.matches('x')", "$a.matches('x')"],
    ["$a.split($b)", `$a.split($b) ${PATTERN}`],
    ...["(a+)+b", "[0-9]", "\\d", "a|b"].map((pattern): readonly [string, string] => {
      return [`$a.replaceAll('${pattern}', '')`, `$a.replaceAll('${pattern}','') ${PATTERN}`];
    }),
    ["$input.params('a').getClass()", "$input.params('a').getClass()"],
    ["$a.toString().constructor()", "$a.toString().constructor()"],
    ["$util.constructor('a')", "$util.constructor('a')"],
    ["$integration.request.body", "$integration.request.body"],
    ["#set($stageVariables = 1)", "$stageVariables"],
    ["$method.request.body", "$method.request.body"],
    ['#set($a = "$method.x")', "$method.x"],
    ["$input", "$input"],
    ["$input.bytes()", "$input.bytes()"],
    ["$input.body()", "$input.body()"],
    ["$input.json", "$input.json"],
    ["$input.json()", "$input.json()"],
    ["$input.params('a', 'b')", "$input.params('a','b')"],
    ["$util.time.now()", "$util.time.now()"],
    ["$context", "$context"],
    ["$context.identity.sourceIP", "$context.identity.sourceIP"],
    ["#set($context.stage = 'x')", "#set of $context.stage"],
    ["#set($util.x = 'x')", "$util.x"],
    ["#if($a)", UNENDED],
    ["#if($a)#else", UNENDED],
    ["#foreach($a in $b)#if($a)#end", UNENDED],
    ["#if(true)".repeat(200), UNENDED],
    ['#set($a = "#if($b)")', UNENDED],
    ["a#end", "#end, which nothing opens,"],
    ["#else b", "#else, which nothing opens,"],
    [`${"$a.get(".repeat(5000)}1${")".repeat(5000)}`, "nesting of so many levels"],
    ["x".repeat(300 * 1024 + 1), `a text of more than ${300 * 1024} bytes`],
  ])("refuses %.60s by name", (template, what) => {
    expect(() => checkTemplate(template)).toThrow(refusal(what));
  });

  it.each([
    ...["#set($a == 1)", "#set $a = 1", "${a", "#set($a = 'b)", "#if($a b)c#end", "#foreach($a of $b)c#end"],
    "#if(true)a#set($b = )#end",
  ])("refuses %s, which cannot be parsed", (template) => {
    expect(() => checkTemplate(template)).toThrow(UnsupportedError);
    expect(() => checkTemplate(template)).toThrow("the mapping template cannot be parsed: ");
  });

  it.each(["$input.json(\"$['a b'][?(@.x)]\")", "$input.path('$.a[?(@.b)]')", `$input.json('$.${"a".repeat(5000)}!')`])(
    "refuses the constant path of %.60s",
    (template) => {
      expect(() => checkTemplate(`$input.json("$['a b']")`)).not.toThrow();
      expect(() => checkTemplate(template)).toThrow(UnsupportedError);
    },
  );

  it.each([
    ["bodies", (depth: number) => `${"#if(true)".repeat(depth)}x${"#end".repeat(depth)}`],
    ["brackets", (depth: number) => `#if(${"(".repeat(depth)}true${")".repeat(depth)})x#end`],
    ["arguments", (depth: number) => `${"$a.get(".repeat(depth)}1${")".repeat(depth)}`],
  ])("accepts 300 %s within each other", (_what, nested) => {
    expect(() => checkTemplate(nested(300))).not.toThrow();
  });

  it("refuses more brackets within each other than the parser's stack holds", () => {
    expect(() => checkTemplate(`#if(${"(".repeat(5000)}true${")".repeat(5000)})x#end`)).toThrow(UnsupportedError);
  });

  it("ends, whatever it is given", () => {
    const pieces = ["$", ..."#{}()'\".=! \n1a", "set", "if", "else", "end"];
    for (let seed = 1; seed <= 3000; seed += 1) {
      let state = seed * 2654435761;
      const template = Array.from({ length: 12 }, () => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return pieces[state % pieces.length];
      }).join("");
      try {
        checkTemplate(template);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedError);
      }
    }
  });
});
