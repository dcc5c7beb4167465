/** What a mapping template reads: the request's parameters, and the body that it makes another one of. */
import { UnsupportedError } from "../../errors";
import type { MappingSource } from "./parameter-mapping";
import { readJson, type TemplateValue } from "./template-json";

/** What `$input` gives away. */
export interface TemplatePayload {
  readonly parameters: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly body: string;
}

/** The template cannot be filled in; callers hear no more than that API Gateway failed. */
export class TemplateFailure extends Error {
  override readonly name = "TemplateFailure";
}

/** The body is not JSON, or nested too deep, and the template reads it as JSON. */
export class BodyNotJson extends TemplateFailure {}

/** @param body the request's body in a request template, the integration's in a response template */
export function templatePayload({ request, pathParameters }: MappingSource, body: string): TemplatePayload {
  const parameters = new Map([
    ["path", new Map(Object.entries(pathParameters))],
    ["querystring", new Map(new URLSearchParams(request.query))],
    ["header", new Map(request.headers)],
  ]);
  return { parameters, body };
}

/** The part of the body's JSON that the path leads to; `undefined` when there is none. @throws {BodyNotJson} */
export function bodyAt(body: string, path: string): TemplateValue | undefined {
  return namesOf(path).reduce<TemplateValue | undefined>(partOf, jsonOf(body));
}

function jsonOf(body: string): TemplateValue {
  try {
    // API Gateway takes an empty body for an empty object.
    return readJson(body.trim() === "" ? "{}" : body);
  } catch (error) {
    throw new BodyNotJson("the body is not JSON", { cause: error });
  }
}

/** Names in `$.a['b'][0]`. @throws {UnsupportedError} for every other kind of path */
function namesOf(path: string): readonly string[] {
  const whole = /^\$?(?:[\w-]+)?(?:\.[\w-]+|\['[^']*'\]|\[\d+\])*$/;
  if (!whole.test(path)) throw new UnsupportedError(`the path ${path} is not emulated. Emulated: names and indexes.`);
  const parts = path.replace(/^\$/, "").matchAll(/\.?([\w-]+)|\['([^']*)'\]|\[(\d+)\]/g);
  return [...parts].map(([, name, quoted, index]) => name ?? quoted ?? index ?? "");
}

function partOf(value: TemplateValue | undefined, name: string): TemplateValue | undefined {
  if (value instanceof Map) return value.get(name) as TemplateValue | undefined;
  return Array.isArray(value) && /^\d+$/.test(name) ? value[Number(name)] : undefined;
}
