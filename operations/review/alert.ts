/** What a review is loud about. */
export interface Alert {
  /**
   * `caution`: others get in, or ids and addresses die. `warning`: something protects less than before. `note`: nothing
   * is lost that the review knows of, but it did not look.
   */
  readonly level: "caution" | "warning" | "note";
  /** One line of Markdown, in which names are code. */
  readonly message: string;
}

const LEVELS: readonly Alert["level"][] = ["caution", "warning", "note"];

export function caution(message: string): Alert {
  return { level: "caution", message };
}

export function warning(message: string): Alert {
  return { level: "warning", message };
}

export function note(message: string): Alert {
  return { level: "note", message };
}

/** The worst first, each once. */
export function sortedAlerts(alerts: readonly Alert[]): readonly Alert[] {
  const told = new Map(alerts.map((alert) => [`${alert.level} ${alert.message}`, alert]));
  return [...told.values()].toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}
