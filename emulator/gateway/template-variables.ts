/**
 * `$input`, `$util`, `$context` and `$stageVariables` of mapping templates.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
import { UnsupportedError } from "../errors";
import type { ContextVariables } from "./context-variables";
import { parsePath, valueAt } from "./json-path";
import { BodyNotJson, TemplateFailure } from "./template-failure";
import { readJson, writeJson } from "./template-json";
import { MAX_TEXT, parseJson, type TemplateValue, textOf } from "./template-values";

/** What `$input` and `$stageVariables` give. */
export interface TemplatePayload {
  /** Parameters by place: `path`, `querystring`, `header`. */
  readonly parameters: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The request's body in a request template, the integration's in a response template. */
  readonly body: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** Functions of `$input` and `$util` with the numbers of arguments that they take. */
export const FUNCTIONS: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  input: { json: [1], params: [0, 1], path: [1] },
  util: {
    base64Decode: [1],
    base64Encode: [1],
    escapeJavaScript: [1],
    parseJson: [1],
    urlDecode: [1],
    urlEncode: [1],
  },
};

/** What one evaluation of a template reads. */
export class TemplateVariables {
  readonly context: Map<string, TemplateValue>;
  readonly stageVariables: Map<string, TemplateValue>;
  private readonly parameters: Map<string, TemplateValue>;
  private json: TemplateValue | undefined;

  /** @param spend is told how much work a function makes, and may throw */
  constructor(
    private readonly payload: TemplatePayload,
    context: ContextVariables,
    private readonly spend: (characters: number) => void,
  ) {
    this.context = asMap(context);
    this.stageVariables = asMap(payload.stageVariables ?? {});
    this.parameters = new Map([...payload.parameters].map(([place, values]) => [place, new Map(values)] as const));
  }

  /** `$input.body`; API Gateway takes an empty body for an empty object. */
  get body(): string {
    return this.payload.body === "" ? "{}" : this.payload.body;
  }

  /** The result of a function of {@link FUNCTIONS}. @throws {TemplateFailure} */
  call(root: string, name: string, [given = null]: readonly TemplateValue[]): TemplateValue {
    const text = textOf(given) ?? "";
    if (root === "util") return UTIL[name]?.(text) ?? null;
    if (name === "params") return given === null ? this.parameters : this.parameter(text);
    const found = this.bodyAt(text);
    // A part that is missing is an empty text, which JSON's null is not (believed).
    return name === "path" ? (found ?? null) : writeJson(found === undefined ? "" : found, this.spend);
  }

  /** The parameter of the path, the query string or a header, whichever has it first; empty when none has. */
  private parameter(name: string): TemplateValue {
    const places = ["path", "querystring", "header"].map((place) => this.payload.parameters.get(place)?.get(name));
    return places.find((value) => value !== undefined) ?? "";
  }

  private bodyAt(path: string): TemplateValue | undefined {
    this.json ??= jsonOf(this.payload.body);
    try {
      return valueAt(this.json, parsePath(path), () => this.spend(10));
    } catch (error) {
      // The path was made by the template, so it could not be refused before.
      if (error instanceof UnsupportedError) throw new TemplateFailure(error.message, { cause: error });
      throw error;
    }
  }
}

function jsonOf(body: string): TemplateValue {
  try {
    return readJson(body.trim() === "" ? "{}" : body);
  } catch (error) {
    throw new BodyNotJson("the body is not JSON", { cause: error });
  }
}

function asMap(members: Readonly<Record<string, unknown>>): Map<string, TemplateValue> {
  return new Map(Object.entries(members).map(([name, value]) => [name, asValue(value)]));
}

function asValue(value: unknown): TemplateValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "object" && value !== null ? asMap(value as Readonly<Record<string, unknown>>) : null;
}

const UTIL: Readonly<Record<string, (text: string) => TemplateValue>> = {
  base64Decode: (text) => Buffer.from(text, "base64").toString("utf8"),
  base64Encode: (text) => Buffer.from(text, "utf8").toString("base64"),
  escapeJavaScript: (text) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll("/", "\\/"),
  parseJson,
  urlDecode: decodeForm,
  urlEncode: (text) => new URLSearchParams([["", text]]).toString().slice(1),
};

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    throw new TemplateFailure("$util.urlDecode() was given a text that is not URL-encoded", { cause: error });
  }
}

/** Work of one evaluation, in characters: a template in which loops are nested ends here. */
export const MAX_WORK = 10 * MAX_TEXT;
