/** A YAML text as values that know where they stand, and the mistakes found in it. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type YAMLMap } from "yaml";

/** One mistake in the access model. */
export interface Mistake {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1, in UTF-16 units as editors count them. */
  readonly column: number;
  /** Which thing, what was expected, what came and what to do; one line. */
  readonly message: string;
}

/** The access model cannot be used. The message names all of its mistakes, one a line, each with its position. */
export class AccessModelError extends Error {
  override readonly name = "AccessModelError";

  /** @param mistakes what the message says, as data; empty when the file could not be read at all */
  constructor(
    message: string,
    readonly mistakes: readonly Mistake[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A value of the file and the offset at which it begins. Aliases are followed; `at` is where the alias stands. */
export type Place = { readonly at: number } & (
  | { readonly kind: "scalar"; readonly value: unknown; readonly source: string }
  | { readonly kind: "list"; readonly items: () => readonly Place[] }
  | { readonly kind: "map"; readonly entries: () => readonly Entry[] }
);

/** An entry of a map. The key is the text in the file, whatever YAML takes it for (`on`, `404`). */
export interface Entry {
  readonly key: string;
  /** Offset of the key. */
  readonly at: number;
  readonly value: Place;
}

interface Remark {
  readonly at: number;
  readonly message: string;
}

/** A YAML text that is being read. Mistakes are collected, so that reading goes on after one. */
export class AccessFile {
  /** The whole content; an empty scalar when there is none. */
  readonly root: Place;

  private readonly lines = new LineCounter();
  private readonly document: ReturnType<typeof parseDocument>;
  private readonly mistakes = new Map<string, Remark>();
  private readonly doubts = new Map<string, Remark>();

  /**
   * @param name what mistakes call the file, such as `access.yaml`
   * @throws {AccessModelError} the text is not YAML
   */
  constructor(
    text: string,
    private readonly name: string,
  ) {
    this.document = parseDocument(text.replace(/^\uFEFF/, ""), {
      lineCounter: this.lines,
      prettyErrors: false,
      uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && a.source === b.source,
    });
    this.refuseBrokenYaml();
    this.root = this.place(this.document.contents, 0);
  }

  /** Notes a mistake at an offset; once, as what is shared by an alias is read several times. */
  report(at: number, message: string): void {
    this.mistakes.set(`${at} ${message}`, { at, message });
  }

  /** Notes at an offset what is allowed but probably not meant. */
  warn(at: number, message: string): void {
    this.doubts.set(`${at} ${message}`, { at, message });
  }

  /** Whether mistakes were reported. */
  get hasMistakes(): boolean {
    return this.mistakes.size > 0;
  }

  /** What was warned of, in file order. */
  get warnings(): readonly Mistake[] {
    return this.located(this.doubts);
  }

  /** @throws {AccessModelError} mistakes were reported; it has all of them, in file order */
  refuseMistakes(): void {
    if (!this.hasMistakes) return;
    const located = this.located(this.mistakes);
    const lines = located.map(({ line, column, message }) => `${this.name}:${line}:${column}: ${message}`);
    throw new AccessModelError(lines.join("\n"), located);
  }

  private located(remarks: ReadonlyMap<string, Remark>): readonly Mistake[] {
    return [...remarks.values()]
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, message }) => ({ ...this.positionOf(at), message }));
  }

  /** In an empty text, the line counter knows no line. */
  private positionOf(at: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.lines.linePos(at);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** A key that is there twice leaves the rest readable; after any other mistake of this kind, nothing is certain. */
  private refuseBrokenYaml(): void {
    const { errors, warnings } = this.document;
    for (const { pos, message } of [...errors, ...warnings]) this.report(pos[0], message.replace(/\n.*/s, ""));
    const isBroken = errors.some(({ code }) => code !== "DUPLICATE_KEY");
    let hasLostAlias = false;
    visit(this.document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.document) !== undefined) return;
        hasLostAlias = true;
        this.report(offsetOf(alias, 0), `No anchor &${alias.source} stands before this alias.`);
      },
    });
    if (isBroken || hasLostAlias) this.refuseMistakes();
  }

  /** @param keyAt offset of the key, which stands in for a value that is not there */
  private place(given: unknown, keyAt: number): Place {
    const node = this.follow(given);
    const at = offsetOf(given, keyAt);
    if (isMap(node)) return { at, kind: "map", entries: () => [...this.entries(node, at).values()] };
    if (isSeq(node)) return { at, kind: "list", items: () => node.items.map((item) => this.place(item, at)) };
    const { value = null, source = "" } = isScalar(node) ? node : {};
    return { at: value === null && source === "" ? keyAt : at, kind: "scalar", value, source };
  }

  private follow(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  /** The map's own entries, then those of its merge keys (`<<`) whose keys it does not have itself. */
  private entries(map: YAMLMap, at: number, found = new Map<string, Entry>(), seen = new Set<unknown>([map])) {
    const merged: unknown[] = [];
    for (const pair of map.items) {
      const keyAt = offsetOf(pair.key, at);
      const key = this.keyOf(pair.key, keyAt);
      if (key === undefined || found.has(key)) continue;
      if (key === "<<") merged.push(pair.value);
      else found.set(key, { key, at: keyAt, value: this.place(pair.value, keyAt) });
    }
    for (const given of merged) this.merge(given, at, found, seen);
    return found;
  }

  private merge(given: unknown, at: number, found: Map<string, Entry>, seen: Set<unknown>): void {
    const source = this.follow(given);
    if (seen.has(source)) return; // an anchor within itself
    if (isMap(source) || isSeq(source)) seen.add(source);
    if (isMap(source)) this.entries(source, at, found, seen);
    else if (isSeq(source)) for (const item of source.items) this.merge(item, at, found, seen);
    else this.report(offsetOf(given, at), `"<<" must name a map or a list of maps, such as "<<: *base".`);
  }

  private keyOf(given: unknown, at: number): string | undefined {
    const node = this.follow(given);
    if (isScalar(node)) return node.source ?? "";
    this.report(at, "A key must be text, but is a list or a map.");
    return undefined;
  }
}

/** Offset of a YAML node in the text, or the given one when it has none. */
function offsetOf(node: unknown, otherwise: number): number {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range?.[0] ?? otherwise;
}
