/** Texts of access.yaml that are right but for what a test is about. */
import { type AccessModel, AccessModelError, parseAccessModel } from "../../access/access-model";

/** The parts of a file that is right. Demanding write of nobody, it has one warning: see {@link SENSIBLE}. */
export const PARTS = {
  environments: "  dev: { region: ap-northeast-1, domainPrefix: demo-dev }",
  resourceServers: "  orders: { scopes: { read: Read orders, write: Write orders } }",
  clients: "  billing: { scopes: [orders/read] }",
  routes: "  POST /access: { lambda: access, scopes: [orders/read] }",
};

/** A part that leaves nothing to warn of. */
export const SENSIBLE = { resourceServers: "  orders: { scopes: { read: Read orders } }" };

/** What prefixes of domains must be. */
export const PREFIX = '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"';

/**
 * A file that is right but for the given parts. Unless a part before it is longer, environments have line 2, resource
 * servers line 4, clients line 6 and routes line 8. Other parts come last.
 */
export function fileWith(parts: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ ...PARTS, ...parts })
    .map(([name, entries]) => `${name}:\n${entries}\n`)
    .join("");
}

/** @param functions names of the functions that there are @param today the day by which access is judged */
export function parse(
  text: string,
  functions: readonly string[] = ["access", "orders"],
  today = "2026-11-30",
): AccessModel {
  return parseAccessModel(text, { file: "access.yaml", functions, today });
}

/** The error that the file is refused with. */
export function errorOf(run: () => unknown): AccessModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof AccessModelError) return error;
    throw error;
  }
  throw new Error("There is no mistake.");
}

/** The mistakes in a text, without the file's name. */
export function mistakesIn(text: string, functions?: readonly string[]): readonly string[] {
  return errorOf(() => parse(text, functions))
    .message.split("\n")
    .map((line) => line.replace(/^access\.yaml:/, ""));
}

/** @param expected each mistake: its position, a space, and parts of its message in their order, with `…` between them */
export function expectMistakes(text: string, expected: readonly string[], functions?: readonly string[]): void {
  const mistakes = mistakesIn(text, functions);
  const isAs = (mistake: string, [position = "", ...words]: readonly string[]) =>
    mistake.startsWith(`${position}: `) &&
    new RegExp(words.map(escaped).join(" ").replace(/ ?… ?/g, ".*")).test(mistake);
  const seen = mistakes.map((one, index) => (isAs(one, (expected[index] ?? "").split(" ")) ? expected[index] : one));
  expect(seen).toEqual(expected);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The warnings of a text that is right, in the form of mistakes. */
export function warningsOf(text: string, functions?: readonly string[]): readonly string[] {
  return parse(text, functions).warnings.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** So many names. */
export function names(count: number, name = "n"): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

/** A name of that length. */
export function long(length: number): string {
  return "a".repeat(length);
}
