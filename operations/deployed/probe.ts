/** What is asked of a deployed stack, and what the matrix says to it. */

/** What must come back. */
export type Expectation =
  /** Anything that the gate lets through: any answer but 401 and 403. */
  | "let in"
  /** 401 by API Gateway: it takes no such token, or not for this route. */
  | "refused by API Gateway"
  /** 403 by the function: the scope is right, the client is not on its list. */
  | "refused by the function"
  /** 403 by API Gateway: there is nothing that takes this method. */
  | "no such method"
  /** 200 by API Gateway itself, with these headers. */
  | "preflight"
  /** 200 by API Gateway itself, with no word that pages of this origin may call. */
  | "no page of another origin"
  /** What is still in the deployed snapshot, but in no code and no state: nobody gets past the gate. */
  | "not there any more";

/** One call of a route. */
export interface Probe {
  /** Such as `GET /orders/{id}`. */
  readonly route: string;
  /** Who calls, for people: a client's name, or `no token`. */
  readonly caller: string;
  readonly method: string;
  readonly url: string;
  /** What stands in the Authorization header; `undefined` for nothing. Never shown. */
  readonly token: string | undefined;
  readonly expected: Expectation;
  /** What is behind the route; left out means a function. */
  readonly behind?: "function" | "HTTP backend";
  /** What a browser says where the page comes from. */
  readonly origin?: string;
  /** Headers that a preflight must list, by lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, as far as it is judged. */
export interface Answer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How it went. */
export type Outcome =
  | "as expected"
  /** Somebody was let in who must not be: everything stops. */
  | "WRONG YES"
  /** Somebody was refused who may call. */
  | "wrong no"
  /** Refused, but by somebody else than expected. */
  | "another no"
  /** What is behind the gate, or the gate itself, does not work. */
  | "broken"
  | "throttled"
  /** What services read in Secrets Manager is not what is deployed. */
  | "wrong credentials"
  /** It could not be asked, because the client gets no token. */
  | "not asked";

/** One thing that was asked, and what came of it. Holds no secret. */
export interface Check {
  /** Route, or `token` for what was asked of the token endpoint, or `secret` for what Secrets Manager keeps. */
  readonly route: string;
  readonly caller: string;
  readonly method: string;
  readonly expected: string;
  readonly found: string;
  readonly outcome: Outcome;
  /** What to do about it, where that is more than the outcome tells. */
  readonly advice?: string;
}
