/** A shell that shows where it is: its prompt begins with the embedded AWS, as that of its own settings goes on. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** Begins the prompt. */
const MARK = "(embedded AWS) ";

/** How a shell is started. */
export interface LocalShell {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folder to remove afterwards; `undefined` when there is none. */
  readonly folder?: string;
}

/** How each shell gets the mark after its own settings. */
const SHELLS: Readonly<Record<string, (shell: string, folder: string) => Omit<LocalShell, "folder">>> = {
  bash: (shell, folder) => {
    const file = join(folder, "bashrc");
    writeFileSync(file, `[ -f ~/.bashrc ] && . ~/.bashrc\nPS1="${MARK}$PS1"\n`);
    return { command: [shell, "--rcfile", file, "-i"], environment: {} };
  },
  zsh: (shell, folder) => {
    writeFileSync(
      join(folder, ".zshrc"),
      `ZDOTDIR="\${ACCESS_ZDOTDIR:-$HOME}"\n[ -f "$ZDOTDIR/.zshrc" ] && . "$ZDOTDIR/.zshrc"\nPROMPT="${MARK}$PROMPT"\n`,
    );
    const own = process.env["ZDOTDIR"];
    return {
      command: [shell, "-i"],
      environment: { ZDOTDIR: folder, ...(own === undefined ? {} : { ACCESS_ZDOTDIR: own }) },
    };
  },
  fish: (shell) => ({
    command: [
      shell,
      "--init-command",
      `functions --copy fish_prompt own_prompt; function fish_prompt; echo -n '${MARK}'; own_prompt; end`,
    ],
    environment: {},
  }),
  sh: (shell) => ({ command: [shell, "-i"], environment: { PS1: `${MARK}$ ` } }),
};

/** @returns how to start the command; `undefined` when it is not a shell alone */
export function localShell([shell, ...args]: readonly string[]): LocalShell | undefined {
  const make = shell === undefined || args.length > 0 ? undefined : SHELLS[basename(shell)];
  if (shell === undefined || make === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "access-shell-"));
  return { ...make(shell, folder), folder };
}
