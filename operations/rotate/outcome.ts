/** How far a run has come. */
export interface Outcome {
  /** `overlapping`: both secrets are taken. `unchanged`: there was nothing to do. */
  readonly kind: "overlapping" | "finished" | "aborted" | "delivered" | "unchanged";
  /** AWS's id of the secret that is delivered. */
  readonly secretId: string;
  /** When both are taken for longer than is waited for: end of the overlap, such as `2026-11-23T04:00:00.000Z`. */
  readonly overlapEnds?: string;
}
