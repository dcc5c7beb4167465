/** Reads a mapping template piece by piece: its text as it stands, and the words of its directives. */
import type { UnsupportedError } from "../errors";

/** Where a directive or a reference begins; any other `#` or `$` is text. */
const START = /#\{?(?:[a-z]+)\}?|#[#*[]|\$!?\{?[a-zA-Z]/g;
const DIRECTIVE = /#(?:\{(set|if|elseif|else|end)\}|(set|if|elseif|else|end)(?![a-zA-Z]))/y;
const NAME = /[a-zA-Z][a-zA-Z0-9_-]*/y;

/** Bodies, brackets and arguments within each other, and operators altogether: what nobody writes, but anybody can. */
const MAX_DEPTH = 100;
const MAX_OPERATORS = 1000;

/** A template's text, and how far it has been read. */
export interface Lexer {
  readonly position: number;
  readonly isAtEnd: boolean;
  /** Text up to the next directive or reference; may be empty. */
  text(): string;
  /** Name of the directive that comes next, which stays; `undefined` when a reference or the end comes. */
  directive(): string | undefined;
  /** Goes past a directive. */
  next(directive: string): void;
  /** Goes past the blanks and the line end after a directive, which Velocity does not print. */
  endLine(): void;
  /** Goes past the sign, and past the blanks around it unless it closes something. @throws {UnsupportedError} when something else comes */
  expect(sign: string): void;
  /** The sign of those that comes next, which is gone past. */
  oneOf(signs: readonly string[]): string | undefined;
  /** An operator of those, as {@link oneOf}. @throws {UnsupportedError} when the template has too many */
  operator(signs: readonly string[]): string | undefined;
  /** Reads what stands within something else. @throws {UnsupportedError} when it is nested too deep */
  nested<Read>(read: () => Read): Read;
  /** A number, `true`, `false` or text in single quotes. */
  constant(): string | number | boolean | undefined;
  /** What stands in double quotes. */
  quoted(): string | undefined;
  /** Goes past `$` or `${`. @returns whether a brace was opened */
  startReference(): boolean;
  name(): string;
  /** Name of the property or method that comes next. */
  property(): string | undefined;
  /** Whether arguments come, whose bracket is gone past. */
  startArguments(): boolean;
  since(position: number): string;
  /** What comes next, for people. */
  rest(): string;
}

/** @param refuse makes the error of what is not played */
export function lexerOf(source: string, refuse: (what: string) => UnsupportedError): Lexer {
  let position = 0;
  let depth = 0;
  let operators = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    const sticky = new RegExp(pattern, "y");
    sticky.lastIndex = position;
    const found = sticky.exec(source);
    if (found !== null) position = sticky.lastIndex;
    return found ?? undefined;
  };
  const rest = () => source.slice(position, position + 20).split("\n")[0] ?? "";
  const skipBlanks = () => match(/\s*/);
  const oneOf = (signs: readonly string[]): string | undefined => {
    skipBlanks();
    const sign = signs.find((candidate) => source.startsWith(candidate, position));
    if (sign === undefined) return undefined;
    position += sign.length;
    skipBlanks();
    return sign;
  };
  const directive = (): string | undefined => {
    if (source[position] !== "#") return undefined;
    const before = position;
    const found = match(DIRECTIVE);
    position = before;
    if (found === undefined) throw refuse(/^#\{?[a-z]+\}?|^#./.exec(source.slice(position))?.[0] ?? rest());
    return found[1] ?? found[2];
  };
  return {
    get position() {
      return position;
    },
    get isAtEnd() {
      return position === source.length;
    },
    text() {
      START.lastIndex = position;
      const end = START.exec(source)?.index ?? source.length;
      const text = source.slice(position, end);
      position = end;
      return text;
    },
    directive,
    next() {
      match(DIRECTIVE);
    },
    endLine() {
      match(/[ \t]*\r?\n/);
    },
    expect(sign) {
      skipBlanks();
      if (!source.startsWith(sign, position)) throw refuse(`"${rest()}" where "${sign}" was expected`);
      position += sign.length;
      if (sign !== ")" && sign !== "}") skipBlanks();
    },
    oneOf,
    operator(signs) {
      const sign = oneOf(signs);
      if (sign !== undefined) operators += 1;
      if (operators > MAX_OPERATORS) throw refuse(`a text with more than ${MAX_OPERATORS} operators`);
      return sign;
    },
    nested(read) {
      depth += 1;
      if (depth > MAX_DEPTH) throw refuse(`nesting of more than ${MAX_DEPTH} levels`);
      const found = read();
      depth -= 1;
      return found;
    },
    constant() {
      const word = match(/true\b|false\b/)?.[0];
      if (word !== undefined) return word === "true";
      const digits = match(/-?\d+(?![\d.])/)?.[0];
      return digits === undefined ? match(/'([^']*)'/)?.[1] : Number(digits);
    },
    quoted: () => match(/"([^"]*)"/)?.[1],
    startReference() {
      const found = match(/\$(\{?)(?=[a-zA-Z])/);
      if (found === undefined) throw refuse(`"${rest()}"`);
      return found[1] === "{";
    },
    name: () => match(NAME)?.[0] ?? "",
    property: () => match(/\.([a-zA-Z][a-zA-Z0-9_-]*)/)?.[1],
    startArguments: () => match(/\(\s*/) !== undefined,
    since: (start) => source.slice(start, position),
    rest,
  };
}
