import type { Severity } from "../plan-file/finding";

/** A line of a review that must not be overlooked. */
export interface Alert {
  /**
   * `critical`: others get in, or ids, URLs or secrets are lost. `warning`: something protects less than before. `info`:
   * something could not be compared, or is no longer needed.
   */
  readonly severity: Severity;
  /** One line of Markdown, in which names are code. */
  readonly message: string;
}

/** The most severe first. */
export const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

export const critical = (message: string): Alert => ({ severity: "critical", message });
export const warning = (message: string): Alert => ({ severity: "warning", message });
export const info = (message: string): Alert => ({ severity: "info", message });
