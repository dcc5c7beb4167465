/** A shell that shows where it is: its prompt begins with a mark, whatever its own settings make of the prompt. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { IN_LOCAL_SHELL } from "../../platform/local-command";

/** Begins the prompt. */
const MARK = "(embedded AWS) ";

/** How a shell is started. */
export interface LocalShell {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether a shell of this kind starts it. */
  readonly isNested: boolean;
  /** Removes the files of its settings. */
  readonly remove: () => void;
}

/** Puts the mark before a prompt that does not have it. */
const MARK_PS1 = `case "$PS1" in "${MARK}"*) ;; *) PS1="${MARK}$PS1" ;; esac`;

/** How each shell gets the mark after its own settings, and again after a setting that writes the prompt each time. */
const SHELLS: Readonly<Record<string, (shell: string, folder: string) => Pick<LocalShell, "command" | "environment">>> =
  {
    bash: (shell, folder) => {
      const file = join(folder, "bashrc");
      // Last, after what its own settings run before each prompt: a list of commands, or one text.
      const lines = [
        "[ -f ~/.bashrc ] && . ~/.bashrc",
        'case "$(declare -p PROMPT_COMMAND 2>/dev/null)" in',
        `  "declare -a"*) PROMPT_COMMAND+=("$ACCESS_PROMPT") ;;`,
        `  *) PROMPT_COMMAND="\${PROMPT_COMMAND:+$PROMPT_COMMAND$'\\n'}$ACCESS_PROMPT" ;;`,
        "esac",
        "",
      ];
      writeFileSync(file, lines.join("\n"));
      const before = process.env["PROMPT_COMMAND"];
      // In the environment, it is that of shells started within as well.
      const prompt = before?.includes(MARK) ? before : [before, MARK_PS1].filter(Boolean).join("\n");
      return {
        command: [shell, "--rcfile", file, "-i"],
        environment: { PROMPT_COMMAND: prompt, ACCESS_PROMPT: MARK_PS1 },
      };
    },
    zsh: (shell, folder) => {
      // The user's .zshenv may name another folder of settings.
      const own = `"\${ACCESS_ZDOTDIR:-$HOME}`;
      const begin = `ZDOTDIR=${own}"\n[ -f "$ZDOTDIR/.zshenv" ] && . "$ZDOTDIR/.zshenv"\n`;
      writeFileSync(join(folder, ".zshenv"), `${begin}ACCESS_ZDOTDIR="$ZDOTDIR"\nZDOTDIR='${folder}'\n`);
      writeFileSync(
        join(folder, ".zshrc"),
        [
          `ZDOTDIR=${own}"`,
          '[ -f "$ZDOTDIR/.zshrc" ] && . "$ZDOTDIR/.zshrc"',
          `access_mark() { case "$PROMPT" in "${MARK}"*) ;; *) PROMPT="${MARK}$PROMPT" ;; esac }`,
          "precmd_functions+=(access_mark)",
          "",
        ].join("\n"),
      );
      const before = process.env["ZDOTDIR"];
      return {
        command: [shell, "-i"],
        environment: { ZDOTDIR: folder, ...(before === undefined ? {} : { ACCESS_ZDOTDIR: before }) },
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
  const isAlone = args.every((arg) => arg === "-i");
  const make = shell === undefined || !isAlone ? undefined : SHELLS[basename(shell)];
  if (shell === undefined || make === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "access-shell-"));
  const { command, environment } = make(shell, folder);
  return {
    command,
    environment: { ...environment, [IN_LOCAL_SHELL]: "1" },
    isNested: process.env[IN_LOCAL_SHELL] !== undefined,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
