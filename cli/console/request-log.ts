/** The requests that the embedded AWS answered of late, with the decisions about them. Neither tokens nor bodies are kept. */
import type { AnsweredRequest, DecisionTrail } from "../../emulator/index";

/** A request that was answered. */
export interface LoggedRequest extends Omit<AnsweredRequest, "trail"> {
  /** A later one has a higher number. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly trail: DecisionTrail;
}

const MAX_REQUESTS = 200;

/** The newest requests. Those of AWS's own APIs, of which nothing is decided, are left out. */
export class RequestLog {
  private requests: readonly LoggedRequest[] = [];
  private next = 1;

  /** @returns the request as it is kept; `undefined` when it is not */
  add({ trail, ...answered }: AnsweredRequest): LoggedRequest | undefined {
    if (trail === undefined) return undefined;
    const request = { ...answered, id: this.next++, time: Date.now(), trail: trail() };
    this.requests = [...this.requests, request].slice(-MAX_REQUESTS);
    return request;
  }

  /** The requests after the one of that number, oldest first. */
  after(id: number): readonly LoggedRequest[] {
    return this.requests.filter((request) => request.id > id);
  }

  find(id: number): LoggedRequest | undefined {
    return this.requests.find((request) => request.id === id);
  }

  /** The request that API Gateway or Cognito gave this id. */
  ofAws(requestId: string | undefined): LoggedRequest | undefined {
    return requestId === undefined ? undefined : this.requests.find(({ trail }) => trail.requestId === requestId);
  }
}

/** Names of clients by their ids. */
export type ClientNames = ReadonlyMap<string, string>;

/** What a row of the list says of a request beside its line. */
interface RequestSummary {
  /** Name of the client; `undefined` where it is unknown. */
  readonly client: string | undefined;
  /** Such as `POST /access`; `undefined` for other requests than calls. */
  readonly route: string | undefined;
  /** Which part refused it, and why; `undefined` where none did. */
  readonly refusal: string | undefined;
}

export function summaryOf({ trail: { decisions } }: LoggedRequest, names: ClientNames): RequestSummary {
  const refused = decisions.find(({ isRefused }) => isRefused);
  const id = decisions
    .flatMap(({ facts = [] }) => facts)
    .find(([name]) => name === "client_id" || name === "client id")?.[1];
  return {
    client: id === undefined ? undefined : (names.get(id) ?? id),
    route: decisions.find(({ by, isRefused }) => by === "route" && !isRefused)?.text,
    refusal: refused && `${refused.by}: ${refused.text}`,
  };
}
