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
    destroy(): void;
  };
}

const { spawn } = jest.requireActual<Pty>("@cdktf/node-pty-prebuilt-multiarch");

/** What is typed when a text is shown after the answer before; `undefined` closes the terminal. */
export interface Answer {
  readonly to: string;
  readonly is: string | undefined;
}

/** How a terminal is. */
export interface TerminalOptions {
  readonly columns?: number;
  /** Whether styles are left in the output. */
  readonly hasStyles?: boolean;
}

/** Runs a command to its end. */
export function runOnTerminal(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  answers: Answer | readonly Answer[] = [],
  { columns = 200, hasStyles = false }: TerminalOptions = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const [program = "", ...args] = command;
  const terminal = spawn(program, args, { cwd, env, cols: columns, rows: 50 });
  let written = "";
  const open = [answers].flat();
  let seen = 0;
  terminal.onData((data) => {
    written += data;
    const [next] = open;
    if (next === undefined || !stripVTControlCharacters(written.slice(seen)).includes(next.to)) return;
    seen = written.length;
    open.shift();
    // Bash loses the signal alone in one of 150 times, just after its prompt.
    if (next.is === undefined) terminal.destroy();
    else terminal.write(`${next.is}\r`);
  });
  return new Promise((resolve) =>
    terminal.onExit(({ exitCode }) =>
      resolve({ code: exitCode, output: hasStyles ? written : stripVTControlCharacters(written) }),
    ),
  );
}
