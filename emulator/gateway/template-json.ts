/**
 * JSON as mapping templates know it: objects are maps, which have no names but their own, and numbers stay as they are
 * written, since API Gateway counts with more digits than JavaScript (believed).
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
import type { TemplateValue } from "./template-values";

/** A number that JavaScript would write in another way than its source, such as `1.0` or one of twenty digits. */
export class WrittenNumber {
  constructor(readonly source: string) {}
}

/** Levels of lists and objects within each other. */
const MAX_DEPTH = 500;
const BLANKS = /[ \t\r\n]*/y;
const SCALAR = /[\w.+-]+/y;

/** @throws {SyntaxError} when the text is not JSON. @throws {RangeError} when it is nested deeper than MAX_DEPTH levels */
export function readJson(text: string): TemplateValue {
  // From here on it is known to be right, so that there is no need to look for mistakes.
  JSON.parse(text);
  return new Reader(text).value(0);
}

/**
 * The value as compact JSON.
 * @param spend is told how many characters each part takes, and may throw
 */
export function writeJson(value: TemplateValue, spend: (characters: number) => void = () => undefined): string {
  spend(5);
  if (value instanceof WrittenNumber) return value.source;
  if (value instanceof Map) {
    const members = [...value].map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member, spend)}`);
    return `{${members.join(",")}}`;
  }
  if (Array.isArray(value)) return `[${value.map((member) => writeJson(member, spend)).join(",")}]`;
  if (typeof value === "string") spend(value.length);
  return JSON.stringify(value);
}

class Reader {
  private position = 0;

  constructor(private readonly text: string) {}

  value(depth: number): TemplateValue {
    if (depth > MAX_DEPTH) throw new RangeError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
    this.match(BLANKS);
    const first = this.text[this.position];
    if (first === "{") return new Map(this.members("}", () => [this.name(), this.value(depth + 1)] as const));
    if (first === "[") return this.members("]", () => this.value(depth + 1));
    return first === '"' ? this.string() : scalarOf(this.match(SCALAR));
  }

  /** What stands between the bracket that comes next and the one that closes it. */
  private members<Member>(close: string, read: () => Member): Member[] {
    const all: Member[] = [];
    while (!this.skips(close)) {
      // A bracket or a comma.
      this.position += 1;
      if (this.skips(close)) break;
      all.push(read());
    }
    return all;
  }

  /** A name, and the colon after it. */
  private name(): string {
    this.match(BLANKS);
    const name = this.string();
    this.skips(":");
    return name;
  }

  private string(): string {
    const start = this.position;
    this.position += 1;
    while (this.text[this.position] !== '"') this.position += this.text[this.position] === "\\" ? 2 : 1;
    this.position += 1;
    return JSON.parse(this.text.slice(start, this.position)) as string;
  }

  /** Goes past blanks, and past the sign if it comes next. */
  private skips(sign: string): boolean {
    this.match(BLANKS);
    const isNext = this.text[this.position] === sign;
    if (isNext) this.position += 1;
    return isNext;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.position += found.length;
    return found;
  }
}

function scalarOf(source: string): TemplateValue {
  const value = JSON.parse(source) as null | boolean | number;
  return typeof value === "number" && String(value) !== source ? new WrittenNumber(source) : value;
}
