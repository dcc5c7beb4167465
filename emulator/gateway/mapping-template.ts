/**
 * Mapping templates in Velocity's language: parsed by velocityjs, evaluated with Java's semantics. What is not emulated
 * is refused when the template is configured. Values are read and changed by template-values.ts alone, so that a
 * template reaches neither prototypes nor JavaScript's own methods.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */
import { UnsupportedError } from "../errors";
import { type ContextVariables, isContextGroup, isContextVariable } from "./context-variables";
import { parsePath } from "./json-path";
import { safeRegExp } from "./safe-regexp";
import { TemplateFailure } from "./template-failure";
import { WrittenNumber } from "./template-json";
import { OVERRIDES, type Overrides, overridesIn, type Printer, Scope } from "./template-scope";
import { MAX_DEPTH, type Node, notEmulated, plain, type Tree, textOfReference, treeOf } from "./template-tree";
import {
  calculate,
  callMethod,
  compare,
  integer,
  isEqual,
  isTrue,
  itemsOf,
  limited,
  METHOD_NAMES,
  memberOf,
  setMember,
  type TemplateValue,
  textOf,
  VelocityList,
} from "./template-values";
import { FUNCTIONS, type TemplatePayload } from "./template-variables";

export type { Overrides } from "./template-scope";

/** A template's text, and what it overrides. */
export interface Evaluated {
  readonly text: string;
  readonly overrides: Overrides;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_BYTES = 300 * 1024;
const MAX_ITERATIONS = 1000;
const MAX_OPERATORS = 1000;

/**
 * Refuses a template that cannot be evaluated.
 * @throws {UnsupportedError} naming what is not emulated, or where the template cannot be parsed
 */
export function checkTemplate(source: string): void {
  templateOf(source);
}

/**
 * Evaluates a template.
 * @param earlier overrides of the request template, which the response template reads and keeps
 * @throws {TemplateFailure} when API Gateway would fail
 * @throws {UnsupportedError} for what {@link checkTemplate} refuses
 */
export function evaluateTemplate(
  source: string,
  payload: TemplatePayload,
  context: ContextVariables,
  earlier: Overrides = new Map(),
): Evaluated {
  const template = templateOf(source);
  const scope = new Scope(payload, context, earlier);
  try {
    const text = template(scope);
    return { text, overrides: overridesIn(scope.global.context) };
  } catch (error) {
    if (error instanceof RangeError) throw new TemplateFailure("the template takes too much memory", { cause: error });
    if (error instanceof UnsupportedError) throw new TemplateFailure(error.message, { cause: error });
    throw error;
  }
}

type Evaluator = (scope: Scope) => TemplateValue;

interface Macro {
  readonly parameters: readonly string[];
  readonly body: Printer;
}

const MAX_TEMPLATES = 200;
const templates = new Map<string, Printer>();

function templateOf(source: string): Printer {
  const known = templates.get(source);
  if (known !== undefined) return known;
  if (Buffer.byteLength(source) > MAX_BYTES) throw notEmulated(`a text of more than ${MAX_BYTES} bytes`);
  const compiled = new Compiler().template(source);
  if (templates.size >= MAX_TEMPLATES) templates.clear();
  templates.set(source, compiled);
  return compiled;
}

/** Makes functions of a template's tree. */
class Compiler {
  private readonly macros = new Map<string, Macro>();
  private readonly called = new Set<string>();
  private depth = 0;
  private operators = 0;

  template(source: string): Printer {
    const print = this.body(treeOf(source));
    for (const name of this.called) {
      if (!this.macros.has(name)) throw notEmulated(`#${name}(), which is neither a directive nor a macro,`);
    }
    return print;
  }

  private body(trees: readonly Tree[]): Printer {
    const parts = trees.map((tree) => this.part(tree));
    return (scope) => {
      let text = "";
      for (const print of parts) {
        if (scope.isBreaking) break;
        text += print(scope);
      }
      scope.spend(text.length + 20 * parts.length);
      return limited(text);
    };
  }

  private part(tree: Tree): Printer {
    if (typeof tree === "string") return printing(plain(tree));
    if (isList(tree)) return this.nested(() => this.block(tree));
    if (tree.type === "comment") return printing("");
    if (tree.type === "raw") return printing(plain(String(tree.value)));
    if (tree.type === "set") return this.set(tree);
    if (tree.type === "references") return this.printed(tree);
    if (tree.type === "macro_call") return this.macroCall(tree);
    if (tree.type !== "break")
      throw notEmulated(`#${tree.type}${tree.type.startsWith("else") ? ", which nothing opens," : ""}`);
    return (scope) => {
      scope.isBreaking = true;
      return "";
    };
  }

  private block([head, ...trees]: readonly Tree[]): Printer {
    const { type, id } = head as Node;
    if (type === "if") return this.conditional([head as Node, ...trees]);
    if (type === "foreach") return this.loop(head as Node, trees);
    const name = String(id);
    if (type === "macro") {
      const parameters = argumentsOf(head as Node).map((parameter) => String(parameter.id));
      this.macros.set(name, { parameters, body: this.body(trees) });
      return printing("");
    }
    if (type !== "define") throw notEmulated(`#${type}`);
    const body = this.body(trees);
    return (scope) => {
      scope.blocks.set(name, body);
      return "";
    };
  }

  private conditional(trees: readonly Tree[]): Printer {
    const branches: { readonly holds: Evaluator; readonly trees: Tree[] }[] = [];
    for (const tree of trees) {
      const type = typeof tree === "string" || isList(tree) ? undefined : tree.type;
      if (type === "else") branches.push({ holds: () => true, trees: [] });
      else if (type === "if" || type === "elseif")
        branches.push({ holds: this.expression((tree as Node).condition), trees: [] });
      else branches.at(-1)?.trees.push(tree);
    }
    const printers = branches.map(({ holds, trees: inner }) => ({ holds, print: this.body(inner) }));
    return (scope) => printers.find(({ holds }) => isTrue(holds(scope)))?.print(scope) ?? "";
  }

  private loop({ from, to = "" }: Node, trees: readonly Tree[]): Printer {
    const list = this.expression(from);
    const body = this.body(trees);
    return (scope) => {
      // Velocity stops at its limit without an error (believed of AWS).
      const items = itemsOf(list(scope)).slice(0, MAX_ITERATIONS);
      return withVariables(scope, [to, "foreach", "velocityCount"], () => {
        let text = "";
        for (const [index, item] of items.entries()) {
          const [count, hasNext] = [index + 1, index + 1 < items.length];
          const state = Object.entries({ index, count, hasNext, first: index === 0, last: !hasNext });
          assign(scope.variables, to, item);
          scope.variables.set("foreach", new Map<string, TemplateValue>(state)).set("velocityCount", count);
          scope.spend(200);
          text += body(scope);
          if (scope.isBreaking) break;
        }
        scope.isBreaking = false;
        return limited(text);
      });
    };
  }

  private macroCall(node: Node): Printer {
    const name = String(node.id);
    this.called.add(name);
    const given = argumentsOf(node).map((each) => this.expression(each));
    return (scope) => {
      const { parameters = [], body = printing("") } = this.macros.get(name) ?? {};
      const values = given.map((evaluate) => evaluate(scope));
      return withVariables(scope, parameters, () => {
        for (const [index, parameter] of parameters.entries())
          assign(scope.variables, parameter, values[index] ?? null);
        return scope.nested(() => body(scope));
      });
    };
  }

  /** A reference as text; of `null`, nothing (measured on AWS: ToQoz/api-gateway-mapping-template#5). */
  private printed(node: Node): Printer {
    const evaluate = this.reference(node);
    return (scope) => textOf(evaluate(scope)) ?? "";
  }

  private set({ equal }: Node): Printer {
    const [target, value] = equal ?? [];
    const evaluate = this.expression(value);
    const store = this.target(target ?? { type: "references" });
    return (scope) => {
      const result = evaluate(scope);
      // Velocity leaves a variable as it was when there is nothing to give it.
      if (result !== null) store(scope, result);
      return "";
    };
  }

  private target(node: Node): (scope: Scope, value: TemplateValue) => void {
    const root = String(node.id);
    const path = node.path ?? [];
    const last = path.at(-1);
    if (Object.hasOwn(FUNCTIONS, root) || (path.length === 0 && isReserved(root)))
      throw notEmulated(textOfReference(node));
    if (last === undefined) return ({ variables }, value) => variables.set(root, value);
    const keys = path.map((step) => this.key(step, node));
    const isOverride = root === "context";
    if (isOverride && (path.length < 2 || !OVERRIDES.includes(constantKey(path[0]) ?? ""))) {
      throw notEmulated(`#set of ${textOfReference(node)}`);
    }
    return (scope, value) => {
      const names = keys.map((key) => key(scope));
      const parent = names.slice(0, -1).reduce(memberOf, rootOf(scope, root));
      const name = names.map((each) => textOf(each)).join(".");
      if (isOverride && scope.overridden.has(name)) throw new TemplateFailure(`${name} is overridden twice`);
      if (isOverride) scope.overridden.add(name);
      setMember(parent, names.at(-1) ?? null, value);
    };
  }

  private reference(node: Node): Evaluator {
    const root = String(node.id);
    const path = node.path ?? [];
    if (node.args !== undefined || root === "method" || root === "integration")
      throw notEmulated(textOfReference(node));
    if (Object.hasOwn(FUNCTIONS, root)) return this.functionCall(node, root, path);
    if (root === "context") return this.contextReference(node, path);
    const follow = this.follow(path, node);
    return (scope) => {
      const block = path.length === 0 ? scope.blocks.get(root) : undefined;
      return block === undefined ? follow(scope, rootOf(scope, root)) : scope.nested(() => block(scope));
    };
  }

  private functionCall(node: Node, root: string, [first, ...others]: readonly Node[]): Evaluator {
    const name = String(first?.id);
    const follow = this.follow(others, node);
    if (root === "input" && first?.type === "property" && name === "body")
      return (scope) => follow(scope, scope.global.body);
    const counts = Object.hasOwn(FUNCTIONS[root] ?? {}, name) ? FUNCTIONS[root]?.[name] : undefined;
    const given = first === undefined ? [] : argumentsOf(first);
    if (first?.type !== "method" || counts?.includes(given.length) !== true) throw notEmulated(textOfReference(node));
    const path = root === "input" && name !== "params" ? constantOf(given[0]) : undefined;
    if (path !== undefined) parsePath(path);
    const evaluators = given.map((each) => this.expression(each));
    return (scope) => {
      scope.spend(scope.global.body.length / 100);
      const values = evaluators.map((evaluate) => evaluate(scope));
      return follow(scope, scope.global.call(root, name, values));
    };
  }

  private contextReference(node: Node, path: readonly Node[]): Evaluator {
    const names: string[] = [];
    for (const step of path) {
      const name = constantKey(step);
      if (name === undefined) break;
      names.push(name);
    }
    const follow = this.follow(path, node);
    if (OVERRIDES.includes(names[0] ?? "")) return (scope) => follow(scope, scope.global.context);
    const isWhole = names.length === path.length;
    const isVariable = isContextVariable(names);
    if (names.length === 0 || !(isVariable || isContextGroup(names))) throw notEmulated(textOfReference(node));
    // What AWS documents: the claims as a whole are null.
    if (isWhole && names.join(".") === "authorizer.claims") return () => null;
    return (scope) => follow(scope, scope.global.context) ?? (isWhole && isVariable ? "" : null);
  }

  /** Goes on from a value by properties, indexes and methods. */
  private follow(path: readonly Node[], whole: Node): (scope: Scope, value: TemplateValue) => TemplateValue {
    const steps = path.map((step) => this.step(step, whole));
    return (scope, value) => steps.reduce((found, step) => step(scope, found), value);
  }

  private step(node: Node, whole: Node): (scope: Scope, value: TemplateValue) => TemplateValue {
    if (node.type !== "method") {
      const key = this.key(node, whole);
      return (scope, value) => memberOf(value, key(scope));
    }
    const name = String(node.id);
    if (!METHOD_NAMES.has(name)) throw notEmulated(textOfReference(whole));
    const given = argumentsOf(node);
    const pattern = ["matches", "replaceAll", "replaceFirst", "split"].includes(name)
      ? constantOf(given[0])
      : undefined;
    if (pattern !== undefined) safeRegExp(pattern);
    const evaluators = given.map((each) => this.expression(each));
    return (scope, value) => {
      scope.spend(typeof value === "string" ? value.length : 10);
      return callMethod(
        value,
        name,
        evaluators.map((evaluate) => evaluate(scope)),
      );
    };
  }

  private key(step: Node, whole: Node): Evaluator {
    if (step.type === "property") return () => String(step.id);
    if (step.type !== "index" || typeof step.id !== "object") throw notEmulated(textOfReference(whole));
    return this.expression(step.id);
  }

  private expression(node: Node | undefined): Evaluator {
    if (node === undefined) return () => null;
    if (node.type === "math") return this.nestedUnlessChained(node, () => this.operation(node));
    return this.nested(() => this.operand(node));
  }

  private operand(node: Node): Evaluator {
    const { type, value } = node;
    if (type === "references") return this.reference(node);
    if (type === "string") return this.text(plain(String(value)), node.isEval === true);
    if (type === "integer") return constant(integer(String(value)));
    if (type === "decimal") return constant(Number.isInteger(value) ? new WrittenNumber(`${value}.0`) : Number(value));
    if (type === "bool") return constant(value === "null" ? null : value === "true");
    if (type === "array") return node.isRange === true ? this.range(node) : this.list(node);
    if (type !== "map") throw notEmulated(`a value of type ${type}`);
    const members = Object.entries((value ?? {}) as Readonly<Record<string, Node>>);
    const evaluators = members.map(([name, member]) => [name, this.expression(member)] as const);
    return (scope) => new Map(evaluators.map(([name, evaluate]) => [name, evaluate(scope)]));
  }

  /** A text; in double quotes, what is in it is evaluated. */
  private text(text: string, isTemplate: boolean): Evaluator {
    if (!isTemplate || !/[$#]/.test(text)) return constant(text);
    return this.body(treeOf(text));
  }

  private list({ value }: Node): Evaluator {
    const members = (value as readonly Node[]).map((member) => this.expression(member));
    return (scope) => VelocityList.from(members, (evaluate) => evaluate(scope));
  }

  private range({ value }: Node): Evaluator {
    const ends = (value as readonly (string | number | Node)[]).map((end) =>
      typeof end === "object" ? this.expression(end) : constant(Number(end)),
    );
    return (scope) => {
      const [from = Number.NaN, to = Number.NaN] = ends.map((evaluate) =>
        Number(textOf(evaluate(scope)) ?? Number.NaN),
      );
      if (!Number.isInteger(from) || !Number.isInteger(to)) return null;
      const length = Math.min(Math.abs(to - from), MAX_ITERATIONS) + 1;
      return VelocityList.from({ length }, (_none, index) => (from <= to ? from + index : from - index));
    };
  }

  private operation(node: Node): Evaluator {
    const [first, second] = (node.expression ?? []).map((each) => this.expression(each));
    const operator = node.operator ?? "";
    const left = first ?? constant(null);
    if (operator === "parenthesis") return left;
    if (operator === "not") return (scope) => !isTrue(left(scope));
    if (operator === "minus") return (scope) => calculate("-", 0, left(scope));
    this.operators += 1;
    if (this.operators > MAX_OPERATORS) throw notEmulated(`a text with more than ${MAX_OPERATORS} operators`);
    const right = second ?? constant(null);
    if (operator === "||") return (scope) => isTrue(left(scope)) || isTrue(right(scope));
    if (operator === "&&") return (scope) => isTrue(left(scope)) && isTrue(right(scope));
    if (operator === "==") return (scope) => isEqual(left(scope), right(scope));
    if (operator === "!=") return (scope) => !isEqual(left(scope), right(scope));
    const holds = COMPARISONS[operator];
    if (holds !== undefined) {
      return (scope) => {
        const difference = compare(left(scope), right(scope));
        return difference !== undefined && holds(difference);
      };
    }
    const literals = (node.expression ?? []).map((each) =>
      each.type === "references" ? textOfReference(each) : undefined,
    );
    return (scope) => {
      const [a, b] = [left(scope), right(scope)];
      if (operator !== "+" || (typeof a !== "string" && typeof b !== "string")) return calculate(operator, a, b);
      return limited(textFor(a, literals[0]) + textFor(b, literals[1]));
    };
  }

  private nested<Result>(compile: () => Result): Result {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw notEmulated(`nesting of more than ${MAX_DEPTH} levels`);
    const result = compile();
    this.depth -= 1;
    return result;
  }

  /** The left side of a chain such as `1 + 1 + 1` is no level of its own. */
  private nestedUnlessChained<Result>({ operator = "" }: Node, compile: () => Result): Result {
    return ["parenthesis", "not", "minus"].includes(operator) ? this.nested(compile) : compile();
  }
}

const COMPARISONS: Readonly<Record<string, (difference: number) => boolean>> = {
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};

/** An operand's text; of a reference to nothing, how it is written, as in Velocity 1.7. */
function textFor(value: TemplateValue, literal: string | undefined): string {
  const text = textOf(value) ?? literal;
  if (text === undefined) throw new TemplateFailure("a text is added to a calculation that has no result");
  return text;
}

function constant(value: TemplateValue): Evaluator {
  return () => value;
}

function printing(text: string): Printer {
  return () => text;
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

function isReserved(root: string): boolean {
  return root === "context" || root === "stageVariables";
}

function argumentsOf({ args }: Node): readonly Node[] {
  return args === undefined || args === false ? [] : args;
}

/** The text of an argument that is the same for every call. */
function constantOf(node: Node | undefined): string | undefined {
  if (node?.type !== "string") return undefined;
  const text = plain(String(node.value));
  return node.isEval === true && /[$#]!?\{?[a-zA-Z]/.test(text) ? undefined : text;
}

function constantKey(step: Node | undefined): string | undefined {
  if (step?.type === "property") return String(step.id);
  return step?.type === "index" && typeof step.id === "object" ? constantOf(step.id) : undefined;
}

function rootOf({ global, variables }: Scope, root: string): TemplateValue {
  if (root === "context") return global.context;
  return root === "stageVariables" ? global.stageVariables : (variables.get(root) ?? null);
}

function assign(variables: Map<string, TemplateValue>, name: string, value: TemplateValue): void {
  if (value === null) variables.delete(name);
  else variables.set(name, value);
}

/** Evaluates with variables of its own, which afterwards are what they were before. */
function withVariables<Result>({ variables }: Scope, names: readonly string[], evaluate: () => Result): Result {
  const before = names.map((name) => [name, variables.get(name) ?? null] as const);
  const result = evaluate();
  for (const [name, value] of before) assign(variables, name, value);
  return result;
}
