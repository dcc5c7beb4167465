/** What `--json` prints, by command. `docs/json/` has the JSON Schema of each type. */
import type { AccessMatrix } from "../operations/access-graph/access-matrix";
import type { Adoption } from "../operations/adopt/adopt";
import type { Applied } from "../operations/apply/terraform-apply";
import type { Capacity } from "../operations/capacity/capacity";
import type { DriftReport } from "../operations/drift/drift-text";
import type { WorkflowEnvironment } from "../operations/github/preview";
import type { Handout } from "../operations/handout/handout";
import type { Action } from "../operations/plan-file/plan-json";
import type { Finding } from "../operations/preflight/finding";
import type { AccessReport } from "../operations/report/report";
import type { Review } from "../operations/review/review";
import type { Outcome } from "../operations/rotate/rotation";
import type { Receipt } from "../operations/teardown/receipt";
import type { Usage } from "../operations/usage/usage";
import type { Verdict } from "../operations/verify/check";
import type { Verification } from "../operations/verify/verify-stack";

/** `access matrix --json`: one matrix for each environment. */
export type MatrixOutput = readonly AccessMatrix[];

/** `access adopt --json` */
export type AdoptOutput = Adoption;

/** `access capacity --json` */
export type CapacityOutput = Capacity;

/** `access review --json` */
export type ReviewOutput = Review;

/** `access apply --json` */
export interface ApplyOutput extends Applied {
  readonly environment: string;
  /** Of the applied plan: 64 hexadecimal digits. */
  readonly fingerprint: string;
}

/** `access drift --json` */
export type DriftOutput = DriftReport;

/** `access usage --json` */
export type UsageOutput = Usage;

/** `access verify --json` */
export interface VerifyOutput extends Verification {
  /** Numbers of checks by verdict; verdicts without a check are left out. */
  readonly counts: Readonly<Partial<Record<Verdict, number>>>;
}

/** A client, with its outcome or, where it could not be rotated, the error; the other one is `null`. */
export interface ClientRotation {
  readonly client: string;
  readonly outcome: Outcome | null;
  readonly error: string | null;
}

/** `access rotate --json`: of a client; with `--if-due` alone, of each client that has `rotateAfterDays`. */
export type RotateOutput = Outcome | readonly ClientRotation[];

/** `access kill --json` */
export interface KillOutput {
  readonly client: string;
  readonly environment: string;
  /** Whether the client gets tokens now. */
  readonly isEnabled: boolean;
  /** Whether the app client was changed on AWS; it may have been as wanted before. */
  readonly isClientChanged: boolean;
  /** The file that has the client: `access.yaml`, or a team's. */
  readonly file: string;
  /** Whether that file was changed. */
  readonly isFileChanged: boolean;
  /** Whether Terraform's state has it, too. */
  readonly isInState: boolean;
  /** When the last token that was issued expires at the latest, in UTC; `null` when the client is enabled or none is valid. */
  readonly tokensEndAt: string | null;
  /** How long its tokens are valid, in seconds. */
  readonly tokenSeconds: number;
}

/** `access teardown --json` */
export type TeardownOutput = Receipt;

/** `access preflight --json` */
export type PreflightOutput = readonly Finding[];

/** `access bootstrap --json` */
export interface BootstrapOutput {
  readonly bucket: string;
  readonly region: string;
  /** Whether the bucket existed before and was adopted. */
  readonly isAdopted: boolean;
  readonly changes: readonly { readonly type: string; readonly action: Action }[];
  /** Whether the changes were made. */
  readonly isDone: boolean;
}

/** `access report --json` */
export type ReportOutput = AccessReport;

/** `access handout --json` */
export type HandoutOutput = Handout;

/** `access postman --json` */
export interface PostmanOutput {
  /** Path of the collection. */
  readonly collection: string;
  /** Path of the environment. */
  readonly environment: string;
  readonly requests: number;
  readonly withSecrets: boolean;
  /** Clients whose rotated secrets Terraform does not know. */
  readonly unknownSecrets: readonly string[];
}

/** `access github environments --json` */
export type GithubEnvironmentsOutput = readonly WorkflowEnvironment[];
