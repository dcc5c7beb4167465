/** One verification of a stack: tokens first, then the routes, then what was removed. */
import { type AccessMatrix, accessMatrix } from "../access-graph/access-matrix";
import type { Asking } from "../deployed/asking";
import type { Deployment } from "../deployed/deployment";
import type { Check, Probe } from "../deployed/probe";
import { inOrder } from "./check-order";
import { counted } from "./counted";
import { type DeployedStack, deployedStack } from "./deployed-stack";
import { checkOfKept, type KeptCredentials, readKept } from "./kept-credentials";
import { baseUrl, leftoverProbes, openUnasked, readLeftovers } from "./leftovers";
import { appliedGrants, appliedProbes, waitingClients } from "./not-applied";
import { type Pending, pendingOf } from "./pending";
import { preflightHeaders } from "./preflights";
import { probesOf } from "./probes";
import { checkProbe, notAsked } from "./route-checks";
import { chosen, grantsIn, isAskedAt, withRemoved } from "./selection";
import { type Grants, TokenChecks } from "./token-checks";
import type { Verification, VerifyOptions } from "./verification";

/** Verifies one stack, once. */
export class StackVerification {
  private readonly checks: Check[] = [];
  private readonly notLookedAt: string[] = [];
  private readonly leftovers: string[] = [];
  /** Routes that are not deployed as the code has them. */
  private readonly waiting: string[] = [];
  private readonly grants: Grants;
  private readonly deployed: DeployedStack | undefined;
  private readonly matrix: AccessMatrix;
  private readonly pending: Pending;
  private readonly clients: readonly string[];
  private readonly routes: readonly string[];
  private readonly order: readonly string[];

  constructor(
    private readonly deployment: Deployment,
    private readonly json: unknown,
    private readonly options: VerifyOptions,
    private readonly asking: Asking,
  ) {
    const { environment, clientIds } = deployment;
    this.deployed = options.state && deployedStack(environment, options.state);
    const grants = grantsIn(json);
    this.grants = this.deployed === undefined ? grants : appliedGrants(grants, this.deployed.json);
    this.matrix = withRemoved(accessMatrix(environment, json), this.deployed?.matrix);
    const routes = this.matrix.routes.map(({ route }) => route);
    const written = options.written ?? { clients: this.matrix.clients, routes };
    this.pending = pendingOf(written, deployment);
    this.clients = chosen("client", this.matrix.clients, options.clients).filter((one) =>
      Object.hasOwn(clientIds, one),
    );
    this.routes = chosen("route", routes, options.routes);
    this.order = [...written.routes, ...routes.filter((route) => !written.routes.includes(route))];
  }

  async run(): Promise<Verification> {
    const tokens = await this.askForTokens();
    await this.askRoutes(tokens.tokens);
    await this.askLeftovers();
    const { hasStopped } = this.asking;
    const silent = this.clients.filter((one) => !tokens.tokens.has(one) && !tokens.unknownSecrets.includes(one));
    if (!hasStopped) this.checks.push(...notAsked(silent, this.matrix, this.routes));
    const isWrong = this.checks.some(({ outcome }) => outcome !== "as expected");
    const isLetIn = this.checks.some(({ outcome }) => outcome === "WRONG YES");
    return {
      environment: this.deployment.environment,
      isAsTheMatrixSays: !isWrong && !hasStopped,
      hasStopped: isLetIn && hasStopped,
      isPartial: hasStopped && !isLetIn,
      checks: inOrder(this.checks, this.order),
      left: this.left(),
      ...this.pending,
      notApplied: { routes: this.waiting, clients: waitingClients(grantsIn(this.json), this.grants) },
      unknownSecrets: tokens.unknownSecrets.toSorted(),
      withoutDomain: this.clients.filter((client) => this.grants.get(client)?.ways.includes("api")),
      hasUpdatedIssuer: tokens.hasUpdatedIssuer,
      leftovers: this.leftovers,
      notLookedAt: this.notLookedAt,
    };
  }

  private async askForTokens(): Promise<TokenChecks> {
    const { deployment, asking } = this;
    this.options.onProgress?.(`Asking for tokens of ${counted(this.clients.length, "client")} …`);
    const delivered = new Set(this.deployed?.stores.keys());
    const tokens = new TokenChecks(deployment, this.grants, asking, (check) => this.note(check), delivered);
    await asking.each(this.clients, async (client) => tokens.ofClient(client, await this.keptOf(client)));
    this.checks.sort((a, b) => this.clients.indexOf(a.caller) - this.clients.indexOf(b.caller));
    return tokens;
  }

  /** What the client's service reads, if it is credentials at all. */
  private async keptOf(client: string): Promise<KeptCredentials | undefined> {
    const store = this.deployed?.stores.get(client);
    if (store === undefined) return undefined;
    const kept = await readKept(store);
    if (kept === "not looked at") {
      this.notLookedAt.push(`what Secrets Manager keeps of ${client}: it needs secretsmanager:GetSecretValue`);
      return undefined;
    }
    const { environment, clientIds, tokenUrl } = this.deployment;
    const clientId = clientIds[client] ?? "";
    this.note(checkOfKept(client, kept, { environment, clientId, tokenUrl, scopes: store.scopes }));
    return typeof kept === "string" ? undefined : kept;
  }

  private async askRoutes(tokens: ReadonlyMap<string, string>): Promise<void> {
    const { matrix, options, routes } = this;
    const surface = { ...options, routeUrls: this.deployment.routeUrls, preflights: preflightHeaders(this.json) };
    const all = probesOf({ ...surface, matrix, tokens }).filter(({ route }) => isAskedAt(route, routes));
    const probes =
      this.deployed === undefined ? all : appliedProbes(all, { ...surface, matrix, tokens }, this.deployed);
    this.waiting.push(...new Set(all.filter((probe) => !probes.includes(probe)).map(({ route }) => route)));
    options.onProgress?.(`Asking ${counted(probes.length, "time")} at ${counted(routes.length, "route")} …`);
    await this.ask(probes);
  }

  /** They are looked for whatever routes were chosen: whoever removed one cannot choose it any more. */
  private async askLeftovers(): Promise<void> {
    const base = baseUrl(this.deployment.routeUrls);
    if (this.deployed === undefined || base === undefined || this.asking.hasStopped) return;
    const leftovers = await readLeftovers(this.deployed);
    if (leftovers === undefined) {
      this.notLookedAt.push(
        "routes that were removed and may still answer: it needs apigateway:GET on stages' exports",
      );
      return;
    }
    // A backend would answer, whoever calls; a function that was removed lets nobody call it.
    const isSpared = (isOpen: boolean, behind: string) =>
      this.options.refusalsOnly && isOpen && behind === "HTTP backend";
    const spared = leftovers.filter(({ isOpen, behind }) => isSpared(isOpen, behind));
    this.checks.push(...spared.map(openUnasked));
    const asked = leftovers.filter((one) => !spared.includes(one));
    if (asked.length > 0) this.options.onProgress?.(`Asking at ${counted(asked.length, "removed route")} …`);
    await this.ask(leftoverProbes(asked, base));
    this.leftovers.push(...leftovers.map(({ route }) => route));
  }

  private async ask(probes: readonly Probe[]): Promise<void> {
    const found: (Check | undefined)[] = [];
    await this.asking.each([...probes.entries()], async ([index, probe]) => {
      const check = await checkProbe(probe, this.asking);
      found[index] = check;
      if (check?.outcome === "WRONG YES") this.asking.stop();
    });
    this.checks.push(...found.filter((check) => check !== undefined));
  }

  private note(check: Check): void {
    this.checks.push(check);
    if (check.outcome === "WRONG YES") this.asking.stop();
  }

  private left(): readonly string[] {
    const { routeUrls } = this.deployment;
    const { routes } = this.pending.notDeployed;
    return this.matrix.routes
      .filter(({ route, access }) => access === "unknown" || routeUrls[route] === undefined)
      .map(({ route }) => route)
      .filter((route) => this.routes.includes(route) && !routes.includes(route));
  }
}
