/**
 * Routes of the deployed snapshot that Terraform does not manage. Those that were removed stay in it until the next
 * deployment, which is created before they are destroyed. Those that were added to the API out of band stay until they are
 * removed. Requests without a token must be denied at both.
 */
import { routeKeyOf } from "../../access/access-model";
import { UserError } from "../../platform/user-error";
import type { ApiMethod } from "../deployed/api-method";
import type { LeftResource } from "../deployed/left-state";
import { readSnapshot } from "../deployed/snapshot";
import { findUnmanaged, UNMANAGED_KINDS } from "../deployed/unmanaged";
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
  /** Command that removes its method from the API; left out when the API no longer has the method. */
  readonly removal?: string;
}

/**
 * @param left all that Terraform left
 * @returns `undefined` when the AWS credentials may not read a snapshot
 */
export async function readStaleRoutes(
  { stages, routes }: DeployedStack,
  left: readonly LeftResource[],
  environment: string,
): Promise<readonly StaleRoute[] | undefined> {
  try {
    const snapshots = await Promise.all(stages.map(async (stage) => ({ stage, live: await readSnapshot(stage) })));
    const stale = snapshots.flatMap(({ stage, live }) =>
      live === undefined ? [] : staleRoutesIn(live, routes, stage.deployment),
    );
    if (stale.length === 0) return stale;
    const kinds = UNMANAGED_KINDS.filter(({ attribute }) => attribute === "method");
    const { findings } = await findUnmanaged(left, { environment, kinds, isLenient: true });
    const removals = new Map(findings.map(({ route, undo }) => [route, undo]));
    return stale.map((one) => {
      const removal = removals.get(one.route);
      return removal === undefined ? one : { ...one, removal };
    });
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
export function staleProbes({ route, behind, methods, removal }: StaleRoute, base: string): readonly Probe[] {
  const url = filledIn(`${base}${routeKeyOf(route).path}`);
  const at = { route, caller: "no token", url, token: undefined, behind };
  // A removed function cannot be invoked; the integration of an added method answers or fails by chance.
  const expected = removal === undefined ? "stale-route" : "deny-by-gateway";
  return methods.map((method): Probe => ({ ...at, method, expected }));
}

/** @param folder folder of the stack */
export function staleAdvice({ route, deployment, removal }: StaleRoute, folder: string): Advice {
  const command = replaceCommand(folder, deployment);
  return removal === undefined
    ? { text: `${route} was removed, and answers until the API is deployed again`, commands: [command] }
    : {
        text: `${route} was added out of band, and answers until it is removed and the API is deployed again`,
        commands: [removal, command],
      };
}

/** URL of the stage, from those of its routes; `undefined` when there are none. */
export function stageUrl(routeUrls: Readonly<Record<string, string>>): string | undefined {
  const [found] = Object.entries(routeUrls).filter(([route, url]) => url.endsWith(routeKeyOf(route).path));
  return found?.[1].slice(0, -routeKeyOf(found[0]).path.length);
}
