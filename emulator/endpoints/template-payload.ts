/** What a mapping template reads: the request's parameters, and the body that it makes another one of. */
import { UnsupportedError } from "../errors";
import type { MappingSource } from "./parameter-mapping";

/** A value as templates know it; `null` is none. */
export type TemplateValue =
  | null
  | boolean
  | number
  | string
  | readonly TemplateValue[]
  | ReadonlyMap<string, TemplateValue>;

/** What `$input` gives away. */
export interface TemplatePayload {
  readonly parameters: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly body: string;
}

/** The template cannot be filled in; callers hear no more than that API Gateway failed. */
export class TemplateFailure extends Error {
  override readonly name = "TemplateFailure";
}

/** JSON within JSON; deeper bodies are refused as no JSON. */
const MAX_DEPTH = 500;

/** The body is not JSON, and the template reads it as such. */
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
export function bodyAt(body: string, path: string): unknown {
  let value: unknown;
  if (isTooDeep(body)) throw new BodyNotJson("the body is nested too deep");
  try {
    // API Gateway takes an empty body for an empty object.
    value = JSON.parse(body.trim() === "" ? "{}" : body);
  } catch (error) {
    throw new BodyNotJson("the body is not JSON", { cause: error });
  }
  for (const name of namesOf(path)) {
    value = typeof value === "object" && value !== null && Object.hasOwn(value, name) ? partOf(value, name) : undefined;
  }
  return value;
}

/** Whether brackets are open within each other more often than anybody means; those within texts count as well. */
function isTooDeep(body: string): boolean {
  let depth = 0;
  for (const [bracket] of body.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Names in `$.a['b'][0]`. @throws {UnsupportedError} for every other kind of path */
function namesOf(path: string): readonly string[] {
  const whole = /^\$?(?:[\w-]+)?(?:\.[\w-]+|\['[^']*'\]|\[\d+\])*$/;
  if (!whole.test(path)) throw new UnsupportedError(`the path ${path} is not emulated. Emulated: names and indexes.`);
  const parts = path.replace(/^\$/, "").matchAll(/\.?([\w-]+)|\['([^']*)'\]|\[(\d+)\]/g);
  return [...parts].map(([, name, quoted, index]) => name ?? quoted ?? index ?? "");
}

function partOf(object: object, name: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[name];
}

/** JSON as templates know it: objects as maps, which have no names but their own. */
export function asTemplateValue(json: unknown): TemplateValue {
  if (Array.isArray(json)) return json.map(asTemplateValue);
  if (typeof json === "object" && json !== null) {
    return new Map(Object.entries(json).map(([name, value]) => [name, asTemplateValue(value)]));
  }
  return (json ?? null) as null | boolean | number | string;
}
