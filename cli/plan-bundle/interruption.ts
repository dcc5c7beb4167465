/** Ctrl-C while Terraform works: it is left to end by itself, so that nothing stays locked or half-written. */

/** Whether somebody asked to stop. */
export interface Interruption {
  readonly isAsked: boolean;
}

/**
 * Runs something that is not to be torn apart. Terraform hears of a Ctrl-C by itself; what comes after can look whether
 * there was one.
 * @param onAsked called at the first one
 */
export async function uninterrupted<Result>(
  body: (interruption: Interruption) => Promise<Result>,
  onAsked: () => void = () => undefined,
): Promise<Result> {
  const interruption = { isAsked: false };
  const ask = () => {
    if (!interruption.isAsked) onAsked();
    interruption.isAsked = true;
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  try {
    return await body(interruption);
  } finally {
    process.off("SIGINT", ask).off("SIGTERM", ask);
  }
}
