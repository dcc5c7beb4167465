/** Checks of single values, which the real provider makes before it plans anything. Pure. */
import { type Attributes, hasUnknown, isObject, Unknown, type Value } from "./attributes";
import type { BlockSchema, NestedBlockSchema } from "./schema/block";

/** Where a value stands, in the three spellings that providers use when they talk of it. */
export interface ValuePath {
  /** Last name of the path: `log_format`. */
  readonly name: string;
  /** The whole path with dots: `logging_config.0.log_format`. */
  readonly key: string;
  /** The whole path as Terraform's plugin framework writes it: `logging_config[0].log_format`. */
  readonly path: string;
}

/** What is wrong with a value, in the provider's words. */
export interface ValueMistakeText {
  readonly summary: string;
  readonly detail?: string;
}

/** Looks at a value that is neither null nor unknown. @returns nothing when it is in order */
export type ValueRule = (value: Value, spot: ValuePath) => readonly ValueMistakeText[];

/**
 * Rules of one resource type by path. Names inside blocks are dotted, `settings.logging_level`; `[]` at the end stands
 * for each element of a list or set, and without it the rule sees the list as a whole.
 */
export type ValueRules = Readonly<Record<string, ValueRule>>;

/** A complaint and the attribute that it belongs to. */
export interface ValueMistake extends ValueMistakeText {
  /** Names and indices that lead to the value; a path ends at a set, whose elements have no index. */
  readonly steps: readonly (string | number)[];
}

interface Found {
  readonly value: Value;
  readonly spot: ValuePath;
  readonly steps: readonly (string | number)[];
  /** Whether the steps lead to the value, and not only to a set that it is in. */
  readonly isExact: boolean;
}

/** All mistakes of a configuration, in the order of the rules. What is null or not known yet is in order. */
export function mistakesIn(schema: BlockSchema, config: Attributes, rules: ValueRules): readonly ValueMistake[] {
  const root: Found = { value: config, spot: { name: "", key: "", path: "" }, steps: [], isExact: true };
  const found = Object.entries(rules).flatMap(([path, rule]) =>
    valuesAt(schema, root, path.split(".")).flatMap(({ value, spot, steps }) =>
      rule(value, spot).map((complaint) => ({ ...complaint, steps, path })),
    ),
  );
  // The legacy type system does not look at the elements of a list that has too many, the newer one not into too many blocks.
  const isRefusedWhole = (path: string, steps: ValueMistake["steps"]) =>
    found.some(({ path: whole, summary, steps: first }) => {
      const isInside = path.startsWith(`${whole}.`) || (path === `${whole}[]` && / list items$/.test(summary));
      return isInside && first.every((step, at) => step === steps[at]);
    });
  return found.flatMap(({ path, ...mistake }) => (isRefusedWhole(path, mistake.steps) ? [] : [mistake]));
}

/**
 * Numbers that are not whole.
 * @param decimals paths of those that need not be
 */
export function fractionsIn(
  schema: BlockSchema,
  config: Attributes,
  decimals: readonly string[],
): readonly ValueMistake[] {
  const whole: ValueRule = (value) =>
    Number.isInteger(Number(value)) ? [] : [{ summary: `Attribute must be a whole number, got ${value}` }];
  const paths = numbersOf(schema, config, "").filter((path) => !decimals.includes(path));
  return mistakesIn(schema, config, Object.fromEntries(paths.map((path) => [path, whole])));
}

/** Paths of the numbers in blocks that the configuration has: a schema may have many thousands. */
function numbersOf({ attributes, blocks }: BlockSchema, config: Attributes, prefix: string): readonly string[] {
  const own = Object.entries(attributes).flatMap(([name, { type }]) => (type === "number" ? [prefix + name] : []));
  const inner = Object.entries(blocks).flatMap(([name, { block }]) =>
    [config[name] ?? null]
      .flat()
      .filter(isObject)
      .flatMap((item) => numbersOf(block, item, `${prefix}${name}.`)),
  );
  return [...new Set([...own, ...inner])];
}

/**
 * The configuration without each attribute and block of which a part is not known yet: the legacy type system does not look into
 * them.
 */
export function whollyKnown(config: Attributes): Attributes {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !hasUnknown(value)));
}

/** The values that a path leads to, through every block on its way. */
function valuesAt(schema: BlockSchema, from: Found, [head = "", ...rest]: readonly string[]): readonly Found[] {
  const name = head.replace(/\[\]$/, "");
  const found = member(from, name);
  if (found === undefined) return [];
  const nested = schema.blocks[name];
  if (nested === undefined) return head === name ? [found] : elements(found, isSet(schema, name));
  if (rest.length === 0) return [found];
  return blocksOf(found, nested).flatMap((block) => valuesAt(nested.block, block, rest));
}

function isSet({ attributes }: BlockSchema, name: string): boolean {
  const type = attributes[name]?.type;
  return Array.isArray(type) && type[0] === "set";
}

function member({ value, spot, steps, isExact }: Found, name: string): Found | undefined {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : null;
  if (inner === null || inner === undefined || inner instanceof Unknown) return undefined;
  const dotted = (before: string) => (before === "" ? name : `${before}.${name}`);
  return {
    value: inner,
    spot: { name, key: dotted(spot.key), path: dotted(spot.path) },
    steps: isExact ? [...steps, name] : steps,
    isExact,
  };
}

function blocksOf(found: Found, { nesting }: NestedBlockSchema): readonly Found[] {
  return nesting === "single" ? [found] : elements(found, nesting === "set");
}

function elements({ value, spot, steps, isExact }: Found, isInSet: boolean): readonly Found[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Value[]).flatMap((element, index) => {
    if (element === null || element instanceof Unknown) return [];
    const subscript = isInSet ? `Value(${JSON.stringify(String(element))})` : index;
    const inner = { ...spot, key: `${spot.key}.${index}`, path: `${spot.path}[${subscript}]` };
    const hasIndex = isExact && !isInSet;
    return [{ value: element, spot: inner, steps: hasIndex ? [...steps, index] : steps, isExact: hasIndex }];
  });
}
