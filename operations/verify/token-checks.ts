/** What is asked of the token endpoint and of `GetClientToken`: each client's token, and tokens that it must not get. */

import { issuersOfPool, isUpdatedIssuer } from "../access-graph/pool-issuer";
import { CLIENT_TOKEN_FLOW, type TokenWay } from "../access-graph/token-ways";
import type { Asking } from "../deployed/asking";
import type { ClientCredentials, Deployment } from "../deployed/deployment";
import type { Check } from "../deployed/probe";
import { issuerIn, scopesIn } from "./forged-tokens";
import type { KeptCredentials } from "./kept-credentials";
import { NOT_GRANTED, NOT_KNOWN, otherSecret, tokenQuestion } from "./token-question";
import { type Judged, judgeReply, type Reply, refusal } from "./token-reply";

/** What a client may get. */
export interface Grant {
  readonly scopes: readonly string[];
  /** The ways in which it gets tokens. */
  readonly ways: readonly TokenWay[];
}

/** Grants by client, as the code has them. */
export type Grants = ReadonlyMap<string, Grant>;

const NOTHING: Grant = { scopes: [], ways: [] };

/** Asks for tokens, and keeps those that it gets. */
export class TokenChecks {
  /** Token by client. */
  readonly tokens = new Map<string, string>();
  /** Clients whose secret is not known here. */
  readonly unknownSecrets: string[] = [];
  /** Whether tokens have the updated issuer, which authorizers do not accept. */
  hasUpdatedIssuer = false;

  constructor(
    private readonly deployment: Deployment,
    private readonly grants: Grants,
    private readonly asking: Asking,
    private readonly note: (check: Check) => void,
    /** Clients whose credentials services read in Secrets Manager. */
    private readonly delivered: ReadonlySet<string>,
  ) {}

  /**
   * One token with all scopes, and two refusals.
   * @param kept what the client's service reads; `undefined` when there is nothing, or it was not looked at
   */
  async ofClient(client: string, kept: KeptCredentials | undefined): Promise<void> {
    const id = this.deployment.clientIds[client] ?? "";
    const secret = this.deployment.clientSecrets[client] ?? "";
    const isOther = kept !== undefined && kept.client_id === id && (kept.client_secret || secret) !== secret;
    const read = isOther ? { id, secret: kept.client_secret ?? "" } : undefined;
    if (read !== undefined && (await this.askForOwn(client, "secret", read))) return await this.others(client, read);
    if (secret === "") {
      if (read === undefined) this.unknownSecrets.push(client);
      return;
    }
    if (await this.askForOwn(client, "token", { id, secret })) await this.others(client, { id, secret });
  }

  /**
   * Asks for a token with all scopes.
   * @param route `secret` for what services read in Secrets Manager
   * @returns whether Cognito knows the credentials
   */
  private async askForOwn(
    client: string,
    route: "token" | "secret",
    credentials: ClientCredentials,
    way = this.mainWay(client),
  ): Promise<boolean> {
    const scopes = this.grantOf(client).scopes.toSorted();
    const wanted = `a token for ${scopes.join(", ")}${way === "api" ? " by GetClientToken" : ""}`;
    const isUnknown = ({ found }: Reply) => NOT_KNOWN[way].includes(found);
    const at = { route, caller: client, expected: wanted };
    const reply = await this.ask(at, way, credentials, undefined, (reply) => {
      if (isUnknown(reply)) return { ...reply, ...this.unknownTo(client, route) };
      if (reply.token === undefined) return { ...reply, outcome: "wrong no" };
      const held = scopesIn(reply.token);
      const found = `a token for ${held.join(", ") || "nothing"}`;
      if (held.some((scope) => !scopes.includes(scope))) return { ...reply, outcome: "WRONG YES", found };
      if (!this.isOfPool(reply.token)) return { ...reply, outcome: "wrong no", found: `${found} of another issuer` };
      const isWhole = held.length === scopes.length;
      this.tokens.set(client, reply.token);
      return { ...reply, outcome: isWhole ? "as expected" : "wrong no", found };
    });
    return reply !== undefined && !isUnknown(reply);
  }

  /** Whether the token carries one of the pool's issuers; the updated one is noted. */
  private isOfPool(token: string): boolean {
    const issuer = issuerIn(token);
    if (isUpdatedIssuer(issuer)) this.hasUpdatedIssuer = true;
    // Without the pool's issuer there is nothing to compare with.
    return this.deployment.issuer === "" || issuersOfPool(this.deployment.issuer).includes(issuer);
  }

  private async others(client: string, credentials: ClientCredentials): Promise<void> {
    await this.refusals(client, credentials);
    const { ways } = this.grantOf(client);
    if (this.mainWay(client) === "api") return;
    if (ways.includes("api")) await this.askForOwn(client, "token", credentials, "api");
    else await this.refusedByApi(client, credentials);
  }

  private async refusals(client: string, credentials: ClientCredentials): Promise<void> {
    const way = this.mainWay(client);
    const at = { route: "token", caller: client };
    const wrong = { ...credentials, secret: otherSecret(credentials.secret) };
    const isUnknown = `a wrong secret: ${NOT_KNOWN[way][0]}`;
    await this.ask({ ...at, expected: isUnknown }, way, wrong, undefined, refusal(NOT_KNOWN[way]));
    const scope = this.foreignScope(this.grantOf(client).scopes);
    const isForeign = `a scope of others: ${NOT_GRANTED[way][0] ?? "refused"}`;
    await this.ask({ ...at, expected: isForeign }, way, credentials, scope, refusal(NOT_GRANTED[way]));
  }

  /** A client of the token endpoint gets nothing past the domain and what protects it. */
  private async refusedByApi(client: string, credentials: ClientCredentials): Promise<void> {
    const { environment } = this.deployment;
    const advice = `${client} can get tokens without the domain, its flows have ${CLIENT_TOKEN_FLOW}: npm run drift -- ${environment} shows it; npx cdktf deploy ${environment} puts it back`;
    const at = { route: "token", caller: client, expected: "no token by GetClientToken" };
    await this.ask(at, "api", credentials, undefined, refusal([], advice));
  }

  private grantOf(client: string): Grant {
    return this.grants.get(client) ?? NOTHING;
  }

  private mainWay(client: string): TokenWay {
    const { ways } = this.grantOf(client);
    return ways.includes("api") && !ways.includes("domain") ? "api" : "domain";
  }

  /** A scope that others have or, when there is none, one that nobody has. */
  private foreignScope(own: readonly string[]): string {
    const all = [...this.grants.values()].flatMap(({ scopes }) => scopes);
    return all.find((scope) => !own.includes(scope)) ?? `${own.toSorted()[0] ?? "verify/"}-not-granted`;
  }

  private async ask(
    at: Pick<Check, "route" | "caller" | "expected">,
    way: TokenWay,
    credentials: ClientCredentials,
    scope: string | undefined,
    judge: (reply: Reply) => Judged,
  ): Promise<Judged | undefined> {
    const question = tokenQuestion(way, this.deployment, credentials, scope);
    if (question === undefined) return undefined;
    const judged = await this.asking.settle(
      async () => {
        const answer = await this.asking.send(question);
        return answer && judgeReply(answer, judge);
      },
      ({ outcome }) => outcome === "as expected",
    );
    if (judged === undefined) return undefined;
    const { found, outcome, advice } = judged;
    this.note({ ...at, method: "POST", found, outcome, ...(advice === undefined ? {} : { advice }) });
    return judged;
  }

  /** Its secret was deleted by hand, or the client itself; or something else was put into Secrets Manager. */
  private unknownTo(client: string, route: "token" | "secret"): Pick<Judged, "outcome" | "advice"> {
    const { environment } = this.deployment;
    const to = this.delivered.has(client) ? "" : " --to <file>";
    const mend = `Give it another one: npm run rotate -- ${client} --env ${environment}${to}`;
    if (route === "secret") {
      const what = `Cognito refuses the secret of ${client} that services read in Secrets Manager`;
      return { outcome: "wrong credentials", advice: `${what}. ${mend}` };
    }
    const advice = `Cognito refuses the secret of ${client}: it was deleted or replaced by hand, or the client was. ${mend}; or, if npm run drift -- ${environment} says that the client is gone, deploy: it gets a new id`;
    return { outcome: "wrong no", advice };
  }
}
