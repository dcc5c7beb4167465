/**
 * How a response came about, for the user of this machine and never for the caller: which part of AWS decided what, and
 * why. It is kept beside the response, which stays AWS's own, and is only made when someone reads it.
 */
import type { HttpResponse } from "./http";
import type { LogGroupName } from "./runtime";

/** The part of AWS that decides. */
export type DecidedBy =
  | "proxy"
  | "stage"
  | "firewall"
  | "route"
  | "throttling"
  | "authorizer"
  | "scope"
  | "API key"
  | "parameters"
  | "integration"
  | "token endpoint"
  | "client"
  | "grant";

/**
 * One decision.
 * @example { by: "scope", isRefused: true, text: "the token has none of the scopes of the method", facts: [["wanted", "a/b"]] }
 */
export interface Decision {
  readonly by: DecidedBy;
  /** Whether it ended the request. */
  readonly isRefused: boolean;
  /** What was decided and why, without a full stop; without tokens and secrets. */
  readonly text: string;
  /** Names and values that led to it, such as the claims of a token. Left out: none. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
}

/** An invocation of a function, by which its log lines and its event are found. */
export interface Invocation extends LogGroupName {
  /** Name that Lambda knows. */
  readonly functionName: string;
  /** Lambda's id of the request. */
  readonly requestId: string;
}

/** All decisions about a request. */
export interface DecisionTrail {
  /** In the order in which they were made; only the last one may be a refusal. */
  readonly decisions: readonly Decision[];
  /** Id that API Gateway or Cognito gave the request, as the response has it. Left out: it has none. */
  readonly requestId?: string;
  /** Left out: no function was invoked. */
  readonly invocation?: Invocation;
}

const trails = new WeakMap<HttpResponse, () => DecisionTrail>();

/** Keeps how the response came about: it is made once, for all who read it. @returns the response */
export function withDecisionTrail(response: HttpResponse, trail: () => DecisionTrail): HttpResponse {
  let made: DecisionTrail | undefined;
  trails.set(response, () => {
    made ??= trail();
    return made;
  });
  return response;
}

/** What makes the trail of the response; `undefined` where nothing was decided, as in AWS's own APIs. */
export function decisionTrailOf(response: HttpResponse): (() => DecisionTrail) | undefined {
  return trails.get(response);
}

/** A trail of one refusal. */
export function refusedBy(by: DecidedBy, text: string): () => DecisionTrail {
  return () => ({ decisions: [{ by, isRefused: true, text }] });
}
