/** Runs commands on a pseudoterminal. */
import { stripVTControlCharacters } from "node:util";

/** As much of node-pty as is used here; its own types are of a module of another name. */
interface Pty {
  spawn(
    program: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly cols: number; readonly rows: number },
  ): {
    onData(listener: (data: string) => void): unknown;
    onExit(listener: (event: { readonly exitCode: number }) => void): unknown;
    write(text: string): void;
  };
}

const { spawn } = jest.requireActual<Pty>("@cdktf/node-pty-prebuilt-multiarch");

/** Runs a command to its end. @param answer what is typed when a question is shown */
export function runOnTerminal(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  answer?: { readonly to: string; readonly is: string },
): Promise<{ readonly code: number; readonly output: string }> {
  const [program = "", ...args] = command;
  const terminal = spawn(program, args, { cwd, env, cols: 200, rows: 50 });
  let written = "";
  let isAnswered = false;
  terminal.onData((data) => {
    written += data;
    if (answer === undefined || isAnswered || !written.includes(answer.to)) return;
    isAnswered = true;
    terminal.write(`${answer.is}\r`);
  });
  return new Promise((resolve) =>
    terminal.onExit(({ exitCode }) => resolve({ code: exitCode, output: stripVTControlCharacters(written) })),
  );
}
