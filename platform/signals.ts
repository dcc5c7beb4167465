/** Signals that ask a command to stop. */

/** Ctrl-C, the end that a machine asks for, and a terminal that is closed. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of {@link SIGNALS}. */
export type Signal = (typeof SIGNALS)[number];
