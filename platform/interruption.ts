/** Signals while Terraform works: it is left to end by itself, so that nothing stays locked, half-written or behind. */
import { constants } from "node:os";
import { SIGNALS, type Signal } from "./signals";
import { outliveReaders, UserError } from "./user-error";

/** Whether a signal asked to stop. */
export interface Interruption {
  readonly isAsked: boolean;
  /** Exit code of the first signal, as a shell reports it: 130, 143 or 129; 130 while there was none. */
  readonly exitCode: number;
  /** Called between two steps. @param what message of the error @throws {UserError} after a signal */
  readonly check: (what: string) => void;
}

/**
 * Runs something that is not to be torn apart. What comes after can look whether there was a signal.
 * @param onAsked called at the first one
 */
export async function uninterrupted<Result>(
  body: (interruption: Interruption) => Promise<Result>,
  onAsked: () => void = () => undefined,
): Promise<Result> {
  const interruption = { isAsked: false, exitCode: exitCodeOf("SIGINT"), check };
  function check(what: string): void {
    if (interruption.isAsked) throw new UserError(what, interruption.exitCode);
  }
  const ask = (signal: Signal) => {
    if (interruption.isAsked) return;
    Object.assign(interruption, { isAsked: true, exitCode: exitCodeOf(signal) });
    onAsked();
  };
  outliveReaders();
  for (const name of SIGNALS) process.on(name, ask);
  try {
    return await body(interruption);
  } finally {
    for (const name of SIGNALS) process.off(name, ask);
  }
}

/** Exit code after a signal, as a shell reports it. */
export function exitCodeOf(signal: Signal): number {
  return 128 + constants.signals[signal];
}
