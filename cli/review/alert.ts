/** What a review is loud about. */
export interface Alert {
  /** `caution`: others get in, or ids and addresses die. `warning`: something protects less than before. */
  readonly level: "caution" | "warning";
  /** One line of Markdown, in which names are code. */
  readonly message: string;
}

export function caution(message: string): Alert {
  return { level: "caution", message };
}

export function warning(message: string): Alert {
  return { level: "warning", message };
}
