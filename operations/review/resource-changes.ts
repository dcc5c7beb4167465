/** What a plan does to resources and their attributes, and which values may be shown. Pure. */
import { type Action, actionOf, type PlanJson, type ResourceChange } from "../plan-file/plan-json";
import { resourceName } from "../plan-file/resource-name";
import type { PlanContext } from "./plan-context";
import { isEmpty, type Values, valueAt, valuesIn } from "./predicates";
import { SHOWN_ATTRIBUTES } from "./shown-attributes";

/** What is done to one resource. */
export interface ReviewedResource {
  readonly address: string;
  /** As {@link resourceName} has it. */
  readonly name: string;
  readonly type: string;
  readonly action: DoneAction;
  /** Attributes that force it to be replaced. */
  readonly forcedBy: readonly string[];
  readonly attributes: readonly AttributeChange[];
}

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
  readonly isUnknown: boolean;
}

/** A change with its values, which may be secret. */
interface RawChange {
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly isUnknown: boolean;
  readonly isSensitive: boolean;
}

export type DoneAction = Exclude<Action, "nothing" | "read">;

/** In place of a value that AWS decides. */
export const UNKNOWN = "(known after apply)";

/** What cannot be undone comes first. */
const ORDER: readonly DoneAction[] = ["destroy", "replace", "forget", "update", "create"];

/** What a plan does, what cannot be undone first. */
export function reviewedResources({ changes, code, written }: PlanContext): readonly ReviewedResource[] {
  return changes
    .map((changed) => {
      const { address, type, change } = changed;
      return {
        address,
        name: resourceName(address, code),
        type,
        action: actionOf(change) as DoneAction,
        forcedBy: [...new Set(change.replace_paths.map((path) => path.filter(isText).join(".")))],
        attributes: attributeChanges(changed, written.get(address) ?? []),
      };
    })
    .toSorted((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action) || (a.address < b.address ? -1 : 1));
}

/** Names of outputs that change, sorted. */
export function changedOutputs({ output_changes }: PlanJson): readonly string[] {
  const changed = Object.entries(output_changes).filter(([, { actions }]) => actions.some((one) => one !== "no-op"));
  return changed.map(([name]) => name).toSorted();
}

/** Sorted by name. Of what is created or destroyed only attributes that may be shown and have a value. */
function attributeChanges({ type, change }: ResourceChange, written: readonly string[]): readonly AttributeChange[] {
  const isWhole = change.before === null || change.after === null;
  const shown = SHOWN_ATTRIBUTES[type] ?? [];
  return rawChanges(change, written)
    .map(({ attribute, before, after, isUnknown, isSensitive }) => {
      const isListed = shown.some((name) => attribute === name || attribute.startsWith(`${name}.`));
      if (isSensitive || !isListed) return { attribute, isShown: false, before: null, after: null, isUnknown };
      return { attribute, isShown: true, before: text(before), after: isUnknown ? UNKNOWN : text(after), isUnknown };
    })
    .filter(({ isShown, isUnknown }) => !isWhole || (isShown && !isUnknown));
}

/**
 * What changes, with values that must not be shown as they are.
 * @param written names of the attributes that the code sets: that AWS decides others is not a change
 */
export function rawChanges(change: ResourceChange["change"], written: readonly string[]): readonly RawChange[] {
  const [before, after, unknown] = [change.before ?? {}, change.after ?? {}, valuesIn(change.after_unknown)];
  return namesIn(before, after, unknown)
    .filter((name) => !hasTrue(unknown[name]) || written.includes(name))
    .flatMap((name) => {
      const marks = [change.before_sensitive, change.after_sensitive];
      const isSensitive = marks.some((mark) => mark === true || hasTrue(valuesIn(mark)[name]));
      return differences({ attribute: name, before: before[name], after: after[name], isSensitive }, unknown[name]);
    });
}

/** Single blocks are looked into unless something in them is sensitive; several are compared as a whole. */
function differences(raw: Omit<RawChange, "isUnknown">, unknown: unknown): readonly RawChange[] {
  const isUnknown = hasTrue(unknown);
  if (!isUnknown && isSame(raw.before, raw.after)) return [];
  const [left, right] = [blockIn(raw.before), blockIn(raw.after)];
  const isOneBlock = [left ?? raw.before, right ?? raw.after].every((side) => isEmpty(side) || !Array.isArray(side));
  if (raw.isSensitive || !isOneBlock || (left === undefined && right === undefined)) return [{ ...raw, isUnknown }];
  const inner = blockIn(unknown) ?? {};
  return namesIn(left ?? {}, right ?? {}, inner).flatMap((name) =>
    differences(
      { attribute: `${raw.attribute}.${name}`, before: left?.[name], after: right?.[name], isSensitive: false },
      unknown === true ? true : inner[name],
    ),
  );
}

function namesIn(...sides: readonly Values[]): readonly string[] {
  return [...new Set(sides.flatMap((side) => Object.keys(side)))].toSorted();
}

function text(value: unknown): string | null {
  return isEmpty(value) ? null : JSON.stringify(value);
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after) || (isEmpty(before) && isEmpty(after));
}

function blockIn(value: unknown): Values | undefined {
  const inner: unknown = Array.isArray(value) && value.length === 1 ? value[0] : undefined;
  return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Values) : undefined;
}

/** Whether an attribute, or something in it, is known only after apply. */
export function isUnknown({ after_unknown }: ResourceChange["change"], path: string): boolean {
  return after_unknown === true || hasTrue(valueAt(after_unknown, path));
}

/** Marks have the shape of the value, with `true` where they hold. */
function hasTrue(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasTrue));
}

function isText(part: string | number): part is string {
  return typeof part === "string";
}
