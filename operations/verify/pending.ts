/** In what access.yaml and what is deployed are not the same: what only one of them has. Pure. */
import type { Deployment } from "../deployed/deployment";

/** Names of routes and clients, in the order of access.yaml. */
export interface Names {
  readonly routes: readonly string[];
  readonly clients: readonly string[];
}

/** What waits for a deployment. */
export interface Pending {
  /** In access.yaml, and not deployed: there is nothing to ask. */
  readonly notDeployed: Names;
  /** Deployed, and no longer in access.yaml. */
  readonly notWritten: Names;
}

export function pendingOf(written: Names, { routeUrls, clientIds }: Deployment): Pending {
  const deployed = { routes: Object.keys(routeUrls), clients: Object.keys(clientIds) };
  return { notDeployed: onlyIn(written, deployed), notWritten: onlyIn(deployed, written) };
}

function onlyIn(one: Names, other: Names): Names {
  return {
    routes: one.routes.filter((route) => !other.routes.includes(route)),
    clients: one.clients.filter((client) => !other.clients.includes(client)),
  };
}
