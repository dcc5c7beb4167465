/**
 * Expressions of GitHub Actions, as far as the workflows use them. Whatever is not known here fails, so that no workflow
 * gains one that no test has run.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */

/** What an expression is worth. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** What expressions are about. */
export interface Situation {
  /** By name, such as `github`. */
  readonly contexts: Readonly<Record<string, Value>>;
  /** Whether a step before has failed. */
  readonly hasFailed: boolean;
}

type Thunk = () => Value;

/** Contexts in which GitHub itself is asked for names that may not be there. */
const MAY_LACK = ["vars", "secrets", "outputs"];

const TOKEN = /\s*('(?:[^']|'')*'|\|\||&&|==|!=|[!().,[\]*]|[A-Za-z_][\w-]*)/y;
const WHOLE = /^\$\{\{([^}]*)\}\}$/;
const EACH = /\$\{\{([^}]*)\}\}/g;

/** @throws {Error} when it has something that is not known here */
export function evaluate(expression: string, situation: Situation): Value {
  return new Parser(tokensOf(expression), situation, expression).parse();
}

/** The text with the values of its expressions; the value itself when it is one expression and nothing else. */
export function fillIn(text: string, situation: Situation): Value {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return evaluate(whole, situation);
  return text.replace(EACH, (_all, expression: string) => asText(evaluate(expression, situation)));
}

export function isTrue(value: Value): boolean {
  return value !== null && value !== "" && value !== 0 && value !== false;
}

/** As an environment variable has it. @throws {Error} for a list or an object */
export function asText(value: Value): string {
  if (value === null) return "";
  if (typeof value === "object") throw new Error(`${JSON.stringify(value)} is no text`);
  return String(value);
}

function tokensOf(expression: string): readonly string[] {
  const tokens: string[] = [];
  const text = expression.trim();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`not known in an expression: ${text.slice(at)}`);
    tokens.push(token);
  }
  return tokens;
}

/** Makes functions of the parts, so that the right side of && and || is asked only when it counts. */
class Parser {
  private next = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly situation: Situation,
    private readonly expression: string,
  ) {}

  parse(): Value {
    const value = this.or();
    if (this.next < this.tokens.length) throw this.unknown(this.tokens[this.next]);
    return value();
  }

  private or(): Thunk {
    const left = this.and();
    if (!this.takes("||")) return left;
    const right = this.or();
    return () => {
      const value = left();
      return isTrue(value) ? value : right();
    };
  }

  private and(): Thunk {
    const left = this.comparison();
    if (!this.takes("&&")) return left;
    const right = this.and();
    return () => {
      const value = left();
      return isTrue(value) ? right() : value;
    };
  }

  private comparison(): Thunk {
    const left = this.unary();
    const isEqual = this.takes("==");
    if (!isEqual && !this.takes("!=")) return left;
    const right = this.unary();
    return () => this.areEqual(left(), right()) === isEqual;
  }

  private unary(): Thunk {
    if (!this.takes("!")) return this.primary();
    const value = this.unary();
    return () => !isTrue(value());
  }

  private primary(): Thunk {
    const token = this.take();
    if (token === "(") {
      const value = this.or();
      this.require(")");
      return value;
    }
    if (token.startsWith("'")) return () => token.slice(1, -1).replaceAll("''", "'");
    if (!/^\w/.test(token)) throw this.unknown(token);
    return this.takes("(") ? this.call(token) : this.properties(token);
  }

  private call(name: string): Thunk {
    const given: Thunk[] = [];
    while (!this.takes(")")) {
      given.push(this.or());
      if (!this.takes(",") && this.tokens[this.next] !== ")") throw this.unknown(this.tokens[this.next]);
    }
    return () =>
      this.result(
        name,
        given.map((value) => value()),
      );
  }

  private result(name: string, [first = null, second = null]: readonly Value[]): Value {
    if (name === "failure") return this.situation.hasFailed;
    if (name === "fromJSON") return JSON.parse(asText(first)) as Value;
    if (name === "contains" && Array.isArray(first)) return first.some((one) => this.areEqual(one, second));
    throw this.unknown(name);
  }

  private properties(context: string): Thunk {
    const { contexts } = this.situation;
    let name = context;
    let value: Thunk = () => this.property(contexts, context, "the contexts");
    for (;;) {
      const [of, within] = [value, name];
      if (this.takes("[")) {
        const key = this.or();
        this.require("]");
        value = () => this.property(of(), asText(key()), within);
      } else if (this.takes(".")) {
        const key = this.take();
        name = key;
        value = () => this.property(of(), key, within);
      } else return value;
    }
  }

  private property(of: Value, key: string, within: string): Value {
    if (Array.isArray(of)) return key === "*" ? of : of.map((one: Value) => this.property(one, key, within));
    const known = typeof of === "object" && of !== null && Object.hasOwn(of, key);
    if (known) return (of as { readonly [name: string]: Value })[key] ?? null;
    if (MAY_LACK.includes(within)) return "";
    throw new Error(`${within} has no "${key}" in the expression ${this.expression}`);
  }

  /** Text in whatever case. GitHub turns values of two kinds into numbers, which nobody expects. */
  private areEqual(left: Value, right: Value): boolean {
    if (typeof left !== "string" || typeof right !== "string") throw this.unknown("a comparison of other than texts");
    return left.toLowerCase() === right.toLowerCase();
  }

  private takes(token: string): boolean {
    if (this.tokens[this.next] !== token) return false;
    this.next++;
    return true;
  }

  private take(): string {
    const token = this.tokens[this.next++];
    if (token === undefined) throw this.unknown("its end");
    return token;
  }

  private require(token: string): void {
    if (!this.takes(token)) throw this.unknown(this.tokens[this.next]);
  }

  private unknown(what = "its end"): Error {
    return new Error(`not known in the expression ${this.expression}: ${what}`);
  }
}
