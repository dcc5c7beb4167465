/**
 * What the legacy type system (SDK v2) plans of a wanted resource. It compares what is wanted with state as texts, in which what is
 * empty, zero or absent is the same, and lists and sets as a whole first. Pure.
 *
 * @see https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/schema/schema.go
 */
import { type Attributes, canonical, hasUnknown, isObject, UNKNOWN, Unknown, type Value } from "./attributes";
import { inCanonicalOrder } from "./dynamic-value";
import type { JsonText } from "./policy-texts";
import type { AttributeSchema, BlockSchema, NestedBlockSchema } from "./schema/block";

/** Where a value is. */
interface Place {
  /** Names with dots, and a dot at the end: `rule.`. */
  readonly prefix: string;
  /** Whether it is in an element of a set; all of such an element is planned as new. */
  readonly isInSet: boolean;
}

export class LegacyDiff {
  /**
   * @param texts attributes by path whose text is JSON
   * @param filled blocks by path that AWS fills in when there are none
   */
  constructor(
    private readonly texts: Readonly<Record<string, JsonText>>,
    private readonly filled: readonly string[],
  ) {}

  /**
   * The resource as it is planned.
   * @param prior state; `null` for a resource to be created
   */
  planned(schema: BlockSchema, prior: Attributes | null, wanted: Attributes): Attributes {
    return this.block(schema, prior, wanted, { prefix: "", isInSet: false });
  }

  /** @param prior `null` when there was no such block */
  private block(schema: BlockSchema, prior: Attributes | null, wanted: Attributes, place: Place): Attributes {
    const attributes = Object.entries(schema.attributes).map(([name, attribute]): [string, Value] => [
      name,
      this.attribute(attribute, prior === null ? undefined : (prior[name] ?? null), wanted[name] ?? null, {
        ...place,
        prefix: place.prefix + name,
      }),
    ]);
    const blocks = Object.entries(schema.blocks).map(([name, nested]): [string, Value] => {
      const inner = { prefix: `${place.prefix}${name}.`, isInSet: place.isInSet || nested.nesting === "set" };
      const before = prior?.[name] ?? null;
      const now = this.blocks(nested, before, wanted[name] ?? null, inner);
      if (!isNone(now) || !this.filled.includes(place.prefix + name)) return [name, now];
      return [name, isNone(before) ? UNKNOWN : before];
    });
    return Object.fromEntries([...attributes, ...blocks]);
  }

  /** @param before `undefined` when there was no resource or block */
  private attribute(attribute: AttributeSchema, before: Value | undefined, now: Value, place: Place): Value {
    const planned = this.known(attribute, before, now, place);
    const isInBlock = place.prefix.includes(".");
    // Other than of a resource to be created, the SDK forgets that numbers and texts in new blocks are not known yet.
    const isFilled = attribute.computed === true && isInBlock && (place.isInSet || typeof attribute.type !== "string");
    return planned === null && isFilled ? UNKNOWN : planned;
  }

  private known(attribute: AttributeSchema, before: Value | undefined, now: Value, place: Place): Value {
    const { type } = attribute;
    if (type === "string") return this.text(attribute, before, now, place);
    if (typeof type === "string") return now === null && isNone(before ?? null) ? (before ?? null) : now;
    return collection(attribute, before, now);
  }

  private text(
    { computed, required }: AttributeSchema,
    before: Value | undefined,
    now: Value,
    { prefix, isInSet }: Place,
  ): Value {
    const json = this.texts[prefix];
    const none = isInSet && computed !== true ? "" : null;
    if (now === "" && computed === true) return before ?? (json === undefined ? null : "");
    if (json !== undefined && typeof now === "string" && now !== "") {
      const isSame = json.areSame(typeof before === "string" ? before : "", now);
      return isSame ? (before ?? (required === true ? "" : none)) : json.rewrite(now);
    }
    const stays = before !== undefined && isNone(before) && isNone(now);
    return (stays ? before : now) ?? none;
  }

  private blocks({ block, nesting }: NestedBlockSchema, before: Value, now: Value, place: Place): Value {
    const known = (Array.isArray(before) ? before : [before]) as readonly Value[];
    if (!Array.isArray(now)) return this.inner(block, known[0], now, place);
    const items = now as readonly Value[];
    if (nesting !== "set") {
      const isSame = !place.isInSet && known.length === items.length && asRead(block, known) === asRead(block, items);
      return isSame ? known : items.map((item, index) => this.inner(block, known[index], item, place));
    }
    const elements = items.map((item) => this.inner(block, undefined, item, place));
    const unique = new Map(elements.map((element) => [essence(block, element), element]));
    const isSame = unique.size === known.length && known.every((element) => unique.has(essence(block, element)));
    return isSame ? known : inCanonicalOrder([...unique.values()]);
  }

  private inner(schema: BlockSchema, before: Value | undefined, now: Value, place: Place): Value {
    return isObject(now) ? this.block(schema, isObject(before) ? before : null, now, place) : now;
  }
}

/**
 * A collection is known as a whole or not at all. An empty one is none when there was none, and what is none now is empty
 * when there was one.
 */
function collection({ type, computed }: AttributeSchema, before: Value | undefined, now: Value): Value {
  const [kind] = type as readonly string[];
  const wasNone = isNone(before ?? null);
  if (now instanceof Unknown && kind === "set" && computed === true && !wasNone) return before ?? null;
  if (hasUnknown(now)) return UNKNOWN;
  if (kind === "object" || !isNone(now) || (computed === true && now === null)) return now;
  if (before === undefined && kind === "list") return now;
  return wasNone ? (before ?? null) : kind === "map" ? {} : [];
}

/** Text that is equal for lists of blocks that the SDK reads as the same: of a number that is not known, it reads 0. */
function asRead(schema: BlockSchema, items: readonly Value[]): string {
  const isZero = (value: Value, { type }: AttributeSchema) =>
    isNone(value) || (value instanceof Unknown && (type === "bool" || type === "number"));
  return canonical(items.map((item) => (isObject(item) ? withoutZero(schema, item, isZero) : item)));
}

/** Whether both say the same, but for what is empty, zero or absent: the SDK then plans what is in state. */
export function isEquivalent(schema: BlockSchema, one: Attributes, other: Attributes): boolean {
  return essence(schema, one) === essence(schema, other);
}

/** Text that is equal for blocks that differ only in what is empty, zero or absent. */
function essence(schema: BlockSchema, block: Value): string {
  return canonical(isObject(block) ? withoutZero(schema, block, isNone) : block);
}

function withoutZero(
  schema: BlockSchema,
  block: Attributes,
  isZero: (value: Value, attribute: AttributeSchema) => boolean,
): Attributes {
  const attributes = Object.entries(schema.attributes).flatMap(([name, attribute]): [string, Value][] => {
    const value = block[name] ?? null;
    return isZero(value, attribute) ? [] : [[name, value]];
  });
  const blocks = Object.entries(schema.blocks).flatMap(([name, nested]): [string, Value][] => {
    const value = block[name] ?? null;
    const items = (Array.isArray(value) ? value : [value]) as readonly Value[];
    const inner = items.map((item) => (isObject(item) ? withoutZero(nested.block, item, isZero) : item));
    return isNone(value) ? [] : [[name, inner]];
  });
  return Object.fromEntries([...attributes, ...blocks]);
}

function isNone(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return [null, "", false, 0].some((none) => value === none);
}
