/**
 * Routes that were removed and still answer: a deployment is created before what was removed is destroyed, so that they
 * stay in the deployed snapshot until the next deployment. Requests without a token must be denied there.
 */
import { routeKeyOf } from "../../access/access-model";
import { UserError } from "../../platform/user-error";
import type { ApiMethod } from "../deployed/api-method";
import { readSnapshot } from "../deployed/snapshot";
import { type Advice, type Probe, replaceCommand } from "./check";
import type { DeployedStack } from "./deployed-stack";
import { filledIn, methodsOf } from "./probes";

/** A route of the deployed snapshot that Terraform does not manage. */
export interface StaleRoute {
  readonly route: string;
  readonly isPublic: boolean;
  readonly behind: "function" | "HTTP backend";
  /** Methods to test it by; others may have a route of their own. */
  readonly methods: readonly string[];
  /** Terraform address of the API's deployment. */
  readonly deployment: string;
}

/** @returns `undefined` when the AWS credentials may not read a snapshot */
export async function readStaleRoutes({ stages, routes }: DeployedStack): Promise<readonly StaleRoute[] | undefined> {
  try {
    const snapshots = await Promise.all(stages.map(async (stage) => ({ stage, live: await readSnapshot(stage) })));
    return snapshots.flatMap(({ stage, live }) =>
      live === undefined ? [] : staleRoutesIn(live, routes, stage.deployment),
    );
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** @param managed routes that Terraform manages */
export function staleRoutesIn(
  live: ReadonlyMap<string, ApiMethod>,
  managed: ReadonlySet<string>,
  deployment: string,
): readonly StaleRoute[] {
  return [...live]
    .filter(([route, method]) => !managed.has(route) && !isPreflight(route, method))
    .map(([route, { authorization, integration_type }]) => ({
      route,
      isPublic: authorization === "NONE",
      behind: integration_type.startsWith("HTTP") ? "HTTP backend" : "function",
      methods: methodsOf(route, [...live.keys()]),
      deployment,
    }));
}

function isPreflight(route: string, { authorization, integration_type }: ApiMethod): boolean {
  return route.startsWith("OPTIONS ") && authorization === "NONE" && integration_type === "MOCK";
}

/** Requests without a token. @param base URL of the stage, without a slash at its end */
export function staleProbes({ route, behind, methods }: StaleRoute, base: string): readonly Probe[] {
  const url = filledIn(`${base}${routeKeyOf(route).path}`);
  const at = { route, caller: "no token", url, token: undefined, behind };
  return methods.map((method): Probe => ({ ...at, method, expected: "stale-route" }));
}

/** @param folder folder of the stack */
export function staleAdvice({ route, deployment }: StaleRoute, folder: string): Advice {
  const command = replaceCommand(folder, deployment);
  return { text: `${route} was removed, and answers until the API is deployed again`, commands: [command] };
}

/** URL of the stage, from those of its routes; `undefined` when there are none. */
export function stageUrl(routeUrls: Readonly<Record<string, string>>): string | undefined {
  const [found] = Object.entries(routeUrls).filter(([route, url]) => url.endsWith(routeKeyOf(route).path));
  return found?.[1].slice(0, -routeKeyOf(found[0]).path.length);
}
