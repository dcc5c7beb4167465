/**
 * Routes that were removed and still answer: a deployment is made before what was removed is destroyed, so they stay in
 * the deployed snapshot until the next one. Whoever asks there without a token must be refused.
 */

import { UserError } from "../../platform/user-error";
import type { ApiMethod } from "../deployed/api-method";
import type { Check, Probe } from "../deployed/probe";
import { readSnapshot } from "../deployed/snapshot";
import type { DeployedStack } from "./deployed-stack";
import { adviceOnLeftover } from "./leftover-advice";
import { filledIn } from "./probe-url";
import { methodsOf } from "./probes";

/** A route of the deployed snapshot that Terraform no longer knows. */
export interface Leftover {
  readonly route: string;
  readonly isOpen: boolean;
  readonly behind: "function" | "HTTP backend";
  /** Methods to ask by: another one may be answered by a route of its own. */
  readonly methods: readonly string[];
}

/** What the deployed snapshots hold beside what Terraform manages; `undefined` when the credentials may not read one. */
export async function readLeftovers({ stages, routes }: DeployedStack): Promise<readonly Leftover[] | undefined> {
  try {
    const snapshots = await Promise.all(stages.map((stage) => readSnapshot(stage)));
    return snapshots.flatMap((live) => (live === undefined ? [] : leftoversIn(live, routes)));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** @param managed routes that Terraform manages */
export function leftoversIn(live: ReadonlyMap<string, ApiMethod>, managed: ReadonlySet<string>): readonly Leftover[] {
  return [...live]
    .filter(([route, method]) => !managed.has(route) && !isPreflight(route, method))
    .map(([route, { authorization, integration_type }]) => ({
      route,
      isOpen: authorization === "NONE",
      behind: integration_type.startsWith("HTTP") ? "HTTP backend" : "function",
      methods: methodsOf(route, [...live.keys()]),
    }));
}

/** It leads to nothing. */
function isPreflight(route: string, { authorization, integration_type }: ApiMethod): boolean {
  return route.startsWith("OPTIONS ") && authorization === "NONE" && integration_type === "MOCK";
}

/**
 * Calls without a token.
 * @param base URL of the API, to which paths are added
 */
export function leftoverProbes(leftovers: readonly Leftover[], base: string): readonly Probe[] {
  return leftovers.flatMap(({ route, behind, methods }) => {
    const url = filledIn(`${base}${route.slice(route.indexOf(" ") + 1)}`);
    const at = { route, caller: "no token", url, token: undefined, behind };
    return methods.map((method): Probe => ({ ...at, method, expected: "not there any more" }));
  });
}

/** What is not called, as a backend would answer: the snapshot says that it is open. */
export function openUnasked({ route }: Leftover): Check {
  const [method = ""] = route.split(" ");
  const found = "still deployed, PUBLIC, with an HTTP backend";
  const at = { route, caller: "no token", method, expected: "not there any more" };
  return { ...at, found, outcome: "not asked", advice: adviceOnLeftover(route) };
}

/** URL of the API: what stands before the path in the URL of a route. */
export function baseUrl(routeUrls: Readonly<Record<string, string>>): string | undefined {
  const bases = Object.entries(routeUrls).flatMap(([route, url]) => {
    const path = route.slice(route.indexOf(" ") + 1);
    return url.endsWith(path) ? [url.slice(0, -path.length)] : [];
  });
  return bases[0];
}
