/** A difference between the code, Terraform's state and AWS. */

/** The kind of difference, and so what to do about it. */
export type Verdict =
  /** It is not as Terraform left it. */
  | "out-of-band-change"
  /** AWS holds it in a resource of the stack, and Terraform does not manage it: no deployment removes it. */
  | "unmanaged-resource"
  /** It is as Terraform left it, but the code has changed since. */
  | "not-applied"
  /** Listed in drift-ignore.yaml. */
  | "provider-noise"
  /** Terraform has it, but the deployed snapshot of the API has not, or has it otherwise. */
  | "not-live"
  /** The deployed snapshot of the API has it, but Terraform has not. */
  | "still-live"
  /** A client's secret is older than access.yaml allows. */
  | "rotation-due";

/** `critical` where it changes who gets in; `info` where it affects no call. */
export type Severity = "critical" | "warning" | "info";

/** One difference. */
export interface Finding {
  /** Terraform's address; of what Terraform does not know, its name. */
  readonly address: string;
  /** Dotted name of the attribute, or kind of the unmanaged resource; `null` when it is about the whole resource. */
  readonly attribute: string | null;
  /** The value to be, as JSON; sensitive values and environment variables are not shown. */
  readonly expected: string;
  readonly found: string;
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** Route of the API, such as `GET /orders`, when it is about a method. */
  readonly route?: string;
  /** Why it is noise. */
  readonly reason?: string;
  /** The consequence, as a sentence without a full stop; left out of a route without authorization. */
  readonly effect?: string;
  /** Command that undoes it, where a deployment does not. */
  readonly undo?: string;
}
