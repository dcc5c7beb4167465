/** What one check found in an AWS account. */
export interface Finding {
  readonly check: "account" | "state-bucket" | "state" | "logging-role" | "secret" | "value";
  readonly isRight: boolean;
  readonly found: string;
  /** Commands, or what else to do; empty when it is right. */
  readonly remedy: readonly string[];
}
