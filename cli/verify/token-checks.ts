/** What is asked of the token endpoint: each client's token, and tokens that it must not get. */
import { z } from "zod";
import { type ClientCredentials, credentialsOf, type Deployment } from "../deployment";
import { basicCredentials, tokenRequestBody } from "../token-request";
import { type Asking, type FullAnswer, NO_ANSWER } from "./asking";
import { scopesIn } from "./forged-tokens";
import type { Check, Outcome } from "./probe";

/** Scopes by client, as the code grants them. */
export type Grants = ReadonlyMap<string, readonly string[]>;

const granted = z.object({ access_token: z.string() });
const refused = z.object({ error: z.string() });

/** What a token request came to; the token is only kept in memory. */
interface Reply {
  readonly found: string;
  readonly token: string | undefined;
  readonly status: number;
}

type Judged = Reply & { readonly outcome: Outcome };

/** Asks for tokens, and keeps those that it gets. */
export class TokenChecks {
  /** Token by client. */
  readonly tokens = new Map<string, string>();

  constructor(
    private readonly deployment: Deployment,
    private readonly grants: Grants,
    private readonly asking: Asking,
    private readonly note: (check: Check) => void,
  ) {}

  /** One token with all scopes, and two refusals. */
  async ofClient(client: string): Promise<void> {
    const credentials = credentialsOf(this.deployment, client);
    const scopes = (this.grants.get(client) ?? []).toSorted();
    await this.ask(client, `a token for ${scopes.join(", ")}`, credentials, undefined, (reply) => {
      if (reply.token === undefined) return { ...reply, outcome: "wrong no" };
      const held = scopesIn(reply.token);
      const found = `a token for ${held.join(", ") || "nothing"}`;
      if (held.some((scope) => !scopes.includes(scope))) return { ...reply, outcome: "WRONG YES", found };
      const isWhole = held.length === scopes.length;
      this.tokens.set(client, reply.token);
      return { ...reply, outcome: isWhole ? "as expected" : "wrong no", found };
    });
    const wrong = { ...credentials, secret: `${credentials.secret.slice(0, -1)}~` };
    await this.ask(client, "a wrong secret: invalid_client", wrong, undefined, refusal("invalid_client"));
    await this.ask(
      client,
      "a scope of others: invalid_scope",
      credentials,
      this.foreignScope(scopes),
      refusal("invalid_scope"),
    );
  }

  /** A scope that others have or, when there is none, one that nobody has. */
  private foreignScope(own: readonly string[]): string {
    const all = [...this.grants.values()].flat();
    return all.find((scope) => !own.includes(scope)) ?? `${own[0] ?? "verify/"}-not-granted`;
  }

  private async ask(
    caller: string,
    expected: string,
    credentials: ClientCredentials,
    scope: string | undefined,
    judge: (reply: Reply) => Judged,
  ): Promise<void> {
    const headers = {
      Authorization: `Basic ${basicCredentials(credentials)}`,
      "Content-Type": "application/x-www-form-urlencoded",
    };
    const question = { method: "POST", url: this.deployment.tokenUrl, headers, body: tokenRequestBody(scope) };
    const judged = await this.asking.settle(
      async () => {
        const answer = await this.asking.send(question);
        return answer && judgeStatus(answer, judge);
      },
      ({ outcome }) => outcome === "as expected",
    );
    if (judged === undefined) return;
    const { found, outcome } = judged;
    this.note({ route: "token", caller, method: "POST", expected, found, outcome });
  }
}

function judgeStatus(answer: FullAnswer, judge: (reply: Reply) => Judged): Judged {
  const { status } = answer;
  const reply = replyIn(answer);
  if (status === 429) return { ...reply, outcome: "throttled" };
  return status >= 500 ? { ...reply, outcome: "broken" } : judge(reply);
}

function replyIn({ status, body }: FullAnswer): Reply {
  const json = parseJson(body);
  const token = granted.safeParse(json);
  if (status === 200 && token.success) return { found: "a token", token: token.data.access_token, status };
  if (status === NO_ANSWER) return { found: "no answer in time", token: undefined, status };
  const error = refused.safeParse(json);
  return { found: error.success ? error.data.error : String(status), token: undefined, status };
}

/** What must be refused, and how. */
function refusal(code: string): (reply: Reply) => Judged {
  return (reply) => {
    if (reply.token !== undefined) return { ...reply, outcome: "WRONG YES" };
    return { ...reply, outcome: reply.found === code ? "as expected" : "another no" };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
