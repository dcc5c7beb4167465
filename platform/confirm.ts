/** Questions at the terminal. */
import { createInterface } from "node:readline/promises";
import { UserError } from "./user-error";

/** Whether the answer is yes. @throws {UserError} without a terminal */
export async function confirm(question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test(await ask(`${question} [y/N] `));
}

/**
 * The answer, without spaces around it; empty when the input ends, or at a Ctrl-C.
 * @throws {UserError} without a terminal
 */
export async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UserError("the confirmation requires a terminal, so nothing was changed. Add --yes.");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => {
    terminal.once("SIGINT", () => terminal.close());
    terminal.once("close", () => resolve(""));
  });
  try {
    return (await Promise.race([terminal.question(question), ended])).trim();
  } finally {
    terminal.close();
  }
}
