/** Which templates are taken, and how the others are refused: by name, before anybody calls. */
import { UnsupportedError } from "../../../emulator/errors";
import { parseTemplate } from "../../../emulator/resources/mapping-template";

const EMULATED =
  "#set, #if, #elseif, #else, #end; $context; $input.body, .json(), .params(), .path(); .get() of a map; $util.base64Decode(), .base64Encode(), .escapeJavaScript(), .urlDecode(), .urlEncode(); || && ! == != + - *";

const refusal = (what: string) =>
  new UnsupportedError(`${what} is not emulated in a mapping template. Emulated: ${EMULATED}.`);

describe("parseTemplate", () => {
  it("takes text without directives as it is", () => {
    const text = `{"price": "5$", "a": "#1 $1 \${", "b": "$ x"}\n`;
    expect(parseTemplate(text)).toEqual([{ kind: "text", text }]);
  });

  it.each([
    ["#foreach($a in $b)#end", "#foreach"],
    ["#macro(x)#end", "#macro"],
    ["#include('a')", "#include"],
    ["#parse('a')", "#parse"],
    ["#stop", "#stop"],
    ["#{foreach}($a in $b)", "#{foreach}"],
    ["## a comment", "##"],
    ["#* a comment *#", "#*"],
    ["#[[as it is]]#", "#["],
    ["$stageVariables.x", "$stageVariables.x"],
    ["$method.request.body", "$method.request.body"],
    ["$input", "$input"],
    ["$input.bytes()", "$input.bytes()"],
    ["$input.body()", "$input.body()"],
    ["$input.json", "$input.json"],
    ["$input.json()", "$input.json()"],
    ["$input.json($input.params('q'))", "$input.json($input.params('q')), whose path is not a constant,"],
    ["$input.path($a)", "$input.path($a), whose path is not a constant,"],
    ['$input.path("$.$a")', '$input.path("$.$a"), whose path is not a constant,'],
    ["$input.params('a', 'b')", "$input.params('a', 'b')"],
    ["$util.parseJson('{}')", "$util.parseJson('{}')"],
    ["$util.time.now()", "$util.time.now()"],
    ["$context", "$context"],
    ["$context.authorizer.claims", "$context.authorizer.claims"],
    ["$context.identity.sourceIP", "$context.identity.sourceIP"],
    ["$context.responseOverride.body", "$context.responseOverride.body"],
    ["$a.matches('b')", "$a.matches('b')"],
    ["$input.params('a').toLowerCase()", "$input.params('a').toLowerCase()"],
    ["$a.get()", "$a.get()"],
    ["#set($context.stage = 'x')", "#set of $context.stage"],
    ["#set($a.b = 'x')", "#set of $a.b"],
    ["#set($util.x = 'x')", "$util.x"],
  ])("refuses %s by name", (template, what) => {
    expect(() => parseTemplate(template)).toThrow(refusal(what));
  });

  it.each([
    ["#if($a)", "#if without its #end"],
    ["#if($a)#else", "#if without its #end"],
    ["a#end", "#end, which nothing opens,"],
    ["#else b", "#else b, which nothing opens,"],
    ["$!a", '"$!a"'],
    ["#set($a = 1.5)", '"1.5)"'],
    ["#set($a == 1)", '"= 1)"'],
    ["#if($a < 1)b#end", '"< 1)b#end" where ")" was expected'],
    ["#set $a = 1", '"$a = 1" where "(" was expected'],
    ["#set($a = [1])", '"[1])"'],
    ["#set($a = $b / 2)", '"/ 2)" where ")" was expected'],
    ["${a", '"" where "}" was expected'],
    ["#set($a = 'b)", '"\'b)"'],
  ])("refuses %s, and says where it stopped to understand", (template, what) => {
    expect(() => parseTemplate(template)).toThrow(refusal(what));
  });

  it.each([
    ["bodies", (depth: number) => `${"#if(true)".repeat(depth)}x${"#end".repeat(depth)}`],
    ["brackets", (depth: number) => `#if(${"(".repeat(depth)}true${")".repeat(depth)})x#end`],
    ["refusals", (depth: number) => `#if(${"!".repeat(depth)}true)x#end`],
    ["arguments", (depth: number) => `${"$a.get(".repeat(depth)}1${")".repeat(depth)}`],
  ])("takes %s within each other, but no more of them than anybody means", (_what, nested) => {
    expect(parseTemplate(nested(90))).not.toEqual([]);
    for (const depth of [101, 5000]) {
      expect(() => parseTemplate(nested(depth))).toThrow(refusal("nesting of more than 100 levels"));
    }
  });

  it("takes long calculations, but none without end", () => {
    const sum = (count: number) => `#set($a = 1${" + 1".repeat(count)})`;
    expect(parseTemplate(sum(1000))).toHaveLength(1);
    expect(() => parseTemplate(sum(1001))).toThrow(refusal("a text with more than 1000 operators"));
  });

  it("takes a path in double quotes that is a constant", () => {
    expect(parseTemplate(`$input.json("$['a b']")`)).toMatchObject([{ kind: "print" }]);
  });

  it("refuses within texts in double quotes, too, where references are filled in", () => {
    expect(() => parseTemplate('#set($a = "$stageVariables.x")')).toThrow(refusal("$stageVariables.x"));
  });

  it("ends, whatever it is given", () => {
    const pieces = [
      "#",
      "$",
      "{",
      "}",
      "(",
      ")",
      "'",
      '"',
      ".",
      "set",
      "if",
      "else",
      "end",
      "a",
      "=",
      "!",
      " ",
      "\n",
      "1",
    ];
    for (let seed = 1; seed <= 3000; seed += 1) {
      let state = seed * 2654435761;
      const template = Array.from({ length: 12 }, () => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return pieces[state % pieces.length];
      }).join("");
      try {
        parseTemplate(template);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedError);
      }
    }
  });
});
