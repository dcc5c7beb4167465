/** Checks a file against its schema: each issue of zod becomes a mistake with its position and its remedy. */
import { z } from "zod";
import { advice, quote } from "./nearest-name";
import { type IssueParams, meantBy, remedyOfText, required, wordsOf } from "./setting";
import type { Path, YamlFile } from "./yaml-file";

type Issue = z.core.$ZodIssue;

/** A setting and its name from the inside out, such as `["description", 'scope "read"', 'resource server "orders"']`. */
interface Setting {
  readonly schema: z.core.$ZodType;
  readonly names: readonly string[];
}

/**
 * Reports all mistakes of single settings, and returns the content for rules on several: what is wrong there is an empty
 * text, not a number, `false`, or an empty list or map.
 * @throws {AccessModelError} there is so much of something that the rules would take long
 */
export function readContent<S extends z.ZodType>(schema: S, file: YamlFile): z.input<S> {
  const { error } = schema.safeParse(file.value, { jitless: true });
  let content = file.value;
  let isTooMuch = false;
  for (const issue of (error?.issues ?? []).flatMap((one) => withoutUnion(one, file))) {
    const { path } = issue;
    if (issue.code === "unrecognized_keys") reportUnknown(schema, issue, file);
    else if (issue.code === "custom" && issue.params !== undefined) {
      reportCheck(schema, path, issue.params, file);
      isTooMuch ||= (issue.params as IssueParams).isOwners === true;
    } else {
      reportWrong(schema, path, file);
      content = replaced(content, path, placeholderOf(settingAt(schema, path).schema));
    }
  }
  if (isTooMuch) file.refuseMistakes();
  return content as z.input<S>;
}

/** The issues inside of a map where a setting can be a map or something else. */
function withoutUnion(issue: Issue, file: YamlFile): readonly Issue[] {
  const value = issue.path.reduce(partOf, file.value);
  if (issue.code !== "invalid_union" || Object(value) !== value || Array.isArray(value)) return [issue];
  const inner = issue.errors.find((issues) =>
    issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0),
  );
  return (inner ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

function reportUnknown(root: z.ZodType, { path, keys }: Extract<Issue, { keys: string[] }>, file: YamlFile): void {
  const { schema, names } = settingAt(root, path);
  for (const key of keys) {
    const hint = advice(key, settingsOf(schema), "Its settings");
    file.report(file.keyAt([...path, key]), `${joined(names)} has no setting ${quote(key)}.${hint}`);
  }
}

function reportCheck(root: z.ZodType, path: Path, { message, keys = [], ...of }: IssueParams, file: YamlFile): void {
  const { names } = settingAt(root, of.isOwners || of.isKeys ? path.slice(0, -1) : path);
  if (!of.isKeys) {
    const at = keys.length === 0 ? file.at(path) : Math.max(...keys.map((key) => file.keyAt([...path, key])));
    file.report(at, `${joined(names)} ${message}`);
    return;
  }
  const { key, noun } = wordsOf(settingAt(root, path.slice(0, -1)).schema);
  const name = String(path.at(-1));
  const subject = joined([key?.noun ?? "", `${noun} ${quote(name)}`, ...names.slice(1)]);
  const remedy = remedyOfText({ value: name, source: name });
  file.report(file.keyAt(path), `${subject} must be ${key?.expected}, but is ${quote(name)}.${remedy}`);
}

/** A setting is not reported as missing where a misspelt one seems to mean it. */
function reportWrong(root: z.ZodType, path: Path, file: YamlFile): void {
  const { schema, names } = settingAt(root, path);
  const { expected, remedy } = wordsOf(schema);
  if (file.has(path) || path.length === 0) {
    const wrong = { value: path.reduce(partOf, file.value), source: file.source(path) };
    const must = `${joined(names)} must be ${expected}, but is ${file.describe(path)}`;
    file.report(file.at(path), `${must}.${remedy?.(wrong) ?? ""}`);
  } else {
    const owner = path.slice(0, -1);
    const known = settingsOf(settingAt(root, owner).schema);
    const unknown = file.keys(owner).filter((key) => !known.includes(key));
    const [name = "", ...others] = names;
    const needs = `${joined(others)} needs ${name}: ${expected}.${remedy?.() ?? ""}`;
    if (!meantBy(unknown, known).has(name)) file.report(file.at(owner), needs);
  }
}

function settingAt(root: z.core.$ZodType, path: Path): Setting {
  return path.reduce<Setting>(
    ({ schema: outer, names }, part) => {
      const schema = mapIn(required(outer));
      if (schema instanceof z.ZodObject)
        return { schema: schema.shape[part as string], names: [String(part), ...names] };
      const { noun = "", value } = wordsOf(schema);
      const others = names.slice(1); // without that of the map or list
      if (schema instanceof z.ZodArray) return { schema: schema.element, names: [noun, ...others] };
      if (!(schema instanceof z.ZodRecord)) return { schema, names };
      const entry = [`${noun} ${quote(String(part))}`, ...others];
      return { schema: schema.valueType, names: value === undefined ? entry : [value, ...entry] };
    },
    { schema: root, names: [] },
  );
}

function mapIn(schema: z.core.$ZodType): z.core.$ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.find((one) => one instanceof z.ZodObject || one instanceof z.ZodRecord) ?? schema;
}

function settingsOf(schema: z.core.$ZodType): readonly string[] {
  const map = mapIn(required(schema));
  return map instanceof z.ZodObject ? Object.keys(map.shape) : [];
}

/** `scopes of client "billing"` */
function joined(names: readonly string[]): string {
  return names.join(" of ") || "the file";
}

/** What stands for a wrong value. */
function placeholderOf(setting: z.core.$ZodType): unknown {
  const schema = required(setting);
  if (schema instanceof z.ZodString) return "";
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral) return Number.NaN;
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodArray) return [];
  if (schema instanceof z.ZodRecord) return {};
  if (!(schema instanceof z.ZodObject)) return false;
  return Object.fromEntries(Object.entries(schema.shape).map(([name, one]) => [name, placeholderOf(one)]));
}

function partOf(value: unknown, part: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined;
}

/** A copy with another value at the path; what aliases share stays as it is elsewhere. */
function replaced(content: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value;
  if (typeof content !== "object" || content === null) return content;
  const inner = replaced(partOf(content, part), rest, value);
  return Array.isArray(content) ? content.with(Number(part), inner) : { ...content, [part]: inner };
}
