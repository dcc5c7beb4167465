/** What is asked of the token endpoint: each client's token, and tokens that it must not get. */
import type { ClientCredentials, Deployment } from "../deployment";
import { basicCredentials, tokenRequestBody } from "../token-request";
import type { Asking } from "./asking";
import { scopesIn } from "./forged-tokens";
import type { KeptCredentials } from "./kept-credentials";
import type { Check } from "./probe";
import { type Judged, judgeReply, type Reply, refusal } from "./token-reply";

/** Scopes by client, as the code grants them. */
export type Grants = ReadonlyMap<string, readonly string[]>;

/** What the token endpoint says to an id with a secret that it does not know. */
const NOT_KNOWN = "invalid_client";

/** Asks for tokens, and keeps those that it gets. */
export class TokenChecks {
  /** Token by client. */
  readonly tokens = new Map<string, string>();
  /** Clients whose secret is not known here. */
  readonly unknownSecrets: string[] = [];

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
    if (read !== undefined && (await this.askForOwn(client, "secret", read))) return await this.refusals(client, read);
    if (secret === "") {
      if (read === undefined) this.unknownSecrets.push(client);
      return;
    }
    if (await this.askForOwn(client, "token", { id, secret })) await this.refusals(client, { id, secret });
  }

  /**
   * Asks for a token with all scopes.
   * @param route `secret` for what services read in Secrets Manager
   * @returns whether the token endpoint knows the credentials
   */
  private async askForOwn(client: string, route: "token" | "secret", credentials: ClientCredentials): Promise<boolean> {
    const scopes = (this.grants.get(client) ?? []).toSorted();
    const wanted = `a token for ${scopes.join(", ")}`;
    const reply = await this.ask({ route, caller: client, expected: wanted }, credentials, undefined, (reply) => {
      if (reply.found === NOT_KNOWN) return { ...reply, ...this.unknownTo(client, route) };
      if (reply.token === undefined) return { ...reply, outcome: "wrong no" };
      const held = scopesIn(reply.token);
      const found = `a token for ${held.join(", ") || "nothing"}`;
      if (held.some((scope) => !scopes.includes(scope))) return { ...reply, outcome: "WRONG YES", found };
      const isWhole = held.length === scopes.length;
      this.tokens.set(client, reply.token);
      return { ...reply, outcome: isWhole ? "as expected" : "wrong no", found };
    });
    return reply !== undefined && reply.found !== NOT_KNOWN;
  }

  private async refusals(client: string, credentials: ClientCredentials): Promise<void> {
    const at = { route: "token", caller: client };
    const wrong = { ...credentials, secret: `${credentials.secret.slice(0, -1)}~` };
    await this.ask({ ...at, expected: "a wrong secret: invalid_client" }, wrong, undefined, refusal(NOT_KNOWN));
    const scope = this.foreignScope(this.grants.get(client) ?? []);
    await this.ask(
      { ...at, expected: "a scope of others: invalid_scope" },
      credentials,
      scope,
      refusal("invalid_scope"),
    );
  }

  /** A scope that others have or, when there is none, one that nobody has. */
  private foreignScope(own: readonly string[]): string {
    const all = [...this.grants.values()].flat();
    return all.find((scope) => !own.includes(scope)) ?? `${own.toSorted()[0] ?? "verify/"}-not-granted`;
  }

  private async ask(
    at: Pick<Check, "route" | "caller" | "expected">,
    credentials: ClientCredentials,
    scope: string | undefined,
    judge: (reply: Reply) => Judged,
  ): Promise<Judged | undefined> {
    const headers = {
      Authorization: `Basic ${basicCredentials(credentials)}`,
      "Content-Type": "application/x-www-form-urlencoded",
    };
    const question = { method: "POST", url: this.deployment.tokenUrl, headers, body: tokenRequestBody(scope) };
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
