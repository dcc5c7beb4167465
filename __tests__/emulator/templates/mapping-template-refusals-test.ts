/** Which templates are taken, and how the others are refused: by name, before anybody calls. */
import { UnsupportedError } from "../../../emulator/errors";
import { checkTemplate, evaluateTemplate } from "../../../emulator/templates/mapping-template";

const EMULATED =
  "#set, #if, #elseif, #else, #foreach; $input, $util, $context, $stageVariables; methods of texts, maps and lists";

const UNENDED = "#if or #foreach without its #end";

const refusal = (what: string) =>
  new UnsupportedError(`${what} is not emulated in a mapping template. Emulated: ${EMULATED}.`);

describe("checkTemplate", () => {
  it("takes text without directives as it is", () => {
    const text = `{"price": "5$", "a": "#1 $1 \${", "b": "$ x", "#c": "#", "e": "a@b.c"}\n`;
    expect(evaluateTemplate(text, { parameters: new Map(), body: "" }, {}).text).toBe(text);
  });

  it.each([
    ["#include('a')", "#include"],
    ["#parse('a')", "#parse"],
    ["#stop", "#stop"],
    ["#evaluate('a')", "#evaluate"],
    ["#@x()a#end", "#@"],
    ["#macro(m)a#end", "#macro"],
    ["#define($d)a#end", "#define"],
    ["#foreach($x in $l)#break#end", "#break"],
    ["#foreach($x in [1..3])a#end", "a range"],
    ["$a.matches('x')", "$a.matches('x')"],
    ["$a.split($b)", "$a.split($b) with a pattern that is more than a text"],
    ["#unknown('a')", "#unknown(), which is not a directive,"],
    ["$a()", "$a()"],
    ["$input.params('a').getClass()", "$input.params('a').getClass()"],
    ["$a.toString().constructor()", "$a.toString().constructor()"],
    ["$util.constructor('a')", "$util.constructor('a')"],
    ["$integration.request.body", "$integration.request.body"],
    ["#set($stageVariables = 1)", "$stageVariables"],
    ["$method.request.body", "$method.request.body"],
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
  ])("refuses %s by name", (template, what) => {
    expect(() => checkTemplate(template)).toThrow(refusal(what));
  });

  it.each([
    ["#if($a)", UNENDED],
    ["#if($a)#else", UNENDED],
    ["#foreach($a in $b)#if($a)#end", UNENDED],
    ["#if(true)".repeat(200), UNENDED],
    ["a#end", "#end, which nothing opens,"],
    ["#else b", "#else, which nothing opens,"],
  ])("refuses %s, whose blocks do not end where they should", (template, what) => {
    expect(() => checkTemplate(template)).toThrow(refusal(what));
  });

  it.each([
    "#set($a == 1)",
    "#set $a = 1",
    "${a",
    "#set($a = 'b)",
    "#if($a b)c#end",
    "#foreach($a of $b)c#end",
    "#if(true)a#set($b = )#end",
  ])("refuses %s, which cannot be parsed", (template) => {
    expect(() => checkTemplate(template)).toThrow(UnsupportedError);
    expect(() => checkTemplate(template)).toThrow("the mapping template cannot be parsed: ");
  });

  it.each([
    ["bodies", (depth: number) => `${"#if(true)".repeat(depth)}x${"#end".repeat(depth)}`],
    ["brackets", (depth: number) => `#if(${"(".repeat(depth)}true${")".repeat(depth)})x#end`],
    ["arguments", (depth: number) => `${"$a.get(".repeat(depth)}1${")".repeat(depth)}`],
  ])("accepts 90 %s within each other, and refuses 5000", (_what, nested) => {
    expect(() => checkTemplate(nested(90))).not.toThrow();
    expect(() => checkTemplate(nested(5000))).toThrow(UnsupportedError);
  });

  it("takes a path in double quotes that is a constant", () => {
    expect(() => checkTemplate(`$input.json("$['a b']")`)).not.toThrow();
    expect(() => checkTemplate(`$input.json("$['a b'][?(@.x)]")`)).toThrow("is not emulated");
  });

  it("refuses within texts in double quotes, too, where references are filled in", () => {
    expect(() => checkTemplate('#set($a = "$method.x")')).toThrow(refusal("$method.x"));
    expect(() => checkTemplate('#set($a = "#if($b)")')).toThrow(refusal(UNENDED));
  });

  it("refuses a text with too many bytes", () => {
    expect(() => checkTemplate("x".repeat(300 * 1024 + 1))).toThrow(refusal(`a text of more than ${300 * 1024} bytes`));
  });

  it.each(["(a+)+b", "[0-9]", "\\\\d", "a|b"])("refuses the pattern %s, which is more than a text", (pattern) => {
    expect(() => checkTemplate(`$a.replaceAll('${pattern}', '')`)).toThrow("a pattern that is more than a text");
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
        checkTemplate(template);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedError);
      }
    }
  });
});
