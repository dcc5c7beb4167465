/** Ids of constructs from texts of the access model. */

/**
 * Id of a text without spaces, another one for every text. Constructs writes a slash as two hyphens, so hyphens beside
 * each other, beside a slash or at the end are set apart.
 */
export function constructIdOf(text: string): string {
  return text.replace(/-(?=[-/]|$)/g, "- ").replace(/(?<=\/)-/g, " -");
}
