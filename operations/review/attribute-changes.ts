/** Which attributes of a resource change, and what may be shown of them. Pure. */
import type { ResourceChange } from "../plan-file/plan-json";
import { SHOWN_ATTRIBUTES } from "./shown-attributes";

/** An attribute that changes. */
export interface AttributeChange {
  /** Name, those of blocks with a dot: `settings.logging_level`. */
  readonly attribute: string;
  /** Whether the values may be shown: else they are `null`. */
  readonly isShown: boolean;
  /** As JSON; `null` when there is none or it is not shown. */
  readonly before: string | null;
  /** As JSON, or {@link UNKNOWN}; `null` when there is none or it is not shown. */
  readonly after: string | null;
  /** Whether nobody knows the new value before it is applied. */
  readonly isUnknown: boolean;
}

/** A value before it may be hidden. */
export interface RawChange {
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly isUnknown: boolean;
  readonly isSensitive: boolean;
}

/** Stands for a value that AWS decides. */
export const UNKNOWN = "(known after apply)";

type Values = Readonly<Record<string, unknown>>;

/**
 * What changes, sorted by name. Of what is created or destroyed only attributes that may be shown, and that have a value.
 * @param written names of the attributes that the code sets: of the others it is no news that AWS decides them
 */
export function attributeChanges(
  { type, change }: ResourceChange,
  written: readonly string[],
): readonly AttributeChange[] {
  const isWhole = change.before === null || change.after === null;
  const shown = SHOWN_ATTRIBUTES[type] ?? [];
  return rawChanges(change, written)
    .map((raw) => shownChange(raw, shown))
    .filter(({ isShown, isUnknown }) => !isWhole || (isShown && !isUnknown));
}

/** What changes, values included: never to be shown as it is. */
export function rawChanges(change: ResourceChange["change"], written: readonly string[]): readonly RawChange[] {
  const [before, after] = [change.before ?? {}, change.after ?? {}];
  const unknown = valuesIn(change.after_unknown);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])].toSorted();
  return names
    .filter((name) => !hasTrue(unknown[name]) || written.includes(name))
    .flatMap((name) => {
      const isSensitive = isMarked(change.before_sensitive, name) || isMarked(change.after_sensitive, name);
      return differences({ attribute: name, before: before[name], after: after[name], isSensitive }, unknown[name]);
    });
}

/** Single blocks are looked into, unless a mark says that something in them is sensitive. */
function differences(raw: Omit<RawChange, "isUnknown">, unknown: unknown): readonly RawChange[] {
  const isUnknown = hasTrue(unknown);
  if (!isUnknown && sameValue(raw.before, raw.after)) return [];
  const [left, right] = [blockIn(raw.before), blockIn(raw.after)];
  const isOneBlock = [left ?? raw.before, right ?? raw.after].every((side) => isNothing(side) || !Array.isArray(side));
  // Of several blocks nobody knows which became which: they are compared as a whole.
  if (raw.isSensitive || !isOneBlock || (left === undefined && right === undefined)) return [{ ...raw, isUnknown }];
  const inner = blockIn(unknown) ?? {};
  return [...new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {}), ...Object.keys(inner)])]
    .toSorted()
    .flatMap((name) =>
      differences(
        { attribute: `${raw.attribute}.${name}`, before: left?.[name], after: right?.[name], isSensitive: false },
        unknown === true ? true : inner[name],
      ),
    );
}

function shownChange(raw: RawChange, shown: readonly string[]): AttributeChange {
  const { attribute, isUnknown } = raw;
  const isListed = shown.some((name) => attribute === name || attribute.startsWith(`${name}.`));
  if (raw.isSensitive || !isListed) {
    return { attribute, isShown: false, before: null, after: null, isUnknown };
  }
  return {
    attribute,
    isShown: true,
    before: text(raw.before),
    after: isUnknown ? UNKNOWN : text(raw.after),
    isUnknown,
  };
}

function text(value: unknown): string | null {
  return isNothing(value) ? null : JSON.stringify(value);
}

/** What Terraform takes for the same: nothing, and an empty list or map. */
function sameValue(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after) || (isNothing(before) && isNothing(after));
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function blockIn(value: unknown): Values | undefined {
  if (!Array.isArray(value) || value.length !== 1) return undefined;
  const [inner]: readonly unknown[] = value;
  return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Values) : undefined;
}

function valuesIn(marks: boolean | Values): Values {
  return typeof marks === "object" ? marks : {};
}

/** Marks have the shape of the value, with `true` where they hold. */
function isMarked(marks: boolean | Values, name: string): boolean {
  return marks === true || hasTrue(valuesIn(marks)[name]);
}

function hasTrue(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasTrue));
}
