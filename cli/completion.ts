/** `access completion <shell>`: a script that completes commands and their options. */
import { Argument, Command } from "commander";
import { print } from "../platform/terminal";
import { runCommand } from "../platform/user-error";
import type { Entry, Group, Loaded } from "./entry";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** The command that completes the commands of these groups. */
export function completionOf(groups: readonly Group[]): Loaded {
  const entries = groups.flatMap((group) => group.entries);
  const command = new Command("completion")
    .description("Prints a script that completes the commands of access and their options.")
    .addArgument(new Argument("<shell>", "shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  source <(npx access completion bash)
  npx access completion fish | source`,
    )
    .action((shell: Shell) => runCommand(async () => printScript(shell, entries)));
  return { command };
}

function printScript(shell: Shell, entries: readonly Entry[]): number {
  const words = entries.flatMap(({ name, alias, summary, load }) =>
    [name, ...(alias === undefined ? [] : [alias])].map((word) => ({
      name: word,
      summary,
      words: wordsOf(load().command),
    })),
  );
  print((shell === "fish" ? fish(words) : `${shell === "zsh" ? ZSH : ""}${bash(words)}`).trimEnd());
  return 0;
}

interface Completed {
  readonly name: string;
  readonly summary: string;
  /** Its long options and its subcommands. */
  readonly words: readonly string[];
}

function wordsOf({ options, commands }: Command): readonly string[] {
  const long = options.flatMap((option) => option.long ?? []);
  return [...commands.map((child) => child.name()), ...long, "--help"];
}

const ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, words }) => `    ${name}) words="${words.join(" ")}" ;;`);
  return `_access() {
  local words i=1
  [ "\${COMP_WORDS[0]}" = npx ] && { [ "\${COMP_WORDS[1]}" = access ] || return; i=2; }
  if [ "$COMP_CWORD" -eq "$i" ]; then
    words="${commands.map(({ name }) => name).join(" ")} help"
  else case "\${COMP_WORDS[$i]}" in
${cases.join("\n")}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[$COMP_CWORD]}"))
}
complete -o default -F _access access npx
`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, summary, words }) => [
    `complete -c access -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
    `complete -c access -n '__fish_seen_subcommand_from ${name}' -a '${words.join(" ")}'`,
  ]);
  return `complete -c access -f\n${lines.join("\n")}\n`;
}
