/** What is verified, how, and what came of it. */

import type { Pace } from "../deployed/asking";
import type { Check } from "../deployed/probe";
import type { StateValues } from "../plan-file/state-json";
import type { Names, Pending } from "./pending";

/** What is asked, and how. */
export interface VerifyOptions extends Pace {
  /** Leaves out what functions would answer. */
  readonly refusalsOnly: boolean;
  /** Names of the clients to ask as; left out means all. */
  readonly clients?: readonly string[] | undefined;
  /** Routes to ask at; left out means all. */
  readonly routes?: readonly string[] | undefined;
  /** What access.yaml says by now; left out means what was synthesized. */
  readonly written?: Names;
  /** Terraform's state; without it, neither removed routes nor Secrets Manager are looked at. */
  readonly state?: StateValues;
  /** Ends it where it is. */
  readonly interruption?: AbortSignal;
  /** Told of progress, for people. */
  readonly onProgress?: (text: string) => void;
}

/** What came of it. */
export interface Verification extends Pending {
  /** In access.yaml, and deployed in another way: asked is only that of which both say the same. */
  readonly notApplied: Names;
  readonly environment: string;
  readonly isAsTheMatrixSays: boolean;
  /** Whether somebody was let in who must not be, so that the rest was not asked. */
  readonly hasStopped: boolean;
  /** Whether it was interrupted, so that the rest was not asked. */
  readonly isPartial: boolean;
  /** What failed first, then in the order of access.yaml. */
  readonly checks: readonly Check[];
  /** Routes that are not asked, as the matrix does not say who may call them or they have no URL. */
  readonly left: readonly string[];
  /** Clients whose secret is not known here, so that nothing is asked with their tokens. */
  readonly unknownSecrets: readonly string[];
  /** Clients that get tokens through Cognito's API, without the domain, as the code or the state has it. */
  readonly withoutDomain: readonly string[];
  /** Whether the pool's tokens have the updated issuer, which no authorizer of API Gateway for user pools accepts. */
  readonly hasUpdatedIssuer: boolean;
  /** Routes that were removed and are still in the deployed snapshot; how they answer is among the checks. */
  readonly leftovers: readonly string[];
  /** What the credentials of this run may not read, or is left alone: sentences without a full stop. */
  readonly notLookedAt: readonly string[];
}
