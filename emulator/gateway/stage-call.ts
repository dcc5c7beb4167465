/** A call of a stage: what it needs to be answered, and what is known of it afterwards. */
import type { Account } from "../account/account";
import type { HttpRequest, HttpResponse } from "../protocols/http";
import type { FunctionRunner } from "../runtime/invoke";
import type { LogEvents } from "../runtime/log-events";
import type { RestApiRecord } from "../services/apigateway/rest-api";
import type { ApiSnapshot } from "../services/apigateway/snapshot";
import type { StageRecord } from "../services/apigateway/stage";
import type { AdmittedKey } from "../services/apigateway/usage-plan";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal, RequestIds } from "./gateway-response";
import type { Caller } from "./proxy-integration";

/** What every answer needs. */
export interface Gateway {
  readonly account: Account;
  readonly runner: Pick<FunctionRunner, "invoke">;
  /**
   * How long AWS takes to create or update a function, in milliseconds.
   * @default 0
   */
  readonly functionDelay?: number;
  /**
   * Whether the method takes one more call; asked once the method is known and before the caller is, and again with the
   * API key that the method requires. Left out: always.
   */
  readonly admit?: (call: StageCall, method: DeployedMethod, key?: AdmittedKey) => Refusal | undefined;
  /**
   * Answers a request to a host that the embedded AWS plays itself, such as a pool's token endpoint; `undefined` for
   * every other host. Left out: it plays none.
   */
  readonly answerPlayed?: (request: HttpRequest) => Promise<HttpResponse> | undefined;
  /** Stand-ins on this machine by the origin of the backend that they stand for; asked anew for each call. */
  readonly backends?: () => ReadonlyMap<string, string>;
  /** Ids of the accounts that callers of STS are in, by region, where that is not the first. */
  readonly regionAccounts?: Readonly<Record<string, string>>;
  /** Takes the lines of access logs; lines of functions are for whoever runs them. Left out: lines are kept nowhere else. */
  readonly logs?: LogEvents;
  /** Told what a person has to do about a call that could not go on. */
  readonly onNotice?: (text: string) => void;
}

/** A stage with what its deployment froze. */
export interface FoundStage {
  readonly region: string;
  /** The REST API as it now is. */
  readonly api: RestApiRecord;
  /** The stage as it now is. */
  readonly stage: StageRecord;
  readonly snapshot: ApiSnapshot;
  /** Whether the stage's canary answers. Left out: the stage has none. */
  readonly isCanary?: boolean;
}

/** A request that has reached a stage. */
export interface StageCall extends FoundStage {
  readonly request: HttpRequest;
  /** Path below the stage, as sent: `/access`; empty or `/` for the root. */
  readonly path: string;
  /** What a custom domain puts before that path, as `/orders`; the integration gets it too. Left out: nothing. */
  readonly basePath?: string;
  readonly ids: RequestIds;
}

/** What became of a call, for an access log. */
export interface CallRecord extends Caller {
  /** `undefined` when the API has no such method, or the request was too large to look for it. */
  readonly method: DeployedMethod | undefined;
  /** Why API Gateway itself answered; `undefined` when the integration did. */
  readonly refusal: { readonly type: Refusal["type"]; readonly message: string } | undefined;
  /** What the integration said; `undefined` when it was not asked. Its status is `undefined` when it did not answer. */
  readonly integration: { readonly status: number | undefined; readonly latencyMilliseconds: number } | undefined;
}

/** An answer and how it came about. */
export interface Answered {
  readonly response: HttpResponse;
  readonly record: CallRecord;
}
