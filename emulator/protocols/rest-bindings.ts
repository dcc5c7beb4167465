/**
 * What the REST protocols have in common: method and path name the operation, and members are in path, query, headers,
 * status or payload.
 *
 * @see https://smithy.io/2.0/spec/http-bindings.html
 */

import { type Asked, serializationError } from "./codec";
import type { Structure } from "./constraints";
import type { HttpRequest, HttpResponse } from "./http";
import { header } from "./http";
import { type MemberShape, membersOf, operationOf, type ServiceModel, type SimpleShape, shapeOf } from "./model";
import { readTimestamp, writeTimestamp } from "./timestamp";

/** Parameters of a path by the names of the members, decoded. */
type Labels = Readonly<Record<string, string>>;

/**
 * The operation whose method and URI fit, and of several the one that takes most of the query.
 * @param path as it was sent
 */
export function findRestOperation(model: ServiceModel, method: string, path: string, query: string): Asked {
  const text = `${method} ${path}`;
  const sent = new URLSearchParams(query);
  const fitting = Object.keys(model.operations).flatMap((operation) => {
    const fit = fitOf(model, operation, method, path, sent);
    return fit === undefined ? [] : [{ operation, fit }];
  });
  const [best] = fitting.sort((one, other) => other.fit - one.fit);
  if (best === undefined) return { text };
  const other = (model.selectors ?? []).find((name) => sent.has(name) && !takesParameter(model, best.operation, name));
  return other === undefined ? { text, operation: best.operation } : { text: `${text}?${other}` };
}

/** Members that are bound to something other than the body. */
export function readBindings(model: ServiceModel, operation: string, request: HttpRequest, path: string): Structure {
  const { input, http } = operationOf(model, operation);
  const labels = matchPath(http?.[1] ?? "", path) ?? {};
  const query = new URLSearchParams(request.query);
  const members = membersOf(model, input);
  const named = new Set(members.filter(({ in: where }) => where === "query").map(({ as, name }) => as ?? name));
  const found = members.flatMap((member): (readonly [string, unknown])[] => {
    const value = readBinding(model, member, { request, labels, query, named });
    return value === undefined ? [] : [[member.name, value]];
  });
  return Object.fromEntries(found);
}

/** Headers of the answer that are members of the output. */
export function writeHeaders(
  model: ServiceModel,
  members: readonly MemberShape[],
  output: Structure,
): HttpResponse["headers"] {
  return members.flatMap((member): HttpResponse["headers"] => {
    const value = output[member.name];
    if (value === undefined || value === null) return [];
    if (member.in === "headers") {
      return Object.entries(value as Structure).map(([name, text]) => [`${member.as ?? ""}${name}`, String(text)]);
    }
    return member.in === "header" ? [[member.as ?? member.name, writeText(model, member, value)]] : [];
  });
}

/** The member that is the body, if there is one. */
export function payloadOf(members: readonly MemberShape[]): MemberShape | undefined {
  return members.find(({ in: where }) => where === "payload");
}

/** Members that are in the body: in an answer also those that a request has in path or query. */
export function bodyMembers(members: readonly MemberShape[], side: "request" | "answer"): readonly MemberShape[] {
  const elsewhere: readonly MemberShape["in"][] = ["header", "headers", "status", "payload"];
  return members.filter(({ in: where }) => where === undefined || (side === "answer" && !elsewhere.includes(where)));
}

/** Name of a member in the body. */
export function bodyName({ name, as, in: where }: MemberShape): string {
  return where === undefined ? (as ?? name) : name;
}

interface Sent {
  readonly request: HttpRequest;
  readonly labels: Labels;
  readonly query: URLSearchParams;
  /** Parameters of the query that are members of their own. */
  readonly named: ReadonlySet<string>;
}

function readBinding(model: ServiceModel, member: MemberShape, { request, labels, query, named }: Sent): unknown {
  const { name, as = name, shape, in: where } = member;
  if (where === "path") return readText(model, member.of, labels[name]);
  if (where === "header") return readText(model, member.of, header(request, as));
  if (where === "query" && "of" in shape) {
    const values = query.getAll(as);
    return values.length === 0 ? undefined : values.map((value) => readText(model, shape.of, value));
  }
  if (where === "query") return readText(model, member.of, query.get(as) ?? undefined);
  if (where === "queries") {
    const others = [...query].filter(([other]) => !named.has(other));
    return others.length === 0 ? undefined : Object.fromEntries(others);
  }
  if (where !== "headers") return undefined;
  const found = request.headers.filter(([sent]) => sent.toLowerCase().startsWith(as.toLowerCase()));
  const entries = found.map(([sent, value]) => [sent.slice(as.length).toLowerCase(), value]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A value that was sent as text. */
export function readText(model: ServiceModel, of: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const shape = shapeOf(model, of);
  if (shape.type === "list") return text.split(",").map((item) => readText(model, shape.of, item.trim()));
  if (shape.type === "timestamp") return readTimestamp(text);
  if (shape.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (
    ["integer", "long", "float", "double"].includes(shape.type) &&
    text.trim() !== "" &&
    Number.isFinite(Number(text))
  ) {
    return Number(text);
  }
  if (shape.type === "string") return text;
  if (shape.type === "blob") return new Uint8Array(Buffer.from(text, "base64"));
  throw serializationError(
    `${JSON.stringify(text)} can not be converted to ${/^[aeiou]/.test(shape.type) ? "an" : "a"} ${shape.type}`,
  );
}

function writeText(model: ServiceModel, { of, format }: MemberShape, value: unknown): string {
  const shape = shapeOf(model, of);
  if (Array.isArray(value)) return value.map(String).join(",");
  if (shape.type !== "timestamp") return String(value);
  return String(writeTimestamp(value as number, format ?? (shape as SimpleShape).format ?? "http-date"));
}

/** How well the operation fits; `undefined` when it does not. A required parameter that is missing speaks against it. */
function fitOf(model: ServiceModel, operation: string, method: string, path: string, sent: URLSearchParams) {
  const { http, input } = operationOf(model, operation);
  const [itsMethod = "", uri = ""] = http ?? [];
  const fixed = fixedQuery(uri);
  const isFixed = fixed.every(([name, value]) => sent.has(name) && (value === "" || sent.get(name) === value));
  if (itsMethod !== method || !isFixed || matchPath(uri, path) === undefined) return undefined;
  const needed = membersOf(model, input).filter(({ in: where, required }) => where === "query" && required === true);
  const present = needed.filter(({ as, name }) => sent.has(as ?? name));
  return fixed.length + 2 * present.length - needed.length;
}

/** Whether the parameter is one of the operation's: `?versioning` makes another operation of the same path. */
function takesParameter(model: ServiceModel, operation: string, parameter: string): boolean {
  const { http, input } = operationOf(model, operation);
  const isFixed = fixedQuery(http?.[1] ?? "").some(([name]) => name === parameter);
  return (
    isFixed ||
    membersOf(model, input).some(({ in: where, as, name }) => where === "query" && (as ?? name) === parameter)
  );
}

/** Parameters of the query that stand in the URI; `x-id` only names the operation for people. */
function fixedQuery(uri: string): readonly (readonly [name: string, value: string])[] {
  return [...new URLSearchParams(uri.split("?")[1] ?? "")].filter(([name]) => name !== "x-id");
}

/** What stands in place of the names; `undefined` when the path is another one. A `{name+}` takes slashes, too. */
function matchPath(uri: string, path: string): Labels | undefined {
  const wanted = withoutEnd(uri.split("?")[0] ?? "").split("/");
  const isGreedy = /\+\}$/.test(wanted.at(-1) ?? "");
  const parts = (isGreedy ? path : withoutEnd(path)).split("/");
  const sent = isGreedy ? [...parts.slice(0, wanted.length - 1), parts.slice(wanted.length - 1).join("/")] : parts;
  if (sent.length !== wanted.length) return undefined;
  const labels: (readonly [name: string, value: string])[] = [];
  for (const [index, part] of wanted.entries()) {
    const value = decode(sent[index] ?? "");
    const name = /^\{(\w+)\+?\}$/.exec(part)?.[1];
    if (name === undefined ? part !== value : value === "") return undefined;
    if (name !== undefined) labels.push([name, value]);
  }
  return Object.fromEntries(labels);
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, "") : path;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
