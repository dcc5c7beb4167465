/**
 * `$input` and `$util` of mapping templates, and the maps of `$context` and `$stageVariables`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
import { UnsupportedError } from "../errors";
import { parsePath, valueAt } from "./json-path";
import { BodyNotJson, readJson, TemplateFailure, type TemplateValue, textOf, writeJson } from "./template-values";

/** What `$input` and `$stageVariables` are made of. */
export interface TemplatePayload {
  /** Parameters by place: `path`, `querystring`, `header`. */
  readonly parameters: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The request's body in a request template, the integration's in a response template. */
  readonly body: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** `$input` of one evaluation. */
export class TemplateInput {
  private readonly parameters: Map<string, TemplateValue>;
  private parsed: TemplateValue | undefined;

  constructor(private readonly payload: TemplatePayload) {
    this.parameters = new Map([...payload.parameters].map(([place, values]) => [place, new Map(values)] as const));
  }

  /** API Gateway takes an empty body for an empty object. */
  get body(): string {
    return this.payload.body === "" ? "{}" : this.payload.body;
  }

  /** The parameter of the path, the query string or a header, whichever has it first; empty when none has. */
  params(name: TemplateValue): TemplateValue {
    if (name === null) return this.parameters;
    const places = ["path", "querystring", "header"].map((place) =>
      this.payload.parameters.get(place)?.get(textOf(name) ?? ""),
    );
    return places.find((value) => value !== undefined) ?? "";
  }

  /** The part of the body that the path leads to. @throws {TemplateFailure} */
  at(path: TemplateValue): TemplateValue | undefined {
    try {
      this.parsed ??= readJson(this.body.trim() === "" ? "{}" : this.body);
    } catch (error) {
      throw new BodyNotJson("the body is not JSON", { cause: error });
    }
    try {
      return valueAt(this.parsed, parsePath(textOf(path) ?? ""));
    } catch (error) {
      // The path was made by the template, so it could not be refused before.
      if (error instanceof UnsupportedError) throw new TemplateFailure(error.message, { cause: error });
      throw error;
    }
  }
}

interface TemplateFunction {
  /** Numbers of arguments that it takes. */
  readonly counts: readonly number[];
  /** @throws {TemplateFailure} */
  call(input: TemplateInput, given: TemplateValue): TemplateValue;
}

const ofText = (convert: (text: string) => TemplateValue): TemplateFunction => ({
  counts: [1],
  call: (_input, given) => convert(textOf(given) ?? ""),
});

/** Functions of `$input` and `$util`. */
export const FUNCTIONS: Readonly<Record<string, Readonly<Record<string, TemplateFunction>>>> = {
  input: {
    // That a missing part is an empty text, and JSON's null is not, is unconfirmed.
    json: {
      counts: [1],
      call(input, path) {
        const found = input.at(path);
        return writeJson(found === undefined ? "" : found);
      },
    },
    params: { counts: [0, 1], call: (input, name) => input.params(name) },
    path: { counts: [1], call: (input, path) => input.at(path) ?? null },
  },
  util: {
    base64Decode: ofText((text) => Buffer.from(text, "base64").toString("utf8")),
    base64Encode: ofText((text) => Buffer.from(text, "utf8").toString("base64")),
    escapeJavaScript: ofText((text) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll("/", "\\/")),
    parseJson: ofText((text) => orFail("parseJson", "JSON", () => readJson(text))),
    urlDecode: ofText((text) =>
      orFail("urlDecode", "URL-encoded", () => decodeURIComponent(text.replaceAll("+", " "))),
    ),
    urlEncode: ofText((text) => new URLSearchParams([["", text]]).toString().slice(1)),
  },
};

function orFail(name: string, expected: string, read: () => TemplateValue): TemplateValue {
  try {
    return read();
  } catch (error) {
    throw new TemplateFailure(`$util.${name}() was given a text that is not ${expected}`, { cause: error });
  }
}

/** A group of variables as a map. */
export function asMap(members: Readonly<Record<string, unknown>>): Map<string, TemplateValue> {
  return new Map(Object.entries(members).map(([name, value]) => [name, asValue(value)]));
}

function asValue(value: unknown): TemplateValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "object" && value !== null ? asMap(value as Readonly<Record<string, unknown>>) : null;
}
