/** Compares what two providers make of the same configuration: verdict, attribute path, text, planned values. */
import { type Attributes, canonical, hasUnknown, isObject, type Value } from "../../../emulator/terraform/attributes";
import { decode, encode } from "../../../emulator/terraform/dynamic-value";
import type { AttributeSchema, BlockSchema, TypeSpec } from "../../../emulator/terraform/schema/block";
import type { ProtocolAnswer, ProtocolCaller } from "../provider-client";
import { merge } from "../workspace";
import type { Difference } from "./allowed-differences";

/** A provider and the schema that it has for the type in question. */
export interface Side {
  readonly connection: ProtocolCaller;
  readonly schema: BlockSchema;
}

interface Outcome {
  readonly stage: "validate" | "plan" | "planned";
  /** Each with its attribute path. */
  readonly errors: readonly { readonly path: string; readonly text: string }[];
  readonly planned: Attributes | null;
  readonly replacedBy: readonly string[];
}

/** Sends a configuration to both with a state of the resource; `null` for one that is to be created. */
export type Compare = (prior: Attributes | null) => Promise<readonly Difference[]>;

/** Compares what both make of a configuration, which each validates once, whatever the state is. */
export function comparisonOf(embedded: Side, real: Side, type: string, config: Attributes): Compare {
  const outcomesOf = [embedded, real].map((side) => outcomesBy(side, type, config));
  return async (prior) => {
    const outcomes = outcomesOf.map((outcomeOf) => outcomeOf(prior).catch(asCrash));
    const [ours, theirs] = (await Promise.all(outcomes)) as [Outcome | CrashError, Outcome | CrashError];
    const isCrash = ours instanceof CrashError || theirs instanceof CrashError;
    if (!isCrash) return differencesOf(ours, theirs, embedded.schema, real.schema);
    const text = (outcome: Outcome | CrashError) => (outcome instanceof CrashError ? outcome.message : "answered");
    return [{ differs: "crash", at: "", embedded: text(ours), real: text(theirs) }];
  };
}

/** Lets both read a data source. */
export async function compareReads(
  embedded: Side,
  real: Side,
  type: string,
  config: Attributes,
): Promise<readonly Difference[]> {
  const [ours, theirs] = (await Promise.all([embedded, real].map((side) => readBy(side, type, config)))) as [
    Outcome,
    Outcome,
  ];
  return differencesOf(ours, theirs, embedded.schema, real.schema);
}

async function readBy({ connection, schema }: Side, type: string, config: Attributes): Promise<Outcome> {
  const wire = { type_name: type, config: encode(schema, config) };
  const validated = errorsOf(await connection.call("ValidateDataSourceConfig", wire));
  const none = { planned: null, replacedBy: [] };
  if (validated.length > 0 || hasUnknown(config)) return { stage: "validate", errors: validated, ...none };
  const answer = await connection.call("ReadDataSource", wire);
  const errors = errorsOf(answer);
  if (errors.length > 0) return { stage: "plan", errors, ...none };
  return { stage: "planned", errors, planned: decode(schema, answer.state), replacedBy: [] };
}

/** A provider did not answer: its process ended, or it failed inside. */
export class CrashError extends Error {
  override readonly name = "CrashError";
}

function asCrash(error: unknown): CrashError {
  const text = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return error instanceof CrashError ? error : new CrashError(`failed: ${text}`);
}

function outcomesBy({ connection, schema }: Side, type: string, config: Attributes) {
  let validation: Promise<Outcome["errors"]> | undefined;
  const validate = async (wire: ReturnType<typeof encode>) => {
    const client_capabilities = { write_only_attributes_allowed: true };
    const request = { type_name: type, config: wire, client_capabilities };
    return errorsOf(await connection.call("ValidateResourceTypeConfig", request));
  };
  return async (prior: Attributes | null): Promise<Outcome> => {
    const wire = encode(schema, config);
    validation ??= validate(wire);
    const refused = await validation;
    if (refused.length > 0) return { stage: "validate", errors: refused, planned: null, replacedBy: [] };
    const answer = await connection.call("PlanResourceChange", {
      type_name: type,
      prior_state: encode(schema, prior),
      proposed_new_state: encode(schema, merge(schema, prior ?? {}, config)),
      config: wire,
    });
    return plannedBy(answer, schema, prior);
  };
}

function plannedBy(answer: ProtocolAnswer, schema: BlockSchema, prior: Attributes | null): Outcome {
  const errors = errorsOf(answer);
  if (errors.length > 0) return { stage: "plan", errors, planned: null, replacedBy: [] };
  // Of a resource that is to be created, the older SDK names every attribute that would have it replaced, and `id` always.
  const replacing = prior === null ? [] : (answer.requires_replace ?? []);
  const replacedBy = replacing.map(({ steps }) => String(steps[0]?.attribute_name)).filter((name) => name !== "id");
  return { stage: "planned", errors, planned: decode(schema, answer.planned_state), replacedBy };
}

function errorsOf({ diagnostics = [] }: ProtocolAnswer): Outcome["errors"] {
  return diagnostics
    .filter(({ severity }) => severity === "ERROR")
    .map(({ summary, detail = "", attribute }) => ({
      path: pathOf(attribute?.steps ?? []),
      text: detail === "" ? summary : `${summary}\n${detail}`,
    }))
    .toSorted((a, b) => (a.path + a.text < b.path + b.text ? -1 : 1));
}

/** The names of the path; elements of sets have other keys in each provider. */
function pathOf(steps: readonly object[]): string {
  return steps
    .flatMap((step) => ("attribute_name" in step && step.attribute_name ? [step.attribute_name] : []))
    .join(".");
}

function differencesOf(
  ours: Outcome,
  theirs: Outcome,
  ourSchema: BlockSchema,
  theirSchema: BlockSchema,
): readonly Difference[] {
  const texts = ({ errors }: Outcome) => errors.map(({ text }) => text).join(" / ") || "accepted";
  const paths = ({ errors }: Outcome) => [...new Set(errors.map(({ path }) => path))].toSorted().join(", ");
  const difference = (differs: Difference["differs"], at: string, embedded: string, real: string) => ({
    differs,
    at,
    embedded,
    real,
  });
  const [isOurs, isTheirs] = [ours, theirs].map(({ errors }) => errors.length === 0);
  const at = paths(theirs) || paths(ours);
  if (/ (is|are) not emulated/.test(texts(ours))) return [difference("unsupported", at, texts(ours), texts(theirs))];
  if (isOurs !== isTheirs) return [difference("verdict", at, texts(ours), texts(theirs))];
  if (isOurs) {
    const replaced = replacedDifferences(ours, theirs);
    // What is replaced is planned once more by Terraform, as a creation.
    const isReplaced = [ours, theirs].some(({ replacedBy }) => replacedBy.length > 0);
    return isReplaced ? replaced : valueDifferences(ourSchema, theirSchema, ours.planned, theirs.planned, []);
  }
  return [
    ...(ours.stage === theirs.stage ? [] : [difference("stage", at, ours.stage, theirs.stage)]),
    ...(paths(ours) === paths(theirs) ? [] : [difference("path", at, paths(ours), paths(theirs))]),
    ...(isSameText(texts(ours), texts(theirs)) ? [] : [difference("text", at, texts(ours), texts(theirs))]),
  ];
}

/** The values of an enum, as the two words of the SDKs list them. */
const ENUM = /(?<= one of:? |Valid Values: )\[([^\]]*)\]/g;

/**
 * Whether the texts say the same. AWS sorts the values of its enums now, and adds to them: those that the real provider
 * lists have to be among those of the embedded one.
 */
function isSameText(ours: string, theirs: string): boolean {
  const [our, their] = [ours, theirs].map((text) => ({
    lists: [...text.matchAll(ENUM)].map(([, words = ""]) => words.split(" ")),
    rest: text.replaceAll(ENUM, "[]"),
  }));
  return (
    our?.rest === their?.rest &&
    their?.lists.every((words, index) => words.every((word) => our?.lists[index]?.includes(word))) === true
  );
}

function replacedDifferences(ours: Outcome, theirs: Outcome): readonly Difference[] {
  const names = [...new Set([...ours.replacedBy, ...theirs.replacedBy])].toSorted();
  const text = (outcome: Outcome, name: string) => (outcome.replacedBy.includes(name) ? "replaced" : "not replaced");
  return names
    .filter((name) => ours.replacedBy.includes(name) !== theirs.replacedBy.includes(name))
    .map((name) => ({ differs: "replaced", at: name, embedded: text(ours, name), real: text(theirs, name) }));
}

/** Differences of the attributes and blocks that both schemas have. */
function valueDifferences(
  ourSchema: BlockSchema,
  theirSchema: BlockSchema,
  ours: Value,
  theirs: Value,
  path: readonly string[],
): readonly Difference[] {
  if (!isObject(ours) || !isObject(theirs)) {
    const common = [ours, theirs].map((value) => show(restricted(ourSchema, theirSchema, value)));
    return common[0] === common[1] ? [] : [planned(path, ours, theirs)];
  }
  const attributes = commonNames(ourSchema.attributes, theirSchema.attributes).flatMap((name) => {
    const [a, b] = [ours[name] ?? null, theirs[name] ?? null];
    return show(a) === show(b) ? [] : [planned([...path, name], a, b)];
  });
  const blocks = commonNames(ourSchema.blocks, theirSchema.blocks).flatMap((name) => {
    const [nested, other] = [ourSchema.blocks[name], theirSchema.blocks[name]];
    if (nested === undefined || other === undefined) return [];
    const [a, b] = [ours[name] ?? null, theirs[name] ?? null];
    const inner = [...path, name];
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) {
      const [x, y] = [a, b].map((value) => restricted(nested.block, other.block, value)) as [Value, Value];
      return show(x) === show(y) ? [] : [planned(inner, x, y)];
    }
    if (nested.nesting === "set") {
      const [x, y] = [a, b].map((value) => sorted(restricted(nested.block, other.block, value))) as [Value, Value];
      return show(x) === show(y) ? [] : [planned(inner, x, y)];
    }
    return a.flatMap((item: Value, index) =>
      valueDifferences(nested.block, other.block, item, b[index] ?? null, inner),
    );
  });
  return [...attributes, ...blocks];
}

function planned(path: readonly string[], ours: Value, theirs: Value): Difference {
  return { differs: "planned", at: path.join("."), embedded: show(ours), real: show(theirs) };
}

/** Numbers may come as text; unknown is `?`. */
function show(value: Value): string {
  return canonical(value);
}

function sorted(value: Value): Value {
  if (!Array.isArray(value)) return value;
  return (value as readonly Value[]).toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

/** The value without what only one of the schemas has. */
function restricted(ourSchema: BlockSchema, theirSchema: BlockSchema, value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => restricted(ourSchema, theirSchema, item));
  if (!isObject(value)) return value;
  const attributes = commonNames(ourSchema.attributes, theirSchema.attributes).map((name) => [
    name,
    value[name] ?? null,
  ]);
  const blocks = commonNames(ourSchema.blocks, theirSchema.blocks).map((name) => {
    const [nested, other] = [ourSchema.blocks[name], theirSchema.blocks[name]];
    const inner = value[name] ?? null;
    return [name, nested === undefined || other === undefined ? inner : restricted(nested.block, other.block, inner)];
  });
  return Object.fromEntries([...attributes, ...blocks]);
}

function commonNames(ours: object, theirs: object): readonly string[] {
  return Object.keys(ours).filter((name) => Object.hasOwn(theirs, name));
}

/** The schema with only what both have: mutations of it mean the same to both. */
export function commonSchema(ours: BlockSchema, theirs: BlockSchema): BlockSchema {
  const attributes = commonNames(ours.attributes, theirs.attributes).flatMap((name) => {
    const attribute = ours.attributes[name];
    return attribute === undefined ? [] : [[name, attribute] as const];
  });
  const blocks = commonNames(ours.blocks, theirs.blocks).flatMap((name) => {
    const [nested, other] = [ours.blocks[name], theirs.blocks[name]];
    if (nested === undefined || other === undefined) return [];
    return [[name, { ...nested, block: commonSchema(nested.block, other.block) }] as const];
  });
  return { attributes: Object.fromEntries(attributes), blocks: Object.fromEntries(blocks) };
}

/** Where the schemas themselves differ. */
export function schemaDifferences(ours: BlockSchema, theirs: BlockSchema, path = ""): readonly Difference[] {
  const difference = (name: string, embedded: string, real: string): readonly Difference[] =>
    embedded === real ? [] : [{ differs: "schema", at: path + name, embedded, real }];
  const has = (of: object, name: string) => Object.hasOwn(of, name);
  const names = (kind: "attributes" | "blocks") => [
    ...new Set([...Object.keys(ours[kind]), ...Object.keys(theirs[kind])]),
  ];
  const attributes = names("attributes").flatMap((name) =>
    difference(name, describeAttribute(ours.attributes[name]), describeAttribute(theirs.attributes[name])),
  );
  const blocks = names("blocks").flatMap((name) => {
    const [a, b] = [ours.blocks[name], theirs.blocks[name]];
    if (a === undefined || b === undefined) {
      return difference(name, has(ours.blocks, name) ? "block" : "none", has(theirs.blocks, name) ? "block" : "none");
    }
    const bounds = [a, b].map(({ nesting, minItems = 0, maxItems = 0 }) => `${nesting} ${minItems} to ${maxItems}`);
    return [
      ...difference(name, bounds[0] ?? "", bounds[1] ?? ""),
      ...schemaDifferences(a.block, b.block, `${path}${name}.`),
    ];
  });
  return [...attributes, ...blocks];
}

function describeAttribute(attribute: AttributeSchema | undefined): string {
  if (attribute === undefined) return "none";
  const { type, required, optional, computed, sensitive } = attribute;
  const flags = Object.entries({ required, optional, computed, sensitive }).filter(([, isSet]) => isSet);
  return [...flags.map(([name]) => name), typeText(type)].join(" ");
}

function typeText(type: TypeSpec): string {
  return typeof type === "string" ? type : JSON.stringify(type);
}
