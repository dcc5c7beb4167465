/** What a terminal shows of what was written to it. */
import { widthOf } from "../../platform/terminal-table";

/** Text, line breaks, or a control sequence. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a sequence begins with one
const PIECES = /\r|\n|\u001b\[\d*[A-Za-z]|[^\r\n\u001b]/gu;

/**
 * The lines that a terminal of that width shows, without spaces at their ends. It knows what commands write: text, which it
 * wraps, line breaks, moves within a line, and what deletes a line or its rest; styles are left out.
 * @throws {Error} for other control sequences
 */
export function rendered(written: string, columns: number): readonly string[] {
  const rows: string[][] = [[]];
  let column = 0;
  for (const [piece] of written.matchAll(PIECES)) {
    const row = rows.at(-1) as string[];
    if (piece === "\r") column = 0;
    else if (piece === "\n") {
      rows.push([]);
      column = 0;
    } else if (piece === "\u001b[2K") row.fill(" ");
    else if (piece === "\u001b[0J") row.length = Math.min(row.length, column);
    else if (piece.endsWith("G") && piece.startsWith("\u001b")) column = Number(piece.slice(2, -1)) - 1;
    else if (piece.startsWith("\u001b")) {
      if (!piece.endsWith("m")) throw new Error(`unknown sequence ${JSON.stringify(piece)}`);
    } else {
      const width = widthOf(piece);
      if (column + width > columns) {
        rows.push([]);
        column = 0;
      }
      const target = rows.at(-1) as string[];
      while (target.length < column) target.push(" ");
      target.splice(column, width, piece, ...Array<string>(Math.max(0, width - 1)).fill(""));
      column += width;
    }
  }
  return rows.map((row) => row.join("").trimEnd());
}
