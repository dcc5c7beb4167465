/** How far a run has come. */
export interface Outcome {
  /** `overlapping`: both secrets are taken. `unchanged`: there was nothing to do. */
  readonly kind: "overlapping" | "finished" | "aborted" | "delivered" | "unchanged";
  /** AWS's id of the secret that is delivered. */
  readonly secretId: string;
}
