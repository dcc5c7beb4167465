/** A YAML text as a plain value, the positions of its parts, and the mistakes found in it. */
import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, visit, type YAMLMap } from "yaml";
import { quote } from "./nearest-name";
import { visible } from "./visible";

/** Length of the largest file that is read, in UTF-16 units: several times that of a user pool's 1,000 clients. */
export const MAX_CHARACTERS = 1 << 20;

/** Words and signs of YAML. */
const MAX_LEXEMES = 250_000;

/** Anchors, aliases, tags and directives. */
const MAX_MARKS = 10_000;

/** Values, counted again wherever an alias or a merge key repeats them. */
const MAX_VALUES = 200_000;

/** Mistakes that are listed, and warnings. */
const MAX_LISTED = 100;

const REMEDY = "Move some of it to a separate access.yaml.";

/** One mistake in the access model. */
export interface Mistake {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1, in UTF-16 units as editors count them. */
  readonly column: number;
  /** The setting, what was expected, what was found and what to do; one line. */
  readonly message: string;
  /** Name of the team's file that has it, such as `access.d/payments.yaml`; left out for access.yaml. */
  readonly file?: string;
}

/** The access model cannot be used. The message lists all of its mistakes, one a line, each with its position. */
export class AccessModelError extends Error {
  override readonly name = "AccessModelError";

  /** @param mistakes the mistakes of the message as data; empty when the file could not be read at all */
  constructor(
    message: string,
    readonly mistakes: readonly Mistake[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Keys and indexes from the whole file to one of its values, such as `["clients", "billing", "scopes", 0]`. */
export type Path = readonly PropertyKey[];

/** A value in the text. */
interface Place {
  /** Offset of the value: of the alias where it is one, of the key where there is no value. */
  readonly at: number;
  /** Offset of the key; of the value where that has none. */
  readonly keyAt: number;
  /** YAML node of the value; aliases are followed. */
  readonly node: unknown;
}

/** A file and the offset of its beginning in all files. */
interface Part {
  readonly file: YamlFile;
  readonly from: number;
}

/** A YAML text that is being read. Mistakes are collected, so that reading continues after one. */
export class YamlFile {
  /** The content: maps have no prototype, and what an alias repeats is the same object. `null` when there is none. */
  value: unknown;

  /** Files whose entries count as those of this one. Offsets continue in them, in their order. */
  private readonly included: Part[] = [];
  /** Included files by the sections and keys of their entries, which may be many thousands in hundreds of files. */
  private readonly holders = new Map<string, Map<string, Part>>();
  /** Sections with the entries of included files, by name. */
  private readonly merged = new Map<string, object>();
  private readonly lines = new LineCounter();
  private readonly document: ReturnType<typeof parseDocument>;
  private readonly entries = new Map<YAMLMap, ReadonlyMap<string, Place>>();
  private readonly values = new Map<unknown, unknown>();
  /** Nodes by the aliases that stand for them. */
  private readonly targets = new Map<unknown, unknown>();
  private readonly sizes = new Map<unknown, number>();
  private readonly mistakes = new Map<string, { readonly at: number; readonly message: string }>();
  private readonly remarks: typeof this.mistakes = new Map();

  /**
   * @param name name of the file in mistakes, such as `access.yaml`
   * @throws {AccessModelError} the text is not YAML, or too large
   */
  constructor(
    private readonly text: string,
    private readonly name: string,
  ) {
    this.refuseLarge(text);
    this.document = parseDocument(text.replace(/^\uFEFF/, ""), {
      lineCounter: this.lines,
      prettyErrors: false,
      uniqueKeys: false, // the library compares each key with each other one
    });
    this.refuseBrokenYaml();
    this.countValues(this.document.contents);
    this.value = this.valueOf(this.document.contents);
  }

  /**
   * Adds the entries of another file to those of this one. What both have, or is of another kind, is a mistake.
   *
   * @param sections keys of the maps whose entries are added
   * @param toValue converts the value of an entry
   */
  include(file: YamlFile, sections: readonly string[], toValue: (section: string, value: unknown) => unknown): void {
    const last = this.included.at(-1);
    const from = (last?.from ?? 0) + (last?.file ?? this).text.length + 1;
    if (from + file.text.length > MAX_CHARACTERS) {
      this.report(0, `with ${file.name}, the files have more than ${MAX_CHARACTERS} characters. ${REMEDY}`);
      this.refuseMistakes();
    }
    const part = { file, from };
    this.included.push(part);
    for (const { at, message } of file.mistakes.values()) this.report(from + at, message);
    const content = file.value ?? {};
    if (typeof content !== "object" || Array.isArray(content)) {
      this.report(
        from,
        `${file.name} must be a map of settings (${sections.join(", ")}), but is ${file.describe([])}.`,
      );
      return;
    }
    for (const [section, entries] of Object.entries(content)) {
      const at = from + file.keyAt([section]);
      if (!sections.includes(section)) {
        const where = `Only access.yaml has others. Its settings: ${sections.join(", ")}.`;
        this.report(at, `${file.name} cannot have ${quote(section)}. ${where}`);
      } else if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
        const is = file.describe([section]);
        this.report(from + file.at([section]), `${section} of ${file.name} must be a map, but is ${is}.`);
      } else {
        const added: [key: string, value: unknown][] = [];
        for (const [key, value] of Object.entries(entries)) {
          const other = this.fileOf([section, key]);
          if (other === undefined) added.push([key, toValue(section, value)]);
          else {
            const twice = `${section} of ${file.name} has ${quote(key)}, which ${other} has as well. Remove one of them.`;
            this.report(from + file.keyAt([section, key]), twice);
          }
        }
        this.addEntries(section, part, added);
      }
    }
  }

  /** What is not a map is left to the schema. */
  private addEntries(section: string, part: Part, added: readonly (readonly [key: string, value: unknown])[]): void {
    const holders = this.holders.get(section) ?? new Map<string, Part>();
    this.holders.set(section, holders);
    for (const [key] of added) holders.set(key, part);
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const own: unknown = Reflect.get(value, section);
    if (own !== undefined && (typeof own !== "object" || own === null || Array.isArray(own))) return;
    const merged = this.merged.get(section) ?? Object.assign(Object.create(null), own);
    Object.assign(merged, Object.fromEntries(added));
    if (this.merged.has(section)) return;
    this.merged.set(section, merged);
    this.value = Object.assign(Object.create(null), value, { [section]: merged });
  }

  /** Name of the file that has the value; `undefined` when none has it. */
  fileOf(path: Path): string | undefined {
    return this.holderOf(path)?.file.name;
  }

  /** Offset of the beginning of an included file. */
  startOf(name: string): number {
    return this.included.find(({ file }) => file.name === name)?.from ?? 0;
  }

  private holderOf(path: Path): Part | undefined {
    if (this.place(path) !== undefined) return { file: this, from: 0 };
    const [section, key] = path.map(String);
    if (section === undefined || key === undefined) {
      return this.included.find(({ file }) => file.place(path) !== undefined);
    }
    const holder = this.holders.get(section)?.get(key);
    return holder?.file.place(path) === undefined ? undefined : holder;
  }

  /**
   * Adds a mistake at an offset; once, as what an alias repeats is read several times.
   * @throws {AccessModelError} there are too many to go on
   */
  report(at: number, message: string): void {
    if (this.mistakes.size >= MAX_LISTED) {
      const [last] = [...this.mistakes.values()].toSorted((a, b) => b.at - a.at);
      this.mistakes.set("more", { at: last?.at ?? 0, message: `Reading stopped after ${MAX_LISTED} mistakes.` });
      this.refuseMistakes();
    }
    this.mistakes.set(`${at} ${message}`, { at, message: visible(message) });
  }

  /** Adds a warning at an offset: what is allowed but probably not meant. */
  warn(at: number, message: string): void {
    if (this.remarks.size < MAX_LISTED) this.remarks.set(`${at} ${message}`, { at, message: visible(message) });
  }

  /** Offset of a value; where it is missing, that of the map that lacks it. */
  at(path: Path): number {
    const { file, from } = this.holderOf(path) ?? { file: undefined, from: 0 };
    return file === undefined ? this.at(path.slice(0, -1)) : from + (file.place(path)?.at ?? 0);
  }

  /** Offset of the key of a value, or of the item of a list. */
  keyAt(path: Path): number {
    const { file, from } = this.holderOf(path) ?? { file: undefined, from: 0 };
    return file === undefined ? this.at(path.slice(0, -1)) : from + (file.place(path)?.keyAt ?? 0);
  }

  has(path: Path): boolean {
    return this.holderOf(path) !== undefined;
  }

  /** Keys of a map in the order of the file, those of merge keys (`<<`) last; empty for all other values. */
  keys(path: Path): readonly string[] {
    return [this as YamlFile, ...this.included.map(({ file }) => file)].flatMap((file) => {
      const node = file.place(path)?.node;
      return isMap(node) ? [...file.entriesOf(node).keys()] : [];
    });
  }

  /** A scalar as it is written, such as `1.0`; empty for all other values. */
  source(path: Path): string {
    const node = this.holderOf(path)?.file.place(path)?.node;
    return isScalar(node) ? (node.source ?? "") : "";
  }

  /** What a value is, for messages: `empty`, `a list`, `a map`, a quoted text, or a scalar as it is written. */
  describe(path: Path): string {
    const holder = this.holderOf(path)?.file ?? this;
    const node = holder.place(path)?.node;
    if (isSeq(node)) return node.items.length === 0 ? "empty" : "a list";
    if (isMap(node)) return holder.entriesOf(node).size === 0 ? "empty" : "a map";
    return isScalar(node) && typeof node.value === "string" ? quote(node.value) : this.source(path) || "empty";
  }

  get hasMistakes(): boolean {
    return this.mistakes.size > 0;
  }

  /** Warnings in file order. */
  get warnings(): readonly Mistake[] {
    return this.located(this.remarks);
  }

  /** @throws {AccessModelError} mistakes were reported; it has all of them, in file order */
  refuseMistakes(): void {
    if (!this.hasMistakes) return;
    const located = this.located(this.mistakes);
    const lines = located.map((one) => `${one.file ?? this.name}:${one.line}:${one.column}: ${one.message}`);
    throw new AccessModelError(lines.join("\n"), located);
  }

  /** In an empty text, the line counter has no line. */
  private located(found: typeof this.mistakes): readonly Mistake[] {
    const sorted = [...found.values()].toSorted((a, b) => a.at - b.at);
    return sorted.map(({ at, message }) => {
      const part = this.included.findLast(({ from }) => from <= at);
      const { line, col } = (part?.file ?? this).lines.linePos(at - (part?.from ?? 0));
      const place = { line: Math.max(line, 1), column: Math.max(col, 1), message };
      return part === undefined ? place : { ...place, file: part.file.name };
    });
  }

  private refuseLarge(text: string): void {
    const refuse = (what: string) => {
      this.report(0, `the file has ${what}. ${REMEDY}`);
      this.refuseMistakes();
    };
    if (text.length > MAX_CHARACTERS) refuse(`more than ${MAX_CHARACTERS} characters`);
    let [lexemes, marks] = [0, 0];
    for (const lexeme of new Lexer().lex(text)) {
      if (++lexemes > MAX_LEXEMES) refuse(`more than ${MAX_LEXEMES} words and signs`);
      if (/^[&*!%]/.test(lexeme) && ++marks > MAX_MARKS) refuse(`more than ${MAX_MARKS} anchors, aliases and tags`);
    }
  }

  /** A key that is there twice leaves the rest readable; after any other mistake of this kind, nothing is certain. */
  private refuseBrokenYaml(): void {
    const { errors, warnings } = this.document;
    for (const { pos, message } of [...errors, ...warnings]) this.report(pos[0], message.replace(/\n.*/s, ""));
    let isBroken = errors.length > 0;
    const anchored = new Map<string, unknown>();
    visit(this.document, {
      Node: (_, node, path) => {
        if (isMap(node)) this.reportRepeatedKeys(node);
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchored.set(node.anchor, node);
          return;
        }
        const target = anchored.get(node.source);
        this.targets.set(node, target);
        if (target !== undefined && !path.some((outer) => outer === target)) return;
        isBroken = true;
        const why = target === undefined ? "is not defined before" : "contains";
        this.report(offsetOf(node) ?? 0, `Anchor &${node.source} ${why} this alias.`);
      },
    });
    if (isBroken) this.refuseMistakes();
  }

  private reportRepeatedKeys(map: YAMLMap): void {
    const seen = new Set<string | undefined>();
    for (const { key } of map.items) {
      if (!isScalar(key)) continue;
      if (seen.has(key.source)) this.report(offsetOf(key) ?? 0, "Map keys must be unique");
      seen.add(key.source);
    }
  }

  /** Counts a node and all within, whatever aliases repeat included. @throws {AccessModelError} there are too many */
  private countValues(given: unknown): number {
    const node = this.follow(given);
    const known = this.sizes.get(node);
    if (known !== undefined) return known;
    let size = 1;
    const add = (count: number) => {
      size += count;
      if (size <= MAX_VALUES) return;
      this.report(
        offsetOf(given) ?? 0,
        `with what its aliases repeat, the file has more than ${MAX_VALUES} values. ${REMEDY}`,
      );
      this.refuseMistakes();
    };
    if (isSeq(node)) for (const item of node.items) add(this.countValues(item));
    if (isMap(node)) for (const { value } of node.items) add(this.countValues(value));
    this.sizes.set(node, size);
    return size;
  }

  private place(path: Path): Place | undefined {
    let place: Place | undefined = this.placeOf(this.document.contents);
    for (const part of path) {
      const node: unknown = place?.node;
      if (isSeq(node)) {
        const index = Number(part);
        const item: Place | undefined =
          index < node.items.length ? this.placeOf(node.items[index], place?.at) : undefined;
        place = item && { ...item, keyAt: item.at };
      } else place = isMap(node) ? this.entriesOf(node).get(String(part)) : undefined;
    }
    return place;
  }

  private placeOf(given: unknown, keyAt?: number): Place {
    const node = this.follow(given);
    const at = offsetOf(given) ?? keyAt ?? 0;
    const isEmpty = !isScalar(node) ? node == null : node.value === null && node.source === "";
    return { at: isEmpty ? (keyAt ?? 0) : at, keyAt: keyAt ?? at, node };
  }

  private follow(node: unknown): unknown {
    return isAlias(node) ? this.targets.get(node) : node;
  }

  private entriesOf(map: YAMLMap): ReadonlyMap<string, Place> {
    const known = this.entries.get(map) ?? this.collect(map, new Map());
    this.entries.set(map, known);
    return known;
  }

  /** The map's own entries, then those of its merge keys (`<<`) whose keys it does not have itself. */
  private collect(map: YAMLMap, found: Map<string, Place>): ReadonlyMap<string, Place> {
    const merged: unknown[] = [];
    for (const { key: given, value } of map.items) {
      const node = this.follow(given);
      const keyAt = offsetOf(given) ?? offsetOf(map) ?? 0;
      // The key is the text in the file, whatever YAML takes it for (`on`, `404`).
      const key = isScalar(node) ? (node.source ?? "") : undefined;
      if (key === undefined) this.report(keyAt, "A key must be text, but is a list or a map.");
      else if (key === "__proto__") this.report(keyAt, `"__proto__" is reserved by JavaScript. Use another name.`);
      else if (key === "<<") merged.push(value);
      else if (!found.has(key)) found.set(key, this.placeOf(value, keyAt));
    }
    for (const given of merged) this.merge(given, found);
    return found;
  }

  private merge(given: unknown, found: Map<string, Place>): void {
    const source = this.follow(given);
    if (isMap(source)) this.collect(source, found);
    else if (isSeq(source)) for (const item of source.items) this.merge(item, found);
    else this.report(offsetOf(given) ?? 0, `"<<" must name a map or a list of maps, such as "<<: *base".`);
  }

  private valueOf(given: unknown): unknown {
    const node = this.follow(given);
    if (isScalar(node)) return node.value;
    if (this.values.has(node)) return this.values.get(node);
    if (isSeq(node)) {
      const list: unknown[] = [];
      this.values.set(node, list);
      for (const item of node.items) list.push(this.valueOf(item));
      return list;
    }
    if (!isMap(node)) return null;
    const map: Record<string, unknown> = Object.create(null);
    this.values.set(node, map);
    for (const [key, place] of this.entriesOf(node)) map[key] = this.valueOf(place.node);
    return map;
  }
}

/** Offset of a YAML node in the text. */
function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
