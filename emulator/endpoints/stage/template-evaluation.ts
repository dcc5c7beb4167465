/**
 * Fills in a mapping template. What is not there is printed as it is written, as Velocity does; a variable of the
 * context that a call does not have is empty.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
import { UnsupportedError } from "../../errors";
import { parseTemplate } from "../../resources/mapping-template";
import type { Expression, Reference, Step, Template, TemplateNode } from "../../resources/mapping-template-syntax";
import { type ContextVariables, contextValue } from "./context-variables";
import { templateFunctions } from "./template-functions";
import { type TemplateValue, WrittenNumber } from "./template-json";
import { TemplateFailure, type TemplatePayload } from "./template-payload";

/** A template's text, and what it overrides. */
export interface Evaluated {
  readonly text: string;
  /** Values by path, such as `responseOverride.header.Location`. */
  readonly overrides: ReadonlyMap<string, string>;
}

interface Scope {
  readonly payload: TemplatePayload;
  readonly context: ContextVariables;
  readonly variables: Map<string, TemplateValue>;
  readonly overrides: Map<string, string>;
}

/** @throws {TemplateFailure} when API Gateway would fail, not the caller */
export function evaluateTemplate(source: string, payload: TemplatePayload, context: ContextVariables): Evaluated {
  const scope: Scope = { payload, context, variables: new Map(), overrides: new Map() };
  const text = print(parseTemplate(source), scope);
  return { text, overrides: scope.overrides };
}

function print(template: Template, scope: Scope): string {
  return template.map((node) => printNode(node, scope)).join("");
}

function printNode(node: TemplateNode, scope: Scope): string {
  if (node.kind === "text") return node.text;
  if (node.kind === "print") return asText(resolve(node.reference, scope)) ?? node.reference.source;
  if (node.kind === "set") return assign(node.target, evaluate(node.value, scope), scope);
  const branch = node.branches.find(({ condition }) => condition === undefined || isTrue(evaluate(condition, scope)));
  return branch === undefined ? "" : print(branch.body, scope);
}

/** @returns nothing to print. @throws {TemplateFailure} for the second override of the same thing, which AWS refuses */
function assign({ root, steps }: Reference, value: TemplateValue, { variables, overrides }: Scope): string {
  if (root !== "context") {
    // Velocity leaves a variable as it was when there is nothing to give it.
    if (value !== null) variables.set(root, value);
    return "";
  }
  const path = steps.map(({ name }) => name).join(".");
  if (overrides.has(path)) throw new TemplateFailure(`${path} is overridden twice`);
  const text = asText(value);
  if (text !== undefined) overrides.set(path, text);
  return "";
}

function evaluate(expression: Expression, scope: Scope): TemplateValue {
  if (expression.kind === "constant") return expression.value;
  if (expression.kind === "text") return print(expression.template, scope);
  if (expression.kind === "reference") return resolve(expression.reference, scope);
  if (expression.kind === "not") return !isTrue(evaluate(expression.operand, scope));
  const { operator, left, right } = expression;
  const first = evaluate(left, scope);
  if (operator === "||") return isTrue(first) || isTrue(evaluate(right, scope));
  if (operator === "&&") return isTrue(first) && isTrue(evaluate(right, scope));
  const second = evaluate(right, scope);
  if (operator === "==") return isEqual(first, second);
  if (operator === "!=") return !isEqual(first, second);
  const isText = operator === "+" && (typeof first === "string" || typeof second === "string");
  return isText ? textFor(left, first) + textFor(right, second) : calculate(operator, first, second);
}

/** The operand's text; of one that is not there it is how it is written, as in Velocity. */
function textFor(operand: Expression, value: TemplateValue): string {
  const text = asText(value) ?? (operand.kind === "reference" ? operand.reference.source : undefined);
  if (text === undefined)
    throw new UnsupportedError("a text and a calculation that gives nothing are not put together");
  return text;
}

/** Anything but two numbers gives nothing. @throws {UnsupportedError} for numbers that JavaScript counts in another way */
function calculate(operator: string, a: TemplateValue, b: TemplateValue): TemplateValue {
  if (!isNumber(a) || !isNumber(b)) return null;
  if (typeof a === "object" || typeof b === "object") {
    throw new UnsupportedError(`calculating with ${asText(a)} and ${asText(b)} is not emulated: use plain numbers`);
  }
  if (operator === "+") return a + b;
  return operator === "-" ? a - b : a * b;
}

function isTrue(value: TemplateValue): boolean {
  return value !== null && value !== false;
}

/** Numbers are the same however they are written, others when their texts are; nothing is the same as nothing. */
function isEqual(a: TemplateValue, b: TemplateValue): boolean {
  if (a === null || b === null) return false;
  if (a === b || asText(a) === asText(b)) return true;
  const [first, second] = [Number(asText(a)), Number(asText(b))];
  return isNumber(a) && isNumber(b) && first === second && Math.abs(first) <= Number.MAX_SAFE_INTEGER;
}

function isNumber(value: TemplateValue): value is number | WrittenNumber {
  return typeof value === "number" || value instanceof WrittenNumber;
}

function resolve({ root, steps, source }: Reference, scope: Scope): TemplateValue {
  if (root === "context") {
    return (
      contextValue(
        scope.context,
        steps.map(({ name }) => name),
      ) ?? ""
    );
  }
  const functions = templateFunctions(root, scope.payload);
  if (functions === undefined) return follow(scope.variables.get(root) ?? null, steps, scope);
  const [first, ...others] = steps;
  const called = first && functions[first.name];
  if (first === undefined || called === undefined) throw new UnsupportedError(`${source} is not emulated`);
  return follow(called(...argumentsOf(first, scope)), others, scope);
}

/** Goes on from a value by properties and `.get()`, both of which look into a map. */
function follow(value: TemplateValue, steps: readonly Step[], scope: Scope): TemplateValue {
  return steps.reduce<TemplateValue>((found, step) => {
    const [name = step.name] = argumentsOf(step, scope);
    return found instanceof Map ? ((found.get(name) as TemplateValue | undefined) ?? null) : null;
  }, value);
}

function argumentsOf(step: Step, scope: Scope): readonly string[] {
  return (step.arguments ?? []).map((argument) => asText(evaluate(argument, scope)) ?? "");
}

/** @returns `undefined` for nothing. @throws {UnsupportedError} for a map or a list, which Java writes in its own way */
function asText(value: TemplateValue): string | undefined {
  if (value === null) return undefined;
  if (value instanceof WrittenNumber) return value.source;
  if (typeof value === "object")
    throw new UnsupportedError("printing a whole object is not emulated: use $input.json()");
  return String(value);
}
