/**
 * Parameters of a request, and where they go. Of a parameter that is sent several times the last one counts, as in a
 * function's event. Which header is meant does not depend on its case; templates see headers as they were sent.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 */
import { type HttpRequest, type HttpResponse, headerValues } from "../protocols/http";
import { type ContextVariables, contextValue } from "../templates/context-variables";
import { parsePath, valueAt } from "../templates/json-path";
import { readJson, textOf, writeJson } from "../templates/template-values";
import type { TemplatePayload } from "../templates/template-variables";
import type { DeployedMethod } from "./deployed-api";

/** What parameters are taken from. */
export interface MappingSource {
  readonly request: HttpRequest;
  readonly pathParameters: DeployedMethod["pathParameters"];
  readonly context: ContextVariables;
  /** Variables of the stage; left out when it has none. */
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** The integration's response; left out while there is none. */
  readonly answered?: Pick<HttpResponse, "headers" | "body">;
}

/**
 * What a template's `$input` and `$stageVariables` are made of.
 * @param body the request's body in a request template, the integration's in a response template
 */
export function templatePayload(source: MappingSource, body: string | Uint8Array): TemplatePayload {
  const { request, pathParameters, stageVariables = {} } = source;
  const parameters = new Map([
    ["path", new Map(Object.entries(pathParameters))],
    ["querystring", new Map(new URLSearchParams(request.query))],
    ["header", new Map(request.headers)],
  ]);
  return { parameters, body: Buffer.from(body).toString("utf8"), stageVariables };
}

/** All values of `method.request.<place>.<name>`, in the order sent; none when it was not sent. */
export function sentValues(expression: string, { request, pathParameters }: MappingSource): readonly string[] {
  const [, , place, ...rest] = expression.split(".");
  const name = rest.join(".");
  if (place === "querystring") return new URLSearchParams(request.query).getAll(name);
  if (place === "header") return headerValues(request, name);
  const value = ownValue(pathParameters, name);
  return value === undefined ? [] : [value];
}

/** Value of a mapping's right side: `'text'`, a parameter, a part of a body, or a variable; `undefined` when there is none. */
export function mappedValue(expression: string, source: MappingSource): string | undefined {
  const fixed = /^'(.*)'$/.exec(expression)?.[1];
  if (fixed !== undefined) return fixed;
  const [root, ...names] = expression.split(".");
  if (root === "context") return contextValue(source.context, names);
  if (root === "stageVariables") return ownValue(source.stageVariables ?? {}, names.join("."));
  const { request, answered = { headers: [], body: "" } } = source;
  const body = /^(?:method\.request|integration\.response)\.body(?:\.(?<path>.+))?$/.exec(expression);
  if (body !== null) return bodyValue(root === "method" ? request.body : answered.body, body.groups?.["path"]);
  if (root === "method") return sentValues(expression, source).at(-1);
  const header = names.slice(2).join(".").toLowerCase();
  return answered.headers.filter(([sent]) => sent.toLowerCase() === header).at(-1)?.[1];
}

/** The variable of that name, which is never one of JavaScript's own. */
export function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The body, or the part of its JSON that the path leads to: a text as it is, an object or a list as JSON. */
function bodyValue(body: string | Uint8Array, path: string | undefined): string | undefined {
  const whole = Buffer.from(body).toString("utf8");
  if (path === undefined) return whole === "" ? undefined : whole;
  try {
    const value = valueAt(readJson(whole), parsePath(path));
    return value instanceof Map ? writeJson(value) : textOf(value ?? null);
  } catch {
    // What is not JSON has no parts.
    return undefined;
  }
}

/** Mapped parameters by name; what has no value is left out. */
export type Mapped = ReadonlyMap<string, string>;

/**
 * Values of the mappings that go to one place.
 * @param mappings expressions by the name that each is mapped to
 * @param prefix what the names of that place begin with, such as `integration.request.header.`
 */
export function mappedTo(
  mappings: Readonly<Record<string, string>> | undefined,
  prefix: string,
  source: MappingSource,
): Mapped {
  const ofPlace = Object.entries(mappings ?? {}).filter(([name]) => name.startsWith(prefix));
  return new Map(
    ofPlace.flatMap(([name, expression]) => {
      const value = mappedValue(expression, source);
      return value === undefined ? [] : [[name.slice(prefix.length), value] as const];
    }),
  );
}

/** The URI of an integration with the values of `${stageVariables.name}`; one that the stage lacks is empty. */
export function withStageVariables(uri: string, variables: Readonly<Record<string, string>> = {}): string {
  return uri.replace(/\$\{stageVariables\.(\w+)\}/g, (_whole, name: string) => ownValue(variables, name) ?? "");
}
