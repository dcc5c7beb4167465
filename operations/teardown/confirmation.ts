/** The question that is asked before anything is destroyed. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { UserError } from "../../platform/user-error";

/** As a shell tells Ctrl-C. */
const INTERRUPTED = 130;

/** Where the question is asked. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * Asks for the environment's name.
 * @param where what it is asked of, for people: folder, region and account
 * @throws {UserError} when something else is typed, or there is nobody to ask
 */
export async function confirm(environment: string, where: string, { input, output }: Terminal): Promise<void> {
  if (input.isTTY !== true) {
    throw new UserError(`there is no terminal to ask on. Add --yes to destroy ${environment} without a question.`);
  }
  const readline = createInterface({ input, output });
  try {
    readline.setPrompt(`\nType the environment's name to destroy it (${where}), anything else to leave it: `);
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
