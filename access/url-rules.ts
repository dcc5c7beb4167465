/** What a URL behind a route must be. Credentials and queries may be secrets: no mistake repeats them. */
import { HOST } from "./arn";
import type { AccessFile } from "./file";
import { nearestName, quote } from "./nearest-name";
import { URL_PART, URL_WORDS } from "./route";
import type { Located } from "./shape";

/** A URL cut into its parts, each as it was written. */
interface Parts {
  readonly scheme: string;
  readonly host: string;
  /** Without colon; empty when there is none. */
  readonly port: string;
  /** Parts of the path. */
  readonly path: readonly string[];
  /** What follows the path. */
  readonly rest: string;
}

/**
 * Reports what is wrong with a route's URL.
 *
 * @param parameters names of the parameters of the route's path; `undefined` when the path itself is wrong
 */
export function checkUrl(
  key: string,
  url: Located | undefined,
  parameters: readonly string[] | undefined,
  file: AccessFile,
): void {
  if (url === undefined || url.text === "") return;
  const parts = partsOf(url.text);
  const refusal = parts === undefined ? refusalOfForm(url.text) : refusalOfParts(parts);
  const refusals = refusal === undefined ? refusalsOfParameters(parts?.path ?? [], parameters) : [refusal];
  for (const one of refusals) file.report(url.at, `url of route ${quote(key)} ${one}`);
}

/** `undefined` for what is no URL, or has credentials. */
function partsOf(url: string): Parts | undefined {
  const found = /^([a-z]+):\/\/([^/?#@:]+)(?::(\d+))?((?:\/[^?#]*)?)([?#].*)?$/is.exec(url);
  if (found === null) return undefined;
  const [, scheme = "", host = "", port = "", path = "", rest = ""] = found;
  return { scheme: scheme.toLowerCase(), host, port, path: path.split("/").slice(1), rest };
}

function refusalOfForm(url: string): string {
  if (/^[^?#]*@/.test(url.replace(/(\/\/[^/]*)\/.*/s, "$1"))) {
    return "has credentials, which everybody would read who sees the plan. Leave them out.";
  }
  return `must be ${URL_WORDS}, but is ${quote(url.replace(/[?#].*/s, ""))}.`;
}

function refusalOfParts({ scheme, host, port, path, rest }: Parts): string | undefined {
  if (scheme === "http") return "is http, but the caller's token travels along. Write https.";
  if (scheme !== "https") return `is ${scheme}, but must be https.`;
  if (host !== host.toLowerCase()) {
    return `has host ${quote(host)}, but a host is in lower case. Write ${quote(host.toLowerCase())}.`;
  }
  if (!new RegExp(`^(?=.{1,253}$)${HOST}$`).test(host)) {
    return `has host ${quote(host)}, but must have a name that is known everywhere, such as "orders.example.com".`;
  }
  if (port !== "" && !isPort(Number(port))) {
    return `has port ${port}, but API Gateway calls 443 and 1024 to 65535 only. Leave it out for 443.`;
  }
  if (rest.startsWith("?")) return "has a query, but the caller's own is passed on. Leave it out.";
  if (rest !== "") return "has a fragment, which is never sent. Leave it out.";
  return refusalOfPath(path);
}

/**
 * 80, which API Gateway calls as well, is not for https.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 */
function isPort(port: number): boolean {
  return port === 443 || (1024 <= port && port <= 65_535);
}

function refusalOfPath(path: readonly string[]): string | undefined {
  const odd = path.find((part) => !URL_PART.test(part));
  if (odd === undefined) return undefined;
  const greedy = /^\{([a-zA-Z0-9._-]+)\+\}$/.exec(odd)?.[1];
  if (greedy !== undefined) return `has ${odd}, but the rest of a path has no plus in a url. Write {${greedy}}.`;
  if (/[{}]/.test(odd)) return `has path part ${quote(odd)}, but a parameter is a whole part, such as "{id}".`;
  return `has path part ${quote(odd)}, but other characters than letters, digits and -._~!$&'()*+,;=:@ are written %XX.`;
}

/** A parameter that is written wrong is not said to be lost as well. */
function refusalsOfParameters(path: readonly string[], parameters: readonly string[] | undefined): readonly string[] {
  if (parameters === undefined) return [];
  const used = path.filter((part) => part.startsWith("{")).map((part) => part.slice(1, -1));
  const unknown = used.filter((name) => !parameters.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) => `has {${name}}, which the route's path has not.${hintOn(name, parameters)}`);
  }
  const lost = parameters.filter((name) => !used.includes(name));
  return lost.map(
    (name) => `has no {${name}}, so that its value in the route's path would be lost. Write it where it belongs.`,
  );
}

function hintOn(name: string, parameters: readonly string[]): string {
  const near = nearestName(name, parameters);
  if (near !== undefined) return ` Did you mean {${near}}?`;
  return parameters.length === 0 ? "" : ` Its parameters: ${parameters.map((one) => `{${one}}`).join(", ")}.`;
}
