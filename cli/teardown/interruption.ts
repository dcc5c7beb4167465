/** Signals while something is changed: what has begun is waited for, and nothing more is begun. */
import { constants } from "node:os";
import { UserError } from "../user-error";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Told to what runs, which asks it before each step. */
export interface Interruption {
  /** @throws {UserError} when a signal came; its exit code is the signal's, as a shell tells it */
  readonly check: () => void;
}

/**
 * Runs something that must not be cut off. Of a Ctrl-C, the terminal tells Terraform as well, which ends in order.
 * @param say tells people that it was heard
 */
export async function withInterruption<Result>(
  say: (text: string) => void,
  body: (interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  let signal: (typeof SIGNALS)[number] | undefined;
  const heard = (name: (typeof SIGNALS)[number]) => {
    signal = name;
    say("Interrupted: waiting for Terraform to end what it has begun …");
  };
  const check = () => {
    if (signal !== undefined)
      throw new UserError("interrupted before all was destroyed.", 128 + constants.signals[signal]);
  };
  for (const name of SIGNALS) process.on(name, heard);
  try {
    return await body({ check });
  } finally {
    for (const name of SIGNALS) process.off(name, heard);
  }
}
