/** Words of a command line for a shell. */

/** A word of a command, quoted for a shell, so that a name cannot become a command. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
