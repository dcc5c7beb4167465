/** How a table of protections looks at a resource: at the values of its attributes before and after a plan. Pure. */

import { code } from "../../platform/markdown";
import type { Alert } from "./alert";

/** Attributes of a resource. */
export type Values = Readonly<Record<string, unknown>>;

/** What is lost: one line of Markdown, which is a warning unless it is more; `undefined` when nothing is lost. */
export type Loss = (before: Values, after: Values) => string | Alert | undefined;

/** What protects, of one type of resource. */
export interface Protected {
  /** What a resource is called, its name as code; begins a sentence. */
  readonly called: (values: Values) => string;
  /** Attributes that matter, those of single blocks with a dot: it is said when nobody knows yet what they become. */
  readonly attributes: readonly string[];
  readonly losses: readonly Loss[];
}

/** By type of resource. */
export type Protections = Readonly<Record<string, Protected>>;

/** An attribute's value as code. */
export function shown(value: unknown): string {
  return code(typeof value === "string" || typeof value === "number" ? String(value) : "?");
}

/** Whether something that was on is on no more. */
export function isLost(before: Values, after: Values, name: string): boolean {
  return before[name] === true && after[name] !== true;
}

/** Whether there was a value, and is none any more. */
export function isRemoved(before: Values, after: Values, name: string): boolean {
  return isThere(before[name]) && !isThere(after[name]);
}

/** Whether there was a value, and is another one or none. */
export function isOther(before: Values, after: Values, name: string): boolean {
  return isThere(before[name]) && JSON.stringify(before[name]) !== JSON.stringify(after[name]);
}

/** Texts of a list that were not in it before. */
export function added(before: Values, after: Values, name: string): readonly string[] {
  const old = textsIn(before[name]);
  return textsIn(after[name]).filter((text) => !old.includes(text));
}

export function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === "string" && value !== "";
}

/** A single block, which is a list of one; nothing in it when there is none. */
export function blockOf(values: Values, name: string): Values {
  const block: unknown = values[name];
  return valuesIn(Array.isArray(block) ? block[0] : block);
}

/** A value as attributes; none when it is something else. */
export function valuesIn(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** The value of an attribute, or of one within single blocks. @param path such as `settings.logging_level` */
export function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => {
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    return inner === true ? true : valuesIn(inner)[name];
  }, values);
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
