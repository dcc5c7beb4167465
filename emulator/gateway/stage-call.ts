/** A call of a stage: what it needs to be answered, and what is known of it afterwards. */
import type { Account } from "../account/account";
import type { Invocation } from "../protocols/decision-trail";
import type { HttpRequest, HttpResponse } from "../protocols/http";
import type { FunctionRunner } from "../runtime/invoke";
import type { LogEvents } from "../runtime/log-events";
import type { ReceivedEvents } from "../runtime/received-events";
import type { ApiSnapshot, RestApiRecord, StageRecord } from "../services/apigateway/records";
import type { AdmittedKey } from "../services/apigateway/usage-plan";
import type { TokenFault } from "./authorizer";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import type { RequestIds } from "./headers";

/** What every response needs. */
export interface Gateway {
  readonly account: Account;
  readonly runner: Pick<FunctionRunner, "invoke">;
  /**
   * How long AWS takes to create or update a function, in milliseconds.
   * @default 0
   */
  readonly functionDelay?: number;
  /**
   * Why the method takes no more calls; called once the method is known and before the caller is, and again with the
   * API key that the method requires. Left out: it always takes one more.
   */
  readonly admit?: (call: StageCall, method: DeployedMethod, key?: AdmittedKey) => Refusal | undefined;
  /**
   * Answers a request to a host that is emulated, such as a pool's token endpoint; `undefined` for every other host.
   * Left out: none is.
   */
  readonly answerEmulated?: (request: HttpRequest) => Promise<HttpResponse> | undefined;
  /** Backend overrides: origins on this machine by the origin that they replace; read for each call. */
  readonly backends?: () => ReadonlyMap<string, string>;
  /** Ids of the accounts that callers of STS are in, by region, where that is not the first. */
  readonly regionAccounts?: Readonly<Record<string, string>>;
  /** Keeps the lines of execution and access logs. Left out: they are kept nowhere. */
  readonly logs?: LogEvents;
  /** Events that functions received. Left out: none are kept. */
  readonly events?: ReceivedEvents;
  /** Events of CloudTrail. Left out: none are kept. */
  readonly trail?: LogEvents;
  /** Called with what a person has to do about a call that could not go on. */
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

/** The caller, as far as it is known. */
export interface Caller {
  /** Claims of the token; `undefined` for an open method and for a refused token. */
  readonly claims: Readonly<Record<string, string>> | undefined;
  /** The API key that the method requires. Left out: it requires none, or the key was refused. */
  readonly apiKey?: { readonly id: string; readonly value: string };
}

/** The outcome of a call, for an access log. */
export interface CallRecord extends Caller {
  /** `undefined` when the API has no such method, or the request was too large to look for it. */
  readonly method: DeployedMethod | undefined;
  /** Why API Gateway itself answered; `undefined` when the integration did. `why` is what the caller does not learn. */
  readonly refusal:
    | { readonly type: Refusal["type"]; readonly message: string; readonly why?: string | undefined }
    | undefined;
  /** What is wrong with the token. Left out: nothing, or no token is required. */
  readonly fault?: TokenFault;
  /** `undefined` when it was not called. Its status is `undefined` when it did not answer. */
  readonly integration: IntegrationRecord | undefined;
}

/** What an integration did. */
export interface IntegrationRecord {
  readonly status: number | undefined;
  readonly latencyMilliseconds: number;
  /** Left out: no function was invoked. */
  readonly invocation?: Invocation | undefined;
}

/** A response and how it came about. */
export interface Answered {
  readonly response: HttpResponse;
  readonly record: CallRecord;
}
