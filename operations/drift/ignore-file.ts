/**
 * `drift-ignore.yaml`: differences that the provider itself reports again and again. Each entry has a reason and a date
 * after which the difference counts again.
 */
import { existsSync, readFileSync } from "node:fs";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { UserError } from "../../platform/user-error";
import type { Finding, Verdict } from "../plan-file/finding";
import { isSecurityAttribute } from "./security-attributes";

/** Name of the file, beside access.yaml. */
export const IGNORE_FILE = "drift-ignore.yaml";

const text = z.string({ error: "must be text" }).regex(/\S/, { error: "must not be empty" });

const day = z.iso.date({ error: "must be a valid day, such as 2027-01-31" });

/** Type and name of a resource. Only the name may have a star: noise of one type is not noise of another. */
const ADDRESS = /^(?:module\.[^.*\s]+\.)*[a-z][a-z0-9]*_[a-z0-9_]+\.\S+$/;

const address = text.regex(ADDRESS, { error: "must begin with a resource type, such as aws_cognito_user_pool.*" });

const attribute = text
  .regex(/^[^*]*$/, { error: "must name one attribute, without *: a whole resource is never noise" })
  .refine((name) => !isSecurityAttribute(name), {
    error: "is a security decision, which is never noise: remove the entry",
  });

/** @param today no entry counts for longer than a year from then on */
function entriesOn(today: string) {
  const latest = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  const expires = day.refine((one) => one <= latest, {
    error: `must be within twelve months, ${latest} at the latest`,
  });
  return z.array(z.strictObject({ address, attribute, reason: text, expires })).nullable();
}

/** An entry of the file. */
export interface IgnoreEntry {
  /** Terraform's address; `*` stands for any text, but not in the resource type. */
  readonly address: string;
  /** Dotted name of an attribute; those below it are included. */
  readonly attribute: string;
  readonly reason: string;
  /** Last day on which it counts, in UTC, such as `2027-01-31`. */
  readonly expires: string;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** Reads the file; a missing file has no entries. @throws {UserError} as {@link parseIgnoreFile} does */
export function readIgnoreFile(file: string, today: string): readonly IgnoreEntry[] {
  return existsSync(file) ? parseIgnoreFile(readFileSync(file, "utf8"), today) : [];
}

/**
 * @param today such as `2026-11-22`
 * @throws {UserError} with every mistake in the text, each with line and column
 */
export function parseIgnoreFile(text: string, today: string): readonly IgnoreEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${IGNORE_FILE}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const broken = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message.replace(/\n.*/s, "")}`);
  if (broken.length > 0) throw new UserError(broken.join("\n"));
  const json: unknown = document.toJS();
  const read = entriesOn(today).safeParse(json);
  if (read.success) {
    const lineOf = (index: number) => lines.linePos(offsetOf(document, [index])).line;
    return (read.data ?? []).map((entry, index) => ({ ...entry, line: lineOf(index) }));
  }
  const mistakes = read.error.issues.flatMap((issue) => mistakesOf(issue, document));
  throw new UserError(mistakes.map(({ offset, message }) => `${at(offset)}: ${message}`).join("\n"));
}

/** Offset of a value or, when it is missing, of what it is missing from. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function offsetOfKey(document: Document, path: readonly PropertyKey[], name: string): number {
  const map = document.getIn(path, true);
  const keys = isMap(map) ? map.items.map(({ key }) => key) : [];
  const key = keys.find((one) => isScalar(one) && String(one.value) === name);
  return isNode(key) && key.range ? key.range[0] : offsetOf(document, path);
}

interface Misplaced {
  readonly offset: number;
  readonly message: string;
}

const SETTINGS = "address, attribute, reason and expires";

function mistakesOf(issue: z.core.$ZodIssue, document: Document): readonly Misplaced[] {
  const { path, code } = issue;
  const offset = offsetOf(document, path);
  if (code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      offset: offsetOfKey(document, path, key),
      message: `an entry has no setting "${key}". It has ${SETTINGS}.`,
    }));
  }
  if (path.length === 0) return [{ offset, message: `expected a list of entries, each with ${SETTINGS}.` }];
  if (path.length === 1) return [{ offset, message: `expected an entry with ${SETTINGS}.` }];
  const setting = `"${String(path[1])}"`;
  if (!document.hasIn(path)) {
    return [{ offset, message: `the entry has no ${setting}. It needs ${SETTINGS}.` }];
  }
  return [{ offset, message: `${setting} ${issue.message}.` }];
}

/** The findings with their noise marked, and entries to remove. */
export interface Sifted {
  readonly findings: readonly Finding[];
  /** Entries past their day; they no longer count. */
  readonly expired: readonly IgnoreEntry[];
  /** Entries that match nothing. */
  readonly unused: readonly IgnoreEntry[];
}

/** A resource that is gone, a change of who gets in, and the deployed snapshot are never noise. */
const CAN_BE_NOISE: readonly Verdict[] = ["out-of-band-change", "unmanaged-resource", "not-applied"];

/** @param today such as `2026-11-22` */
export function siftNoise(findings: readonly Finding[], entries: readonly IgnoreEntry[], today: string): Sifted {
  const counting = entries.filter(({ expires }) => expires >= today);
  const used = new Set<IgnoreEntry>();
  const sifted = findings.map((finding): Finding => {
    const entry = counting.find((one) => isMeant(finding, one));
    if (entry === undefined) return finding;
    used.add(entry);
    return { ...finding, verdict: "provider-noise", reason: entry.reason };
  });
  return {
    findings: sifted,
    expired: entries.filter((entry) => !counting.includes(entry)),
    unused: counting.filter((entry) => !used.has(entry)),
  };
}

function isMeant({ address, attribute, verdict, severity }: Finding, entry: IgnoreEntry): boolean {
  if (attribute === null || severity === "critical" || !CAN_BE_NOISE.includes(verdict)) return false;
  return `${attribute}.`.startsWith(`${entry.attribute}.`) && globOf(entry.address).test(address);
}

function globOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
