/** Asks a deployed stack who may call what, and compares it with the matrix of the synthesized Terraform. */
import { type AccessMatrix, accessMatrix } from "../access-matrix";
import type { Deployment } from "../deployment";
import { parseStack } from "../synthesized-stack";
import { UserError } from "../user-error";
import { Asking, NO_ANSWER, type Pace } from "./asking";
import { judgeAnswer } from "./judgement";
import { preflightHeaders } from "./preflights";
import type { Check, Probe } from "./probe";
import { probesOf } from "./probes";
import { type Grants, TokenChecks } from "./token-checks";

/** What is asked, and how. */
export interface VerifyOptions extends Pace {
  /** Leaves out what functions would answer. */
  readonly refusalsOnly: boolean;
  /** Names of the clients to ask as; left out means all. */
  readonly clients?: readonly string[] | undefined;
  /** Routes to ask at; left out means all. */
  readonly routes?: readonly string[] | undefined;
  /** Told of progress, for people. */
  readonly onProgress?: (text: string) => void;
}

/** What came of it. */
export interface Verification {
  readonly environment: string;
  readonly isAsTheMatrixSays: boolean;
  /** Whether somebody was let in who must not be, so that the rest was not asked. */
  readonly hasStopped: boolean;
  /** In the order of the matrix; the token endpoint first. */
  readonly checks: readonly Check[];
  /** Routes that are not asked, as the matrix does not say who may call them or they have no URL. */
  readonly left: readonly string[];
}

/**
 * Verifies a deployed stack.
 *
 * @param json content of its `cdk.tf.json`
 * @throws {UserError} with exit code 2 when it cannot be reached, or there is no such client or route
 */
export async function verifyStack(
  deployment: Deployment,
  json: unknown,
  options: VerifyOptions,
): Promise<Verification> {
  const full = accessMatrix(deployment.environment, json);
  const clients = chosen("client", full.clients, options.clients);
  const routes = chosen(
    "route",
    full.routes.map(({ route }) => route),
    options.routes,
  );
  const asking = new Asking(options);
  const checks: Check[] = [];
  const note = (check: Check) => {
    checks.push(check);
    if (check.outcome === "WRONG YES") asking.stop();
  };
  try {
    options.onProgress?.(`Asking for tokens of ${clients.length} clients …`);
    const tokens = new TokenChecks(deployment, grantsIn(json), asking, note);
    await asking.each(clients, (client) => tokens.ofClient(client));
    checks.sort(byPlace(clients));
    const surface = { ...options, routeUrls: deployment.routeUrls, preflights: preflightHeaders(json) };
    const probes = probesOf({ ...surface, matrix: full, tokens: tokens.tokens }).filter(({ route }) =>
      isAskedAt(route, routes),
    );
    options.onProgress?.(`Asking ${probes.length} times at ${routes.length} routes …`);
    const found: (Check | undefined)[] = [];
    await asking.each([...probes.entries()], async ([index, probe]) => {
      found[index] = await ask(probe, asking);
      if (found[index]?.outcome === "WRONG YES") asking.stop();
    });
    checks.push(...found.filter((check) => check !== undefined));
    const silent = clients.filter((client) => !tokens.tokens.has(client));
    if (!asking.hasStopped) checks.push(...notAsked(silent, full, routes));
  } finally {
    await asking.close();
  }
  return {
    environment: deployment.environment,
    isAsTheMatrixSays: checks.every(({ outcome }) => outcome === "as expected"),
    hasStopped: asking.hasStopped,
    checks,
    left: full.routes
      .filter(({ route, access }) => access === "unknown" || deployment.routeUrls[route] === undefined)
      .map(({ route }) => route)
      .filter((route) => routes.includes(route)),
  };
}

/** The order of the names; what was asked at the same time came back in any. */
function byPlace(names: readonly string[]): (a: Check, b: Check) => number {
  const places = new Map(names.map((name, index) => [name, index]));
  return (a, b) => (places.get(a.caller) ?? 0) - (places.get(b.caller) ?? 0);
}

function chosen(what: string, known: readonly string[], asked: readonly string[] | undefined): readonly string[] {
  const unknown = asked?.find((name) => !known.includes(name));
  if (unknown === undefined) return asked ?? known;
  throw new UserError(`there is no ${what} "${unknown}". There is ${known.join(", ")}.`, 2);
}

/** A preflight is asked with any route of its path. */
function isAskedAt(route: string, routes: readonly string[]): boolean {
  const preflight = /^OPTIONS( .*)$/.exec(route)?.[1];
  return routes.includes(route) || (preflight !== undefined && routes.some((one) => one.endsWith(preflight)));
}

function grantsIn(json: unknown): Grants {
  const clients = Object.values(parseStack(json).aws_cognito_user_pool_client);
  return new Map(clients.map(({ name, allowed_oauth_scopes }) => [name, allowed_oauth_scopes]));
}

const WITH_BODY = ["POST", "PUT", "PATCH"];

async function ask(probe: Probe, asking: Asking): Promise<Check | undefined> {
  const { route, caller, method, url, token, expected } = probe;
  const hasBody = WITH_BODY.includes(method);
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(hasBody ? { "Content-Type": "application/json" } : {}),
  };
  const question = { method, url, headers, isRoute: true as const, ...(hasBody ? { body: "{}" } : {}) };
  const judged = await asking.settle(
    async () => {
      const answer = await asking.send(question);
      if (answer?.status === NO_ANSWER) return noAnswer(probe);
      return answer && judgeAnswer(probe, answer);
    },
    ({ outcome }) => outcome === "as expected",
    ({ outcome }) => outcome === "WRONG YES",
  );
  return judged && { route, caller, method, expected, ...judged };
}

/** API Gateway refuses at once: who waits may be waiting for what is behind it. */
function noAnswer({ expected }: Probe) {
  const found =
    expected === "refused by API Gateway" ? "no answer in time: it may be past the gate" : "no answer in time";
  return { outcome: "broken", found } as const;
}

/** Whoever gets no token can ask nowhere; where it should be let in, that is told. */
function notAsked(clients: readonly string[], { routes }: AccessMatrix, asked: readonly string[]): readonly Check[] {
  return routes
    .filter(({ route }) => asked.includes(route))
    .flatMap(({ route, callers }) =>
      clients
        .filter((client) => callers.includes(client))
        .map((caller): Check => {
          const [method = ""] = route.split(" ");
          return { route, caller, method, expected: "let in", found: "no token", outcome: "not asked" };
        }),
    );
}
