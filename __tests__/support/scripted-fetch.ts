/** A `MachineClient` whose requests go to a script instead of a network, with a clock and waits that take no time. */
import { MachineClient, type MachineClientOptions } from "../../client/machine-client";

export const TOKEN_URL = "https://auth.example/oauth2/token";
export const API_URL = "https://api.example/dev/access";

/** Canary: must not turn up anywhere but in the request's header. */
export const SECRET = "s3cr3tcanary0123456789";

/** Answers one request, or fails it by throwing. */
export type Step = (init: RequestInit) => Response | Promise<Response>;

/** A request as it was handed to `fetch`. */
export interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Headers;
}

/** What is scripted and what came of it. */
export class ScriptedFetch {
  /** Milliseconds since 1970; moves on by what is waited. */
  now = Date.parse("2026-07-02T11:42:47Z");
  random = 0;
  readonly waits: number[] = [];
  readonly tokenRequests: Sent[] = [];
  readonly calls: Sent[] = [];

  constructor(
    /** Answers of the token endpoint in order; then `token-1`, `token-2` and so on, by the number of the request. */
    readonly tokenSteps: Step[] = [],
    /** Answers of the API in order; then 200. */
    readonly apiSteps: Step[] = [],
  ) {}

  client(changes: Partial<MachineClientOptions> = {}): MachineClient {
    return new MachineClient({ ...this.options(), ...changes });
  }

  options(): MachineClientOptions {
    return {
      tokenUrl: TOKEN_URL,
      clientId: "caller",
      clientSecret: SECRET,
      fetch: this.fetch,
      clock: () => this.now,
      wait: this.wait,
      random: () => this.random,
    };
  }

  /** Authorization header of each call. */
  get authorizations(): readonly (string | null)[] {
    return this.calls.map(({ headers }) => headers.get("Authorization"));
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const sent = { url: String(input), init, headers: new Headers(init.headers) };
    if (sent.url === TOKEN_URL) {
      const count = this.tokenRequests.push(sent);
      return await (this.tokenSteps.shift() ?? tokenAnswer(`token-${count}`))(init);
    }
    this.calls.push(sent);
    return await (this.apiSteps.shift() ?? answer(200))(init);
  };

  private readonly wait = async (ms: number) => {
    this.waits.push(ms);
    this.now += ms;
  };
}

export const answer =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Step =>
  () =>
    new Response(status === 204 ? null : body, { status, headers });

export const tokenAnswer = (access_token: string, changes: object = {}): Step =>
  answer(200, {}, JSON.stringify({ access_token, expires_in: 3600, token_type: "Bearer", ...changes }));

/** A network error as Node's fetch reports it, though with more in it than it should have. */
export const unreachable: Step = (init) => {
  const about = { code: "ECONNREFUSED", request: init, message: `connect with ${SECRET}` };
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(), about) });
};

/** An answer that comes when `resolve` is called. */
export function later(): { readonly step: Step; readonly resolve: (response: Response) => void } {
  let resolve: (response: Response) => void = () => undefined;
  const promise = new Promise<Response>((settle) => {
    resolve = settle;
  });
  return { step: () => promise, resolve: (response) => resolve(response) };
}
