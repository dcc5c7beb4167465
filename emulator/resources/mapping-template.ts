/**
 * Mapping templates in Velocity's language, as far as they are played. What is not is refused when the template is
 * put in place and not when somebody calls. Pure; evaluated in endpoints/template-evaluation.ts.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */
import { UnsupportedError } from "../errors";
import { isContextVariable } from "./context-variables";
import { type Lexer, lexerOf } from "./mapping-template-lexer";
import type { Branch, Expression, Reference, Step, Template, TemplateNode } from "./mapping-template-syntax";

/** Functions of the roots that have any; `body` is the only property that is none of them. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  input: ["body", "json", "params", "path"],
  util: ["base64Decode", "base64Encode", "escapeJavaScript", "urlDecode", "urlEncode"],
};
const OVERRIDES =
  /^(?:responseOverride\.(?:status|header\.[^.]+)|requestOverride\.(?:header|path|querystring)\.[^.]+)$/;
const NOT_PLAYED = ["stageVariables", "method", "integration"];
const EMULATED =
  "#set, #if, #elseif, #else, #end; $context; $input.body, .json(), .params(), .path(); .get() of a map; $util.base64Decode(), .base64Encode(), .escapeJavaScript(), .urlDecode(), .urlEncode(); || && ! == != + - *";

/** Operators, the weakest first; those of one line are equally strong. */
const OPERATORS = [["||"], ["&&"], ["==", "!="], ["+", "-"], ["*"]] as const;

/** The template of the text. @throws {UnsupportedError} naming what is not played, or cannot be read */
export function parseTemplate(text: string): Template {
  const lexer = lexerOf(text, notEmulated);
  const template = parseNodes(lexer);
  if (!lexer.isAtEnd) throw notEmulated(`${lexer.rest()}, which nothing opens,`);
  return template;
}

function notEmulated(what: string): UnsupportedError {
  return new UnsupportedError(`${what} is not emulated in a mapping template. Emulated: ${EMULATED}.`);
}

/** Everything up to the end, or to a directive that belongs to what is outside. */
function parseNodes(lexer: Lexer): Template {
  const nodes: TemplateNode[] = [];
  for (;;) {
    const text = lexer.text();
    if (text !== "") nodes.push({ kind: "text", text });
    const directive = lexer.directive();
    if (directive === "set") nodes.push(parseSet(lexer));
    else if (directive === "if") nodes.push(parseIf(lexer));
    else if (lexer.isAtEnd || directive !== undefined) return nodes;
    else nodes.push({ kind: "print", reference: parseReference(lexer) });
  }
}

function parseSet(lexer: Lexer): TemplateNode {
  lexer.next("#set");
  lexer.expect("(");
  const target = parseReference(lexer);
  const isVariable = target.steps.length === 0 && FUNCTIONS[target.root] === undefined;
  if (!isOverride(target) && !isVariable) throw notEmulated(`#set of ${target.source}`);
  lexer.expect("=");
  const value = parseExpression(lexer);
  lexer.expect(")");
  lexer.endLine();
  return { kind: "set", target, value };
}

function parseIf(lexer: Lexer): TemplateNode {
  const branches: Branch[] = [];
  for (let directive = lexer.directive(); directive !== "end"; directive = lexer.directive()) {
    if (directive === undefined) throw notEmulated("#if without its #end");
    lexer.next(`#${directive}`);
    branches.push({ condition: directive === "else" ? undefined : parseCondition(lexer), body: parseBody(lexer) });
  }
  lexer.next("#end");
  lexer.endLine();
  return { kind: "if", branches };
}

function parseCondition(lexer: Lexer): Expression {
  lexer.expect("(");
  const condition = parseExpression(lexer);
  lexer.expect(")");
  return condition;
}

function parseBody(lexer: Lexer): Template {
  lexer.endLine();
  return lexer.nested(() => parseNodes(lexer));
}

function parseExpression(lexer: Lexer, level = 0): Expression {
  const operators = OPERATORS[level];
  if (operators === undefined) return parseOperand(lexer);
  let left = parseExpression(lexer, level + 1);
  for (let operator = lexer.operator(operators); operator !== undefined; operator = lexer.operator(operators)) {
    left = { kind: "operation", operator, left, right: parseExpression(lexer, level + 1) };
  }
  return left;
}

function parseOperand(lexer: Lexer): Expression {
  if (lexer.oneOf(["!"]) !== undefined) return { kind: "not", operand: lexer.nested(() => parseOperand(lexer)) };
  if (lexer.oneOf(["("]) !== undefined) {
    const inner = lexer.nested(() => parseExpression(lexer));
    lexer.expect(")");
    return inner;
  }
  const constant = lexer.constant();
  if (constant !== undefined) return { kind: "constant", value: constant };
  const quoted = lexer.quoted();
  if (quoted !== undefined) return { kind: "text", template: parseTemplate(quoted) };
  return { kind: "reference", reference: parseReference(lexer) };
}

/** `$name…` or `${name…}`. */
function parseReference(lexer: Lexer): Reference {
  const start = lexer.position;
  const isFormal = lexer.startReference();
  const root = lexer.name();
  const steps: Step[] = [];
  for (let name = lexer.property(); name !== undefined; name = lexer.property()) {
    steps.push({ name, arguments: parseArguments(lexer) });
  }
  if (isFormal) lexer.expect("}");
  const reference = { root, steps, source: lexer.since(start) };
  requirePlayed(reference);
  return reference;
}

function parseArguments(lexer: Lexer): readonly Expression[] | undefined {
  if (!lexer.startArguments()) return undefined;
  if (lexer.oneOf([")"]) !== undefined) return [];
  const all = [lexer.nested(() => parseExpression(lexer))];
  while (lexer.oneOf([","]) !== undefined) all.push(lexer.nested(() => parseExpression(lexer)));
  lexer.expect(")");
  return all;
}

/** `$context.responseOverride.header.<name>` and the like. */
function isOverride({ root, steps }: Reference): boolean {
  return root === "context" && OVERRIDES.test(steps.map(({ name }) => name).join("."));
}

function requirePlayed(reference: Reference): void {
  const { root, steps, source } = reference;
  const [first, ...others] = steps;
  const functions = FUNCTIONS[root];
  if (NOT_PLAYED.includes(root)) throw notEmulated(source);
  if (root === "context" && !isOverride(reference) && !isContextVariable(steps.map(({ name }) => name))) {
    throw notEmulated(source);
  }
  if (functions !== undefined && (first === undefined || !isFunction(first, functions))) throw notEmulated(source);
  if (root === "input" && first !== undefined && !isFixed(first)) {
    throw notEmulated(`${source}, whose path is not a constant,`);
  }
  const called = (functions === undefined ? steps : others).filter((step) => step.arguments !== undefined);
  if (called.some(({ name, arguments: given }) => name !== "get" || given?.length !== 1)) throw notEmulated(source);
}

/** Whether nobody who calls has a say in the path that the function follows, if it is one that does. */
function isFixed({ name, arguments: [path] = [] }: Step): boolean {
  if (name !== "json" && name !== "path") return true;
  return path?.kind === "constant" || (path?.kind === "text" && path.template.every(({ kind }) => kind === "text"));
}

function isFunction(step: Step, functions: readonly string[]): boolean {
  if (!functions.includes(step.name) || (step.name === "body") !== (step.arguments === undefined)) return false;
  const count = step.arguments?.length ?? 1;
  return count === 1 || (step.name === "params" && count === 0);
}
