/** Constraints of API Gateway and browsers on routes. Credentials and queries of URLs may be secret: no mistake repeats them. */
import { corsOf } from "./cors";
import { HOST } from "./environment-schema";
import { advice, nearestName, OF_OBJECTS, quote, suggestion } from "./nearest-name";
import { routeKeyOf } from "./route-table";
import { type Content, METHODS, PATH_PART, URL_PART, URL_WORDS } from "./schema";
import type { YamlFile } from "./yaml-file";

type Routes = Content["routes"];

const PATH_PART_WORDS = 'letters, digits or any of ._:- or a parameter such as "{id}" or, at the end, "{rest+}"';

/** @param functions names of the functions that exist */
export function checkRoutes(routes: Routes, functions: readonly string[], file: YamlFile): void {
  const parameterAt = new Map<string, { readonly part: string; readonly key: string }>();
  for (const [key, { lambda, url, cors }] of Object.entries(routes)) {
    const name = `route ${quote(key)}`;
    const { method, path } = routeKeyOf(key);
    const isKey = /^\S+ \S+$/.test(key); // else that is reported
    const ofPath = isKey ? refusalOfPath(path) : "";
    for (const refusal of isKey ? [refusalOfMethod(method), ofPath] : []) {
      if (refusal !== undefined) file.report(file.keyAt(["routes", key]), `${name} has ${refusal}`);
    }
    if (lambda && lambda in {}) {
      const message = `lambda ${quote(lambda)} of ${name} ${OF_OBJECTS}. Use another name.`;
      file.report(file.at(["routes", key, "lambda"]), message);
    } else if (lambda && !functions.includes(lambda)) {
      const hint = advice(lambda, functions, "Functions") || " Create it.";
      const message = `${name} names lambda ${quote(lambda)}, but lambda/${lambda}.ts does not exist.${hint}`;
      file.report(file.at(["routes", key, "lambda"]), message);
    }
    for (const refusal of url ? refusalsOfUrl(url, ofPath === undefined ? parametersOf(path) : undefined) : []) {
      file.report(file.at(["routes", key, "url"]), `url of ${name} ${refusal}`);
    }
    const origins = typeof cors === "object" ? cors.origins : [];
    if (origins.includes("*") && new Set(origins).size > 1) {
      const at = file.at(["routes", key, "cors", "origins", origins.indexOf("*")]);
      const both = `origins of cors of ${name} has "*" and others, but "*" allows all`;
      file.report(at, `${both}. Write only "*", or remove it.`);
    }
    checkParameters(key, parameterAt, file);
    if (method === "OPTIONS") checkOptions(key, routes, file);
  }
}

export function refusalOfMethod(method: string): string | undefined {
  if (METHODS.includes(method)) return undefined;
  return `method ${quote(method)}, but must have one of ${METHODS.join(", ")}.${suggestion(method, METHODS)}`;
}

export function refusalOfPath(path: string): string | undefined {
  if (!path.startsWith("/")) return `path ${quote(path)}, but a path begins with "/". Write ${quote(`/${path}`)}.`;
  if (path === "/") return undefined;
  const parts = path.slice(1).split("/");
  if (parts.includes("")) {
    return `path ${quote(path)} with an empty part. Write ${quote(`/${parts.filter(Boolean).join("/")}`)}.`;
  }
  const odd = parts.find((part) => !PATH_PART.test(part));
  if (odd !== undefined) return `path part ${quote(odd)}, but a part is ${PATH_PART_WORDS}.`;
  const greedy = parts.slice(0, -1).find((part) => part.endsWith("+}"));
  return greedy && `path part ${quote(greedy)} before the end, but only the last part may take the rest of the path.`;
}

/** Names of the path's parameters, without braces and plus. */
export function parametersOf(path: string): readonly string[] {
  const parts = path.split("/").filter((part) => part.startsWith("{"));
  return parts.map((part) => part.replace(/[{}+]/g, ""));
}

/**
 * In API Gateway, a resource has at most one child that is a parameter.
 * @param taken the parameter of each path, and the first route with it
 */
function checkParameters(
  key: string,
  taken: Map<string, { readonly part: string; readonly key: string }>,
  file: YamlFile,
) {
  const parts = routeKeyOf(key).path.split("/");
  for (const [depth, part] of parts.entries()) {
    if (!part.startsWith("{")) continue;
    const parent = parts.slice(0, depth).join("/");
    const other = taken.get(parent) ?? { part, key };
    taken.set(parent, other);
    if (other.part === part) continue;
    const both = `route ${quote(key)} has ${part} where route ${quote(other.key)} has ${other.part}`;
    const why = "but API Gateway allows one parameter name at each position of a path.";
    file.report(file.keyAt(["routes", key]), `${both}, ${why} Write ${other.part}.`);
  }
}

/** A browser sends OPTIONS before it calls: `cors` answers that on every path where a route has it. */
function checkOptions(key: string, routes: Routes, file: YamlFile): void {
  const { path } = routeKeyOf(key);
  const others = Object.entries(routes).filter(([name]) => name !== key && routeKeyOf(name).path === path);
  const maker = others.find(([, { cors }]) => corsOf(cors) !== undefined);
  const name = `route ${quote(key)}`;
  if (maker !== undefined) {
    const message = `${name} has method OPTIONS, which cors of route ${quote(maker[0])} adds. Remove it.`;
    file.report(file.keyAt(["routes", key]), message);
  } else if (corsOf(routes[key]?.cors) !== undefined) {
    const why = "but OPTIONS is the preflight request of other methods. Add cors to their routes.";
    file.report(file.at(["routes", key, "cors"]), `${name} has cors, ${why}`);
  }
}

/** @param parameters names of the parameters of the route's path; `undefined` when the path itself is wrong */
export function refusalsOfUrl(url: string, parameters: readonly string[] | undefined): readonly string[] {
  const found = /^([a-z]+):\/\/([^/?#@:]+)(?::(\d+))?((?:\/[^?#]*)?)([?#].*)?$/is.exec(url);
  if (found === null) return [refusalOfForm(url)];
  const [, scheme = "", host = "", port = "", path = "", rest = ""] = found;
  const parts = path.split("/").slice(1);
  const refusal = refusalOfHost(scheme.toLowerCase(), host, port) ?? refusalOfRest(parts, rest);
  return refusal === undefined ? refusalsOfParameters(parts, parameters) : [refusal];
}

function refusalOfForm(url: string): string {
  if (/^[^?#]*@/.test(url.replace(/(\/\/[^/]*)\/.*/s, "$1"))) {
    return "has credentials, which the plan would show. Remove them.";
  }
  return `must be ${URL_WORDS}, but is ${quote(url.replace(/[?#].*/s, ""))}.`;
}

/**
 * API Gateway also calls port 80, which is not for https.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 */
function refusalOfHost(scheme: string, host: string, port: string): string | undefined {
  if (scheme === "http") return "is http, but the caller's token is sent to it. Write https.";
  if (scheme !== "https") return `is ${scheme}, but must be https.`;
  if (host !== host.toLowerCase()) {
    return `has host ${quote(host)}, but a host must be in lower case. Write ${quote(host.toLowerCase())}.`;
  }
  if (!new RegExp(`^(?=.{1,253}$)${HOST}$`).test(host)) {
    return `has host ${quote(host)}, but must have a public name such as "orders.example.com".`;
  }
  const isPort = port === "" || port === "443" || (1024 <= Number(port) && Number(port) <= 65_535);
  return isPort
    ? undefined
    : `has port ${port}, but API Gateway calls only ports 443 and 1024 to 65535. Omit it for 443.`;
}

function refusalOfRest(path: readonly string[], rest: string): string | undefined {
  if (rest.startsWith("?")) return "has a query string, but the caller's query string is passed on. Remove it.";
  if (rest !== "") return "has a fragment, which is never sent. Remove it.";
  const odd = path.find((part) => !URL_PART.test(part));
  if (odd === undefined) return undefined;
  const greedy = /^\{([a-zA-Z0-9._-]+)\+\}$/.exec(odd)?.[1];
  if (greedy !== undefined) return `has ${odd}, but a parameter in a url has no plus sign. Write {${greedy}}.`;
  if (/[{}]/.test(odd)) return `has path part ${quote(odd)}, but a parameter is a whole part, such as "{id}".`;
  return `has path part ${quote(odd)}, but characters other than letters, digits and -._~!$&'()*+,;=:@ must be percent-encoded (%XX).`;
}

/** A parameter that is misspelt is not reported as lost too. */
function refusalsOfParameters(path: readonly string[], parameters: readonly string[] | undefined): readonly string[] {
  if (parameters === undefined) return [];
  const used = parametersOf(path.join("/"));
  const unknown = used.filter((name) => !parameters.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) => `has {${name}}, which is not in the route's path.${parameterHint(name, parameters)}`);
  }
  const lost = parameters.filter((name) => !used.includes(name));
  return lost.map((name) => `lacks {${name}}, so its value in the route's path would be lost. Add it.`);
}

function parameterHint(name: string, parameters: readonly string[]): string {
  const near = nearestName(name, parameters);
  if (near !== undefined) return ` Did you mean {${near}}?`;
  return parameters.length === 0 ? "" : ` Its parameters: ${parameters.map((one) => `{${one}}`).join(", ")}.`;
}
