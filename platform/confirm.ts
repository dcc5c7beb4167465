/** Questions at the terminal. Nothing has been changed when one is asked. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { visible } from "../access/visible";
import { exitCodeOf } from "./interruption";
import { endProgress } from "./terminal";
import { UserError } from "./user-error";

/** Streams of a question. */
export interface QuestionStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

const TERMINAL: QuestionStreams = { input: process.stdin, output: process.stderr };

/** Whether the answer is yes. @throws {UserError} without a terminal, and at a Ctrl-C */
export async function confirm(question: string, streams?: QuestionStreams): Promise<boolean> {
  return /^y(?:es)?$/i.test((await ask(`${question} [y/N] `, streams)).trim());
}

/**
 * The confirmation before anything is destroyed: the name of the environment, typed.
 * @param where folder, region and account, as text
 * @throws {UserError} when something else is typed, without a terminal, and at a Ctrl-C
 */
export async function confirmByName(environment: string, where: string, streams?: QuestionStreams): Promise<void> {
  const question = `\nType the environment's name to destroy it (${visible(where)}), or anything else to cancel: `;
  const answer = await ask(question, streams);
  if (answer !== environment) throw new UserError(`nothing was changed: "${answer}" is not "${environment}".`);
}

async function ask(question: string, { input, output } = TERMINAL): Promise<string> {
  if (input.isTTY !== true) {
    throw new UserError("the confirmation requires a terminal, so nothing was changed. Add --yes.");
  }
  endProgress();
  const readline = createInterface({ input, output });
  try {
    readline.setPrompt(question);
    readline.prompt();
    const answer = await new Promise<string | undefined>((resolve) => {
      readline.once("line", resolve);
      readline.once("SIGINT", () => readline.close());
      // Ctrl-C, or the end of the input.
      readline.once("close", () => resolve(undefined));
    });
    if (answer !== undefined) return answer;
    output.write("\n");
    throw new UserError("interrupted: nothing was changed.", exitCodeOf("SIGINT"));
  } finally {
    readline.close();
  }
}
