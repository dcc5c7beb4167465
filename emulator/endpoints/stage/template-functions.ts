/** `$input` and `$util` of mapping templates. */
import { type TemplateValue, writeJson } from "./template-json";
import { bodyAt, TemplateFailure, type TemplatePayload } from "./template-payload";

type Functions = Readonly<Record<string, (...given: readonly string[]) => TemplateValue>>;

/** Functions of the root; `undefined` when it has none. */
export function templateFunctions(root: string, payload: TemplatePayload): Functions | undefined {
  if (root === "input") return inputFunctions(payload);
  return root === "util" ? UTIL : undefined;
}

function inputFunctions({ parameters, body }: TemplatePayload): Functions {
  return {
    body: () => (body === "" ? "{}" : body),
    json: (path = "$") => jsonAt(body, path),
    path: (path = "$") => bodyAt(body, path) ?? null,
    params: (...[name]) => (name === undefined ? parameters : firstOf(parameters, name)),
  };
}

/** What is not there is an empty text, which JSON's `null` is not (believed). */
function jsonAt(body: string, path: string): string {
  const value = bodyAt(body, path);
  return writeJson(value === undefined ? "" : value);
}

/** The parameter of the path, the query string or a header, whichever has it first; empty when none has. */
function firstOf(parameters: TemplatePayload["parameters"], name: string): string {
  const places = ["path", "querystring", "header"].map((place) => parameters.get(place)?.get(name));
  return places.find((value) => value !== undefined) ?? "";
}

const UTIL: Functions = {
  base64Decode: (text = "") => Buffer.from(text, "base64").toString("utf8"),
  base64Encode: (text = "") => Buffer.from(text, "utf8").toString("base64"),
  escapeJavaScript: (text = "") => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll("/", "\\/"),
  urlDecode: (text = "") => decodeForm(text),
  urlEncode: (text = "") => new URLSearchParams([["", text]]).toString().slice(1),
};

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    throw new TemplateFailure(`${text} is not URL-encoded`, { cause: error });
  }
}
