/** Rows of the table of resources: those that change alike share one. Pure. */
import { code, codes, row } from "../../platform/markdown";
import { grouped, MAX_ROWS, named, type Row } from "./access-rows";
import { type AttributeChange, type ReviewedResource, UNKNOWN } from "./resource-changes";
import { valueChange } from "./value-change";

/** The line is without attributes. */
export interface ResourceRow extends Row {
  readonly full: string;
}

/** In a row of many, an attribute with more values than this is shown without them. */
const MAX_VALUES = 3;

/** A type of which several always share a row: they only record things. */
const NO_DETAILS = "terraform_data";

/** A resource, and its attributes as they are shown. */
interface Written {
  readonly resource: ReviewedResource;
  readonly texts: readonly string[];
}

/** Resources that change alike. */
export interface ResourceGroup {
  /** The first of them. */
  readonly resource: ReviewedResource;
  readonly names: readonly string[];
  /** A line of Markdown for each attribute. */
  readonly attributes: readonly string[];
}

/** Rows of the table, one for each group. */
export function resourceRows(resources: readonly ReviewedResource[]): readonly ResourceRow[] {
  return resourceGroups(resources).map(rowOf);
}

/** In the order of the resources, but of each action first what is of few. */
export function resourceGroups(resources: readonly ReviewedResource[]): readonly ResourceGroup[] {
  const written = resources.map((resource) => ({ resource, texts: resource.attributes.map(textOf(resource)) }));
  const alike = grouped(written, ({ resource }) => shapeOf(resource)).flatMap(withSameValues);
  const isFewOf = ([{ resource }, ...others]: (typeof alike)[number]) =>
    others.length < (resource.type === NO_DETAILS ? 1 : MAX_ROWS);
  const [few, many] = [true, false].map((isFew) => alike.filter((group) => isFewOf(group) === isFew));
  const single = new Set(few?.flat());
  return [...new Set(resources.map(({ action }) => action))].flatMap((action) => [
    ...written.filter((one) => one.resource.action === action && single.has(one)).map((one) => groupOf([one])),
    ...(many ?? []).filter(([{ resource }]) => resource.action === action).map(groupOf),
  ]);
}

/** What is done, to what, and to which attributes; of what is kept, also by which values. */
function shapeOf({ action, type, forcedBy, attributes }: ReviewedResource): unknown {
  const isWhole = action === "create" || action === "destroy";
  const names = attributes.map(({ attribute, isShown, isUnknown }) => [attribute, isShown, isUnknown]);
  return [action, type, forcedBy, isWhole ? names : attributes];
}

/** Kept apart by attributes that have few values, such as whether a method requires a token. */
function withSameValues(group: readonly [Written, ...Written[]]) {
  const telling = group[0].texts
    .map((_, index) => index)
    .filter((index) => new Set(group.map(({ texts }) => texts[index])).size <= MAX_VALUES);
  return grouped(group, ({ texts }) => telling.map((index) => texts[index]));
}

function groupOf(group: readonly [Written, ...Written[]]): ResourceGroup {
  const [{ resource, texts }] = group;
  const attributes = resource.attributes.map(({ attribute }, index) => {
    const values = new Set(group.map((one) => one.texts[index]));
    return values.size === 1
      ? (texts[index] ?? "")
      : `${code(attribute)}: ${values.size.toLocaleString("en")} different values`;
  });
  return { resource, names: group.map((one) => one.resource.name), attributes };
}

function rowOf({ resource, names, attributes }: ResourceGroup): ResourceRow {
  const type = code(resource.type);
  const count = names.length;
  const what =
    count === 1 ? `${named(names)}<br>${type}` : `${count.toLocaleString("en")} × ${type}<br>${named(names)}`;
  const { action, forcedBy } = resource;
  const verb = action === "destroy" || action === "replace" ? `**${action}**` : action;
  const because = forcedBy.length > 0 ? [`because of ${codes(forcedBy)}`] : [];
  return {
    line: row(verb, what, because.join()),
    full: row(verb, what, [...because, ...attributes].join("<br>")),
    count,
  };
}

/** Of what is created or destroyed there is one side only. */
function textOf({ action }: ReviewedResource): (attribute: AttributeChange) => string {
  const value = (text: string | null) => (text === UNKNOWN ? text : code(text ?? "-"));
  return ({ attribute, isShown, before, after, isUnknown }) => {
    const name = code(attribute);
    if (!isShown) return isUnknown ? `${name} changed ${UNKNOWN}` : `${name} changed`;
    if (action === "create") return `${name}: ${value(after)}`;
    if (action === "destroy") return `${name}: ${value(before)}`;
    const isKnown = before !== null && after !== null && !isUnknown;
    return `${name}: ${isKnown ? valueChange(before, after) : `${value(before)} → ${value(after)}`}`;
  };
}
