/** What AWS says of a value that breaks a constraint of its shape. */
import { inPrintOrder } from "./enum-order";
import { javaPattern } from "./java-pattern";
import type { Shape, SimpleShape } from "./model";

/** What the value itself breaks, in AWS's order. */
export function brokenConstraints(shape: Shape, value: unknown): readonly string[] {
  if ("members" in shape) return [];
  const { min, max } = shape;
  const size = sizeOf(value);
  const { pattern, enum: values } = shape as SimpleShape;
  const [least, most] = boundTexts(shape);
  return [
    ...(min !== undefined && size < min ? [least] : []),
    ...(pattern !== undefined && !javaPattern(pattern).test(String(value)) ? [patternText(pattern)] : []),
    ...(values !== undefined && !values.includes(String(value)) ? [enumText(values)] : []),
    ...(max !== undefined && size > max ? [most] : []),
  ];
}

/** All constraints of the shape, in the order in which AWS lists them of the items of a list. */
export function constraintsOf(shape: SimpleShape): readonly string[] {
  const [least, most] = boundTexts(shape);
  return [
    ...(shape.max === undefined ? [] : [most]),
    ...(shape.min === undefined ? [] : [least]),
    ...(shape.pattern === undefined ? [] : [patternText(shape.pattern)]),
    ...(shape.enum === undefined ? [] : [enumText(shape.enum)]),
  ];
}

function boundTexts(shape: Exclude<Shape, { readonly members: unknown }>): readonly [least: string, most: string] {
  const isNumber = ["integer", "long", "float", "double"].includes(shape.type);
  const what = isNumber ? "value" : "length";
  const print = (bound = 0) => (isNumber ? printNumber(shape, bound) : String(bound));
  return [
    `Member must have ${what} greater than or equal to ${print(shape.min)}`,
    `Member must have ${what} less than or equal to ${print(shape.max)}`,
  ];
}

function patternText(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`;
}

function enumText(values: readonly string[]): string {
  return `Member must satisfy enum value set: [${inPrintOrder(values).join(", ")}]`;
}

export function printNumber({ type }: { readonly type: string }, value: number): string {
  const isFraction = type === "double" || type === "float";
  return isFraction && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** What bounds are compared with: a number, or how many code points, bytes, items or entries there are. */
function sizeOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return [...value].length;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
