/** Texts that try to be more than text where they are printed, and what must not be left of them. */

/** By what they try. Every one has the word `evil`. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  lines: "evil\nerror: forged\r\n## Forged\n\n~~~\n",
  "a bar": "evil | forged | ✓ |",
  "a bar behind a backslash": "evil \\| @octocat \\\\| #1",
  "open code": "evil ` @octocat `` #1 ```",
  "a comment": "evil <!-- hidden",
  "the end of a section": "evil </details></td><img src=x onerror=alert(1)>",
  "a mention": "evil @octocat @acme/admins",
  "a reference": "evil #1 GH-1 acme/access#2 0123456789abcdef0123456789abcdef01234567",
  "a link": "evil [x](javascript:alert(1)) ![y](https://e.example/p.png) www.example.com https://example.com",
  "a style": "evil \u001b[31mred\u001b[8mhidden\u001b[0m **bold** _x_",
  "the terminal": "evil \u001b[2K\u001b[1A\u001b]0;title\u0007\u001b]8;;https://e.example\u001b\\link\u009b2J",
  "the start of the line": "evil\rforged",
  backspaces: "evil\b\b\b\bgood\u007f",
  direction: "evil \u202egnitteser\u202c \u2066x\u2069",
  "invisible characters": "evil\u200b\u200d\u2060\ufeff\u00ad\u3164\u{e0041}\u2028\ue000",
  "a command of a workflow": "::error::evil\n  ::add-mask::evil\n\u3000::set-env name=A::evil",
  "an old command of a workflow": "evil ##[add-mask]dev ###[error]x",
  "great length": `evil ${"x".repeat(20_000)}`,
};

const SEEN = /\p{Cc}|\p{Cf}|\p{Co}|\p{Zl}|\p{Zp}|\p{DI}/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a style begins with one
const STYLES = /\u001b\[(?:[012]|22|3[1-69]|90)m/g;

/** What is left of a hostile text in lines for a terminal or a log; empty when nothing is. */
export function dangersInLines(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const unstyled = line.replace(STYLES, "");
    return [
      ...(SEEN.test(unstyled.replaceAll("\t", "")) ? [`unseen: ${JSON.stringify(unstyled)}`] : []),
      ...(/^\s*::|##\[/.test(unstyled) ? [`command: ${unstyled}`] : []),
      ...(/^(?:error: forged|## Forged|forged|~~~)/.test(unstyled) ? [`line: ${unstyled}`] : []),
    ];
  });
}

/** The first line of a review, which is hidden. */
const MARKER = /^<!-- machine-access-(?:review|drift) environment=\w+ (?:fingerprint=[0-9a-f]{64} )?-->$/;

/** What is left of a hostile text in Markdown outside of code; empty when nothing is. */
export function dangersInMarkdown(markdown: string): readonly string[] {
  const all = markdown.split("\n").filter((line) => !MARKER.test(line));
  return all.flatMap((line, index, lines) => {
    // Parsers of tables differ in whether a backslash before it is one.
    const bars = line.startsWith("|") && /\\\\\|/.test(line) ? [`bar: ${line}`] : [];
    const isBlock = /^ {6}/.test(line) && lines[index - 1] === "";
    const outside = isBlock ? "" : line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "CODE");
    const found = /`|@|#\d|GH-|\/\/|www\.|\[x|\]\(|<(?!br>)|[0-9a-f]{40}|_x_|evil.*\*\*|Forged|~~~/.exec(outside);
    return [...bars, ...(found === null ? [] : [`${found[0]} in ${outside}`]), ...dangersInLines(line)];
  });
}
