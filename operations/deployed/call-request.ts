/** A call of a deployed route: its URL, and the same call by curl. */
import { routeKeyOf } from "../../access/access-model";
import { quoted } from "../../platform/shell";
import type { Deployment } from "./deployment";

/** The route's URL, with the path's own values. @param path below the stage; it may have a query */
export function urlOfRoute({ routeUrls }: Deployment, route: string, path: string): string {
  const url = routeUrls[route] ?? "";
  return url.slice(0, url.length - routeKeyOf(route).path.length) + path;
}

/** What curl sends. */
export interface CurlCall {
  readonly method: string;
  readonly url: string;
  /** Command that prints a token. Left out: none is sent. */
  readonly tokenCommand?: string | undefined;
  /** JSON. Left out: none is sent. */
  readonly body?: string | undefined;
}

/** The call as a curl command, which holds no token. */
export function callCurl({ method, url, tokenCommand, body }: CurlCall): string {
  return [
    `curl -i -X ${method} ${quoted(url)}`,
    ...(tokenCommand === undefined ? [] : [`-H "Authorization: Bearer $(${tokenCommand})"`]),
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `--data ${quoted(body)}`]),
  ].join(" \\\n  ");
}
