/**
 * Mapping templates in Velocity's language: parsed by velocityjs, evaluated with Java's semantics. What is not emulated
 * is refused when the template is configured. Values are read and changed by template-values.ts alone, so that a
 * template reaches neither prototypes nor JavaScript's own methods.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */
import { type ContextVariables, isContextGroup, isContextVariable } from "./context-variables";
import { parsePath } from "./json-path";
import { type Node, notEmulated, plain, type Tree, textOfReference, treeOf } from "./template-tree";
import {
  calculate,
  callMethod,
  compare,
  decimal,
  integer,
  isEqual,
  isTrue,
  itemsOf,
  literalPattern,
  METHOD_NAMES,
  memberOf,
  PATTERN_METHODS,
  setMember,
  TemplateFailure,
  type TemplateValue,
  textOf,
  VelocityList,
} from "./template-values";
import { asMap, FUNCTIONS, TemplateInput, type TemplatePayload } from "./template-variables";

/** Values by path, such as `responseOverride.header.Location`. */
export type Overrides = ReadonlyMap<string, string>;

/** A template's text, and what it overrides. */
export interface Evaluated {
  readonly text: string;
  readonly overrides: Overrides;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_BYTES = 300 * 1024;
const MAX_ITERATIONS = 1000;
/** How long an evaluation may keep all other calls waiting: loops within loops end here. */
const MAX_MILLISECONDS = 5000;
const MAX_TEMPLATES = 200;
/** The time of parsing grows with more than the square of the levels. */
const MAX_LEVELS = 400;

/** What one evaluation reads and changes. */
interface Scope {
  readonly input: TemplateInput;
  readonly context: Map<string, TemplateValue>;
  readonly stageVariables: Map<string, TemplateValue>;
  readonly variables: Map<string, TemplateValue>;
  /** Paths of overrides that this template has set. */
  readonly overridden: Set<string>;
  readonly deadline: number;
}

type Evaluator = (scope: Scope) => TemplateValue;
type Printer = (scope: Scope) => string;

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
  const scope: Scope = {
    input: new TemplateInput(payload),
    context: new Map([...asMap(context), ...earlierOverrides(earlier)]),
    stageVariables: asMap(payload.stageVariables ?? {}),
    variables: new Map(),
    overridden: new Set(),
    deadline: performance.now() + MAX_MILLISECONDS,
  };
  try {
    return { text: template(scope), overrides: overridesIn(scope.context) };
  } catch (error) {
    // Node refuses texts and stacks that are too large.
    if (error instanceof RangeError) throw new TemplateFailure("the template takes too much memory", { cause: error });
    throw error;
  }
}

const templates = new Map<string, Printer>();

function templateOf(source: string): Printer {
  const known = templates.get(source);
  if (known !== undefined) return known;
  if (Buffer.byteLength(source) > MAX_BYTES) throw notEmulated(`a text of more than ${MAX_BYTES} bytes`);
  if (levelsOf(source) > MAX_LEVELS) throw notEmulated("nesting of so many levels");
  try {
    const compiled = bodyOf(treeOf(source));
    if (templates.size >= MAX_TEMPLATES) templates.clear();
    templates.set(source, compiled);
    return compiled;
  } catch (error) {
    if (error instanceof RangeError) throw notEmulated("nesting of so many levels");
    throw error;
  }
}

/** How deep brackets are nested; those in texts count as well. */
function levelsOf(source: string): number {
  let [level, deepest] = [0, 0];
  for (const [bracket] of source.matchAll(/[()[\]{}]/g)) {
    level = Math.max(0, level + ("([{".includes(bracket) ? 1 : -1));
    deepest = Math.max(deepest, level);
  }
  return deepest;
}

function bodyOf(trees: readonly Tree[]): Printer {
  const parts = trees.map(printerOf);
  return (scope) => parts.map((print) => print(scope)).join("");
}

function printerOf(tree: Tree): Printer {
  if (typeof tree === "string") return () => plain(tree);
  if (isList(tree)) return blockOf(tree);
  const { type, value } = tree;
  if (type === "comment") return () => "";
  if (type === "raw") return () => plain(String(value));
  if (type === "set") return settingOf(tree);
  if (type === "macro_call") throw notEmulated(`#${tree.id}(), which is not a directive,`);
  if (type !== "references") throw notEmulated(`#${type}${type.startsWith("else") ? ", which nothing opens," : ""}`);
  // Of null, nothing is printed (measured on AWS: ToQoz/api-gateway-mapping-template#5).
  const evaluate = referenceOf(tree);
  return (scope) => textOf(evaluate(scope)) ?? "";
}

function blockOf(trees: readonly Tree[]): Printer {
  const [head, ...inner] = trees as readonly [Node, ...Tree[]];
  if (head.type === "foreach") return loopOf(head, inner);
  const branches: { readonly holds: Evaluator; readonly trees: Tree[] }[] = [];
  for (const tree of trees) {
    const { type = "", condition } = typeof tree === "string" || isList(tree) ? {} : tree;
    if (type === "else") branches.push({ holds: () => true, trees: [] });
    else if (type === "if" || type === "elseif") branches.push({ holds: expressionOf(condition), trees: [] });
    else branches.at(-1)?.trees.push(tree);
  }
  const printers = branches.map(({ holds, trees: body }) => ({ holds, print: bodyOf(body) }));
  return (scope) => printers.find(({ holds }) => isTrue(holds(scope)))?.print(scope) ?? "";
}

function loopOf({ from, to = "" }: Node, trees: readonly Tree[]): Printer {
  const [list, body] = [expressionOf(from), bodyOf(trees)];
  return (scope) => {
    // Velocity stops at its limit of iterations without an error, which is unconfirmed of AWS.
    const items = itemsOf(list(scope)).slice(0, MAX_ITERATIONS);
    const before = [to, "foreach", "velocityCount"].map((name) => [name, scope.variables.get(name)] as const);
    const printed = items.map((item, index) => {
      if (performance.now() > scope.deadline) throw new TemplateFailure("the template does not end");
      const [count, hasNext] = [index + 1, index + 1 < items.length];
      const state = Object.entries({ index, count, hasNext, first: index === 0, last: !hasNext });
      assign(scope.variables, to, item);
      scope.variables.set("foreach", new Map<string, TemplateValue>(state)).set("velocityCount", count);
      return body(scope);
    });
    for (const [name, value = null] of before) assign(scope.variables, name, value);
    return printed.join("");
  };
}

function assign(variables: Map<string, TemplateValue>, name: string, value: TemplateValue): void {
  if (value === null) variables.delete(name);
  else variables.set(name, value);
}

function settingOf({ equal }: Node): Printer {
  const [target, value] = equal ?? [];
  const evaluate = expressionOf(value);
  const store = targetOf(target ?? { type: "references" });
  return (scope) => {
    const result = evaluate(scope);
    // Velocity leaves a variable as it was when there is nothing to give it.
    if (result !== null) store(scope, result);
    return "";
  };
}

/** Groups of `$context` that a template may change, with their own groups. */
const OVERRIDES: Readonly<Record<string, readonly string[]>> = {
  requestOverride: ["header", "path", "querystring"],
  responseOverride: ["header"],
};
const isOverride = (name: string | undefined) => name !== undefined && Object.hasOwn(OVERRIDES, name);

function targetOf(node: Node): (scope: Scope, value: TemplateValue) => void {
  const root = String(node.id);
  const path = node.path ?? [];
  const ofContext = root === "context";
  const isReserved = path.length === 0 && (ofContext || root === "stageVariables");
  if (Object.hasOwn(FUNCTIONS, root) || isReserved) throw notEmulated(textOfReference(node));
  if (path.length === 0) return ({ variables }, value) => variables.set(root, value);
  if (ofContext && (path.length < 2 || !isOverride(constantKey(path[0])))) {
    throw notEmulated(`#set of ${textOfReference(node)}`);
  }
  const keys = path.map((step) => keyOf(step, node));
  return (scope, value) => {
    const names = keys.map((key) => key(scope));
    const parent = names.slice(0, -1).reduce(memberOf, rootOf(scope, root));
    const name = names.map((each) => textOf(each)).join(".");
    if (ofContext && scope.overridden.has(name)) throw new TemplateFailure(`${name} is overridden twice`);
    if (ofContext) scope.overridden.add(name);
    setMember(parent, names.at(-1) ?? null, value);
  };
}

function rootOf({ context, stageVariables, variables }: Scope, root: string): TemplateValue {
  if (root === "context") return context;
  return root === "stageVariables" ? stageVariables : (variables.get(root) ?? null);
}

function referenceOf(node: Node): Evaluator {
  const root = String(node.id);
  const path = node.path ?? [];
  if (node.args !== undefined || root === "method" || root === "integration") throw notEmulated(textOfReference(node));
  if (Object.hasOwn(FUNCTIONS, root)) return functionCallOf(node, root, path);
  if (root === "context") return contextReferenceOf(node, path);
  const follow = following(path, node);
  return (scope) => follow(scope, rootOf(scope, root));
}

function functionCallOf(node: Node, root: string, [first, ...others]: readonly Node[]): Evaluator {
  const name = String(first?.id);
  const follow = following(others, node);
  if (root === "input" && first?.type === "property" && name === "body") {
    return (scope) => follow(scope, scope.input.body);
  }
  const functions = FUNCTIONS[root] ?? {};
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const given = first === undefined ? [] : argumentsOf(first);
  if (first?.type !== "method" || called?.counts.includes(given.length) !== true) {
    throw notEmulated(textOfReference(node));
  }
  const path = root === "input" && name !== "params" ? constantOf(given[0]) : undefined;
  if (path !== undefined) parsePath(path);
  const argument = expressionOf(given[0]);
  return (scope) => follow(scope, called.call(scope.input, argument(scope)));
}

function contextReferenceOf(node: Node, path: readonly Node[]): Evaluator {
  const keys = path.map(constantKey);
  const known = keys.includes(undefined) ? keys.slice(0, keys.indexOf(undefined)) : keys;
  const names = known as readonly string[];
  const follow = following(path, node);
  if (isOverride(names[0])) return (scope) => follow(scope, scope.context);
  const isVariable = isContextVariable(names);
  if (names.length === 0 || !(isVariable || isContextGroup(names))) throw notEmulated(textOfReference(node));
  const isWhole = names.length === path.length;
  // What AWS documents: the claims as a whole are null.
  if (isWhole && names.join(".") === "authorizer.claims") return () => null;
  return (scope) => follow(scope, scope.context) ?? (isWhole && isVariable ? "" : null);
}

type Step = (scope: Scope, value: TemplateValue) => TemplateValue;

/** Goes on from a value by properties, indexes and methods. */
function following(path: readonly Node[], whole: Node): Step {
  const steps = path.map((step) => stepOf(step, whole));
  return (scope, value) => steps.reduce((found, step) => step(scope, found), value);
}

function stepOf(node: Node, whole: Node): Step {
  if (node.type !== "method") {
    const key = keyOf(node, whole);
    return (scope, value) => memberOf(value, key(scope));
  }
  const name = String(node.id);
  if (!METHOD_NAMES.has(name)) throw notEmulated(textOfReference(whole));
  const given = argumentsOf(node);
  const evaluators = given.map(expressionOf);
  if (PATTERN_METHODS.includes(name)) {
    const pattern = literalPattern(constantOf(given[0]) ?? "");
    if (constantOf(given[0]) === undefined || pattern === undefined) {
      throw notEmulated(`${textOfReference(whole)} with a pattern that is more than a text`);
    }
    evaluators[0] = () => pattern;
  }
  return (scope, value) => {
    const values = evaluators.map((evaluate) => evaluate(scope));
    return callMethod(value, name, values);
  };
}

function keyOf(step: Node, whole: Node): Evaluator {
  if (step.type === "property") return () => String(step.id);
  if (step.type !== "index" || typeof step.id !== "object") throw notEmulated(textOfReference(whole));
  return expressionOf(step.id);
}

function expressionOf(node: Node | undefined): Evaluator {
  if (node === undefined) return () => null;
  const { type, value } = node;
  if (type === "math") return operationOf(node);
  if (type === "references") return referenceOf(node);
  if (type === "integer") return constant(integer(String(value)));
  if (type === "decimal") return constant(decimal(Number(value)));
  if (type === "bool") return constant(value === "null" ? null : value === "true");
  if (type === "string") {
    const text = plain(String(value));
    // In double quotes, what is in a text is evaluated.
    return node.isEval === true && /[$#]/.test(text) ? bodyOf(treeOf(text)) : constant(text);
  }
  if (type === "array" && node.isRange !== true) {
    const members = (value as readonly Node[]).map(expressionOf);
    return (scope) => VelocityList.from(members, (evaluate) => evaluate(scope));
  }
  if (type !== "map") throw notEmulated(type === "array" ? "a range" : `a value of type ${type}`);
  const members = Object.entries((value ?? {}) as Readonly<Record<string, Node>>);
  const evaluators = members.map(([name, member]) => [name, expressionOf(member)] as const);
  return (scope) => new Map(evaluators.map(([name, evaluate]) => [name, evaluate(scope)]));
}

type Operation = (left: () => TemplateValue, right: () => TemplateValue) => TemplateValue;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  parenthesis: (left) => left(),
  not: (left) => !isTrue(left()),
  minus: (left) => calculate("-", 0, left()),
  "||": (left, right) => isTrue(left()) || isTrue(right()),
  "&&": (left, right) => isTrue(left()) && isTrue(right()),
  "==": (left, right) => isEqual(left(), right()),
  "!=": (left, right) => !isEqual(left(), right()),
  "<": (left, right) => compare(left(), right()) < 0,
  "<=": (left, right) => compare(left(), right()) <= 0,
  ">": (left, right) => compare(left(), right()) > 0,
  ">=": (left, right) => compare(left(), right()) >= 0,
};

function operationOf({ expression = [], operator = "" }: Node): Evaluator {
  const [left = constant(null), right = constant(null)] = expression.map(expressionOf);
  const operate = OPERATIONS[operator];
  if (operate !== undefined) {
    return (scope) =>
      operate(
        () => left(scope),
        () => right(scope),
      );
  }
  // A reference to nothing is added to a text as it is written, as in Velocity 1.7.
  const [first, second] = expression.map((each) => (each.type === "references" ? textOfReference(each) : undefined));
  return (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (operator !== "+" || (typeof a !== "string" && typeof b !== "string")) return calculate(operator, a, b);
    const [before, after] = [textOf(a) ?? first, textOf(b) ?? second];
    if (before !== undefined && after !== undefined) return before + after;
    throw new TemplateFailure("a text is added to a calculation that has no result");
  };
}

function constant(value: TemplateValue): Evaluator {
  return () => value;
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
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

/** Overrides as members of `$context`, by group. */
function earlierOverrides(earlier: Overrides): readonly (readonly [string, TemplateValue])[] {
  return Object.entries(OVERRIDES).map(([root, groups]) => {
    const members = new Map<string, TemplateValue>(groups.map((group) => [group, new Map()]));
    for (const [path, value] of earlier) {
      const [of, group = "", ...name] = path.split(".");
      if (of !== root) continue;
      if (groups.includes(group)) setMember(members.get(group) ?? null, name.join("."), value);
      else members.set([group, ...name].join("."), value);
    }
    return [root, members] as const;
  });
}

/** What the template has overridden, by path; single values come first. */
function overridesIn(context: Map<string, TemplateValue>): Overrides {
  const flat = (value: TemplateValue | undefined, prefix: string): readonly (readonly [string, TemplateValue])[] =>
    value instanceof Map ? [...value].map(([name, member]) => [`${prefix}.${name}`, member] as const) : [];
  const members = Object.keys(OVERRIDES).flatMap((root) => flat(context.get(root), root));
  const all = [
    ...members.filter(([, value]) => !(value instanceof Map)),
    ...members.flatMap(([path, value]) => flat(value, path)),
  ];
  return new Map(
    all.flatMap(([path, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}
