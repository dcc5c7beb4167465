/** Verifies a deployed stack against the access matrix: tokens first, then the routes, then routes that were removed. */
import { namesInstead } from "../../access/nearest-name";
import { counted } from "../../platform/markdown";
import { UsageError } from "../../platform/user-error";
import { type AccessMatrix, accessMatrix } from "../access-graph/access-matrix";
import type { Deployment } from "../deployed/deployment";
import { type ClientLimits, RateLimitedClient } from "../deployed/rate-limited-client";
import { managedResources, type StateValues } from "../plan-file/state-json";
import { adviceOn, bySeverity, type Check, type Probe } from "./check";
import {
  appliedGrants,
  changingClients,
  deployedStack,
  differenceOf,
  grantsIn,
  type Names,
  withRemovedRoutes,
} from "./deployed-stack";
import { judgeResponse } from "./judgement";
import { preflightHeaders } from "./preflights";
import { probesOf } from "./probes";
import { Retries } from "./retries";
import { readStaleRoutes, stageUrl, staleAdvice, staleProbes } from "./stale-routes";
import { checkClient, TokenFindings } from "./token-checks";

export interface VerifiedStack {
  readonly deployment: Deployment;
  readonly folder: string;
  /** Content of `cdk.tf.json`. */
  readonly json: unknown;
  readonly state: StateValues;
}

export interface VerifyOptions extends ClientLimits {
  /** Leaves out requests that a function or backend would answer. */
  readonly refusalsOnly: boolean;
  /** Clients to verify; all when left out. */
  readonly clients?: readonly string[] | undefined;
  /** Routes to verify; all when left out. */
  readonly routes?: readonly string[] | undefined;
  /** Names in access.yaml; those of the synthesized stack when left out. */
  readonly written?: Names;
  /** What the environment's names begin with. */
  readonly prefix?: string;
  readonly onProgress?: (text: string) => void;
  /** Receives what is tried again. */
  readonly onRetry?: (text: string) => void;
}

/** A route that was not tested. */
export interface UntestedRoute {
  readonly route: string;
  /** Without a full stop, such as `authorization AWS_IAM is not analyzed`. */
  readonly reason: string;
}

/** The result. All names are those of access.yaml. */
export interface Verification {
  readonly environment: string;
  /** Whether all checks are as expected and none was left out by a stop. */
  readonly isAsExpected: boolean;
  /** Whether an unexpected allow ended it early. */
  readonly isStopped: boolean;
  /** Whether an interruption ended it early. */
  readonly isPartial: boolean;
  /** The most severe first, then in the order of access.yaml. */
  readonly checks: readonly Check[];
  /** In access.yaml and not deployed yet. */
  readonly notDeployed: Names;
  /** Deployed and no longer in access.yaml. */
  readonly notInCode: Names;
  /** Different in code and deployment: only what both agree on was checked. */
  readonly notApplied: Names;
  /** Routes that were not tested: the matrix does not decide, or they have no URL. */
  readonly untestedRoutes: readonly UntestedRoute[];
  /** Clients that were not tested, as their secret is unknown. */
  readonly unknownSecrets: readonly string[];
  /** Routes at which no function checks the ids of clients, as deployed: tokens of a removed client work until they expire. */
  readonly routesWithoutIdCheck: readonly string[];
  /** Clients that get tokens by `GetClientToken`, as the code or the state has it. */
  readonly withoutDomain: readonly string[];
  /** Whether tokens have the updated issuer, which no authorizer of API Gateway for user pools accepts. */
  readonly hasUpdatedIssuer: boolean;
  /** Routes that were removed and are left in the deployed snapshot. */
  readonly staleRoutes: readonly string[];
  /** Routes of the deployed snapshot that were added to the API out of band. */
  readonly unmanagedRoutes: readonly string[];
  /** What was not checked for lack of permissions: the permissions. */
  readonly missingPermissions: readonly string[];
}

const METHODS_WITH_BODY = ["POST", "PUT", "PATCH"];

/** @throws {UserError} when a host cannot be reached, or a client or route does not exist */
export async function verifyStack(
  { deployment, folder, json, state }: VerifiedStack,
  options: VerifyOptions,
): Promise<Verification> {
  const { environment, clientIds, routeUrls } = deployment;
  const deployed = deployedStack(environment, state);
  const codeGrants = grantsIn(json);
  const grants = appliedGrants(codeGrants, grantsIn(deployed.json));
  const matrix = withRemovedRoutes(accessMatrix(environment, json), deployed.matrix);
  const allRoutes = matrix.routes.map(({ route }) => route);
  const written = options.written ?? { clients: matrix.clients, routes: allRoutes };
  const difference = differenceOf(written, deployment);
  const clients = chosen("client", matrix.clients, options.clients).filter((client) =>
    Object.hasOwn(clientIds, client),
  );
  const routes = chosen("route", allRoutes, options.routes);
  const changingRoutes = new Set<string>();
  const missingPermissions: string[] = [];
  const staleRoutes: string[] = [];
  const unmanagedRoutes: string[] = [];
  const http = new RateLimitedClient(options);
  const retries = new Retries(options.retryFor, (text) => options.onRetry?.(text));

  /** Works through the items. @returns their checks, in the order of the items */
  async function collect<Item>(
    items: readonly Item[],
    work: (item: Item, report: (check: Check) => void) => Promise<void>,
  ): Promise<readonly Check[]> {
    const found = items.map((): Check[] => []);
    await http.forEach([...items.entries()], async ([index, item]) => {
      await work(item, (check) => {
        found[index]?.push(check);
        if (check.verdict === "unexpected-allow") http.stop();
      });
    });
    return found.flat();
  }

  const send = (probes: readonly Probe[]) =>
    collect(probes, async (probe, report) => {
      const check = await checkProbe(probe, http, retries);
      if (check !== undefined) report(check);
    });

  async function checkRoutes(tokens: ReadonlyMap<string, string>): Promise<readonly Check[]> {
    const { refusalsOnly } = options;
    const sources = { matrix, routeUrls, tokens, refusalsOnly, preflights: preflightHeaders(json) };
    const byState = { ...sources, matrix: deployed.matrix, preflights: preflightHeaders(deployed.json) };
    const applied = new Set(probesOf(byState).map(keyOf));
    const all = probesOf(sources).filter(({ route }) => isChosen(route, routes));
    for (const probe of all) if (!applied.has(keyOf(probe))) changingRoutes.add(probe.route);
    const probes = all.filter((probe) => applied.has(keyOf(probe)));
    options.onProgress?.(`Sending ${counted(probes.length, "request")} to ${counted(routes.length, "route")}`);
    return await send(probes);
  }

  /** Whatever routes were chosen: a removed route cannot be chosen. */
  async function checkStaleRoutes(): Promise<readonly Check[]> {
    const base = stageUrl(routeUrls);
    if (base === undefined || http.isStopped) return [];
    const found = await readStaleRoutes(deployed, managedResources(state), environment);
    if (found === undefined) missingPermissions.push("apigateway:GET on the exports of stages, for removed routes");
    for (const { route, removal } of found ?? []) (removal === undefined ? staleRoutes : unmanagedRoutes).push(route);
    const checks: Check[] = [];
    for (const stale of found ?? []) {
      const advice = staleAdvice(stale, folder);
      const probes = staleProbes(stale, base);
      // An added method or a backend would answer; a removed function refuses API Gateway.
      const why = stale.removal === undefined ? "with an HTTP backend" : "added out of band";
      const isAnswered = stale.removal !== undefined || stale.behind === "HTTP backend";
      const made =
        options.refusalsOnly && stale.isPublic && isAnswered
          ? probes.map((probe) => notTested(probe, `public, ${why}`))
          : await send(probes);
      checks.push(...made.map((check) => (check.verdict === "as-expected" ? check : { ...check, advice })));
    }
    return checks;
  }

  const functionOf = ({ route }: Check) => matrix.routes.find((one) => one.route === route)?.function;

  try {
    const findings = new TokenFindings();
    const sources = { deployment, grants, stores: deployed.stores, folder, http, retries };
    options.onProgress?.(`Requesting tokens of ${counted(clients.length, "client")}`);
    const ofTokens = await collect(clients, (client, report) => checkClient(client, sources, findings, report));
    const { tokens, unknownSecrets, unreadable, hasUpdatedIssuer } = findings;
    const ofRoutes = [...(await checkRoutes(tokens)), ...(await checkStaleRoutes())];
    const { isStopped } = http;
    const withoutToken = clients.filter((client) => !tokens.has(client) && !unknownSecrets.includes(client));
    const untested = isStopped ? [] : untestedCallers(withoutToken, matrix, routes);
    const checks = [...ofTokens, ...ofRoutes, ...untested].map((check) =>
      check.verdict === "as-expected"
        ? check
        : { ...check, advice: adviceOn(check, { name: environment, prefix: options.prefix ?? "" }, functionOf(check)) },
    );
    const hasAllowed = checks.some(({ verdict }) => verdict === "unexpected-allow");
    missingPermissions.push(...unreadable.map((client) => `secretsmanager:GetSecretValue on the secret of ${client}`));
    return {
      environment,
      isAsExpected: !isStopped && checks.every(({ verdict }) => verdict === "as-expected"),
      isStopped: isStopped && hasAllowed,
      isPartial: isStopped && !hasAllowed,
      checks: bySeverity(checks, [...written.routes, ...allRoutes]),
      ...difference,
      notApplied: { routes: [...changingRoutes], clients: changingClients(codeGrants, grants) },
      untestedRoutes: matrix.routes
        .filter(({ route, access }) => access === "unknown" || routeUrls[route] === undefined)
        .filter(({ route }) => routes.includes(route) && !difference.notDeployed.routes.includes(route))
        .map(({ route, access, notes }) => ({
          route,
          reason: access === "unknown" ? notes.join(", ") : "it has no URL",
        })),
      unknownSecrets: unknownSecrets.toSorted(),
      routesWithoutIdCheck: deployed.matrix.routes
        .filter(
          ({ route, access, callerCheck }) =>
            access === "clients" && callerCheck !== "client-id" && routes.includes(route),
        )
        .map(({ route }) => route),
      withoutDomain: clients.filter((client) => grants.get(client)?.ways.includes("api")),
      hasUpdatedIssuer,
      staleRoutes,
      unmanagedRoutes,
      missingPermissions,
    };
  } finally {
    await http.close();
  }
}

/** @throws {UsageError} when a name is unknown */
function chosen(kind: string, known: readonly string[], names: readonly string[] = known): readonly string[] {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`There is no ${kind} "${unknown}".${namesInstead(unknown, known)}`);
}

/** OPTIONS is tested with any route of its path. */
function isChosen(route: string, routes: readonly string[]): boolean {
  const path = /^OPTIONS( .*)$/.exec(route)?.[1];
  return routes.includes(route) || (path !== undefined && routes.some((one) => one.endsWith(path)));
}

/** What code and state must agree on. */
function keyOf({ route, method, caller, expected, headers }: Probe): string {
  return JSON.stringify([route, method, caller, expected, headers]);
}

/** @returns `undefined` when the client was stopped */
async function checkProbe(probe: Probe, http: RateLimitedClient, retries: Retries): Promise<Check | undefined> {
  const { route, caller, method, url, token, origin, expected } = probe;
  const hasBody = METHODS_WITH_BODY.includes(method);
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(hasBody ? { "Content-Type": "application/json" } : {}),
  };
  const request = { method, url, headers, isRoute: true as const, ...(hasBody ? { body: "{}" } : {}) };
  const result = await http.retry(
    async () => {
      const response = await http.send(request);
      return response && judgeResponse(probe, response);
    },
    (found) => retries.isFinal(probe, found),
    ({ verdict }) => verdict === "unexpected-allow",
  );
  return result && { route, caller, method, expected, ...result };
}

function notTested({ route, caller, method, expected }: Omit<Probe, "url" | "token">, found: string): Check {
  return { route, caller, method, expected, found, verdict: "not-tested" };
}

/** Clients without a token, at the routes that they must have access to. */
function untestedCallers(clients: readonly string[], matrix: AccessMatrix, routes: readonly string[]) {
  return matrix.routes
    .filter(({ route }) => routes.includes(route))
    .flatMap(({ route, callers }) =>
      clients
        .filter((client) => callers.includes(client))
        .map((caller) =>
          notTested({ route, caller, method: route.split(" ")[0] ?? "", expected: "allow" }, "no token"),
        ),
    );
}
