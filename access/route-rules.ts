/** What API Gateway and browsers demand of routes beyond their single settings. */
import type { AccessFile } from "./file";
import { advice, nearestName, quote } from "./nearest-name";
import { corsOf, METHODS, PATH_PART, type RouteContent, splitRouteKey } from "./route";
import type { AccessContent } from "./settings";
import { checkUrl } from "./url-rules";

type Routes = AccessContent["routes"];

const PATH_PART_WORDS = 'letters, digits or any of ._:- or a parameter such as "{id}" or, at the end, "{rest+}"';

/** @param functions names of the functions that there are */
export function checkRoutes(routes: Routes, functions: readonly string[], file: AccessFile): void {
  for (const { name, at, value } of routes) {
    const isPathRight = checkRouteKey(name, at, file);
    checkLambda(name, value, functions, file);
    checkUrl(name, value.url, isPathRight ? parametersOf(name) : undefined, file);
    checkOrigins(name, value, file);
  }
  checkParameters(routes, file);
  checkOptions(routes, file);
}

/** Returns whether the path is right. */
function checkRouteKey(key: string, at: number, file: AccessFile): boolean {
  const { method, path } = splitRouteKey(key);
  if (method === "" || path === "") return false;
  const ofPath = refusalOfPath(path);
  for (const refusal of [refusalOfMethod(method), ofPath]) {
    if (refusal !== undefined) file.report(at, `route ${quote(key)} has ${refusal}`);
  }
  return ofPath === undefined;
}

function refusalOfMethod(method: string): string | undefined {
  if (METHODS.includes(method)) return undefined;
  const near = nearestName(method, METHODS);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return `method ${quote(method)}, but must have one of ${METHODS.join(", ")}.${hint}`;
}

function refusalOfPath(path: string): string | undefined {
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
function parametersOf(key: string): readonly string[] {
  const parts = splitRouteKey(key).path.split("/");
  return parts.filter((part) => part.startsWith("{")).map((part) => part.replace(/[{}+]/g, ""));
}

function checkLambda(key: string, { lambda }: RouteContent, functions: readonly string[], file: AccessFile): void {
  if (lambda === undefined || lambda.text === "" || functions.includes(lambda.text)) return;
  const missing = `there is no lambda/${lambda.text}.ts`;
  const hint = advice(lambda.text, functions, "Functions") || " Write it.";
  file.report(lambda.at, `route ${quote(key)} names lambda ${quote(lambda.text)}, but ${missing}.${hint}`);
}

function checkOrigins(key: string, { cors }: RouteContent, file: AccessFile): void {
  const origins = typeof cors.value === "boolean" ? [] : cors.value.origins;
  const all = origins.find(({ text }) => text === "*");
  if (all === undefined || origins.length === 1) return;
  const both = `origins of cors of route ${quote(key)} has "*" and others`;
  file.report(all.at, `${both}, but "*" allows all. Write "*" alone, or leave it out.`);
}

/** In API Gateway, a resource has at most one child that is a parameter. */
function checkParameters(routes: Routes, file: AccessFile): void {
  const taken = new Map<string, { readonly part: string; readonly key: string }>();
  for (const { name: key, at } of routes) {
    const parts = splitRouteKey(key).path.split("/");
    for (const [depth, part] of parts.entries()) {
      if (!part.startsWith("{")) continue;
      const parent = parts.slice(0, depth).join("/");
      const other = taken.get(parent) ?? { part, key };
      taken.set(parent, other);
      if (other.part === part) continue;
      const both = `route ${quote(key)} has ${part} where route ${quote(other.key)} has ${other.part}`;
      file.report(at, `${both}, but API Gateway takes one parameter at a place. Write ${other.part}.`);
    }
  }
}

/** A browser asks by OPTIONS whether it may call: cors answers that on every path where a route has it. */
function checkOptions(routes: Routes, file: AccessFile): void {
  for (const { name: key, at, value } of routes) {
    const { method, path } = splitRouteKey(key);
    if (method !== "OPTIONS") continue;
    const others = routes.filter(({ name }) => name !== key && splitRouteKey(name).path === path);
    const maker = others.find((other) => corsOf(other.value) !== undefined);
    if (maker !== undefined) {
      file.report(
        at,
        `route ${quote(key)} has method OPTIONS, which cors of route ${quote(maker.name)} makes. Remove it.`,
      );
    } else if (corsOf(value) !== undefined) {
      const why = "but OPTIONS is how a browser asks about other methods";
      file.report(value.cors.at, `route ${quote(key)} has cors, ${why}. Put it on those.`);
    }
  }
}
