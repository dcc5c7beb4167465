/** The confirmation before anything is destroyed: the name of the environment, typed. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { visible } from "../../access/visible";
import { UserError } from "../../platform/user-error";

/** Exit code of a shell after Ctrl-C. */
const INTERRUPTED = 130;

/** Streams of the question. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * @param where folder, region and account, as text
 * @throws {UserError} when something else is typed, or there is no terminal
 */
export async function confirm(environment: string, where: string, { input, output }: Terminal): Promise<void> {
  if (input.isTTY !== true) {
    throw new UserError(
      `the confirmation requires a terminal. Add --yes to destroy ${environment} without confirmation.`,
    );
  }
  const readline = createInterface({ input, output });
  try {
    readline.setPrompt(`\nType the environment's name to destroy it (${visible(where)}), or anything else to cancel: `);
    readline.prompt();
    const answer = await new Promise<string | undefined>((resolve) => {
      readline.once("line", resolve);
      // Ctrl-C, or the terminal is gone.
      readline.once("close", () => resolve(undefined));
    });
    if (answer === undefined) throw new UserError("interrupted: nothing was changed.", INTERRUPTED);
    if (answer !== environment) throw new UserError(`nothing was changed: "${answer}" is not "${environment}".`);
  } finally {
    readline.close();
  }
}
