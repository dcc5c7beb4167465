/**
 * Parameters of a request, and where they go. Of a parameter that is sent several times the last one counts, as in a
 * function's event. Which header is meant does not depend on its case; templates see headers as they were sent.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 */
import { type Attributes, textMap } from "../../attributes";
import { type HttpRequest, type HttpResponse, headerValues } from "../http";
import { type ContextVariables, contextValue } from "./context-variables";
import type { DeployedMethod } from "./deployed-api";

/** What parameters are taken from. */
export interface MappingSource {
  readonly request: HttpRequest;
  readonly pathParameters: DeployedMethod["pathParameters"];
  readonly context: ContextVariables;
  /** Headers of the integration's answer; left out while there is none. */
  readonly answered?: HttpResponse["headers"];
}

/** All values of `method.request.<place>.<name>`, in the order sent; none when it was not sent. */
export function sentValues(expression: string, { request, pathParameters }: MappingSource): readonly string[] {
  const [, , place, ...rest] = expression.split(".");
  const name = rest.join(".");
  if (place === "querystring") return new URLSearchParams(request.query).getAll(name);
  if (place === "header") return headerValues(request, name);
  const value = Object.hasOwn(pathParameters, name) ? pathParameters[name] : undefined;
  return value === undefined ? [] : [value];
}

/** Value of a mapping's right side: `'text'`, a parameter, or a variable of the context; `undefined` when there is none. */
export function mappedValue(expression: string, source: MappingSource): string | undefined {
  const fixed = /^'(.*)'$/.exec(expression)?.[1];
  if (fixed !== undefined) return fixed;
  const [root, ...names] = expression.split(".");
  if (root === "context") return contextValue(source.context, names);
  if (root === "integration") return answeredValue(names.slice(2).join("."), source.answered ?? []);
  return sentValues(expression, source).at(-1);
}

function answeredValue(name: string, headers: HttpResponse["headers"]): string | undefined {
  return headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).at(-1)?.[1];
}

/** Mapped parameters by name; what has no value is left out. */
export type Mapped = ReadonlyMap<string, string>;

/**
 * Values of the mappings that go to one place.
 * @param attribute name of the map, such as `request_parameters`
 * @param prefix what the names of that place begin with, such as `integration.request.header.`
 */
export function mappedTo(of: Attributes, attribute: string, prefix: string, source: MappingSource): Mapped {
  const mappings = Object.entries(textMap(of, attribute)).filter(([name]) => name.startsWith(prefix));
  return new Map(
    mappings.flatMap(([name, expression]) => {
      const value = mappedValue(expression, source);
      return value === undefined ? [] : [[name.slice(prefix.length), value] as const];
    }),
  );
}
