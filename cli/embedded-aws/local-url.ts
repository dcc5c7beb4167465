/** URLs of the embedded AWS for callers without its proxy. */
import type { Deployment } from "../../operations/deployed/deployment";
import { UsageError } from "../../platform/user-error";
import { readPublished } from "./lease";

/** Variable with the URL of the port for callers without the proxy. */
export const LOCAL_URL = "ACCESS_LOCAL_URL";

/** Where the folder's embedded AWS is served, for people: by its port or, without one, its process. Begins with a space. */
export function servedPlace(folder: string): string {
  const { pid, environment = {} } = readPublished(folder) ?? {};
  const url = environment[LOCAL_URL] ?? "";
  return (url === "" ? "" : ` at ${url}`) + (pid === undefined ? "" : ` by process ${pid}`);
}

/** For URLs that look like those of AWS: what reaches them. */
export function howToReachEmbedded(): string {
  const base = process.env[LOCAL_URL] ?? "";
  const others = base === "" ? "" : `\nWithout its proxy: ${base}/<host>/<path>`;
  return `Only commands behind npx access local reach these URLs of the embedded AWS.${others}`;
}

/** The URL behind the port of loopback. @throws {UsageError} when no such port is served */
export function localUrl(url: string): string {
  const base = process.env[LOCAL_URL];
  if (base !== undefined && base !== "") return url.replace(/^https:\//, base);
  throw new UsageError(
    "--local needs the embedded AWS's port: start npx access local in another terminal, and put npx access local before this command.",
  );
}

/** The deployment as callers without the proxy reach it. @throws {UsageError} when no such port is served */
export function localDeployment(deployment: Deployment): Deployment {
  const routes = Object.entries(deployment.routeUrls).map(([route, url]) => [route, localUrl(url)]);
  return { ...deployment, tokenUrl: localUrl(deployment.tokenUrl), routeUrls: Object.fromEntries(routes) };
}
