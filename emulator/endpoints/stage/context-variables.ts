/** `$context` of a call: what templates and mappings may take from it, and functions receive as `requestContext`. */
import type { HttpRequest } from "../http";
import { type CallContext, requestContext } from "./proxy-integration";

/** The variables, some of them in groups; what the call does not have is `null`. */
export type ContextVariables = Readonly<Record<string, unknown>>;

export function contextVariables(request: HttpRequest, context: CallContext): ContextVariables {
  return requestContext(request, context);
}

/** Text of `$context.<names…>`; `undefined` when the call has none. */
export function contextValue(variables: ContextVariables, names: readonly string[]): string | undefined {
  let value: unknown = variables;
  for (const name of names) {
    value = typeof value === "object" && value !== null && Object.hasOwn(value, name) ? at(value, name) : undefined;
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function at(object: object, name: string): unknown {
  return (object as ContextVariables)[name];
}
