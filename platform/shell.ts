/** Words of a command line for a shell. */

/** A word of a command, for a shell: whoever chose a name must not choose what is run. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
